import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import { openRun, parseRevisions, prepareSides } from '#revisions';
import type { PreparedSides, SidesOptions } from '#revisions';
import { shareBytecode } from '../../../scripts/pythons.mjs';

const execute = promisify(execFile);

/** Environment in which git behaves the same on every machine. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Test',
  GIT_AUTHOR_EMAIL: 'test@example.org',
  GIT_COMMITTER_NAME: 'Test',
  GIT_COMMITTER_EMAIL: 'test@example.org',
};

/** An interpreter for tests that start none. */
export const NO_PYTHON: SidesOptions['python'] = {
  executable: '/nowhere/bin/python',
  version: [3, 12, 1],
  versionText: '3.12.1',
  basePrefix: '/nowhere',
  platform: 'linux-x86_64',
  abi: 'cpython-312-x86_64-linux-gnu',
  sitePackages: [],
};

/** A temporary folder with a real repository, a real host, and folders of strop beside them. */
export interface Stage {
  readonly host: OpenHost;
  /** Holds everything; removed at the end. */
  readonly folder: string;
  /** The user's repository. */
  readonly repo: string;
  git(...args: string[]): Promise<string>;
  gitIn(folder: string, ...args: string[]): Promise<string>;
  /** Writes files below the repository. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  commit(message?: string): Promise<string>;
  /** Prepares the sides in a run of their own. */
  prepare(revisions?: string, options?: Partial<SidesOptions> & { project?: string }): Promise<PreparedSides>;
  close(): Promise<void>;
}

/** Opens a stage. The repository's name has a space and letters that are no ASCII, as the whole path to it. */
export async function openStage(init = true): Promise<Stage> {
  const folder = await fs.realpath(await fs.mkdtemp(join(os.tmpdir(), 'strop rev ß-')));
  const repo = join(folder, 'mit Leerzeichen ünï');
  await fs.mkdir(repo);
  const env = { ...process.env, ...GIT_ENVIRONMENT, STROP_HOME: join(folder, 'strop home') };
  shareBytecode(env.STROP_HOME);
  const host = createHost({ cwd: repo, env });
  const gitIn = async (at: string, ...args: string[]): Promise<string> => {
    const options = ['-c', 'protocol.file.allow=always', '-c', 'init.defaultBranch=main'];
    const { stdout } = await execute('git', [...options, ...args], {
      cwd: at,
      env: { ...process.env, ...GIT_ENVIRONMENT },
    });
    return stdout.trim();
  };
  const git = (...args: string[]): Promise<string> => gitIn(repo, ...args);
  if (init) await git('init', '--quiet');
  return {
    host,
    folder,
    repo,
    git,
    gitIn,
    write: (files) => writeFiles(repo, files),
    commit: async (message = 'change') => {
      await git('add', '--all');
      await git('commit', '--quiet', '--allow-empty', '--message', message);
      return git('rev-parse', 'HEAD');
    },
    prepare: async (revisions, options = {}) => {
      const { project, ...more } = options;
      const run = more.run ?? (await openRun(host));
      return prepareSides(host, { root: project ?? repo }, parseRevisions(revisions), {
        python: NO_PYTHON,
        ...more,
        run,
      });
    },
    close: async () => {
      await host.close();
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes files with their folders. */
export async function writeFiles(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await fs.mkdir(dirname(join(folder, path)), { recursive: true });
    await fs.writeFile(join(folder, path), text);
  }
}

/**
 * Every file, folder and link below a folder, with mode, time of change in ns, and content: two equal snapshots say that
 * nothing at all has been touched between them.
 */
export async function takeSnapshot(folder: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const visit = async (path: string): Promise<void> => {
    const stats = await fs.lstat(path, { bigint: true });
    let content = '';
    if (stats.isSymbolicLink()) content = await fs.readlink(path);
    else if (stats.isFile())
      content = createHash('sha256')
        .update(await fs.readFile(path))
        .digest('hex');
    lines.push([path, stats.mode.toString(8), stats.mtimeNs, stats.ctimeNs, content].join(' '));
    if (!stats.isDirectory()) return;
    for (const name of (await fs.readdir(path)).sort()) await visit(join(path, name));
  };
  await visit(folder);
  return lines;
}

/** Paths below a folder, sorted; folders end with `/`, links with `@`, executable files with `*`. */
export async function listTree(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  const visit = async (path: string, shown: string): Promise<void> => {
    for (const entry of await fs.readdir(path, { withFileTypes: true })) {
      const name = shown + entry.name;
      if (entry.isDirectory()) {
        const before = paths.length;
        await visit(join(path, entry.name), `${name}/`);
        if (paths.length === before) paths.push(`${name}/`);
      } else if (entry.isSymbolicLink()) paths.push(`${name}@`);
      else paths.push(((await fs.stat(join(path, entry.name))).mode & 0o100) === 0 ? name : `${name}*`);
    }
  };
  await visit(folder, '');
  return paths.sort();
}
