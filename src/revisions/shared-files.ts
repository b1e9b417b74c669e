import { join, relative, sep } from 'node:path';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { runGit, splitZero } from './git.ts';
import type { Repository } from './repository.ts';

/** Folders that hold the products of builds and tools, never modules that a build generated for use. */
const PRODUCTS =
  /(^|\/)(__pycache__|build|dist|\.?venv|node_modules|site-packages|\.(tox|nox|eggs|mypy_cache|pytest_cache|ruff_cache)|[^/]+\.egg-info)\//;

const COMPILED = /\.(so|pyd|dylib)$/;

/** What may be copied from the user's working tree into both sides. */
export interface SharedWish {
  readonly repository: Repository;
  /** The project relative to the top of the repository, with `/`; empty at the top. */
  readonly prefix: string;
  /** The project's packages and modules in the user's working tree: absolute paths of folders and files. */
  readonly modules: readonly string[];
  /** Further files, as globs relative to the project (setting `include`). */
  readonly include: readonly string[];
  /** Compiled modules as well: only where no environment is built for the sides. */
  readonly compiled: boolean;
}

async function listIgnored(
  host: Host,
  wish: SharedWish,
  options: readonly string[],
  pathspecs: readonly string[],
): Promise<readonly string[]> {
  if (pathspecs.length === 0) return [];
  const listed = await runGit(host, {
    cwd: wish.repository.top,
    args: ['ls-files', '-z', '--others', ...options, '--', ...pathspecs],
  });
  return listed.ok ? splitZero(listed.stdout).filter((path) => !path.endsWith('/')) : [];
}

/** Generated Python modules (`_version.py` of setuptools-scm, protobuf …) that git ignores, inside the packages. */
async function findGenerated(host: Host, wish: SharedWish): Promise<readonly string[]> {
  const specs = wish.modules.map((path) => {
    const inside = relative(wish.repository.top, path).split(sep).join('/');
    return inside === '' ? '.' : `:(literal)${inside}`;
  });
  const ignored = await listIgnored(host, wish, ['--ignored', '--exclude-standard'], specs);
  const taken: string[] = [];
  for (const path of ignored) {
    if (PRODUCTS.test(path)) continue;
    if (path.endsWith('.py')) taken.push(path);
    else if (wish.compiled && COMPILED.test(path)) {
      // Built from the Python file beside it: it would run in its place and hide every change of it.
      const source = path.replace(/[^/]+$/, (name) => `${name.split('.')[0] ?? name}.py`);
      if ((await host.files.kind(join(wish.repository.top, source))) === undefined) taken.push(path);
    }
  }
  return taken;
}

/** Files that the setting `include` names, whether ignored or only untracked. */
async function findIncluded(host: Host, wish: SharedWish): Promise<readonly string[]> {
  const specs = wish.include.map(
    (glob) => `:(top,glob)${wish.prefix === '' ? '' : `${wish.prefix}/`}${glob}`,
  );
  const found = await listIgnored(host, wish, [], specs);
  return found.filter((path) => !/\.py[co]$/.test(path));
}

/**
 * Copies files that the project needs and git ignores from the user's working tree into both checkouts, wherever they
 * are missing and their folder exists. They are the same on both sides, which is a doubt: none of them is what an older
 * revision would have generated.
 */
export async function shareGenerated(
  host: Host,
  wish: SharedWish,
  roots: readonly string[],
): Promise<readonly Doubt[]> {
  const included = new Set(await findIncluded(host, wish));
  const paths = [...new Set([...(await findGenerated(host, wish)), ...included])].sort();
  const shared: string[] = [];
  for (const path of paths) {
    const source = join(wish.repository.top, path);
    const kind = await host.files.kind(source);
    if (kind !== 'file' && kind !== 'link') continue;
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
    let copied = false;
    for (const root of roots) {
      if ((await host.files.kind(join(root, path))) !== undefined) continue;
      // A package that this side does not have must not come into being by its generated part.
      if (!included.has(path) && (await host.files.kind(join(root, folder))) !== 'folder') continue;
      await host.files.copy(source, join(root, path));
      copied = true;
    }
    if (copied) shared.push(path);
  }
  if (shared.length === 0) return [];
  const named = shared.slice(0, 5).join(', ') + (shared.length > 5 ? ` and ${shared.length - 5} more` : '');
  return [
    {
      code: 'generated-files-shared',
      text: `Files that git does not track come from the working tree on both sides: ${named}.`,
    },
  ];
}
