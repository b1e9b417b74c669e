import { createHash } from 'node:crypto';
import type { Host } from '#host';
import { joinPath } from './documents.ts';
import { runGit } from './git.ts';
import { readGitState } from './git-state.ts';

/** More than this is no working copy of code; reading it would cost more than it tells. */
const MOST_FILES = 2000;
const MOST_BYTES = 256 * 1024 * 1024;

/** What lies in a repository's working tree. */
export interface TreeContent {
  /** Hash of the commit below. */
  readonly commit: string;
  /** Hash of the commit's tree. */
  readonly tree: string;
  /**
   * Equal for equal files: `tree` where nothing differs from it, else `changed:` and a hash of it and of every file that
   * differs. Files that git ignores do not count. Null where that cannot be told (conflicts, too much, git refuses).
   */
  readonly content: string | null;
}

/** Tells what the working tree holds, without writing an object or touching the index; undefined without a commit. */
export async function readTreeContent(host: Host, top: string): Promise<TreeContent | undefined> {
  const state = await readGitState(host, top);
  const { commit } = state;
  if (commit === undefined) return undefined;
  const asked = await runGit(host, top, ['rev-parse', '--verify', `${commit}^{tree}`]);
  const tree = asked.stdout.trim();
  if (!asked.ok || state.trouble !== undefined || state.unmerged > 0) return { commit, tree, content: null };
  if (state.changed + state.untracked === 0) return { commit, tree, content: tree };
  const paths = await listDiffering(host, top, commit);
  if (paths === undefined || paths.length > MOST_FILES) return { commit, tree, content: null };
  const hash = createHash('sha256').update(tree);
  let read = 0;
  for (const path of paths) {
    const bytes = await host.files.readBytes(joinPath(top, path));
    read += bytes?.length ?? 0;
    if (read > MOST_BYTES) return { commit, tree, content: null };
    const one = bytes === undefined ? 'gone' : createHash('sha256').update(bytes).digest('hex');
    hash.update(JSON.stringify([path, one]));
  }
  return { commit, tree, content: `changed:${hash.digest('hex')}` };
}

/** Paths below the top that differ from the commit, sorted; undefined when git refuses. */
async function listDiffering(
  host: Host,
  top: string,
  commit: string,
): Promise<readonly string[] | undefined> {
  const changed = await runGit(host, top, ['diff', '--name-only', '--no-renames', '-z', commit, '--']);
  const added = await runGit(host, top, ['ls-files', '--others', '--exclude-standard', '-z']);
  if (!changed.ok || !added.ok) return undefined;
  const paths = `${changed.stdout}${added.stdout}`.split('\0').filter((path) => path !== '');
  return [...new Set(paths)].sort();
}
