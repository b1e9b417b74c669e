import { createHash } from 'node:crypto';
import type { Host } from '#host';
import { joinPath } from './documents.ts';
import { findGitTop, runGit } from './git.ts';
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
   * differs, of a link by what it says. Files that git ignores do not count. Null where that cannot be told (conflicts, too much, git refuses).
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
    const one = await readOne(host, top, path);
    if (one === undefined) return { commit, tree, content: null };
    read += one.bytes;
    if (read > MOST_BYTES) return { commit, tree, content: null };
    hash.update(JSON.stringify([path, one.hash]));
  }
  return { commit, tree, content: `changed:${hash.digest('hex')}` };
}

/** One entry, never through a link: what it leads to may be a folder, or a pipe that nobody writes to. */
async function readOne(
  host: Host,
  top: string,
  path: string,
): Promise<{ readonly hash: string; readonly bytes: number } | undefined> {
  const whole = joinPath(top, path);
  const kind = await host.files.kind(whole);
  if (kind === 'link') return { hash: `link ${(await host.files.readLink(whole)) ?? ''}`, bytes: 0 };
  if (kind === 'folder') {
    const inner = await readNested(host, whole);
    return inner === undefined ? undefined : { hash: `folder ${inner}`, bytes: 0 };
  }
  if (kind === 'other') return { hash: 'other', bytes: 0 };
  const bytes = kind === undefined ? undefined : await host.files.readBytes(whole);
  const hash = bytes === undefined ? 'gone' : createHash('sha256').update(bytes).digest('hex');
  return { hash, bytes: bytes?.length ?? 0 };
}

/**
 * What a submodule or a repository in the repository holds, which git lists as one folder; undefined where that cannot
 * be told. Any other folder stands where a file was, and its own files are listed, too.
 */
async function readNested(host: Host, folder: string): Promise<string | undefined> {
  if ((await findGitTop(host, folder)) !== (await host.files.real(folder))) return 'plain';
  const inner = await readTreeContent(host, folder);
  if (inner === undefined) return 'no commit';
  return inner.content === null ? undefined : `${inner.commit} ${inner.content}`;
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
