import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import type { Problem } from '#base';
import type { Host } from '#host';
import { findProject, findPython } from '#project';
import type { Interpreter, PythonWish } from '#project';
import { useTrees } from './testing/project-trees.ts';

const { host, tree, with: withEnv } = useTrees();

/** Real interpreters of several versions, where the machine has them. */
const VERSIONS = join(homedir(), '.pyenv', 'versions');
const installed = existsSync(VERSIONS)
  ? readdirSync(VERSIONS).filter((name) => /^\d+\.\d+\.\d+$/.test(name))
  : [];
const minorOf = (name: string): number => (name.startsWith('3.') ? Number(name.split('.')[1]) : -1);
const usable = installed.filter((name) => minorOf(name) >= 9);
const old = installed.filter((name) => minorOf(name) < 9);
const real = (name: string): string => join(VERSIONS, name, 'bin', 'python');

async function find(world: Host, root: string, wish: PythonWish = {}): Promise<Interpreter> {
  return findPython(world, await findProject(world, root), wish);
}

async function problemOf(world: Host, root: string, wish: PythonWish = {}): Promise<Problem> {
  try {
    await find(world, root, wish);
  } catch (error) {
    if (error instanceof StropError) return error.facts;
    throw error;
  }
  throw new Error('no error came');
}

function makeVenv(folder: string, python = 'python3'): void {
  execFileSync(python, ['-m', 'venv', '--without-pip', folder], { stdio: 'pipe' });
}

/** A program that answers like an interpreter named so, for what only a tool's answer can tell. */
const answering = (path: string): { program: string } => ({
  program: `#!/bin/sh\necho some noise\necho '${path}'\n`,
});

describe('the interpreter of a project', () => {
  it.each(usable)('describes itself: CPython %s', async (name) => {
    const found = await find(host, tree({ 'pyproject.toml': '' }), { python: real(name) });
    expect(found).toMatchObject({
      version: name.split('.').map(Number),
      versionText: name,
      implementation: 'cpython',
      freeThreaded: false,
      gil: true,
      executable: real(name),
      why: '--python names it',
      doubts: [],
    });
    expect(found.abi).toContain('cpython-3');
    expect(found.sitePackages.length).toBeGreaterThan(0);
  });

  it.each(old)('is refused when it is too old: %s', async (name) => {
    const problem = await problemOf(host, tree({ 'pyproject.toml': '' }), { python: real(name) });
    expect(problem).toMatchObject({
      code: 'no-python',
      problem: `the project's interpreter cannot be used: it is Python ${name}, and strop needs 3.9 or newer`,
    });
  });

  it.each(['.venv', 'venv', 'env'])(
    'is that of the environment in %s, not what it links to',
    async (name) => {
      const root = tree({ 'pyproject.toml': '' });
      makeVenv(join(root, name));
      const found = await find(host, root);
      expect(found.executable).toBe(join(root, name, 'bin', 'python'));
      expect(found.prefix).toBe(join(root, name));
      expect(found.basePrefix).not.toBe(found.prefix);
      expect(found.why).toBe(`${join(root, name)} is a virtual environment`);
      expect(found.doubts).toEqual([]);
    },
  );

  it('is found at the git top for a project below it', async () => {
    const top = tree({ 'service/pyproject.toml': '' });
    execFileSync('git', ['init', '-q', top]);
    makeVenv(join(top, '.venv'));
    expect((await find(host, join(top, 'service'))).prefix).toBe(join(top, '.venv'));
  });

  it('is the active one before the one in the project, and the named one before all', async () => {
    const root = tree({ 'pyproject.toml': '' });
    for (const name of ['.venv', 'active', 'named']) makeVenv(join(root, name));
    const active = withEnv({ VIRTUAL_ENV: join(root, 'active') });
    expect((await find(host, root)).prefix).toBe(join(root, '.venv'));
    expect((await find(active, root)).prefix).toBe(join(root, 'active'));
    expect((await find(active, root, { python: 'named' })).prefix).toBe(join(root, 'named'));
  });

  it('is that of an active conda environment, but not of conda base when the project has its own', async () => {
    const root = tree({ 'pyproject.toml': '' });
    for (const name of ['.venv', 'conda']) makeVenv(join(root, name));
    const conda = { CONDA_PREFIX: join(root, 'conda') };
    expect((await find(withEnv({ ...conda, CONDA_DEFAULT_ENV: 'work' }), root)).prefix).toBe(
      join(root, 'conda'),
    );
    expect((await find(withEnv({ ...conda, CONDA_DEFAULT_ENV: 'base' }), root)).prefix).toBe(
      join(root, '.venv'),
    );
  });

  it('may be named by version, and by a program on PATH', async () => {
    const root = tree({ 'pyproject.toml': '' });
    const name = usable[0];
    if (name === undefined) return;
    const path = withEnv({ PATH: `${join(VERSIONS, name, 'bin')}:${process.env['PATH'] ?? ''}` });
    const short = name.split('.').slice(0, 2).join('.');
    expect((await find(path, root, { python: short })).versionText).toBe(name);
    expect((await find(path, root, { python: `python${short}` })).versionText).toBe(name);
  });

  it.each([
    ['poetry', { 'poetry.lock': '' }],
    ['pipenv', { Pipfile: '' }],
  ])('is what %s says', async (tool, files) => {
    const root = tree({ ...files, 'tools/.keep': '' });
    makeVenv(join(root, 'elsewhere'));
    const tools = tree({ [tool]: answering(join(root, 'elsewhere/bin/python')) });
    const found = await find(withEnv({ PATH: `${tools}:${process.env['PATH'] ?? ''}` }), root);
    expect(found).toMatchObject({ prefix: join(root, 'elsewhere'), why: expect.stringContaining(tool) });
  });

  it('is what pdm has written down, and the environment that hatch names', async () => {
    const root = tree({ 'pyproject.toml': '[tool.hatch.envs.default]\n' });
    makeVenv(join(root, 'elsewhere'));
    const tools = tree({ hatch: answering(join(root, 'elsewhere')) });
    const hatched = await find(withEnv({ PATH: `${tools}:${process.env['PATH'] ?? ''}` }), root);
    expect(hatched).toMatchObject({ prefix: join(root, 'elsewhere'), why: expect.stringContaining('hatch') });
    writeFileSync(join(root, '.pdm-python'), `${join(root, 'elsewhere/bin/python')}\n`);
    expect((await find(host, root)).why).toBe('.pdm-python names it');
  });

  it('is taken from PATH with a doubt when nothing says which one', async () => {
    const found = await find(host, tree({ 'pyproject.toml': '' }));
    expect(found.doubts.map((doubt) => doubt.code)).toEqual(['interpreter-guessed']);
  });

  it('answers through the noise of start-up code and of closed or full streams', async () => {
    const noise =
      'import sys\nprint("{\\"version\\": [2, 0, 0]}")\nsys.stdout.flush()\nprint("x" * 100000, file=sys.stderr)\nsys.stdout = None\n';
    const root = tree({ 'pyproject.toml': '', 'start/sitecustomize.py': noise });
    const found = await find(withEnv({ PYTHONPATH: join(root, 'start') }), root);
    expect(found.version[0]).toBe(3);
  });

  it('lists importable tools with their versions without importing them', async () => {
    const files = {
      'lib/pytest_benchmark/__init__.py': 'raise SystemExit("imported")\n',
      'lib/pytest_benchmark-9.8.7.dist-info/METADATA':
        'Metadata-Version: 2.1\nName: pytest-benchmark\nVersion: 9.8.7\n',
      'lib/py_spy-0.4.3.dist-info/METADATA': 'Metadata-Version: 2.1\nName: py-spy\nVersion: 0.4.3\n',
      'lib/xdist/__init__.py': '',
      'pyproject.toml': '',
    };
    const root = tree(files);
    const found = await find(withEnv({ PYTHONPATH: join(root, 'lib') }), root);
    expect(found.tools).toMatchObject({ pytest_benchmark: '9.8.7', py_spy: '0.4.3', xdist: '' });
    expect(found.tools).not.toHaveProperty('scalene');
  });
});

describe('an interpreter that does not work', () => {
  it('is an error when its environment links to something that is gone', async () => {
    const root = tree({
      'pyproject.toml': '',
      '.venv/pyvenv.cfg': 'home = /gone\n',
      '.venv/bin/python': { link: '/gone/python3' },
    });
    const problem = await problemOf(host, root);
    expect(problem).toMatchObject({
      code: 'no-python',
      where: join(root, '.venv/bin/python'),
      problem: expect.stringContaining('it does not exist (or is a link to something that is gone)'),
      remedy: expect.stringContaining('make the environment anew'),
    });
  });

  it('is an error when the environment has lost its interpreter', async () => {
    const root = tree({ 'pyproject.toml': '' });
    makeVenv(join(root, '.venv'));
    for (const name of readdirSync(join(root, '.venv/bin'))) unlinkSync(join(root, '.venv/bin', name));
    expect(await problemOf(host, root)).toMatchObject({
      code: 'no-python',
      where: join(root, '.venv/bin/python'),
    });
  });

  it('is an error when VIRTUAL_ENV names a folder that is gone, even with a working .venv', async () => {
    const root = tree({ 'pyproject.toml': '' });
    makeVenv(join(root, '.venv'));
    const problem = await problemOf(withEnv({ VIRTUAL_ENV: join(root, 'gone') }), root);
    expect(problem).toMatchObject({ code: 'no-python', where: join(root, 'gone/bin/python') });
  });

  it('is an error that shows the output when it ends with an exit code', async () => {
    const root = tree({
      'pyproject.toml': '',
      '.venv/bin/python': { program: '#!/bin/sh\necho broken libpython >&2\nexit 3\n' },
    });
    expect(await problemOf(host, root)).toMatchObject({
      problem: expect.stringContaining('it ended with exit code 3'),
      detail: 'broken libpython',
    });
  });

  it('is stopped and reported when it hangs', async () => {
    const root = tree({ 'pyproject.toml': '', hangs: { program: '#!/bin/sh\nexec tail -f /dev/null\n' } });
    expect(await problemOf(host, root, { python: 'hangs', timeoutMs: 300 })).toMatchObject({
      problem: expect.stringContaining('it gave no answer within 0.3 s and was stopped'),
    });
  });

  it('is reported when it is no interpreter, or may not be run', async () => {
    const root = tree({
      'pyproject.toml': '',
      fake: { program: '#!/bin/sh\necho Python 3.12\n' },
      text: 'no program',
    });
    expect(await problemOf(host, root, { python: './fake' })).toMatchObject({
      problem: expect.stringContaining('it ran but did not answer like a Python interpreter'),
    });
    expect(await problemOf(host, root, { python: './text' })).toMatchObject({
      problem: expect.stringContaining('it may not be executed'),
    });
    expect(await problemOf(host, root, { python: 'nope', source: 'strop.toml:3' })).toMatchObject({
      code: 'no-python',
      remedy: expect.stringContaining('strop.toml:3 names it'),
    });
  });

  it('is passed over on PATH, and the error tells everything that was tried', async () => {
    const root = tree({ 'pyproject.toml': '' });
    const bad = tree({ python3: { program: '#!/bin/sh\nexit 127\n' } });
    const problem = await problemOf(withEnv({ PATH: bad }), root);
    expect(problem).toMatchObject({ code: 'no-python', problem: 'no usable Python interpreter was found' });
    expect(problem.remedy).toContain('python3 -m venv .venv');
    for (const part of [
      'VIRTUAL_ENV is not set',
      join(root, '.venv'),
      'python3 on PATH): it ended with exit code 127',
      'no python on PATH',
    ]) {
      expect(problem.detail).toContain(part);
    }
  });
});
