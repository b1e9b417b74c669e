import { readFacts, readMachine } from '#project';
import type { Interpreter } from '#project';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { measureNoise } from './noise.ts';
import type { Inspection, InspectInput } from './schema.ts';

async function takeNoise(context: Context, interpreter: Interpreter): ReturnType<typeof measureNoise> {
  await context.takeMachine?.();
  return measureNoise(context, interpreter);
}

/** Gathers the facts about the project around the current folder and about this machine. */
export async function inspect(context: Context, input: InspectInput): Promise<Inspection> {
  const { host } = context;
  const { project, settings, interpreter: found } = await openProject(context, input.python);
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
    ...(input.noise ? { noise: await takeNoise(context, found) } : {}),
    doubts,
  };
}
