import { createHash } from 'node:crypto';
import { join, sep } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { findGitlinks } from './checkout.ts';
import type { Workplace } from './checkout.ts';
import { askGit, gitMessage, runGit, splitZero } from './git.ts';
import { findFilled } from './large-files.ts';
import { openNested, readingEnvironment, writingEnvironment } from './repository.ts';
import type { Repository } from './repository.ts';
import type { Side } from './side.ts';

/** A file that is not the same on both sides. */
export interface ChangedPath {
  /** Relative to the top of the checkout, with `/`. */
  readonly path: string;
  /** `added`: only in B; `removed`: only in A; `changed`: other content, another mode, or a link in place of a file. */
  readonly kind: 'added' | 'removed' | 'changed';
}

const FAILURE = {
  problem: 'git cannot tell what has changed in the working tree',
  remedy: 'Repair the repository until `git status` works.',
};

async function hashTree(
  host: Host,
  place: Workplace,
  repository: Repository,
  folder: string,
): Promise<{ readonly tree: string; readonly parts: readonly string[] }> {
  const call = {
    cwd: folder,
    env: { GIT_INDEX_FILE: join(place.scratch, `index-${host.random.token(8)}`) },
    signal: place.signal,
  };
  const at = [
    '-c',
    'core.sparseCheckout=false',
    '-c',
    'index.sparse=false',
    `--git-dir=${repository.gitDir}`,
    `--work-tree=${folder}`,
  ];
  const reading = { ...call, env: { ...call.env, ...readingEnvironment(repository, place.objects) } };
  const writing = { ...call, env: { ...call.env, ...writingEnvironment(place.objects) } };
  const born = await runGit(host, { ...reading, args: [...at, 'rev-parse', '--verify', '--quiet', 'HEAD'] });
  await askGit(host, { ...reading, args: [...at, 'read-tree', born.ok ? 'HEAD' : '--empty'] }, FAILURE);
  const parts: string[] = [];
  const listed = await askGit(host, { ...reading, args: [...at, 'ls-files', '-s', '-z'] }, FAILURE);
  for (const link of findGitlinks(listed)) {
    const submodule = await openNested(host, join(repository.top, link.path));
    if (submodule === undefined) continue;
    const inner = await hashTree(host, place, submodule, join(folder, link.path));
    const recorded = await runGit(host, {
      cwd: submodule.top,
      env: readingEnvironment(submodule, place.objects),
      args: ['rev-parse', '--verify', '--quiet', `${link.commit}^{tree}`],
    });
    const same = recorded.ok && recorded.stdout.trim() === inner.tree && inner.parts.length === 0;
    if (!same) parts.push(link.path, inner.tree, ...inner.parts);
  }
  // The fresh index knows no file times: git compares every file by content.
  const differing = await askGit(
    host,
    { ...reading, args: [...at, 'ls-files', '-z', '--modified', '--deleted', '--others'] },
    FAILURE,
  );
  const filled =
    differing === ''
      ? new Set()
      : await findFilled(host, { ...reading, args: at }, folder, splitZero(differing));
  const changed = splitZero(differing).filter((path) => !filled.has(path));
  // Git removes no file by itself in whose place a folder is now.
  const replaced: string[] = [];
  for (const path of changed) {
    if ((await host.files.kind(join(folder, path))) === 'folder') replaced.push(path);
  }
  const gone = new Set(replaced);
  for (const [options, paths] of [
    [['--force-remove'], replaced],
    [['--add', '--remove', '--replace'], changed.filter((path) => !gone.has(path))],
  ] as const) {
    if (paths.length === 0) continue;
    await askGit(
      host,
      {
        ...writing,
        args: [...at, 'update-index', ...options, '-z', '--stdin'],
        stdin: paths.map((path) => `${path}\0`).join(''),
      },
      FAILURE,
    );
  }
  const tree = await askGit(host, { ...writing, args: [...at, 'write-tree', '--missing-ok'] }, FAILURE);
  return { tree: tree.trim(), parts };
}

/**
 * Content id of a frozen working tree: the hash of the tree object that git would write for it, made in the run folder.
 * The same content has the same id before and after it is committed. Where submodules are not at the recorded commit,
 * their trees are hashed into it.
 */
export async function identifyTree(host: Host, place: Workplace, repository: Repository): Promise<string> {
  const { tree, parts } = await hashTree(host, place, repository, place.root);
  if (parts.length === 0) return tree;
  return createHash('sha256')
    .update(JSON.stringify([tree, ...parts]))
    .digest('hex');
}

/**
 * Every file that differs between the two checkouts, by content, sorted by path. Files that strop itself put into both
 * (generated ones that git ignores) are the same on both sides and so never listed.
 */
export async function changedPaths(
  host: Host,
  a: Pick<Side, 'root'>,
  b: Pick<Side, 'root'>,
): Promise<readonly ChangedPath[]> {
  const result = await runGit(host, {
    cwd: a.root,
    args: [
      'diff',
      '--no-index',
      '--no-ext-diff',
      '--no-textconv',
      '--no-renames',
      '--name-status',
      '-z',
      a.root,
      b.root,
    ],
  });
  // 1 says that there are differences.
  if (result.exitCode !== 0 && result.exitCode !== 1) {
    throw new StropError({ code: 'bad-tree', ...FAILURE, detail: gitMessage(result) });
  }
  const fields = splitZero(result.stdout);
  const found = new Map<string, ChangedPath['kind']>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const letter = fields[at] ?? '';
    const full = fields[at + 1] ?? '';
    const root = full.startsWith(b.root) ? b.root : a.root;
    const path = full
      .slice(root.length)
      .replace(/^[\\/]+/, '')
      .split(sep)
      .join('/');
    const kind = letter === 'A' ? 'added' : letter === 'D' ? 'removed' : 'changed';
    // A file in place of a link comes as one removed and one added.
    found.set(path, found.has(path) ? 'changed' : kind);
  }
  return [...found]
    .map(([path, kind]) => ({ path, kind }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

const withoutReturns = (bytes: Uint8Array): string =>
  Buffer.from(bytes).toString('latin1').replaceAll('\r\n', '\n');

/**
 * The changed paths less those of a frozen working tree that git would store as they were: with `core.autocrlf` or an
 * attribute `eol`, line ends of the working tree are no change. Whatever else a filter makes equal stays listed, because
 * it runs differently.
 */
export async function withoutLineEnds(
  host: Host,
  place: Pick<Workplace, 'objects' | 'signal'>,
  repository: Repository,
  sides: Record<'a' | 'b', { readonly root: string; readonly contentId: string }>,
  changed: readonly ChangedPath[],
): Promise<readonly ChangedPath[]> {
  const { a, b } = sides;
  const alike = new Set<string>();
  for (const { path, kind } of changed) {
    if (kind !== 'changed') continue;
    const files = [join(a.root, path), join(b.root, path)];
    const kinds = await Promise.all(files.map((file) => host.files.kind(file)));
    if (kinds.some((one) => one !== 'file')) continue;
    const [before, after] = await Promise.all(files.map((file) => host.files.readBytes(file)));
    if (before === undefined || after === undefined) continue;
    if (withoutReturns(before) === withoutReturns(after)) alike.add(path);
  }
  if (alike.size === 0) return changed;
  const stored = async (tree: string): Promise<ReadonlyMap<string, string>> => {
    const listed = await runGit(host, {
      cwd: repository.top,
      env: readingEnvironment(repository, place.objects),
      args: ['ls-tree', '-r', '-z', `${tree}^{tree}`],
      signal: place.signal,
    });
    // With submodules at other commits the content id is no tree: what is stored there is not known.
    const entries = listed.ok ? splitZero(listed.stdout) : [];
    return new Map(
      entries.map((entry) => [entry.slice(entry.indexOf('\t') + 1), entry.split('\t', 1)[0] ?? '']),
    );
  };
  const [storedA, storedB] = [await stored(a.contentId), await stored(b.contentId)];
  return changed.filter(
    ({ path }) =>
      !alike.has(path) || storedA.get(path) === undefined || storedA.get(path) !== storedB.get(path),
  );
}
