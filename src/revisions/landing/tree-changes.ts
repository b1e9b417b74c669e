import type { Host } from '#host';
import { askGit, splitZero } from '../git.ts';
import type { GitCall } from '../git.ts';

/** A file as git records it. */
export interface TreeEntry {
  /** Octal, `100644`. */
  readonly mode: string;
  readonly blob: string;
}

/** A path that is not the same in two trees. */
export interface TreeChange {
  /** Relative to the top of the repository, with `/`. */
  readonly path: string;
  readonly before: TreeEntry | undefined;
  readonly after: TreeEntry | undefined;
}

const ABSENT = '000000';

function entry(mode: string, blob: string): TreeEntry | undefined {
  return mode === ABSENT ? undefined : { mode, blob };
}

/** Reads what `git diff-tree` and `git diff-index` write with `--raw -z --no-abbrev --no-renames`. */
export function readRawDiff(text: string): readonly TreeChange[] {
  const fields = splitZero(text);
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [modeA = '', modeB = '', blobA = '', blobB = ''] = (fields[at] ?? '').replace(/^:/, '').split(' ');
    changes.push({ path: fields[at + 1] ?? '', before: entry(modeA, blobA), after: entry(modeB, blobB) });
  }
  return changes;
}

/** Options with which git writes what {@link readRawDiff} reads. */
export const RAW_DIFF = ['--raw', '-z', '--no-abbrev', '--no-renames', '--ignore-submodules=none'];

/** Every path that differs between two trees or commits. */
export async function diffTrees(
  host: Host,
  call: Omit<GitCall, 'args'>,
  from: string,
  to: string,
): Promise<readonly TreeChange[]> {
  const text = await askGit(
    host,
    { ...call, args: ['diff-tree', '-r', ...RAW_DIFF, from, to] },
    { code: 'bad-tree', problem: 'git cannot compare the two states', remedy: 'Look at what git says.' },
  );
  return readRawDiff(text);
}

/** Input of `git update-index -z --index-info` that makes these paths what they are afterwards. */
export function indexInfo(changes: readonly TreeChange[]): string {
  return changes
    .map(({ path, before, after }) =>
      after === undefined
        ? `0 ${'0'.repeat(before?.blob.length ?? 40)}\t${path}\0`
        : `${after.mode} ${after.blob}\t${path}\0`,
    )
    .join('');
}

/** A few of the names, for one line of text. */
export function nameFew(paths: readonly string[]): string {
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : '';
  return paths.slice(0, 3).join(', ') + more;
}
