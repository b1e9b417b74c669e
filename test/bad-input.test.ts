import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PINNED, testVenv } from '../scripts/pythons.mjs';
import { FASTER_WORK, Stage, WORK, demoFiles, expectRefusal, plainPython } from './support/stage.ts';
import { takeSnapshot } from './support/snapshot.ts';

/** A workload that runs on every state of the demo project, so that a refusal has another reason. */
const STATEMENT = ['--stmt', 'work()', '--setup', 'from demo.core import work'];
const BRIEF = ['--budget', '1s', ...STATEMENT];

let stage: Stage;

beforeEach(() => {
  stage = new Stage();
});

afterEach(() => {
  stage.close();
});

interface Compared {
  readonly verdict: string;
  readonly workloads: readonly { readonly id: string; readonly verdict: string }[];
  readonly doubts: readonly { readonly code: string; readonly text: string }[];
}

/** Compares and expects a result, whatever the verdict. */
async function compared(
  argv: readonly string[],
  options: Parameters<Stage['compare']>[1] = {},
): Promise<Compared> {
  const ended = await stage.compare(['--json', ...argv], options);
  expect([0, 1, 3], ended.stderr).toContain(ended.code);
  return JSON.parse(ended.stdout) as Compared;
}

describe('a repository that cannot serve', () => {
  it('is none at all', async () => {
    stage.write(demoFiles());
    expectRefusal(await stage.compare(BRIEF), 'git init');
  });

  it('has no commit', async () => {
    stage.write(demoFiles());
    stage.git('init', '--quiet');
    expectRefusal(await stage.compare(BRIEF), 'no commit yet');
  });

  it('is bare', async () => {
    stage.commit(demoFiles());
    const bare = join(stage.folder, 'bare.git');
    stage.git('clone', '--quiet', '--bare', stage.repo, bare);
    expectRefusal(await stage.compare(BRIEF, { cwd: bare }), 'bare');
  });

  it('is in the middle of a merge with conflicts', async () => {
    stage.commit(demoFiles());
    stage.git('checkout', '--quiet', '-b', 'other');
    stage.commit({ 'demo/core.py': FASTER_WORK });
    stage.git('checkout', '--quiet', 'main');
    stage.commit({ 'demo/core.py': `# mine\n${FASTER_WORK.replace('total = 0', 'total = 1')}` });
    expect(() => stage.git('merge', 'other')).toThrow();
    const before = takeSnapshot(stage.repo);
    expectRefusal(await stage.compare(BRIEF), /merge|conflict/, 'demo/core.py');
    expect(takeSnapshot(stage.repo)).toEqual(before);
  });

  it('lacks the revision because the clone is shallow', async () => {
    stage.commit(demoFiles());
    stage.commit({ 'demo/core.py': FASTER_WORK });
    const clone = join(stage.folder, 'clone');
    stage.git('clone', '--quiet', '--depth', '1', `file://${stage.repo}`, clone);
    expectRefusal(await stage.compare(['HEAD~1', ...BRIEF], { cwd: clone }), '--unshallow');
  });
});

describe('a revision that does not exist', () => {
  it('is answered with the names that come near', async () => {
    stage.commit(demoFiles());
    stage.git('tag', 'v1.0.0');
    stage.git('branch', 'feature/parser');
    expectRefusal(await stage.compare(['v1.0.O', ...BRIEF]), 'v1.0.0');
    expectRefusal(await stage.compare(['HEAD..feature/praser', ...BRIEF]), 'feature/parser');
    expectRefusal(await stage.compare(['HEAD...main', ...BRIEF]), 'two dots');
  });
});

describe('a repository of an unusual kind', () => {
  it('with a detached HEAD is compared as any other', async () => {
    const first = stage.commit(demoFiles());
    stage.commit({ 'demo/core.py': FASTER_WORK });
    stage.git('checkout', '--quiet', first);
    const { verdict, doubts } = await compared(BRIEF);
    expect(['no difference', 'undecided']).toContain(verdict);
    expect(doubts.map((doubt) => doubt.code)).toContain('identical-code');
  });

  it('with submodules brings them along, or says that they are not initialised', async () => {
    const inner = join(stage.folder, 'inner');
    mkdirSync(inner);
    stage.write({ 'inner_core.py': WORK }, inner);
    stage.gitIn(inner, 'init', '--quiet');
    stage.gitIn(inner, 'add', '.');
    stage.gitIn(inner, 'commit', '--quiet', '-m', 'inner');
    stage.commit(demoFiles());
    stage.git('submodule', '--quiet', 'add', inner, 'demo/inner');
    stage.commit({ 'demo/inner_user.py': 'from demo.inner.inner_core import work\n' });
    const workload = ['--budget', '1s', '--stmt', 'work()', '--setup', 'from demo.inner_user import work'];
    await compared(workload);
    const clone = join(stage.folder, 'clone');
    stage.git('clone', '--quiet', stage.repo, clone);
    const { doubts } = await compared(BRIEF, { cwd: clone });
    expect(doubts.find((doubt) => doubt.code === 'files-missing')?.text).toContain('demo/inner');
    expectRefusal(await stage.compare(workload, { cwd: clone }), 'cannot be imported', 'side');
  });
});

describe('names with spaces and letters that are no ASCII', () => {
  it('are carried through project folder, file names and ids of tests', async () => {
    const python = await testVenv('3.13', [PINNED.pytest, PINNED.pytestBenchmark]);
    const odd = new Stage('mein Projekt ünï 日本');
    try {
      odd.commit(demoFiles());
      odd.commit({
        'tests/test_größe.py': `import pytest
from demo.core import work

@pytest.mark.parametrize("size", ["klein ß", "日本"], ids=["klein ß", "日本"])
def test_größe(benchmark, size):
    assert benchmark(work) > 0
`,
        'demo/core.py': FASTER_WORK,
        'ein ordner/dätei mit leerzeichen.txt': 'x',
      });
      const all = await odd.compare(['HEAD~1..HEAD', '--json', '--budget', '1s', '--python', python.python]);
      expect([0, 1, 3], all.stderr).toContain(all.code);
      const { workloads } = JSON.parse(all.stdout) as Compared;
      expect(workloads).toHaveLength(2);
      expect(workloads[0]?.id).toMatch(/^tests\/test_größe\.py::test_größe\[/);
      const one = [
        '--json',
        '--workload',
        workloads[1]?.id ?? '',
        '--budget',
        '1s',
        '--python',
        python.python,
      ];
      const again = await odd.compare(['HEAD~1..HEAD', ...one]);
      expect([0, 1, 3], again.stderr).toContain(again.code);
      expect((JSON.parse(again.stdout) as Compared).workloads.map((each) => each.id)).toEqual([
        workloads[1]?.id,
      ]);
    } finally {
      odd.close();
    }
  });
});

describe('an interpreter that cannot serve', () => {
  beforeEach(() => {
    stage.commit(demoFiles());
  });

  it('does not exist where it was named', async () => {
    expectRefusal(await stage.compare(['--python', '/nonexistent/python', ...BRIEF]), '/nonexistent/python');
  });

  it('is to be found nowhere', async () => {
    // Only git is left on the path.
    const bin = join(stage.folder, 'bin');
    mkdirSync(bin);
    const git = spawnSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).stdout.trim();
    symlinkSync(git, join(bin, 'git'));
    const env = { PATH: bin, HOME: stage.folder, PYENV_ROOT: undefined, CONDA_PREFIX: undefined };
    expectRefusal(await stage.strop(['compare', ...BRIEF], { env }), /[Pp]ython/, '--python');
  });

  it('is a link to nothing in the project environment', async () => {
    const bin = join(stage.repo, '.venv', 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(stage.repo, '.venv', 'pyvenv.cfg'), 'home = /nonexistent/bin\nversion = 3.12.1\n');
    symlinkSync('/nonexistent/bin/python3.12', join(bin, 'python'));
    writeFileSync(join(stage.repo, '.gitignore'), '.venv/\n');
    expectRefusal(await stage.strop(['compare', ...BRIEF]), '.venv');
  });
});

describe('a request that cannot be meant', () => {
  beforeEach(() => {
    stage.commit(demoFiles());
  });

  it('holds an unknown setting', async () => {
    stage.write({ 'strop.toml': 'budgt = "10s"\n' });
    expectRefusal(await stage.compare(BRIEF), 'budgt', 'budget', 'strop.toml');
  });

  it('holds a budget that is no time', async () => {
    expectRefusal(await stage.compare(['--budget', 'soon', ...STATEMENT]), '--budget', 'soon');
    expectRefusal(await stage.compare(['--budget', '-3s', ...STATEMENT]), '--budget');
    expectRefusal(await stage.compare([...BRIEF, '--margin', '200%']), '--margin');
    expectRefusal(await stage.compare([...BRIEF, '--fpr', '0']), '--fpr');
    expectRefusal(await stage.compare([...BRIEF, '--timeout', 'never']), '--timeout');
  });

  it('holds an unknown flag', async () => {
    expectRefusal(await stage.compare([...BRIEF, '--workloda', 'x']), '--workload');
  });

  it('names a workload that is none', async () => {
    expectRefusal(await stage.compare(['--workload', 'demo.core:wrok']), 'wrok');
    expectRefusal(
      await stage.compare(['--workload', 'tests/test_none.py::test_x']),
      'tests/test_none.py::test_x',
    );
    expectRefusal(await stage.compare(['--workload', 'what is this']), 'what is this');
    expectRefusal(await stage.compare([]), '--workload');
  });

  it('is answered as one JSON document on stdout when that was asked for', async () => {
    for (const argv of [
      ['nope', ...BRIEF],
      [...BRIEF, '--workloda', 'x'],
      ['--budget', 'soon', ...STATEMENT],
    ]) {
      const ended = await stage.compare(['--json', ...argv]);
      expect(ended.code).toBe(2);
      expect(JSON.parse(ended.stdout)).toMatchObject({
        kind: 'error',
        version: 1,
        problem: expect.any(String),
      });
      expect(ended.stderr).toMatch(/^error: /m);
    }
  });
});

describe('a history that was damaged', () => {
  it('is named with its file, stops no comparison and stays as it is', async () => {
    stage.commit(demoFiles());
    await compared(BRIEF);
    const [project = ''] = readdirSync(join(stage.home, 'data', 'projects'));
    const folder = join(stage.home, 'data', 'projects', project, 'comparisons');
    const file = join(folder, '99991231T235959Z-00000000.json');
    for (const [text, problem] of [
      ['{"kind": "comparison", "vers', 'no JSON'],
      ['{"kind": "profile", "version": 1}', 'no comparison'],
      ['{"kind": "comparison", "version": 2}', 'newer strop'],
      ['{"kind": "comparison", "version": 1}', 'not its form'],
      ['', 'no JSON'],
    ] as const) {
      writeFileSync(file, text);
      expectRefusal(await stage.strop(['status']), file, problem);
    }
    const before = takeSnapshot(folder);
    await compared(BRIEF);
    expect(takeSnapshot(folder)).toMatchObject(before);
  });
});

describe('a history that cannot be written', () => {
  it('costs no result that was measured, and is told before a baseline is measured', async () => {
    stage.commit(demoFiles());
    stage.write({ data: 'a file is where the folder should be' }, stage.home);
    const result = await compared(BRIEF);
    expect(result.workloads).toHaveLength(1);
    expect(result.doubts.map(({ code }) => code)).toContain('not-kept');
    const refused = await stage.strop(['baseline', '--python', plainPython(), ...BRIEF]);
    expectRefusal(refused, join(stage.home, 'data'));
    expect(refused.stderr).not.toMatch(/calibrating|pairs/);
  });

  it('is told before a baseline is measured where a step in it is damaged, too', async () => {
    stage.commit(demoFiles());
    const argv = ['baseline', '--pairs', '4', '--python', plainPython(), '--meter', 'cpu', ...BRIEF];
    expect(await stage.strop(argv)).toMatchObject({ code: 0 });
    const [project = ''] = readdirSync(join(stage.home, 'data', 'projects'));
    const step = join('data', 'projects', project, 'steps', '99991231T235959Z-00000000.json');
    stage.write({ [step]: '{"kind": "step", "vers' }, stage.home);
    const refused = await stage.strop(argv);
    expectRefusal(refused, join(stage.home, step), 'no JSON');
    expect(refused.stderr).not.toMatch(/calibrating|pairs/);
  });
});

describe('a full disk', () => {
  const here = dirname(import.meta.dirname);
  const mounted = spawnSync(
    'sh',
    ['-c', 'd=$(mktemp -d) && mount -t tmpfs -o size=64k tmpfs "$d" && umount "$d"; rmdir "$d"'],
    {
      cwd: here,
    },
  );

  it.skipIf(mounted.status !== 0)(
    'ends with a clear error and loses nothing (needs root for a small tmpfs)',
    async () => {
      stage.commit({ ...demoFiles(), 'demo/large.txt': 'x'.repeat(3_000_000) });
      // What tests share in it would not fit on the small disk.
      rmSync(stage.home, { recursive: true });
      mkdirSync(stage.home);
      // Room for the checks before anything is written at 4 MiB, and for one checkout at 5: each runs full elsewhere.
      for (const size of ['256k', '4m']) {
        expect(spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', stage.home]).status).toBe(0);
        try {
          const before = takeSnapshot(stage.repo);
          expectRefusal(await stage.compare(BRIEF), /disk|space/, 'STROP_HOME');
          expect(takeSnapshot(stage.repo)).toEqual(before);
          expect(stage.leftRuns()).toEqual([]);
        } finally {
          spawnSync('umount', ['-l', stage.home]);
        }
      }
    },
  );

  it('is told for a home that cannot be written, too', async () => {
    stage.commit(demoFiles());
    rmSync(stage.home, { recursive: true });
    writeFileSync(stage.home, 'a file is where the folder should be');
    expectRefusal(await stage.compare(BRIEF), stage.home);
    rmSync(stage.home);
    expect(existsSync(stage.home)).toBe(false);
    chmodSync(stage.folder, 0o755);
  });
});

describe('two strops at once', () => {
  it('measure the same project side by side and leave nothing', async () => {
    stage.commit(demoFiles());
    stage.write({ 'demo/core.py': FASTER_WORK });
    const before = takeSnapshot(stage.repo);
    const both = await Promise.all([
      stage.compare(['--json', ...BRIEF, '--python', plainPython()]),
      stage.compare(['--json', ...BRIEF, '--python', plainPython()]),
    ]);
    for (const ended of both) {
      expect([0, 3], ended.stderr).toContain(ended.code);
      expect(JSON.parse(ended.stdout)).toMatchObject({ kind: 'comparison' });
    }
    expect(stage.leftRuns()).toEqual([]);
    expect(takeSnapshot(stage.repo)).toEqual(before);
  });
});
