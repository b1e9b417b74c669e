import { join } from 'node:path';
import { StropError } from '#base';
import type { ChildResult, Host } from '#host';
import { z } from 'zod';
import { copyTree } from '../copy-tree.ts';
import type { SideWish } from './dependencies.ts';
import type { EnvironmentRecord } from './environment-store.ts';
import { pythonOf } from './environment-store.ts';
import { findInstallers, outputTail, pythonEnvironment } from './installer.ts';
import type { BasePython, Installer, InstallContext } from './installer.ts';
import type { ProjectPackages } from './project-packages.ts';

/** The project as it is to be built into an environment. */
export interface ProjectBuild {
  /** Absolute path of the side's checkout, and of the project in it. */
  readonly root: string;
  readonly project: string;
  /** Version for build backends that want to ask git, which a checkout without a repository cannot answer. */
  readonly version: string;
}

/** What one environment is to hold. */
export interface EnvironmentWish {
  readonly label: 'A' | 'B';
  readonly python: BasePython;
  readonly packages: ProjectPackages;
  readonly dependencies: SideWish;
  readonly build: ProjectBuild | undefined;
  /** Folder of the run for copies and wheels. */
  readonly scratch: string;
  readonly signal: AbortSignal | undefined;
}

function failed(wish: EnvironmentWish, problem: string, remedy: string, detail: string): StropError {
  return new StropError({
    code: 'environment-failed',
    problem,
    where: `environment of side ${wish.label}`,
    remedy,
    detail,
  });
}

/** Tries the installers in order; the failures of all are told, since the first may only lack an index. */
async function firstThatWorks(
  installers: readonly Installer[],
  act: (installer: Installer) => Promise<ChildResult>,
): Promise<string | undefined> {
  const said: string[] = [];
  for (const installer of installers) {
    const result = await act(installer);
    if (result.ok) return undefined;
    said.push(`${installer.name}: ${outputTail(result)}`);
  }
  return said.join('\n\n');
}

/** The environment's own folders for packages, as its interpreter tells them. */
async function askSitePackages(
  host: Host,
  wish: EnvironmentWish,
  python: string,
): Promise<readonly string[]> {
  const code =
    'import json, sysconfig; print(json.dumps([sysconfig.get_path(k) for k in ("purelib", "platlib")]))';
  const asked = await host.processes.run({
    argv: [python, '-I', '-c', code],
    env: pythonEnvironment(host),
    timeoutMs: 60_000,
  });
  const line = asked.stdout.trim().split('\n').at(-1) ?? '';
  const parsed = asked.ok ? z.array(z.string()).min(1).safeParse(JSON.parse(line)) : undefined;
  if (parsed?.success === true) return [...new Set(parsed.data)];
  throw failed(wish, 'the new environment does not start', 'Look at what Python says.', outputTail(asked));
}

async function installDependencies(
  host: Host,
  wish: EnvironmentWish,
  python: string,
  installers: readonly Installer[],
): Promise<readonly string[]> {
  const { pinned, loose, optional } = wish.dependencies;
  const notes: string[] = [];
  const remedy = 'Look at what the installer says; without a network the packages must be in its cache.';
  if (pinned.length > 0) {
    const problem = await firstThatWorks(installers, (tool) =>
      tool.install(python, ['--no-deps', ...pinned]),
    );
    if (problem !== undefined) throw failed(wish, `cannot install ${pinned.join(', ')}`, remedy, problem);
  }
  if (loose.length > 0) {
    // What they depend on stays at the project's versions.
    const named = new Set([...pinned, ...loose].map((text) => /^[\w.-]+/.exec(text)?.[0].toLowerCase()));
    const constraints = join(wish.scratch, `constraints-${wish.label}.txt`);
    const lines = Object.entries(wish.packages.installed)
      .filter(([name, version]) => !named.has(name) && !version.includes('+'))
      .map(([name, version]) => `${name}==${version}\n`);
    await host.files.writeAtomically(constraints, lines.join(''));
    let problem = await firstThatWorks(installers, (tool) =>
      tool.install(python, ['-c', constraints, ...loose]),
    );
    if (problem !== undefined) {
      // They may need other versions than the project has; without an index this fails as the first try did.
      problem = await firstThatWorks(installers, (tool) => tool.install(python, loose));
      notes.push(`what ${loose.join(', ')} depends on may have other versions than on the other side`);
    }
    if (problem !== undefined) throw failed(wish, `cannot install ${loose.join(', ')}`, remedy, problem);
  }
  for (const requirement of optional) {
    const problem = await firstThatWorks(installers, (tool) =>
      tool.install(python, ['--no-deps', requirement]),
    );
    if (problem !== undefined) notes.push(`${requirement} cannot be installed here`);
  }
  return notes;
}

async function buildWheel(
  host: Host,
  wish: EnvironmentWish,
  build: ProjectBuild,
  python: string,
  context: InstallContext,
  installers: readonly Installer[],
): Promise<string> {
  // Builds leave files beside the sources, and what is measured must not be littered. Paths of equal length on both
  // sides: compilers write them into the result.
  const label = wish.label.toLowerCase();
  const copy = join(wish.scratch, `build-${label}`);
  const wheels = join(wish.scratch, `wheel-${label}`);
  const said: string[] = [];
  const versions = {
    SETUPTOOLS_SCM_PRETEND_VERSION: build.version,
    PDM_BUILD_SCM_VERSION: build.version,
    POETRY_DYNAMIC_VERSIONING_BYPASS: build.version,
  };
  const borrowed = { PYTHONPATH: wish.python.sitePackages.join(host.platform === 'win32' ? ';' : ':') };
  // In this order: as anybody would build it; told the version that git would tell; with the build tools that the
  // project's environment has, for machines without a network.
  const ways = [
    { isolated: true, more: {} },
    { isolated: true, more: versions },
    { isolated: false, more: { ...versions, ...borrowed } },
  ];
  for (const [index, way] of ways.entries()) {
    const last = said.at(-1) ?? '';
    if (index === 1 && !/scm\b|\bvcs\b|PRETEND_VERSION|git (?:tags|metadata|repo)/i.test(last)) continue;
    await host.files.remove(copy);
    await copyTree(host, build.root, copy);
    const source = join(copy, build.project.slice(build.root.length));
    const tools = await installersWith(host, wish, python, context, way.more, installers);
    const problem = await firstThatWorks(tools, (tool) =>
      tool.buildWheel(python, source, wheels, way.isolated),
    );
    await host.files.remove(copy);
    if (problem === undefined) {
      const wheel = (await host.files.list(wheels)).find((entry) => entry.name.endsWith('.whl'));
      if (wheel !== undefined) return join(wheels, wheel.name);
    }
    said.push(problem ?? 'the build left no wheel');
  }
  throw failed(
    wish,
    'the project cannot be built',
    "Look at what the build says: a compiler, headers or build tools may be missing (they are taken from the project's environment when no index can be reached).",
    [...new Set([said[0], said.at(-1)])].join('\n\n--- and without build isolation:\n'),
  );
}

async function installersWith(
  host: Host,
  wish: EnvironmentWish,
  python: string,
  context: InstallContext,
  more: Readonly<Record<string, string>>,
  installers: readonly Installer[],
): Promise<readonly Installer[]> {
  if (Object.keys(more).length === 0) return installers;
  return findInstallers(host, wish.python, python, { ...context, env: { ...context.env, ...more } });
}

/**
 * Makes a virtual environment that holds what this side has of its own and borrows everything else from the project's
 * environment, which is only read. Fails with `environment-failed`.
 */
export async function buildEnvironment(
  host: Host,
  wish: EnvironmentWish,
  folder: string,
): Promise<Omit<EnvironmentRecord, 'version' | 'folder' | 'used'>> {
  const context: InstallContext = { env: pythonEnvironment(host), cwd: wish.scratch, signal: wish.signal };
  const made = await host.processes.run({
    argv: [wish.python.executable, '-m', 'venv', '--without-pip', folder],
    env: context.env,
    cwd: wish.scratch,
    timeoutMs: 5 * 60_000,
  });
  if (!made.ok) {
    const remedy = 'Install the venv module of this Python (on Debian: apt install python3-venv).';
    throw failed(wish, 'Python cannot make a virtual environment', remedy, outputTail(made));
  }
  const python = pythonOf(host, folder);
  const sitePackages = await askSitePackages(host, wish, python);
  const { pinned, loose, optional } = wish.dependencies;
  const installs = pinned.length + loose.length + optional.length > 0 || wish.build !== undefined;
  const installers = installs ? await findInstallers(host, wish.python, python, context) : [];
  const notes = await installDependencies(host, wish, python, installers);
  let distribution: string | undefined;
  if (wish.build !== undefined) {
    const wheel = await buildWheel(host, wish, wish.build, python, context, installers);
    const problem = await firstThatWorks(installers, (tool) => tool.install(python, ['--no-deps', wheel]));
    if (problem !== undefined) {
      throw failed(
        wish,
        'the built project cannot be installed',
        'Look at what the installer says.',
        problem,
      );
    }
    const name = wheel.slice(Math.max(wheel.lastIndexOf('/'), wheel.lastIndexOf('\\')) + 1);
    distribution = `${name.split('-').slice(0, 2).join('-')}.dist-info`;
  }
  // Last, so that no installer ever sees the project's environment through ours.
  await host.files.writeAtomically(
    join(sitePackages[0] ?? folder, 'zz-strop-borrowed.pth'),
    wish.packages.borrow,
  );
  return {
    sitePackages: [...sitePackages],
    notes: [...notes],
    ...(distribution === undefined ? {} : { distribution }),
  };
}
