import { basename, join } from 'node:path';
import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import {
  findInstalledProjects,
  findLayout,
  formatEvidence,
  hasCompiledModules,
  joinInstalled,
} from '#project';
import type { InstalledProject, Layout } from '#project';
import { checkOutCommit } from './checkout.ts';
import type { Workplace } from './checkout.ts';
import { changedPaths, identifyTree, withoutLineEnds } from './content.ts';
import type { ChangedPath } from './content.ts';
import { needsBuild, prepareEnvironments } from './environments/prepare-environments.ts';
import type { SideDraft, SideEnvironment } from './environments/prepare-environments.ts';
import type { BasePython } from './environments/installer.ts';
import { freezeWorkingTree } from './freeze.ts';
import { runGit } from './git.ts';
import { openRepository } from './repository.ts';
import type { Repository } from './repository.ts';
import type { RevisionRequest, SideRequests } from './request.ts';
import { resolveCommit } from './resolve.ts';
import type { ResolvedCommit } from './resolve.ts';
import type { Run } from './run.ts';
import { shareGenerated } from './shared-files.ts';
import type { Revision, Side } from './side.ts';
import { demandRoom } from './space.ts';

/** How the sides are to be prepared. */
export interface SidesOptions {
  readonly run: Run;
  /** The project's interpreter, as `findPython` of the project module describes it. */
  readonly python: BasePython;
  /** Globs, relative to the project, of files that git does not track and both sides need (setting `include`). */
  readonly include?: readonly string[];
  /** Source roots relative to the project that overrule what is found (setting `source-roots`). */
  readonly sourceRoots?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told before something that takes long. */
  readonly progress?: (text: string) => void;
}

/** Both sides, ready to run. */
export interface PreparedSides {
  readonly a: Side;
  readonly b: Side;
  /** Every file of the repository that differs between the sides. */
  readonly changed: readonly ChangedPath[];
  readonly doubts: readonly Doubt[];
  /** Removes both checkouts; may be called twice. Environments stay in the cache. */
  dispose(): Promise<void>;
}

/** What all steps of one preparation need. */
interface Preparation {
  readonly host: Host;
  readonly repository: Repository;
  readonly prefix: string;
  readonly options: SidesOptions;
  readonly scratch: string;
  readonly objects: string;
}

/** A request with its commit: for the working tree the one below it. */
interface Target {
  readonly request: RevisionRequest;
  readonly name: string;
  readonly resolved: ResolvedCommit;
}

async function resolveTarget(preparation: Preparation, request: RevisionRequest): Promise<Target> {
  const { host, repository, objects } = preparation;
  const name = request.kind === 'commit' ? request.name : 'HEAD';
  const resolved = await resolveCommit(host, { repository, objects }, name);
  return { request, name: request.kind === 'commit' ? name : 'working tree', resolved };
}

/** A checked-out side, before its layout and environment are known. */
interface Checkout {
  readonly label: 'A' | 'B';
  readonly revision: Revision;
  readonly root: string;
  readonly project: string;
  readonly doubts: readonly Doubt[];
}

async function makeCheckout(preparation: Preparation, label: 'A' | 'B', target: Target): Promise<Checkout> {
  const { host, repository, prefix, options } = preparation;
  const { commit, tree } = target.resolved;
  const root = join(options.run.folder, label.toLowerCase(), basename(repository.top));
  const place: Workplace = {
    root,
    scratch: preparation.scratch,
    objects: preparation.objects,
    signal: options.signal,
  };
  let revision: Revision;
  let doubts: readonly Doubt[];
  if (target.request.kind === 'commit') {
    doubts = await checkOutCommit(host, place, { repository, commit, name: target.name });
    revision = { kind: 'commit', name: target.name, commit, contentId: tree, clean: true };
  } else {
    doubts = await freezeWorkingTree(host, place, repository);
    const contentId = await identifyTree(host, place, repository);
    revision = { kind: 'working-tree', name: target.name, commit, contentId, clean: contentId === tree };
  }
  const project = prefix === '' ? root : join(root, prefix);
  if ((await host.files.kind(project)) !== 'folder') {
    throw new StropError({
      code: 'bad-revision',
      problem: `the project folder ${prefix} does not exist in ${target.name}`,
      where: target.name,
      remedy: 'Compare with a revision that has this folder; commit the folder first if it is new.',
    });
  }
  return { label, revision, root, project, doubts };
}

/** Where the user's own modules lie that may hold generated files: packages as folders, single modules as their root. */
async function findModuleFolders(host: Host, project: string, layout: Layout): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const module of layout.modules) {
    for (const root of layout.sourceRoots) {
      const folder = join(root, ...module.split('.'));
      if ((await host.files.kind(folder)) === 'folder') folders.push(folder);
    }
  }
  return [...folders, ...layout.renamed.map((entry) => join(project, entry.folder))];
}

/** For projects without a tag that looks like a version. */
const NO_VERSION = '0.0.0';

/** Version numbers in the name of the nearest tag, for build backends that ask git. */
async function findVersion(preparation: Preparation, commit: string): Promise<string> {
  const { host, repository } = preparation;
  const asked = await runGit(host, {
    cwd: repository.top,
    args: ['describe', '--tags', '--abbrev=0', commit],
  });
  return /\d+(\.\d+)+/.exec(asked.stdout)?.[0] ?? NO_VERSION;
}

async function describeSide(
  preparation: Preparation,
  checkout: Checkout,
  installed: readonly InstalledProject[],
): Promise<SideDraft> {
  const { label, revision, root, project } = checkout;
  const { host, options } = preparation;
  const layout = await joinInstalled(
    host,
    await findLayout(host, project, options.sourceRoots),
    { top: root, project, rooted: options.sourceRoots !== undefined },
    installed,
  );
  const version = needsBuild(layout) ? await findVersion(preparation, revision.commit) : NO_VERSION;
  return { label, revision, root, project, layout, version };
}

function joinSide(draft: SideDraft, environment: SideEnvironment, original: string): Side {
  const { label, revision, root, project, layout } = draft;
  return {
    label,
    revision,
    root,
    original,
    project,
    sourceRoots: layout.sourceRoots,
    modules: layout.modules,
    ...environment,
  };
}

async function prepare(
  preparation: Preparation,
  requests: SideRequests,
  userProject: string,
): Promise<Omit<PreparedSides, 'dispose'>> {
  const { host, repository, prefix, options } = preparation;
  // Both names first: a typing error must not cost a checkout.
  const targetA = await resolveTarget(preparation, requests.a);
  const targetB = await resolveTarget(preparation, requests.b);
  await demandRoom(host, repository, options.run.folder, [targetA.resolved.commit, targetB.resolved.commit]);
  // The one that goes on changing is frozen first.
  const first =
    requests.b.kind === 'working-tree' ? await makeCheckout(preparation, 'B', targetB) : undefined;
  const checkoutA = await makeCheckout(preparation, 'A', targetA);
  const checkoutB = first ?? (await makeCheckout(preparation, 'B', targetB));
  const doubts: Doubt[] = [...checkoutA.doubts, ...checkoutB.doubts];
  const differing = await changedPaths(host, checkoutA, checkoutB);
  const changed =
    requests.b.kind === 'working-tree'
      ? await withoutLineEnds(
          host,
          { objects: preparation.objects, signal: options.signal },
          repository,
          {
            a: { root: checkoutA.root, contentId: checkoutA.revision.contentId },
            b: { root: checkoutB.root, contentId: checkoutB.revision.contentId },
          },
          differing,
        )
      : differing;
  if (changed.length === 0) {
    doubts.push({
      code: 'identical-code',
      text: `${targetA.name} and ${targetB.name} are the same in every file.`,
    });
  }
  const installed = await findInstalledProjects(host, repository.top, options.python.sitePackages);
  const draftA = await describeSide(preparation, checkoutA, installed);
  const draftB = await describeSide(preparation, checkoutB, installed);
  const builds = needsBuild(draftA.layout) || needsBuild(draftB.layout);
  const userLayout = await findLayout(host, userProject, options.sourceRoots);
  doubts.push(
    ...(await shareGenerated(
      host,
      {
        repository,
        prefix,
        modules: await findModuleFolders(host, userProject, userLayout),
        include: options.include ?? [],
        compiled: !builds,
      },
      [checkoutA.root, checkoutB.root],
    )),
  );
  const environments = await prepareEnvironments(
    host,
    {
      python: options.python,
      top: repository.top,
      scratch: preparation.scratch,
      signal: options.signal,
      progress: options.progress ?? (() => undefined),
    },
    draftA,
    draftB,
  );
  const evidence = draftB.layout.extension?.evidence;
  if (
    environments.built &&
    evidence !== undefined &&
    !(await hasCompiledModules(host, userLayout, options.python.sitePackages))
  ) {
    doubts.push({
      code: 'compiled-parts',
      text: `The compiled modules of the project (${formatEvidence(evidence)}) were built for both sides and measured; the working tree has none built, so that its tests and profiles run the Python code in their place.`,
    });
  }
  return {
    a: joinSide(draftA, environments.a, repository.top),
    b: joinSide(draftB, environments.b, repository.top),
    changed,
    doubts: [...doubts, ...environments.doubts],
  };
}

/**
 * Checks both sides out into the run folder, at paths of equal length, and gives each the interpreter that it needs. The
 * user's repository and working tree are only read. `project` is the project's folder in the user's working tree; the
 * whole repository around it is checked out.
 *
 * Errors: `no-git` (no repository, or none with a working tree), `bad-revision` (unknown, or without the project, or
 * with a submodule commit that is not here), `bad-tree` (unfinished merge), `disk`, `environment-failed`, `interrupted`.
 */
export async function prepareSides(
  host: Host,
  project: { readonly root: string },
  requests: SideRequests,
  options: SidesOptions,
): Promise<PreparedSides> {
  const { repository, prefix } = await openRepository(host, project.root);
  const scratch = join(options.run.folder, 'scratch');
  const objects = join(scratch, 'objects');
  const dispose = async (): Promise<void> => {
    for (const name of ['a', 'b', 'scratch']) await host.files.remove(join(options.run.folder, name));
  };
  try {
    await host.files.makeFolder(objects);
    const preparation: Preparation = { host, repository, prefix, options, scratch, objects };
    return { ...(await prepare(preparation, requests, project.root)), dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
