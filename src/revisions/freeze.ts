import { join } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Workplace } from './checkout.ts';
import { askGit, demandGoing } from './git.ts';
import { openNested, readingEnvironment } from './repository.ts';
import type { Repository } from './repository.ts';
import { listWorkingFiles, openForeign } from './working-files.ts';

/** Files copied at once. */
const BATCH = 64;

/** Free space below which the copying stops: the user's other programs need some, too. */
const SPARE_BYTES = 64 * 1024 * 1024;

async function demandSpace(host: Host, folder: string): Promise<void> {
  const free = await host.files.freeBytes(folder);
  if (free === undefined || free >= SPARE_BYTES) return;
  throw new StropError({
    code: 'disk',
    problem: 'the disk is nearly full, and the working tree is not copied yet',
    where: folder,
    remedy:
      'Free some space, ignore large data in .gitignore, or set STROP_HOME to a folder on another disk.',
  });
}

/** Copies one file or link of the working tree; false when it is not there (deleted, or replaced by a folder). */
async function copyOne(host: Host, from: string, to: string): Promise<boolean> {
  const kind = await host.files.kind(from);
  // Sockets, pipes and devices are no content.
  if (kind !== 'file' && kind !== 'link') return false;
  try {
    await host.files.copy(from, to);
  } catch (error) {
    // An editor that saves by renaming takes the file away for a moment; deleted in between is deleted.
    if ((await host.files.kind(from)) !== undefined) throw error;
    return false;
  }
  return true;
}

async function copyAll(
  host: Host,
  from: string,
  to: string,
  paths: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const copied: string[] = [];
  for (let at = 0; at < paths.length; at += BATCH) {
    demandGoing(signal);
    await demandSpace(host, to);
    const batch = paths.slice(at, at + BATCH);
    const done = await Promise.all(batch.map((path) => copyOne(host, join(from, path), join(to, path))));
    copied.push(...batch.filter((_, index) => done[index] === true));
  }
  return copied;
}

function isBelow(path: string, links: ReadonlySet<string>): boolean {
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    if (links.has(path.slice(0, slash))) return true;
  }
  return false;
}

async function freezeRepository(
  host: Host,
  place: Workplace,
  repository: Repository,
  inside: string,
): Promise<readonly Doubt[]> {
  const target = join(place.root, inside);
  await host.files.makeFolder(target);
  const files = await listWorkingFiles(host, repository, place.signal);
  const doubts: Doubt[] = [];
  const added = await copyAll(host, repository.top, target, files.untracked, place.signal);
  // A tracked folder that was replaced by a link: what lies behind the link is not what git tracks there.
  const replaced = new Set(files.untracked);
  const copied = await copyAll(
    host,
    repository.top,
    target,
    files.tracked.filter((path) => !isBelow(path, replaced)),
    place.signal,
  );
  const present = new Set([...added, ...copied]);
  const unreadable = [...files.tracked, ...files.untracked].filter(
    (path) => path.includes('\u{FFFD}') && !present.has(path),
  );
  if (unreadable.length > 0) {
    doubts.push({
      code: 'files-missing',
      text: `Files whose names are no UTF-8 are missing in the working tree's copy: ${unreadable.slice(0, 3).join(', ')}.`,
    });
  }
  if (files.sparse.length > 0) await fillSparse(host, place, repository, target, files.sparse);
  for (const path of files.submodules) {
    const where = inside === '' ? path : `${inside}/${path}`;
    const submodule = await openNested(host, join(repository.top, path));
    if (submodule !== undefined) {
      doubts.push(...(await freezeRepository(host, place, submodule, where)));
      continue;
    }
    await host.files.makeFolder(join(place.root, where));
    doubts.push({
      code: 'files-missing',
      text: `The submodule ${where} is not initialised here, so its folder is empty in the working tree.`,
    });
  }
  for (const path of files.nested) {
    const foreign = await openForeign(host, repository, join(repository.top, path));
    if (foreign === undefined) continue;
    doubts.push(
      ...(await freezeRepository(host, place, foreign, inside === '' ? path : `${inside}/${path}`)),
    );
  }
  return doubts;
}

/** Files outside a sparse checkout are unchanged by definition: they come from the index, as in a full checkout. */
async function fillSparse(
  host: Host,
  place: Workplace,
  repository: Repository,
  target: string,
  paths: readonly string[],
): Promise<void> {
  const index = join(place.scratch, `index-${host.random.token(8)}`);
  await host.files.copy(join(repository.gitDir, 'index'), index);
  const absent: string[] = [];
  for (const path of paths) {
    if ((await host.files.kind(join(repository.top, path))) === undefined) absent.push(path);
  }
  const present = paths.filter((path) => !absent.includes(path));
  await copyAll(host, repository.top, target, present, place.signal);
  if (absent.length === 0) return;
  await askGit(
    host,
    {
      cwd: target,
      env: { ...readingEnvironment(repository, place.objects), GIT_INDEX_FILE: index },
      args: [
        `--git-dir=${repository.gitDir}`,
        `--work-tree=${target}`,
        'checkout-index',
        '--ignore-skip-worktree-bits',
        '--force',
        '-z',
        '--stdin',
      ],
      stdin: absent.map((path) => `${path}\0`).join(''),
      signal: place.signal,
    },
    {
      problem: 'git cannot check out the files outside the sparse checkout',
      where: repository.top,
      remedy: 'Get the whole tree with `git sparse-checkout disable`.',
    },
  );
}

/**
 * Copies the working tree as it is now: modified and untracked files, not the ignored ones, deleted ones absent, with
 * the working files of submodules and of repositories that lie inside. From then on the user may go on editing.
 * Fails with `bad-tree` while a merge is unresolved.
 */
export async function freezeWorkingTree(
  host: Host,
  place: Workplace,
  repository: Repository,
): Promise<readonly Doubt[]> {
  return freezeRepository(host, place, repository, '');
}
