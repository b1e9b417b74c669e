import { describe, expect, it } from 'vitest';
import { rootsOfCommand } from './command-roots.ts';

const ROOTS = { project: ['/project'], stdlib: [], dependencies: [] };

describe('whose code a command runs', () => {
  it.each([
    ['python', '-c', 'work()'],
    ['/usr/bin/python3', '-X', 'dev', '-O', '-Ic', 'work()', 'app.py'],
    ['python', '-Wignore', '-cwork()'],
  ])('the text of -c is own code: %s %s %s', (...command) => {
    expect(rootsOfCommand(ROOTS, command).project).toEqual(['/project', '<string>']);
  });

  it.each([
    ['python', 'app.py', '-c', 'x'],
    ['python', '-m', 'pytest', '-c', 'setup.cfg'],
    ['python', '-X', '-c', 'app.py'],
    ['app'],
    [],
  ])('other text that runs is not: %s %s %s', (...command) => {
    expect(rootsOfCommand(ROOTS, command)).toEqual(ROOTS);
    expect(rootsOfCommand(ROOTS, null)).toEqual(ROOTS);
  });
});
