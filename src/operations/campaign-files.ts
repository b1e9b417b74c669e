import { relative } from 'node:path';
import type { Host } from '#host';
import type { ProjectRoot } from '#project';
import type { ChangedPath, Side } from '#revisions';
import { PAGE_MARK } from './view/page.ts';

/** The progress log in the project, relative to it: made from the history, with the user's own words between its entries. */
export const LOG_FILE = 'OPTIMIZATION_LOG.md';

/** Snapshots of pytest-benchmark, which a baseline leaves in the project. */
const SNAPSHOTS = '.benchmarks/';

/** Whether a path relative to the project is a record of the campaign: part of no change, and left out of its commit. */
export function isRecord(path: string): boolean {
  return path === LOG_FILE || path.startsWith(SNAPSHOTS);
}

/** How paths of a repository are called in the project that lies in it; undefined for what lies beside the project. */
export function pathsInProject(top: string, project: string): (path: string) => string | undefined {
  const prefix = relative(top, project).replaceAll('\\', '/');
  if (prefix === '') return (path) => path;
  return (path) => (path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : undefined);
}

/** The mark of a page stands within so many characters of its start. */
const MARK_WITHIN = 4096;

/** Of these paths below a folder, the pages that `view --print` wrote: part of no change, wherever they were put. */
export async function findPages(
  host: Host,
  folder: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const pages = new Set<string>();
  for (const path of paths) {
    if (!/\.html?$/i.test(path) || (await host.files.kind(`${folder}/${path}`)) !== 'file') continue;
    const text = await host.files.readText(`${folder}/${path}`);
    if (text?.slice(0, MARK_WITHIN).includes(PAGE_MARK) === true) pages.add(path);
  }
  return pages;
}

/** Of changed paths of the repository, those that strop has not left there itself: no records of the campaign, no pages. */
export async function withoutOwnFiles(
  host: Host,
  project: ProjectRoot,
  paths: readonly string[],
): Promise<readonly string[]> {
  const top = project.gitTop ?? project.root;
  const inProject = pathsInProject(top, project.root);
  const pages = await findPages(host, top, paths);
  return paths.filter((path) => !pages.has(path) && !isRecord(inProject(path) ?? ''));
}

/** Of paths of the repository, those that lie in the project or where its sources are. */
export function insideProject(
  paths: readonly string[],
  side: Pick<Side, 'root' | 'project' | 'sourceRoots'>,
): readonly string[] {
  const folders = [side.project, ...side.sourceRoots].map((each) =>
    relative(side.root, each).replaceAll('\\', '/'),
  );
  return paths.filter((path) => folders.some((folder) => folder === '' || path.startsWith(`${folder}/`)));
}

/**
 * Splits what differs between the sides into the change itself and what strop left there: the records of the campaign, relative to
 * the project, and pages (of {@link findPages}).
 */
export function splitRecords(
  changed: readonly ChangedPath[],
  side: Pick<Side, 'root' | 'project'>,
  pages: ReadonlySet<string>,
): { readonly change: readonly ChangedPath[]; readonly records: readonly string[] } {
  const inProject = pathsInProject(side.root, side.project);
  const change: ChangedPath[] = [];
  const records: string[] = [];
  for (const each of changed) {
    const path = inProject(each.path);
    if (path !== undefined && (isRecord(path) || pages.has(each.path))) records.push(path);
    else change.push(each);
  }
  return { change, records };
}
