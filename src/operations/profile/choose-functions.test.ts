import { describe, expect, it } from 'vitest';
import type { ProfileDocument } from '#store';
import { chooseFunctions } from './choose-functions.ts';

const row = (name: string, file: string | null, own: number): ProfileDocument['table'][number] => ({
  ...{ function: name, file, line: null, module: 'app', qualname: name, origin: 'mine' },
  ...{ calls: null, self: own, inclusive: own, own, callers: [] },
});

describe('functions whose lines are worth a look', () => {
  it('are told apart from dear code that is no function to watch', () => {
    const table = [row('work', 'app.py', 60), row('<module>', 'app.py', 30), row('core', 'core.pyx', 10)];
    const profile = { table, total: 100, command: ['python', 'app.py'] } as unknown as ProfileDocument;
    expect(chooseFunctions(profile, '/project')).toEqual({
      functions: [{ module: 'app', qualname: 'work' }],
      left: ['<module> of app.py', 'core of core.pyx'],
    });
  });

  it('are named by their file where the module is what is started', () => {
    const command = ['python', '-m', 'app'];
    const profile = { table: [row('work', 'app.py', 60)], total: 100, command } as unknown as ProfileDocument;
    expect(chooseFunctions(profile, '/project').functions).toEqual([
      { file: '/project/app.py', name: 'work', line: null },
    ]);
  });
});
