import { findProject, findPython, formatEvidence, readFacts, readMachine, readSettings } from '#project';
import type { PythonWish, Settings } from '#project';
import type { Context } from '../operation.ts';
import type { Inspection, InspectInput } from './schema.ts';

/** What the user said about the interpreter: the command line is nearer than the settings. */
function wishOf(input: InspectInput, settings: Settings): PythonWish {
  if (input.python !== undefined) return { python: input.python };
  if (settings.python === undefined) return {};
  return { python: settings.python.value, source: formatEvidence(settings.python.evidence) };
}

/** Gathers the facts about the project around the current folder and about this machine. */
export async function inspect(context: Context, input: InspectInput): Promise<Inspection> {
  const { host } = context;
  const project = await findProject(host, host.cwd);
  const settings = await readSettings(host, project.root);
  context.progress({ kind: 'step', text: 'looking for the interpreter' });
  const found = await findPython(host, project, wishOf(input, settings));
  context.progress({ kind: 'step', text: 'reading the project' });
  // The facts repeat the interpreter's doubts, so that all stand in one place.
  const { name, doubts, ...facts } = await readFacts(host, project, found, settings.sourceRoots);
  const { doubts: _doubts, ...interpreter } = found;
  return {
    kind: 'inspection',
    version: 1,
    project: {
      name,
      ...project,
      settings: settings.file,
      workloads: settings.workloads.map((one) => ({
        name: one.name,
        kind: one.kind,
        evidence: one.evidence,
      })),
    },
    interpreter,
    ...facts,
    machine: await readMachine(host, found),
    doubts,
  };
}
