import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { PINNED, findPythons, shareBytecode, testVenv } from '../../scripts/pythons.mjs';
import type { ComparisonDocument } from '#store';
import { startStrop } from './program.ts';
import type { Ended, Started } from './program.ts';

/** Environment in which git behaves the same on every machine. */
const GIT = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
};

/** The plain interpreter of the tests that need no packages. */
export function plainPython(): string {
  const newest = findPythons().at(-1);
  if (newest === undefined) throw new Error('no supported Python was found');
  return newest.python;
}

/** An interpreter with pytest and nothing else. */
export async function pytestPython(): Promise<string> {
  return (await testVenv('3.13', [PINNED.pytest])).python;
}

/** A function that takes some 20 µs for n = 500. */
export const WORK = `def work(n=500):
    total = 0
    for i in range(n):
        total += i * i
    return total
`;

/** The same answer in half the time. */
export const FASTER_WORK = WORK.replace('range(n)', 'range(n // 2)').replace('i * i', 'i * i * 2');

const MANIFEST = '[project]\nname = "demo"\nversion = "1.0"\nrequires-python = ">=3.9"\n';

/** A package `demo` of one module. */
export function demoFiles(core = WORK): Readonly<Record<string, string>> {
  return { 'pyproject.toml': MANIFEST, 'demo/__init__.py': '', 'demo/core.py': core };
}

/** What a test changes about one call of strop. */
export interface CallOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What it is given on stdin; nothing by default. */
  readonly input?: string;
}

/** A temporary folder with a project in a repository, and with strop's own home beside it. */
export class Stage {
  readonly folder: string;
  readonly home: string;
  readonly repo: string;

  constructor(name = 'project') {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'strop-e2e-')));
    this.home = join(this.folder, 'home');
    this.repo = join(this.folder, name);
    mkdirSync(this.repo);
    shareBytecode(this.home);
  }

  /** The environment of strop: the user's without anything of an outer strop or test runner. */
  env(more: CallOptions['env'] = {}): NodeJS.ProcessEnv {
    const { NODE_OPTIONS: _options, VIRTUAL_ENV: _venv, PYTHONPATH: _path, ...own } = process.env;
    return { ...own, ...GIT, STROP_HOME: this.home, NO_COLOR: '1', ...more };
  }

  write(files: Readonly<Record<string, string>>, below = this.repo): void {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(below, path)), { recursive: true });
      writeFileSync(join(below, path), text);
    }
  }

  git(...args: readonly string[]): string {
    return this.gitIn(this.repo, ...args);
  }

  gitIn(folder: string, ...args: readonly string[]): string {
    const options = ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main'];
    const asked = spawnSync('git', [...options, ...args], { cwd: folder, env: this.env(), encoding: 'utf8' });
    if (asked.status !== 0) throw new Error(`git ${args.join(' ')}: ${asked.stderr}`);
    return asked.stdout.trim();
  }

  /** Makes the folder a repository, on the first call, and commits all that is there. */
  commit(files: Readonly<Record<string, string>>, message = 'change'): string {
    if (!existsSync(join(this.repo, '.git'))) this.git('init', '--quiet');
    this.write(files);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }

  start(argv: readonly string[], { cwd = this.repo, env = {}, input }: CallOptions = {}): Started {
    return startStrop(argv, { cwd, env: this.env(env), input });
  }

  strop(argv: readonly string[], options: CallOptions = {}): Promise<Ended> {
    return this.start(argv, options).ended;
  }

  /** `strop compare` with the plain interpreter and a small budget. */
  compare(argv: readonly string[], options: CallOptions = {}): Promise<Ended> {
    const given = new Set(argv);
    const some = [
      ...(given.has('--python') ? [] : ['--python', plainPython()]),
      ...(given.has('--budget') ? [] : ['--budget', '3s']),
      ...(given.has('--meter') ? [] : ['--meter', 'cpu']),
    ];
    return this.strop(['compare', ...some, ...argv], options);
  }

  /** A comparison that makes nothing slower, as its document. */
  async compared(argv: readonly string[], options: CallOptions = {}): Promise<ComparisonDocument> {
    const ended = await this.compare(['--json', ...argv], options);
    expect([0, 3], ended.stderr).toContain(ended.code);
    return JSON.parse(ended.stdout) as ComparisonDocument;
  }

  /** Folders of runs that strop has not removed. */
  leftRuns(): readonly string[] {
    const runs = join(this.home, 'runs');
    return existsSync(runs) ? readdirSync(runs) : [];
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A refusal: exit code 2, nothing on stdout, the message on stderr without a stack of strop's own. */
export function expectRefusal(ended: Ended, ...parts: readonly (string | RegExp)[]): void {
  expect(ended).toMatchObject({ code: 2, stdout: '' });
  expect(ended.stderr).toMatch(/^error: /m);
  expect(ended.stderr).toMatch(/^ {2}remedy: \S/m);
  expect(ended.stderr).not.toContain('strop itself failed');
  for (const part of parts) {
    if (typeof part === 'string') expect(ended.stderr).toContain(part);
    else expect(ended.stderr).toMatch(part);
  }
}
