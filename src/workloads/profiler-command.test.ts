import { describe, expect, it } from 'vitest';
import { profilerOf } from './profiler-command.ts';

const of = (text: string): string | undefined => profilerOf(text.split(' ') as [string, ...string[]]);

describe('a profiler at the front of a command', () => {
  it.each([
    ['python -m cProfile app.py', 'cProfile'],
    ['/opt/py/bin/python3.12 -X dev -B -m pyinstrument app.py', 'pyinstrument'],
    ['python3 -m profiling.sampling run app.py', 'profiling.sampling'],
    ['py-spy record -- python app.py', 'py-spy'],
    ['.venv/bin/kernprof -l app.py', 'kernprof'],
    ['uv run python -mcProfile app.py', 'cProfile'],
    ['env PYTHONHASHSEED=1 py-spy.exe record -- python app.py', 'py-spy'],
  ])('is seen in %s', (command, name) => {
    expect(of(command)).toBe(name);
  });

  it.each([
    'python app.py -m cProfile',
    'python -m app cProfile',
    'python -c import\u00a0cProfile',
    'make profile',
    './trace scene.txt',
    'bin/profile run',
    'python -m perf app.py',
    'uv run app.py',
    'pytest -m trace',
  ])('is not seen in %s', (command) => {
    expect(of(command)).toBeUndefined();
  });
});
