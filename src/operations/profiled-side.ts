import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Roots } from '#profiles';
import {
  findInstalledProjects,
  findLayout,
  formatEvidence,
  hasCompiledModules,
  joinInstalled,
} from '#project';
import type { Interpreter, Layout } from '#project';
import type { Side } from '#revisions';
import type { OpenedProject } from './opened-project.ts';

/** Where the profiled Python finds code, so that each frame gets its origin. */
export function rootsOf(side: Side, interpreter: Interpreter): Roots {
  const version = `python${String(interpreter.version[0])}.${String(interpreter.version[1])}`;
  return {
    // The text of `--stmt` and `--setup` has no file, yet nobody else's code is closer to the user.
    project: [side.project, '<statement>', '<setup>'],
    dependencies: interpreter.sitePackages,
    stdlib: [`${interpreter.basePrefix}/lib/${version}`, `${interpreter.basePrefix}/Lib`],
  };
}

async function layoutInPlace(host: Host, { project, settings, interpreter }: OpenedProject): Promise<Layout> {
  const top = project.gitTop ?? project.root;
  return joinInstalled(
    host,
    await findLayout(host, project.root, settings.sourceRoots),
    { top, project: project.root, rooted: settings.sourceRoots !== undefined },
    await findInstalledProjects(host, top, interpreter.sitePackages),
  );
}

/** A profile of the project as it lies there is of other code than a comparison measures, where that builds compiled modules. */
export async function findUnbuilt(host: Host, opened: OpenedProject): Promise<readonly Doubt[]> {
  const layout = await layoutInPlace(host, opened);
  const { extension } = layout;
  if (extension === undefined || (await hasCompiledModules(host, layout, opened.interpreter.sitePackages)))
    return [];
  const text = `The compiled modules of the project (${formatEvidence(extension.evidence)}) are not built here: this is a profile of the Python code in their place, while compare and step build them. Install the project (pip install -e .) to profile what they measure.`;
  return [{ code: 'compiled-parts', text }];
}

/** The project as it lies there: a profile answers for the code that the user sees, no copy is needed. */
export async function sideInPlace(
  host: Host,
  { project, settings, interpreter }: OpenedProject,
): Promise<Side> {
  const top = project.gitTop ?? project.root;
  const layout = await layoutInPlace(host, { project, settings, interpreter });
  return {
    label: 'B',
    revision: { kind: 'working-tree', name: 'working tree', commit: '', contentId: '', clean: false },
    root: top,
    project: project.root,
    sourceRoots: layout.extension === undefined ? layout.sourceRoots : [],
    modules: layout.modules,
    python: interpreter.executable,
    ownFolders: layout.extension === undefined ? [] : interpreter.sitePackages,
  };
}

/**
 * The environment of a command that is profiled on a side: its modules come first. Bytecode is read where the user's own
 * run reads it and written nowhere: with a new folder for it every import of the program would compile, and lead the profile.
 */
export function profiledEnvironment(host: Host, side: Side): Record<string, string | undefined> {
  const path = [...side.sourceRoots, host.env['PYTHONPATH'] ?? ''].filter((entry) => entry !== '');
  return {
    ...host.env,
    // A second tracer would be profiled along, or take the first one's place.
    COVERAGE_PROCESS_START: undefined,
    LINE_PROFILE: undefined,
    PYTHONPATH: path.join(host.platform === 'win32' ? ';' : ':'),
    PYTHONDONTWRITEBYTECODE: '1',
  };
}

const COMPILE_MS = 120_000;

/**
 * Compiles the modules of a checkout, which has no bytecode yet, so that the profile of a command is not one of compiling
 * them. Nothing is run. A tree of the user's own stays as it is.
 */
export async function compileCheckout(host: Host, side: Side, signal: AbortSignal): Promise<void> {
  if (side.original === undefined) return;
  const places = side.sourceRoots.flatMap((root) =>
    side.modules.flatMap((module) => [`${root}/${module}`, `${root}/${module}.py`]),
  );
  if (places.length === 0) return;
  // What cannot be compiled (a template, code for another Python) is told by the program that imports it.
  await host.processes.run({
    argv: [side.python, '-m', 'compileall', '-q', ...places],
    cwd: side.project,
    env: { ...host.env, PYTHONDONTWRITEBYTECODE: undefined },
    timeoutMs: COMPILE_MS,
    signal,
  });
}
