import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { newestPython } from '../../scripts/newest-python.mjs';
import { PINNED, findPythons, testVenv } from '../../scripts/pythons.mjs';
import { cachedTool } from '../../src/tools/testing/cached-tool.ts';
import { Stage } from '../support/stage.ts';
import { EDITS, SHOP } from './shop.ts';
import type { Ground } from './shell.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = join(ROOT, '.cache');

/** The releases that a page's `uv pip install` gets, so that a release elsewhere fails no test here. */
const PINS = [
  PINNED.pytest,
  PINNED.pytestBenchmark,
  'line_profiler==5.1.0',
  'py-spy==0.4.3',
  'scalene==2.4.0',
  'memray==1.20.0',
  'pytest-memray==1.11.0',
  'pyinstrument==5.1.3',
  'snakeviz==2.2.2',
];

/** uv does not read pip's settings: those that lead to the packages are handed on. */
const PIP_FOR_UV: readonly (readonly [uv: string, pip: string])[] = [
  ['UV_DEFAULT_INDEX', 'PIP_INDEX_URL'],
  ['UV_INDEX', 'PIP_EXTRA_INDEX_URL'],
  ['UV_FIND_LINKS', 'PIP_FIND_LINKS'],
  ['SSL_CERT_FILE', 'PIP_CERT'],
];

/** What all pages share: uv, and its cache, from which packages are linked into an environment in no time. */
export interface Workshop {
  readonly env: NodeJS.ProcessEnv;
  /** The interpreter of the environments. */
  readonly python: string;
  /** For what only Python 3.15 has; missing where none can be had. */
  readonly newest: string | undefined;
  /** Says that everything was installed: from now on no network is needed. */
  complete(): void;
}

/** Prepares uv with the pinned packages, from the network the first time and never again. */
export async function openWorkshop(): Promise<Workshop> {
  const newest = findPythons().at(-1);
  if (newest === undefined) throw new Error('no supported Python was found');
  const { folder } = await testVenv(newest.version, ['uv==0.13.9']);
  // What a person would have answered with yes: a block cannot be asked.
  const [major = 3, minor = 0, micro = 0] = newest.full.split('.').map(Number);
  for (const tool of ['griffe', 'py-spy'] as const)
    await cachedTool(tool, { executable: newest.python, version: [major, minor, micro] });
  const uvCache = join(CACHE, 'test-uv');
  mkdirSync(uvCache, { recursive: true });
  const pins = join(uvCache, 'pins.txt');
  writeFileSync(pins, `${PINS.join('\n')}\n`);
  const handed = PIP_FOR_UV.flatMap(([uv, pip]) => {
    const value = process.env[uv] ?? process.env[pip];
    return value === undefined ? [] : [[uv, value] as const];
  });
  const key = createHash('sha256')
    .update(JSON.stringify([newest.full, PINS]))
    .digest('hex')
    .slice(0, 12);
  const complete = join(uvCache, `complete-${key}`);
  return {
    python: newest.python,
    newest: (await newestPython()).python?.executable,
    env: {
      ...Object.fromEntries(handed),
      ...(existsSync(complete) ? { UV_OFFLINE: '1' } : {}),
      UV_CACHE_DIR: join(uvCache, 'cache'),
      UV_CONSTRAINT: pins,
      UV_PYTHON_DOWNLOADS: 'never',
      UV_NO_PROGRESS: '1',
      // What a page installs as a program of its own stays out of the home of whoever runs the tests.
      UV_TOOL_DIR: join(uvCache, 'programs'),
      PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter),
    },
    complete: () => writeFileSync(complete, ''),
  };
}

/** The sample project in a repository and an environment of its own, with `strop` as a command. */
export class ShopGround implements Ground {
  readonly #stage = new Stage('shop');
  readonly folder = this.#stage.repo;
  readonly env: NodeJS.ProcessEnv;

  constructor(workshop: Workshop, more: Readonly<Record<string, string>> = {}) {
    const { folder } = this.#stage;
    const bin = join(folder, 'bin');
    const program = process.env['STROP_PROGRAM'] ?? join(ROOT, 'dist', 'strop.js');
    mkdirSync(bin);
    this.#command(bin, 'strop', process.execPath, program);
    const { newest } = workshop;
    if (newest !== undefined) this.#command(bin, 'python3.15', newest);
    // strop's own tools: installed once for all tests.
    const tools = join(CACHE, 'test-tools', 'tools');
    mkdirSync(tools, { recursive: true });
    mkdirSync(join(this.#stage.home, 'data'), { recursive: true });
    symlinkSync(tools, join(this.#stage.home, 'data', 'tools'));
    const venv = join(this.folder, '.venv');
    this.env = this.#stage.env({
      ...workshop.env,
      VIRTUAL_ENV: venv,
      PATH: [bin, join(venv, 'bin'), workshop.env['PATH']].join(delimiter),
      // uv run and uv add find their environment by the project, and never another one.
      UV_PROJECT_ENVIRONMENT: venv,
      SKILL: join(ROOT, 'skill'),
    });
    this.#stage.commit({ ...SHOP, ...more }, 'The shop as it is');
    this.#run('uv', 'venv', '--quiet', '--python', workshop.python, venv);
    // Named outright: nothing may ever land in the interpreter that the environment was made from.
    const inVenv = ['--python', join(venv, 'bin', 'python')];
    this.#run('uv', 'pip', 'install', '--quiet', ...inVenv, 'pytest', 'pytest-benchmark');
  }

  #command(bin: string, name: string, ...start: readonly string[]): void {
    const words = start.map((word) => `"${word}"`).join(' ');
    writeFileSync(join(bin, name), `#!/bin/sh\nexec ${words} "$@"\n`);
    chmodSync(join(bin, name), 0o755);
  }

  #run(program: string, ...words: readonly string[]): void {
    const ended = spawnSync(program, words, { cwd: this.folder, env: this.env, encoding: 'utf8' });
    if (ended.status !== 0) throw new Error(`${program} ${words.join(' ')}: ${ended.stderr}`);
  }

  edit(name: string): void {
    const change = EDITS[name];
    if (change === undefined) throw new Error(`no edit is called '${name}'`);
    this.#stage.write(change((path) => readFileSync(join(this.folder, path), 'utf8')));
  }

  close(): void {
    this.#stage.close();
  }
}
