import { bytecodeFolder } from '#measuring';
import { findProject, findPython, formatEvidence, readSettings } from '#project';
import type { Interpreter, ProjectRoot, PythonWish, Settings } from '#project';
import { finishLandings, removeHalfWritten, removeLeftovers } from '#revisions';
import { openHistory } from '#store';
import type { Context } from './operation.ts';

/** The project around the current folder with its settings and the interpreter that runs it. */
export interface OpenedProject {
  readonly project: ProjectRoot;
  readonly settings: Settings;
  readonly interpreter: Interpreter;
}

/** What the user said about the interpreter: the command line is nearer than the settings. */
function wishOf(python: string | undefined, settings: Settings): PythonWish {
  if (python !== undefined) return { python };
  if (settings.python === undefined) return {};
  return { python: settings.python.value, source: formatEvidence(settings.python.evidence) };
}

/**
 * Finds the project around the current folder. What a killed strop left is cleaned up first, by whatever is started next:
 * a step that was killed half-way is completed or undone, folders of runs and half-written files go away.
 */
export async function openProjectFolder(context: Context): Promise<ProjectRoot> {
  const { host } = context;
  const project = await findProject(host, host.cwd);
  for (const { outcome, commit } of await finishLandings(host, project)) {
    const what = commit === undefined ? 'an accepted step' : `commit ${commit.slice(0, 9)}`;
    context.progress({ kind: 'step', text: `${what} was interrupted while it was written: ${outcome}` });
  }
  for (const folder of await removeLeftovers(host)) await host.files.remove(bytecodeFolder(host, folder));
  await removeHalfWritten(host, openHistory(host, project.root).folder);
  return project;
}

/** Finds project, settings and interpreter; throws a StropError for each that is not there or cannot be used. */
export async function openProject(context: Context, python: string | undefined): Promise<OpenedProject> {
  const { host } = context;
  const project = await openProjectFolder(context);
  const settings = await readSettings(host, project.root);
  context.progress({ kind: 'step', text: 'looking for the interpreter' });
  return { project, settings, interpreter: await findPython(host, project, wishOf(python, settings)) };
}
