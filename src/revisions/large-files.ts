import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { runGit, splitZero } from './git.ts';
import type { GitCall } from './git.ts';
import type { Repository } from './repository.ts';

/** First line of a pointer that git-lfs stores in place of a large file (git-lfs, docs/spec.md). */
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n[^]*^oid sha256:([0-9a-f]{64})$/m;

/** A pointer is text of less than 1024 bytes (git-lfs, docs/spec.md). */
const MOST_POINTER_BYTES = 1024;

/**
 * Puts the large files of git-lfs into a fresh checkout, from where the user's git-lfs keeps them. git-lfs itself is not
 * called: it would download into the user's repository. Those that are not there stay pointers, with a doubt.
 */
export async function fillPointers(
  host: Host,
  source: { readonly repository: Repository; readonly name: string; readonly inside: string },
  call: GitCall,
  folder: string,
): Promise<readonly Doubt[]> {
  const listed = await runGit(host, {
    ...call,
    args: [...call.args, 'ls-files', '-z', '--', ':(attr:filter=lfs)'],
  });
  if (!listed.ok) return [];
  const missing: string[] = [];
  for (const path of splitZero(listed.stdout)) {
    const target = join(folder, path);
    if ((await host.files.kind(target)) !== 'file') continue;
    const bytes = await host.files.readBytes(target);
    if (bytes === undefined || bytes.length >= MOST_POINTER_BYTES) continue;
    const oid = POINTER.exec(new TextDecoder().decode(bytes))?.[1];
    if (oid === undefined) continue;
    const kept = join(source.repository.commonDir, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);
    if ((await host.files.kind(kept)) === 'file') await host.files.copy(kept, target);
    else missing.push(source.inside === '' ? path : `${source.inside}/${path}`);
  }
  if (missing.length === 0) return [];
  const named =
    missing.slice(0, 3).join(', ') + (missing.length > 3 ? ` and ${missing.length - 3} more` : '');
  return [
    {
      code: 'files-missing',
      text: `Large files of git-lfs are only pointers in ${source.name} (${named}); \`git lfs fetch\` gets them.`,
    },
  ];
}

/**
 * Of files that differ from the index, those that only seem to: large files of git-lfs whose content is what the pointer
 * in the index says. git-lfs itself, which would tell git so, is not called.
 */
export async function findFilled(
  host: Host,
  call: GitCall,
  folder: string,
  changed: readonly string[],
): Promise<ReadonlySet<string>> {
  const filled = new Set<string>();
  const listed = await runGit(host, {
    ...call,
    args: [...call.args, 'ls-files', '-s', '-z', '--', ':(attr:filter=lfs)'],
  });
  const suspects = new Set(changed);
  for (const entry of listed.ok ? splitZero(listed.stdout) : []) {
    const [, blob, path] = /^\d+ ([0-9a-f]+) \d\t(.+)$/s.exec(entry) ?? [];
    if (blob === undefined || path === undefined || !suspects.has(path)) continue;
    const pointer = await runGit(host, { ...call, args: [...call.args, 'cat-file', 'blob', blob] });
    const oid = POINTER.exec(pointer.stdout)?.[1];
    const bytes = oid === undefined ? undefined : await host.files.readBytes(join(folder, path));
    if (bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === oid) filled.add(path);
  }
  return filled;
}
