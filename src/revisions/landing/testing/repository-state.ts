import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GIT_ENVIRONMENT } from '../../testing/stage.ts';

const execute = promisify(execFile);

async function hashTree(folder: string, leaveOut: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const visit = async (path: string): Promise<void> => {
    for (const entry of await fs.readdir(join(folder, path), { withFileTypes: true })) {
      const name = path === '' ? entry.name : `${path}/${entry.name}`;
      if (leaveOut.includes(name)) continue;
      const full = join(folder, name);
      if (entry.isDirectory()) await visit(name);
      else if (entry.isSymbolicLink()) lines.push(`${name} -> ${await fs.readlink(full)}`);
      else {
        const hash = createHash('sha256').update(await fs.readFile(full));
        lines.push(`${name} ${(await fs.stat(full)).mode.toString(8)} ${hash.digest('hex')}`);
      }
    }
  };
  await visit('');
  return lines.sort();
}

/**
 * All bytes of a repository and its working tree, less the objects (a refused landing may leave some that nobody names),
 * the names of folders and all times.
 */
export function readBytes(repo: string): Promise<readonly string[]> {
  return hashTree(repo, ['.git/objects']);
}

/** What the user sees of a repository: files, index, status, branches, stash and reflog, without times. */
export async function readState(repo: string): Promise<Readonly<Record<string, unknown>>> {
  const git = async (...args: string[]): Promise<string> => {
    const env = { ...process.env, ...GIT_ENVIRONMENT };
    const { stdout } = await execute('git', ['--no-optional-locks', ...args], { cwd: repo, env });
    return stdout;
  };
  const locks = await fs.readdir(join(repo, '.git'), { recursive: true });
  const [files, index, status, head, refs, reflog, branchLog, stash] = await Promise.all([
    hashTree(repo, ['.git']),
    git('ls-files', '-s', '-v'),
    git('status', '--porcelain=v2'),
    fs.readFile(join(repo, '.git/HEAD'), 'utf8'),
    git('for-each-ref', '--format=%(refname) %(objectname)'),
    git('reflog', '--format=%H %gs'),
    git('reflog', '--format=%H %gs', 'main'),
    git('stash', 'list', '--format=%H %gs'),
  ]);
  const stray = locks.filter((name) => /\.lock$|strop/.test(name));
  return { files, index, status, head, refs, reflog, branchLog, stash, stray };
}
