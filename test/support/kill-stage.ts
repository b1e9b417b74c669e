import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { StepDocument } from '#store';
import { PINNED, findPythons, testVenv } from '../../scripts/pythons.mjs';
import type { Ended, Started } from './program.ts';
import { takeSnapshot } from './snapshot.ts';
import { Stage, WORK, demoFiles } from './stage.ts';

/** As strop itself would install it; here it lies in the environment of the project, so that nothing is installed. */
const GRIFFE = 'griffe==2.4.1';

export const TITLE = 'Sum by a formula';
export const LOG = 'OPTIMIZATION_LOG.md';

const BY_HAND = '# How we made it fast\n\nWords by hand.\n';
/** The log as it is before the step. */
export const MORE_BY_HAND = `${BY_HAND}\nMore of them, not committed yet.\n`;

const SLOW_WORK = WORK.replace('n=500', 'n=5000');

/** So much faster that the fewest pairs decide. */
const FORMULA = `def work(n=5000):
    return (n - 1) * n * (2 * n - 1) // 6
`;

const TESTS = `import pytest
from demo.core import work

@pytest.mark.parametrize('n', [0, 1, 2, 5000])
def test_work(n):
    assert work(n) == sum(i * i for i in range(n))
`;

const SETTINGS = '[tool.strop.workloads]\nwork = { target = "demo.core:work" }\n';

/** `fresh`: nothing was measured but the baseline. `measured`: an earlier attempt holds all pairs that are needed. */
export type Start = 'fresh' | 'measured';

function listFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

/** What git and the file system say about the repository, with the newest commit called NEW; without any times. */
export interface RepositoryState {
  readonly files: Readonly<Record<string, string>>;
  readonly git: Readonly<Record<string, unknown>>;
}

/**
 * A project in which a change waits for its `strop step`, and with all that git can hold: something stashed, a new
 * executable file that is staged, a new symbolic link and a new file that are not, and a log with words by hand, of
 * which some are staged and some are not. It can be set back to the same start again and again.
 */
export class KillStage extends Stage {
  #python = '';
  /** HEAD of every start. */
  head = '';

  async prepare(): Promise<void> {
    const newest = findPythons().at(-1);
    if (newest === undefined) throw new Error('no supported Python was found');
    this.#python = (await testVenv(newest.version, [PINNED.pytest, GRIFFE])).python;
    const files = demoFiles(SLOW_WORK);
    this.commit({
      ...files,
      'pyproject.toml': `${files['pyproject.toml'] ?? ''}\n${SETTINGS}`,
      'tests/test_work.py': TESTS,
      'notes/plan.txt': 'first\n',
      [LOG]: BY_HAND,
    });
    this.write({ 'demo/core.py': SLOW_WORK.replace('total = 0', 'total = 0  # stashed') });
    this.git('stash', 'push', '--quiet');
    this.head = this.git('rev-parse', 'HEAD');
    await this.#demand(0, ['baseline', '--pairs', '4', '--no-snapshot']);
    this.#change();
    this.#copy(join(this.home, 'data'), join(this.folder, 'data'));
    // A hook that refuses the commit leaves an attempt with all its pairs, from which the next one goes on.
    const hook = join(this.repo, '.git/hooks/pre-commit');
    this.write({ '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n' });
    chmodSync(hook, 0o755);
    await this.#demand(2, this.step());
    rmSync(hook);
    this.#keep('measured');
    // The compiled code stays: every run would have to make it again.
    this.#copy(join(this.folder, 'data'), join(this.home, 'data'));
    this.#keep('fresh');
  }

  #change(): void {
    this.write({
      'demo/core.py': FORMULA,
      'demo/new.py': 'x = 1\n',
      'tools/run.sh': '#!/bin/sh\nexec true\n',
      [LOG]: BY_HAND.replace('Words', 'Staged words'),
    });
    chmodSync(join(this.repo, 'tools/run.sh'), 0o755);
    symlinkSync('../demo/core.py', join(this.repo, 'tools/core'));
    this.git('add', 'tools/run.sh', LOG);
    rmSync(join(this.repo, 'notes/plan.txt'));
    this.write({ [LOG]: MORE_BY_HAND });
  }

  /** The command line of the step. */
  step(): readonly string[] {
    return ['step', TITLE, '--commit', '--yes', '--json', '--allow-bundle', 'they belong together'].concat(
      this.python,
    );
  }

  get python(): readonly string[] {
    return ['--python', this.#python];
  }

  async #demand(code: number, argv: readonly string[]): Promise<Ended> {
    const all = argv.includes('--python') ? argv : [...argv, ...this.python];
    const ended = await this.strop(all);
    if (ended.code !== code) throw new Error(`strop ${argv.join(' ')}: ${ended.stderr}\n${ended.stdout}`);
    return ended;
  }

  #copy(from: string, to: string): void {
    rmSync(to, { recursive: true, force: true });
    // Times of files to the nanosecond, which Node's own copy cuts off.
    const copied = spawnSync('cp', ['-a', from, to], { encoding: 'utf8' });
    if (copied.status !== 0) throw new Error(copied.stderr);
  }

  #keep(start: Start): void {
    mkdirSync(join(this.folder, start));
    this.#copy(this.repo, join(this.folder, start, 'repo'));
    this.#copy(this.home, join(this.folder, start, 'home'));
  }

  /** Sets the project and strop's own folders back. */
  restore(start: Start): void {
    this.#copy(join(this.folder, start, 'repo'), this.repo);
    this.#copy(join(this.folder, start, 'home'), this.home);
  }

  startStep(): Started {
    return this.start(this.step());
  }

  /** All bytes of the repository, less the objects: a step that is undone may leave some that nobody names. */
  readBytes(): Readonly<Record<string, string>> {
    const all = Object.entries(takeSnapshot(this.repo));
    return Object.fromEntries(all.filter(([name]) => !name.startsWith('./.git/objects/')));
  }

  /** What the user sees of the repository; two steps that landed are equal in it. */
  readState(): RepositoryState {
    const git = (...args: readonly string[]): string => this.git('--no-optional-locks', ...args);
    const head = git('rev-parse', 'HEAD');
    const named = (text: string): string => text.replaceAll(head, 'NEW');
    const files = Object.entries(takeSnapshot(this.repo));
    return {
      files: Object.fromEntries(files.filter(([name]) => !name.startsWith('./.git/') && name !== `./${LOG}`)),
      git: {
        head: readFileSync(join(this.repo, '.git/HEAD'), 'utf8'),
        commit: git('show', '--no-patch', '--format=%P %T %an %cn %s', 'HEAD'),
        index: git('ls-files', '--stage', '-v'),
        status: git('status', '--porcelain=v2'),
        refs: named(git('for-each-ref', '--format=%(refname) %(objectname)')),
        reflog: named(git('reflog', '--format=%H %gs')),
        branch: named(git('reflog', '--format=%H %gs', 'main')),
        stash: git('stash', 'list', '--format=%H %T %gs'),
        stashed: git('stash', 'show', '--patch'),
        names: files.flatMap(([name]) => (/^\.\/\.git\/(?!objects\/)/.test(name) ? [name] : [])),
      },
    };
  }

  /** Locks in the repository, which keep everybody else out. */
  locks(): readonly string[] {
    return listFiles(this.repo).filter((name) => name.endsWith('.lock'));
  }

  /** What strop has left of runs and landings that are over. */
  stray(): readonly string[] {
    return [
      ...this.locks(),
      ...listFiles(this.repo).filter((name) => /\.tmp$|tmp_obj|strop-/.test(name)),
      ...this.leftRuns(),
      ...listFiles(join(this.home, 'data')).filter((name) => /\.tmp$|^landings\/./.test(name)),
      ...listFiles(join(this.home, 'cache')).filter((name) => /\.tmp$|\/run-[0-9a-f]+$/.test(name)),
    ];
  }

  /** The attempts in the history, oldest first. */
  attempts(): readonly StepDocument[] {
    const projects = join(this.home, 'data/projects');
    return readdirSync(projects).flatMap((project) => {
      const folder = join(projects, project, 'steps');
      const names = existsSync(folder) ? readdirSync(folder).sort() : [];
      return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as StepDocument);
    });
  }
}
