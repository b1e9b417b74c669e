import { dirname, join } from 'node:path';
import type { ChildResult, Host } from '#host';

/** Variables that a git hook or alias leaves behind and that would point git at another repository or index. */
const LOCAL_VARIABLES = [
  'GIT_DIR',
  'GIT_WORK_TREE',
  'GIT_INDEX_FILE',
  'GIT_PREFIX',
  'GIT_COMMON_DIR',
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_NAMESPACE',
];

/**
 * Runs git for reading only: it takes no lock, does not refresh the index, starts no file system monitor and
 * asks nothing.
 */
export async function runGit(host: Host, folder: string, args: readonly string[]): Promise<ChildResult> {
  const env: Record<string, string | undefined> = { ...host.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
  for (const name of LOCAL_VARIABLES) env[name] = undefined;
  return host.processes.run({
    argv: ['git', '--no-optional-locks', '-c', 'core.fsmonitor=false', ...args],
    cwd: folder,
    env,
    timeoutMs: 60_000,
  });
}

/**
 * Top folder of the git working tree around a folder, symbolic links resolved; undefined outside of one. Where
 * git is missing or refuses (a repository of another user), the nearest `.git` decides.
 */
export async function findGitTop(host: Host, folder: string): Promise<string | undefined> {
  const asked = await runGit(host, folder, ['rev-parse', '--show-toplevel']);
  const top = asked.stdout.replace(/\r?\n$/, '');
  if (asked.ok && top !== '') return (await host.files.real(top)) ?? top;
  if (asked.startError === undefined && /not a git repository/i.test(asked.stderr)) return undefined;
  for (let at = folder; ; at = dirname(at)) {
    if ((await host.files.kind(join(at, '.git'))) !== undefined) return at;
    if (dirname(at) === at) return undefined;
  }
}
