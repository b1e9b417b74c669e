import { join } from 'node:path';
import type { Host } from '#host';
import type { ChangedPath } from './content.ts';
import { askGit } from './git.ts';
import type { Side } from './side.ts';

/**
 * The hash that git gives to the content of each changed file on side B, as if it lay in the user's tree (line ends and
 * filters as configured there); null where B has no such file.
 */
export async function hashChanges(
  host: Host,
  side: Pick<Side, 'root' | 'original'>,
  changed: readonly ChangedPath[],
): Promise<readonly { readonly path: string; readonly blob: string | null }[]> {
  const hashed: { path: string; blob: string | null }[] = [];
  for (const { path, kind } of changed) {
    const file = join(side.root, path);
    if (kind === 'removed' || (await host.files.kind(file)) !== 'file') {
      hashed.push({ path, blob: null });
      continue;
    }
    const blob = await askGit(
      host,
      { cwd: side.original ?? side.root, args: ['hash-object', `--path=${path}`, file] },
      { problem: 'git cannot hash a changed file', where: path, remedy: 'Repair the repository.' },
    );
    hashed.push({ path, blob: blob.trim() });
  }
  return hashed;
}
