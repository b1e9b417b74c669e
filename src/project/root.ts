import { dirname, relative, sep } from 'node:path';
import { StropError } from '#base';
import type { Entry, Host } from '#host';
import { findGitTop } from './git.ts';

/** Which folder is the project. All paths are absolute with symbolic links resolved. */
export interface ProjectRoot {
  readonly root: string;
  /** Top folder of the git working tree that holds the project; undefined outside of git. */
  readonly gitTop: string | undefined;
  /** The project relative to `gitTop`, with `/`; empty at the top and outside of git. */
  readonly prefix: string;
}

/** Files that make a folder a project wherever they stand. */
const STRONG = /^(pyproject\.toml|setup\.py|setup\.cfg|Pipfile|strop\.toml)$/;
/** Files that make a project too, but also lie about in folders that serve one (`docs/requirements.txt`). */
const WEAK = /^(.*requirements.*\.(txt|in)|environment\.ya?ml|pixi\.toml)$/;
const SERVING =
  /^(\.?github|\.?ci|docs?|documentation|tests?|testing|examples?|benchmarks?|requirements|docker|scripts|tools)$/i;

function isProject(folder: string, entries: readonly Entry[]): boolean {
  const files = entries.filter((entry) => entry.kind !== 'folder').map((entry) => entry.name);
  if (files.some((name) => STRONG.test(name))) return true;
  return files.some((name) => WEAK.test(name)) && !SERVING.test(folder.split(sep).at(-1) ?? '');
}

/**
 * The project around a folder: the nearest folder upwards that declares one, else the git top, else the folder
 * itself. Never above the git top; outside of git never the home folder or the file system's root, unless
 * called there. Fails with `no-project` when the folder does not exist.
 */
export async function findProject(host: Host, startFolder: string): Promise<ProjectRoot> {
  const start = await host.files.real(startFolder);
  if (start === undefined || (await host.files.kind(start)) !== 'folder') {
    throw new StropError({
      code: 'no-project',
      problem: 'this folder does not exist',
      where: startFolder,
      remedy: 'Call strop inside the Python project that is to be measured.',
    });
  }
  const gitTop = await findGitTop(host, start);
  const home = host.env['HOME'] ?? host.env['USERPROFILE'];
  let root: string | undefined;
  for (let folder = start; ; folder = dirname(folder)) {
    const outermost = folder === gitTop || dirname(folder) === folder;
    const ours = gitTop !== undefined || folder === start || (folder !== home && dirname(folder) !== folder);
    if (ours && isProject(folder, await host.files.list(folder))) {
      root = folder;
      break;
    }
    if (outermost || !ours) break;
  }
  root ??= gitTop ?? start;
  const prefix = gitTop === undefined ? '' : relative(gitTop, root).split(sep).join('/');
  return { root, gitTop, prefix };
}
