import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { PINNED } from '../scripts/pythons.mjs';
import type { StepDocument } from '#store';
import { takeSnapshot } from './support/snapshot.ts';
import { expectRefusal } from './support/stage.ts';
import { FAST, LOG, MANIFEST, SLOW, StepStage, doubtsOf, gatesOf } from './support/step-stage.ts';

const SQUARES = 'grain.squares:squares';

/** The smallest project that a step can be taken in. */
const SMALL: Readonly<Record<string, string>> = {
  'pyproject.toml': MANIFEST,
  '.gitignore': '__pycache__/\n.pytest_cache/\n',
  'grain/__init__.py': '',
  'grain/squares.py': SLOW.squares,
  'tests/test_squares.py': `from grain.squares import squares


def test_squares():
    assert squares(4) == 14
`,
};

const open: StepStage[] = [];

async function stageOf(...words: Parameters<typeof StepStage.open>): Promise<StepStage> {
  const stage = await StepStage.open(...words);
  open.push(stage);
  return stage;
}

afterEach(() => {
  for (const stage of open.splice(0)) stage.close();
});

it('an example that the tests run is judged as it was before the change', async () => {
  const example = (answer: number) => `def squares(n=4000):
    """The sum of squares.

    >>> squares(3)
    ${String(answer)}
    """
`;
  const body = (text: string) => text.replace('def squares(n=4000):\n', '');
  const stage = await stageOf();
  stage.commit({
    ...SMALL,
    'pyproject.toml': MANIFEST.replace(
      'testpaths = ["tests"]',
      'testpaths = ["tests", "grain"]\naddopts = "--doctest-modules"',
    ),
    'grain/squares.py': example(5) + body(SLOW.squares),
  });
  await stage.baseline(['--workload', SQUARES]);
  stage.write({ 'grain/squares.py': example(6) + body(FAST.squares).replace('// 6', '// 6 + (n == 3)') });
  const { document } = await stage.step(['Closed form']);
  expect(gatesOf(document)).toMatchObject({ yardstick: 'failed', tests: 'passed' });
  expect(document.reason).toContain('examples that the tests of A run have changed');
});

/** Files with their paths below a folder. */
function below(folder: string, files: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

/** Where the project lies in the repository, and what is changed there. */
interface Place {
  /** With a slash at its end. */
  readonly prefix?: string;
  readonly file?: string;
  readonly text?: string;
  readonly workload?: string;
  readonly words?: readonly string[];
}

/** Takes a baseline, changes one file, and has the change accepted and committed: it alone, as it was measured. */
async function landIn(stage: StepStage, place: Place = {}): Promise<StepDocument> {
  const { prefix = '', file = 'grain/squares.py', text = FAST.squares, workload = SQUARES } = place;
  const options = { cwd: join(stage.repo, prefix) };
  const parent = stage.git('rev-parse', 'HEAD');
  await stage.baseline(['--workload', workload], options);
  stage.write({ [prefix + file]: text });
  const { document, stderr } = await stage.step(['Closed form', '--commit', ...(place.words ?? [])], options);
  expect(document.outcome, `${stderr}\n${JSON.stringify(document.gates)}`).toBe('accepted');
  expect(document.commit).toBe(stage.git('rev-parse', 'HEAD'));
  expect(stage.git('rev-parse', 'HEAD~1')).toBe(parent);
  expect(stage.committedFiles()).toEqual([prefix + file]);
  expect(stage.git('show', '--no-patch', '--format=%s', 'HEAD')).toBe('Closed form');
  const status = stage.git('-c', 'core.quotePath=false', 'status', '--porcelain', '--untracked-files=all');
  expect(status.replaceAll('"', '')).toBe(`?? ${prefix}${LOG}`);
  expect(stage.read(prefix + LOG)).toContain(document.commit);
  return document;
}

describe('a step in', () => {
  it('one of two projects of a repository leaves the other one alone', async () => {
    const stage = await stageOf();
    const other = { ...SMALL, 'pyproject.toml': MANIFEST.replace('grain', 'other') };
    stage.commit({ ...below('one', SMALL), ...below('two', other) });
    const options = { cwd: join(stage.repo, 'one') };
    await stage.baseline(['--workload', SQUARES], options);
    stage.write({ 'two/grain/squares.py': FAST.squares });
    expectRefusal(await stage.plainStep(['Of the other'], options), 'nothing in the project has changed');
    stage.write({ 'one/grain/squares.py': FAST.squares.replace('4000', '400') });
    const { document: both } = await stage.step(['Both'], options);
    expect(gatesOf(both)).toMatchObject({ 'one change': 'passed', api: 'failed' });
    expect(doubtsOf(both)).toContain('beside-the-project');
    stage.git('checkout', '--quiet', 'one');
    stage.git('commit', '--quiet', '--all', '--message', 'of the other');
    const checked = await stage.strop(['check'], options);
    expect(checked.stdout).not.toContain('never measured as a step');
    const document = await landIn(stage, { prefix: 'one/' });
    expect(document.tests).toMatchObject({ passed: 1 });
    expect(existsSync(join(stage.repo, 'two', LOG))).toBe(false);
    const ended = await stage.strop(['log', '--json'], { cwd: join(stage.repo, 'two') });
    expect(JSON.parse(ended.stdout)).toMatchObject({ baseline: null, rows: [] });
  });

  it('a package in a src folder of a subfolder, measured by its pytest-benchmark', async () => {
    const stage = await stageOf('project', [PINNED.pytest, PINNED.pytestBenchmark]);
    stage.commit({
      'README.md': 'One part of many.\n',
      ...below('python', {
        'pyproject.toml': `${MANIFEST}\n[build-system]\nrequires = []\nbuild-backend = "none"\n`.replace(
          'testpaths = ["tests"]',
          'testpaths = ["tests"]\npythonpath = ["src"]',
        ),
        '.gitignore': '__pycache__/\n.pytest_cache/\n',
        'src/grain/__init__.py': '',
        'src/grain/squares.py': SLOW.squares,
        'tests/test_squares.py': `from grain.squares import squares


def test_squares(benchmark):
    assert benchmark(squares, 400) == 21253400
`,
      }),
    });
    const document = await landIn(stage, {
      prefix: 'python/',
      file: 'src/grain/squares.py',
      workload: 'tests/test_squares.py::test_squares',
    });
    expect(document.workloads.map(({ id, role }) => [id, role])).toEqual([
      ['tests/test_squares.py::test_squares', 'target'],
      ['import grain, grain.squares', 'guard'],
    ]);
  });

  it('a project with spaces and letters of many languages in its paths, whose tests lie elsewhere', async () => {
    const stage = await stageOf('mein projekt äß 東京');
    const { 'tests/test_squares.py': test = '', ...rest } = SMALL;
    const prefix = 'unter ordner é/';
    stage.commit(
      below(prefix.slice(0, -1), {
        ...rest,
        'pyproject.toml': MANIFEST.replace('"tests"', '"prüf stand/fälle"'),
        'prüf stand/fälle/test_squares.py': test,
        'grain/größe.py': SLOW.squares.replace('squares', 'größe'),
      }),
    );
    const document = await landIn(stage, {
      prefix,
      file: 'grain/größe.py',
      text: FAST.squares.replace('squares', 'größe'),
      workload: 'grain.größe:größe',
    });
    expect(document.changed).toEqual([{ file: 'grain/größe.py', name: 'größe' }]);
    expect(document.workloads.at(-1)?.id).toBe('import grain, grain.größe');
    expect(document.tests).toMatchObject({ passed: 1 });
  });

  it('a project without a test is refused until somebody says why there is none', async () => {
    const stage = await stageOf();
    const { 'tests/test_squares.py': _test, ...rest } = SMALL;
    stage.commit(rest);
    await stage.baseline(['--workload', SQUARES]);
    stage.write({ 'grain/squares.py': FAST.squares });
    const { document } = await stage.step(['Closed form']);
    expect(document).toMatchObject({ outcome: 'rejected', workloads: [] });
    expect(JSON.stringify(document.gates)).toContain('--no-tests');
    stage.git('checkout', '--quiet', '.');
    const landed = await landIn(stage, { words: ['--no-tests', 'checked by hand for ten values'] });
    expect(gatesOf(landed)['tests']).toBe('excused');
    expect(stage.read(LOG)).toMatch(/\*\*Tests pass:\*\* no .*checked by hand for ten values/);
    expect(stage.git('show', '--no-patch', '--format=%B', 'HEAD')).toContain('no tests');
  });

  it('a project with unittest alone, whose interpreter has no pytest', async () => {
    const stage = await stageOf('project', []);
    stage.commit({
      ...SMALL,
      'tests/__init__.py': '',
      'tests/test_squares.py': `import unittest

from grain.squares import squares


class SquaresTest(unittest.TestCase):
    def test_squares(self):
        self.assertEqual(squares(4), 14)
`,
    });
    const document = await landIn(stage);
    expect(document.tests).toEqual({ passed: 1, failed: 0, skipped: 0, flaky: 0 });
  });

  it('measured by a file that is not committed, which the step names again', async () => {
    const stage = await stageOf();
    stage.commit(SMALL);
    const run = 'from grain.squares import squares\n\n\ndef run():\n    return squares()\n';
    stage.write({ 'bench/speed.py': run });
    await stage.baseline(['--workload', 'bench.speed:run']);
    stage.write({ 'grain/squares.py': FAST.squares });
    const { document } = await stage.step(['Closed form', '--workload', 'bench.speed:run']);
    const [target] = document.workloads;
    expect(target).toMatchObject({ id: 'bench.speed:run', role: 'target', verdict: 'faster' });
    expect(doubtsOf(document)).toContain('yardstick-from-other-side');
  });

  it('a detached HEAD moves it, and no branch', async () => {
    const stage = await stageOf();
    stage.commit(SMALL);
    stage.git('checkout', '--quiet', '--detach');
    const branch = stage.git('rev-parse', 'main');
    await landIn(stage);
    expect(stage.git('rev-parse', 'main')).toBe(branch);
    expect(stage.git('rev-parse', '--abbrev-ref', 'HEAD')).toBe('HEAD');
  });

  it('a shallow clone', async () => {
    const stage = await stageOf('clone');
    const origin = await stageOf('origin');
    for (const message of ['one', 'two', 'three']) origin.commit(SMALL, message);
    stage.gitIn(stage.folder, 'clone', '--quiet', '--depth', '2', `file://${origin.repo}`, stage.repo);
    await landIn(stage);
    expect(stage.git('rev-list', '--count', 'HEAD')).toBe('3');
    expect(stage.git('rev-parse', '--is-shallow-repository')).toBe('true');
  });
});

describe.each([
  ['core.autocrlf', { autocrlf: 'true' }, '* text=auto\n'],
  ['an attribute of the files', {}, '* text=auto\n*.py text eol=crlf\n'],
] as const)('where line ends are CRLF by %s', (_name, config, attributes) => {
  it('the files keep them, and the commit has none', async () => {
    const stage = await stageOf();
    stage.git('init', '--quiet');
    for (const [key, value] of Object.entries(config)) stage.git('config', `core.${key}`, value);
    const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
    const python = Object.entries(SMALL).filter(([path]) => path.endsWith('.py'));
    stage.commit({
      ...SMALL,
      '.gitattributes': attributes,
      ...Object.fromEntries(python.map(([path, text]) => [path, crlf(text)])),
    });
    // As git itself lays them out, so that nothing differs from the start.
    stage.git('rm', '--quiet', '--cached', '-r', '.');
    stage.git('reset', '--quiet', '--hard');
    expect(stage.read('grain/squares.py')).toBe(crlf(SLOW.squares));
    await landIn(stage, { text: crlf(FAST.squares) });
    expect(stage.read('grain/squares.py')).toBe(crlf(FAST.squares));
    expect(stage.read('tests/test_squares.py')).toContain('\r\n');
    const shown = spawnSync('git', ['show', 'HEAD:grain/squares.py'], { cwd: stage.repo, env: stage.env() });
    expect(shown.stdout.toString('utf8')).toBe(FAST.squares);
  });
});

describe('a pre-commit hook', () => {
  const HOOK = '.git/hooks/pre-commit';

  function setHook(stage: StepStage, lines: readonly string[]): void {
    writeFileSync(join(stage.repo, HOOK), ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(join(stage.repo, HOOK), 0o755);
  }

  it('that fails or formats refuses the commit, loses nothing, and what was measured counts on', async () => {
    const stage = await stageOf();
    stage.commit(SMALL);
    await stage.baseline(['--workload', SQUARES]);
    stage.write({ 'grain/squares.py': FAST.squares });
    setHook(stage, ['echo "line 1 is too long" >&2', 'exit 1']);
    const before = takeSnapshot(stage.repo);
    const head = stage.git('rev-parse', 'HEAD');
    const refused = await stage.plainStep(['Closed form', '--commit']);
    expectRefusal(refused, 'the pre-commit hook refuses the commit', 'line 1 is too long');
    expect(stage.git('stash', 'list')).toBe('');
    expect(withoutObjects(takeSnapshot(stage.repo))).toEqual(withoutObjects(before));

    // Formats the file, as tools do, and puts it into the commit.
    setHook(stage, ['echo "# formatted" >> grain/squares.py', 'git add grain/squares.py']);
    expectRefusal(
      await stage.plainStep(['Closed form', '--commit']),
      'hook changes what would be committed',
      'grain/squares.py',
      'Run the hook by itself first',
    );
    expect(stage.git('rev-parse', 'HEAD')).toBe(head);
    expect(existsSync(join(stage.repo, LOG))).toBe(false);
    stage.write({ 'grain/squares.py': FAST.squares });

    // One that agrees runs once, and sees what is committed.
    setHook(stage, ['git diff --cached --name-only >> .git/seen']);
    const { document, stderr } = await stage.step(['Closed form', '--commit']);
    expect(document.outcome, stderr).toBe('accepted');
    expect(document.attempt).toBe(1);
    expect(doubtsOf(document)).toContain('evidence-carried-on');
    expect(readFileSync(join(stage.repo, '.git/seen'), 'utf8')).toBe('grain/squares.py\n');
    expect(stage.committedFiles()).toEqual(['grain/squares.py']);
    expect(stage.git('status', '--porcelain')).toBe(`?? ${LOG}`);
  });
});

it('a hook that holds the branch loses nothing of what was measured', async () => {
  const HOOK = '.git/hooks/reference-transaction';
  const stage = await stageOf();
  stage.commit(SMALL);
  await stage.baseline(['--workload', SQUARES]);
  stage.write({ 'grain/squares.py': FAST.squares, [HOOK]: '#!/bin/sh\n[ "$1" != prepared ]\n' });
  chmodSync(join(stage.repo, HOOK), 0o755);
  expectRefusal(await stage.plainStep(['Closed form', '--commit']), 'cannot move the branch');
  rmSync(join(stage.repo, HOOK));
  const log = await stage.strop(['log', '--json']);
  expect(JSON.parse(log.stdout)).toMatchObject({ rows: [{ title: 'Closed form' }], kept: 0, direct: 'none' });
  const { document } = await stage.step(['Closed form', '--commit']);
  expect(document).toMatchObject({ outcome: 'accepted', attempt: 1 });
  expect(doubtsOf(document)).toContain('evidence-carried-on');
});

/** A refused hook may leave objects that nothing points to, as `git commit` does. */
function withoutObjects(snapshot: ReturnType<typeof takeSnapshot>): Record<string, string> {
  return Object.fromEntries(Object.entries(snapshot).filter(([path]) => !path.startsWith('./.git/objects/')));
}

describe('signed commits', () => {
  const hasKeygen = spawnSync('ssh-keygen', ['-V']).error === undefined;

  it.skipIf(!hasKeygen)('are signed with the key of the user (needs ssh-keygen)', async () => {
    const stage = await stageOf();
    stage.commit(SMALL);
    const key = join(stage.folder, 'key');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test@example.org', '-f', key]);
    const allowed = join(stage.folder, 'allowed');
    writeFileSync(allowed, `test@example.org ${readFileSync(`${key}.pub`, 'utf8')}`);
    stage.git('config', 'gpg.format', 'ssh');
    stage.git('config', 'user.signingKey', `${key}.pub`);
    stage.git('config', 'commit.gpgSign', 'true');
    stage.git('config', 'gpg.ssh.allowedSignersFile', allowed);
    await landIn(stage);
    expect(stage.git('log', '-1', '--format=%G? %GS', 'HEAD')).toBe('G test@example.org');
  });
});
