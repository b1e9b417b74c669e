import { describe, expect, it } from 'vitest';
import { findProject } from './root.ts';
import { useTrees } from './testing/project-trees.ts';
import { findToldDoctests } from './told-doctests.ts';

const { host, tree } = useTrees();

async function find(files: Readonly<Record<string, string>>) {
  const root = tree({ 'setup.py': '', 'pkg/__init__.py': '', ...files });
  return findToldDoctests(host, await findProject(host, root));
}

const tox = (command: string): string => `[testenv]\ncommands =\n    ${command}\n`;

describe('doctests that only the caller of pytest asks for', () => {
  it.each([
    ['pytest -v --doctest-modules --ignore benchmark', ['--doctest-modules', '--ignore=benchmark']],
    [
      'python -m pytest --doctest-glob=*.rst --ignore=docs {posargs}',
      ['--doctest-glob=*.rst', '--ignore=docs'],
    ],
    ['pytest --doctest-modules -k "not slow"', undefined],
    ['pytest --doctest-modules pkg', undefined],
    ['pytest --doctest-modules {posargs:pkg}', undefined],
    ['pytest --doctest-modules {toxinidir}/pkg', undefined],
  ])('are found in tox.ini: %s', async (command, options) => {
    expect(await find({ 'tox.ini': tox(command) })).toEqual({
      evidence: { file: 'tox.ini', line: 3 },
      options,
    });
  });

  it('are found in a Makefile, whose line is not taken over', async () => {
    const told = await find({ Makefile: 'test:\n\tpytest --doctest-modules\n' });
    expect(told).toEqual({ evidence: { file: 'Makefile', line: 2 }, options: undefined });
  });

  it('are none where the settings have them, or nobody asks', async () => {
    const command = { 'tox.ini': tox('pytest --doctest-modules') };
    expect(
      await find({ ...command, 'pytest.ini': '[pytest]\naddopts = --doctest-modules\n' }),
    ).toBeUndefined();
    expect(await find({ 'tox.ini': tox('pytest -v') })).toBeUndefined();
    expect(await find({ 'tox.ini': tox('# pytest --doctest-modules') })).toBeUndefined();
  });
});
