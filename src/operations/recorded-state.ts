import { createHash } from 'node:crypto';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { readTreeContent, runGit, walkFiles } from '#project';
import type { ProjectRoot } from '#project';
import type { ProfileDocument } from '#store';

/** What decides which work is done; data and what a run leaves behind would make every run another one. */
const CODE = /\.(py|pyi|pyx|pxd|c|cc|cpp|cxx|h|hpp|rs|so|pyd|toml|cfg|ini)$/i;
/** More than this is no project without a repository; reading it would cost more than it tells. */
const MOST_FILES = 2000;
const MOST_BYTES = 64 * 1024 * 1024;
const WITHOUT_GIT = 'files:';

/**
 * A hash of the code below a folder, for where git tells nothing: equal for equal files. Undefined where that is too much.
 */
export async function hashFiles(host: Host, root: string): Promise<string | undefined> {
  const paths: string[] = [];
  for await (const { path, name } of walkFiles(host, root)) if (CODE.test(name)) paths.push(path);
  if (paths.length > MOST_FILES) return undefined;
  const hash = createHash('sha256');
  let read = 0;
  for (const path of paths.sort()) {
    const bytes = await host.files.readBytes(`${root}/${path}`);
    read += bytes?.length ?? 0;
    if (read > MOST_BYTES) return undefined;
    hash.update(
      JSON.stringify([
        path,
        createHash('sha256')
          .update(bytes ?? '')
          .digest('hex'),
      ]),
    );
  }
  return `${WITHOUT_GIT}${hash.digest('hex')}`;
}

/** Where the text lies that the lines of a recording are lines of. */
export type RecordedText =
  | { readonly kind: 'now' }
  /** In a repository, below one tree. */
  | { readonly kind: 'tree'; readonly top: string; readonly prefix: string; readonly tree: string }
  | { readonly kind: 'gone' };

/** How a kept recording stands to the code that is there now. */
export interface RecordedState {
  readonly text: RecordedText;
  readonly doubts: readonly Doubt[];
}

const NOW: RecordedState = { text: { kind: 'now' }, doubts: [] };

/** Says whether the code has changed since, and where its text of then is. */
export async function compareWithNow(
  host: Host,
  project: ProjectRoot | undefined,
  document: Pick<ProfileDocument, 'content' | 'revision' | 'commit'> | undefined,
): Promise<RecordedState> {
  const content = document?.content ?? null;
  if (project === undefined || document === undefined || content === null) return NOW;
  if (content.startsWith(WITHOUT_GIT)) {
    const now = await hashFiles(host, project.root);
    return now === undefined || now === content ? NOW : changed({ kind: 'gone' });
  }
  const { gitTop: top, prefix } = project;
  if (top === undefined) return NOW;
  const now = await readTreeContent(host, top);
  if (now === undefined || now.content === content) return NOW;
  // A frozen working tree is told by other means than the one in place: whether both are the same is not worth a checkout.
  const isFrozen = document.revision === 'working tree' && !content.startsWith('changed:');
  if (isFrozen && now.content !== now.tree && content !== now.tree && document.commit === now.commit)
    return NOW;
  const isTree = /^[0-9a-f]{40,64}$/.test(content);
  const kept = isTree && (await runGit(host, top, ['cat-file', '-e', `${content}^{tree}`])).ok;
  return changed(kept ? { kind: 'tree', top, prefix, tree: content } : { kind: 'gone' });
}

function changed(text: RecordedText): RecordedState {
  const say = 'The code has changed since this was recorded: profile again before you act on it.';
  return { text, doubts: [{ code: 'recorded-before-change', text: say }] };
}

/** A file of the project as it was in a tree; undefined where it was not there. */
export async function readRecorded(
  host: Host,
  { top, prefix, tree }: RecordedText & { readonly kind: 'tree' },
  file: string,
): Promise<string | undefined> {
  // What a recording names may be anything; no program can be given this.
  if (file.includes('\0')) return undefined;
  const path = prefix === '' ? file : `${prefix}/${file}`;
  // The plain bytes: `git show` would run what a project has set up to show its files.
  const found = await runGit(host, top, ['cat-file', 'blob', `${tree}:${path}`]);
  return found.ok ? found.stdout : undefined;
}
