import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Layout } from '#project';
import type { Revision, Side } from '../side.ts';
import { buildEnvironment } from './build-environment.ts';
import type { EnvironmentWish, ProjectBuild } from './build-environment.ts';
import { findChangedLocks, planDependencies } from './dependencies.ts';
import type { DependencyChange, SideWish } from './dependencies.ts';
import { environmentKey, findEnvironment, keepEnvironment } from './environment-store.ts';
import type { KeptEnvironment } from './environment-store.ts';
import type { BasePython } from './installer.ts';
import { overlayBuilt } from './overlay.ts';
import { readProjectPackages } from './project-packages.ts';
import type { ProjectPackages } from './project-packages.ts';

/** One side before its environment is known. */
export interface SideDraft {
  readonly label: 'A' | 'B';
  readonly revision: Revision;
  readonly root: string;
  readonly project: string;
  readonly layout: Layout;
  /** Version for build backends that ask git. */
  readonly version: string;
}

/** What environments are made from. */
export interface EnvironmentContext {
  readonly python: BasePython;
  /** Top of the user's repository. */
  readonly top: string;
  readonly scratch: string;
  readonly signal: AbortSignal | undefined;
  progress(text: string): void;
}

/** The part of a side that the environment decides. */
export type SideEnvironment = Pick<Side, 'python' | 'ownFolders'>;

const NO_WISH: SideWish = { pinned: [], loose: [], optional: [] };

/** Compiled modules must be compiled from the side; a renamed package is importable only when installed. */
export function needsBuild(layout: Layout): boolean {
  return layout.extension !== undefined || layout.renamed.length > 0;
}

function describeChange(change: DependencyChange): readonly Doubt[] {
  const doubts: Doubt[] = [];
  const short = (list: readonly string[]): string =>
    list.slice(0, 4).join(', ') + (list.length > 4 ? ` and ${list.length - 4} more` : '');
  if (change.changes.length > 0) {
    doubts.push({
      code: 'environments-differ',
      text: `The sides run with different dependencies, as ${change.files.join(', ')} says: ${short(change.changes)}.`,
    });
  }
  if (change.unresolved.length > 0) {
    doubts.push({
      code: 'environment-not-rebuilt',
      text: `${change.files.join(', ')} differs, but these were taken from the project's environment on both sides: ${short(change.unresolved)}.`,
    });
  }
  return doubts;
}

async function makeEnvironment(
  host: Host,
  context: EnvironmentContext,
  side: SideDraft,
  packages: ProjectPackages,
  dependencies: SideWish,
  builds: boolean,
): Promise<KeptEnvironment> {
  const { python } = context;
  const build: ProjectBuild | undefined = builds
    ? { root: side.root, project: side.project, version: side.version }
    : undefined;
  const key = environmentKey({
    how: 1,
    python: [python.executable, python.versionText, python.abi, python.platform],
    borrow: packages.borrow,
    dependencies,
    build:
      build === undefined
        ? undefined
        : [side.revision.contentId, side.project.slice(side.root.length), side.version],
  });
  const kept = await findEnvironment(host, key);
  if (kept !== undefined) return kept;
  context.progress(
    builds
      ? `building ${side.revision.name} (side ${side.label}) in an environment of its own`
      : `making the environment of ${side.revision.name} (side ${side.label})`,
  );
  const wish: EnvironmentWish = {
    label: side.label,
    python,
    packages,
    dependencies,
    build,
    scratch: context.scratch,
    signal: context.signal,
  };
  return keepEnvironment(host, key, (folder) => buildEnvironment(host, wish, folder));
}

/** The environment of one side. */
interface Prepared {
  readonly environment: SideEnvironment;
  /** The project itself was built, compiled modules included. */
  readonly built: boolean;
  readonly doubts: readonly Doubt[];
}

async function prepareOne(
  host: Host,
  context: EnvironmentContext,
  side: SideDraft,
  packages: ProjectPackages,
  dependencies: SideWish,
  builds: boolean,
): Promise<Prepared> {
  const doubts: Doubt[] = [];
  let built = builds;
  let kept: KeptEnvironment;
  try {
    kept = await makeEnvironment(host, context, side, packages, dependencies, builds);
  } catch (error) {
    const optional = side.layout.extension?.optional === true && side.layout.renamed.length === 0;
    if (!builds || !optional || !(error instanceof StropError) || error.code !== 'environment-failed')
      throw error;
    doubts.push({
      code: 'environment-not-rebuilt',
      text: `The optional compiled modules of ${side.revision.name} cannot be built here, so its Python code is measured.`,
    });
    built = false;
    kept = await makeEnvironment(host, context, side, packages, dependencies, false);
  }
  const { record } = kept;
  for (const note of record.notes) {
    doubts.push({ code: 'environment-not-rebuilt', text: `Environment of ${side.revision.name}: ${note}.` });
  }
  if (record.distribution !== undefined) {
    await overlayBuilt(host, record.sitePackages, record.distribution, side.layout.sourceRoots);
  }
  const folders: string[] = [];
  for (const folder of record.distribution === undefined ? [] : record.sitePackages) {
    folders.push((await host.files.real(folder)) ?? folder);
  }
  return { environment: { python: kept.python, ownFolders: folders }, built, doubts };
}

/** Both results, or the first failure, but never before the other has ended as well: it still works in our folders. */
async function bothEnded<T>(a: Promise<T>, b: Promise<T>): Promise<readonly [T, T]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

/**
 * Chooses the interpreter of each side. A project of Python files with equal lock files uses its own environment for
 * both, with nothing built. Compiled modules, renamed packages and lock files that differ get an environment for each
 * side, at paths of equal length, that borrows everything else from the project's.
 */
export async function prepareEnvironments(
  host: Host,
  context: EnvironmentContext,
  a: SideDraft,
  b: SideDraft,
): Promise<{
  readonly a: SideEnvironment;
  readonly b: SideEnvironment;
  /** Both sides were built. */
  readonly built: boolean;
  readonly doubts: readonly Doubt[];
}> {
  const builds = needsBuild(a.layout) || needsBuild(b.layout);
  const locks = await findChangedLocks(host, a, b);
  const reused: SideEnvironment = { python: context.python.executable, ownFolders: [] };
  if (!builds && locks.length === 0) return { a: reused, b: reused, built: false, doubts: [] };
  const packages = await readProjectPackages(host, context.python, context.top);
  const change = planDependencies(locks, packages.installed);
  const wishA = locks.length === 0 ? NO_WISH : change.a;
  const wishB = locks.length === 0 ? NO_WISH : change.b;
  const doubts = [...describeChange(change)];
  const wanted = [wishA, wishB].some(
    (wish) => wish.pinned.length + wish.loose.length + wish.optional.length > 0,
  );
  if (!builds && !wanted) return { a: reused, b: reused, built: false, doubts };
  // Both get one, also where only one side wants something else: an environment is found and entered at a cost.
  const [forA, forB] = await bothEnded(
    prepareOne(host, context, a, packages, wishA, builds),
    prepareOne(host, context, b, packages, wishB, builds),
  );
  return {
    a: forA.environment,
    b: forB.environment,
    built: forA.built && forB.built,
    doubts: [...doubts, ...forA.doubts, ...forB.doubts],
  };
}
