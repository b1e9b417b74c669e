import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { findProcess, requireSight } from '#profilers';
import type { RunningProcess } from '#profilers';
import { findProject, findPython, readSettings } from '#project';
import type { Interpreter, ProjectRoot } from '#project';
import { openProject, openProjectFolder } from './opened-project.ts';
import type { OpenedProject } from './opened-project.ts';
import type { Context } from './operation.ts';

/** A process that runs, with the project whose code counts as own. */
export interface AttachedProcess {
  readonly process: RunningProcess;
  readonly opened: OpenedProject;
  /** Whether the interpreter is the one that the process runs. */
  readonly sameInterpreter: boolean;
  /** As it was given, with the project as the current folder. */
  readonly context: Context;
  readonly doubts: readonly Doubt[];
}

/** Files that make a folder a Python project; a git repository alone may be anything. */
const DECLARES = ['pyproject.toml', 'setup.py', 'setup.cfg', 'strop.toml', 'Pipfile', 'requirements.txt'];

/**
 * Finds a process, the interpreter that runs it and the project that it belongs to: the one around the current folder,
 * else the one around the folder in which the process works. Errors: those of `findProcess`, `no-permission` where it is
 * another user's, `no-python`.
 */
export async function openProcess(
  context: Context,
  pid: number,
  python: string | undefined,
): Promise<AttachedProcess> {
  const { host } = context;
  const process = await findProcess(host, pid);
  await requireSight(host, 'strop', pid);
  const root = await chooseRoot(host, process);
  const inProject: Context = { ...context, host: { ...host, cwd: root } };
  const project = await openProjectFolder(inProject);
  context.progress({
    kind: 'step',
    text: `process ${String(pid)} is \`${sayCommand(process, 60)}\`; own code is what lies in ${project.root}`,
  });
  const { opened, sameInterpreter, doubts } = await openInterpreter(inProject, project, process, python);
  return { process, opened, sameInterpreter, context: inProject, doubts };
}

/** The words of a process on one line. */
export function sayCommand({ argv, executable }: RunningProcess, room: number): string {
  const [program = executable ?? '?', ...words] = argv;
  const text = [program.replace(/^.*[\\/]/, ''), ...words].join(' ').replace(/\s+/g, ' ').trim();
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}

async function chooseRoot(host: Host, process: RunningProcess): Promise<string> {
  const here = await findProject(host, host.cwd);
  if (await isDeclared(host, here)) return here.root;
  const folder = workFolder(process);
  if (folder === undefined || (await host.files.kind(folder)) !== 'folder') return here.root;
  return (await findProject(host, folder)).root;
}

async function isDeclared(host: Host, { root }: ProjectRoot): Promise<boolean> {
  for (const name of DECLARES) if ((await host.files.kind(`${root}/${name}`)) === 'file') return true;
  return false;
}

/** Services often work in `/`, where everything would be their own: then it is the folder of the script. */
function workFolder({ cwd, argv }: RunningProcess): string | undefined {
  if (cwd !== undefined && cwd !== '/') return cwd;
  const script = argv.slice(1).find((word) => /^\/.*\.py$/.test(word));
  return script?.replace(/\/[^/]*$/, '');
}

async function openInterpreter(
  context: Context,
  project: ProjectRoot,
  process: RunningProcess,
  python: string | undefined,
): Promise<Pick<AttachedProcess, 'opened' | 'sameInterpreter' | 'doubts'>> {
  const { host } = context;
  const executable = python ?? (await findExecutable(host, process));
  if (executable !== undefined) {
    try {
      const settings = await readSettings(host, project.root);
      const source = python === undefined ? `process ${String(process.pid)}` : undefined;
      const interpreter = await findPython(host, project, { python: executable, source });
      return { opened: { project, settings, interpreter }, sameInterpreter: true, doubts: [] };
    } catch (error) {
      // Python 3.8 can be looked into by 3.13: only what goes inside has to be of the same version.
      if (python !== undefined || !(error instanceof StropError) || error.code !== 'no-python') throw error;
    }
  }
  const opened = await openProject(context, undefined);
  return { opened, sameInterpreter: false, doubts: [otherInterpreter(process, opened.interpreter)] };
}

function otherInterpreter({ executable, pythonVersion }: RunningProcess, used: Interpreter): Doubt {
  const its = pythonVersion === undefined ? 'its interpreter' : `its Python ${pythonVersion}`;
  const where = executable === undefined ? '' : ` (${executable})`;
  return {
    code: 'interpreter-guessed',
    text: `The process runs on ${its}${where}, which strop cannot start from here: whose code a file is follows from paths and from Python ${used.versionText} of this project.`,
  };
}

/** Inside a virtual environment it is the environment's own, which only the words of the process name. */
async function findExecutable(host: Host, process: RunningProcess): Promise<string | undefined> {
  const { argv, cwd, executable, path } = process;
  if (executable === undefined || !/[\\/](?:python|pypy)[^\\/]*$/i.test(executable)) return undefined;
  const [word = ''] = argv;
  const named = word.startsWith('/')
    ? word
    : word.includes('/')
      ? cwd === undefined
        ? undefined
        : `${cwd}/${word}`
      : word === ''
        ? undefined
        : await host.processes.find(word, path);
  if (named === undefined) return executable;
  const real = await host.files.real(named).catch(() => undefined);
  return real === executable ? named : executable;
}
