import { StropError } from '#base';
import type { Doubt } from '#base';
import { openMeasurement } from '#measuring';
import type { Both, Measurement, WorkerSettings } from '#measuring';
import { parseRevisions, prepareSides } from '#revisions';
import type { Side } from '#revisions';
import { openHistory } from '#store';
import type { ComparisonDocument } from '#store';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { Lane } from './lane.ts';
import { interrupted, measureAll } from './measure-all.ts';
import { overallVerdict, reportLane } from './report.ts';
import { readRequest } from './request.ts';
import type { CompareRequest } from './request.ts';
import type { CompareInput } from './schema.ts';
import { selectWorkloads } from '../workload-choice.ts';
import type { Selected } from '../workload-choice.ts';
import { withRun } from '../working-run.ts';

/** Compares two revisions on one or more workloads; measures only, changes nothing of the user's. */
export async function compare(context: Context, input: CompareInput): Promise<ComparisonDocument> {
  const { host } = context;
  const begin = host.clock.nowNs();
  const { project, settings, interpreter } = await openProject(context, input.python);
  const request = readRequest(input, settings);
  const requests = parseRevisions(input.revisions);
  return withRun(context, async (run) => {
    const prepared = await prepareSides(host, project, requests, {
      run,
      python: interpreter,
      include: settings.include,
      sourceRoots: settings.sourceRoots,
      signal: context.signal,
      progress: (text) => {
        context.progress({ kind: 'step', text });
      },
    });
    const sides = { a: prepared.a, b: prepared.b };
    const worker = { runFolder: run.folder, timeoutMs: request.timeoutMs };
    const selected = await selectWorkloads({ host, sides, worker, interpreter, settings }, input);
    const skipped: Doubt[] = [];
    const lanes = await openLanes(context, selected, sides, worker, request, (doubt) => {
      // Only what the user did not name may be left out without an error.
      if (input.workload.length > 0) return false;
      skipped.push(doubt);
      return true;
    });
    try {
      const { alpha, margin } = request.rule;
      const answers = await measureAll(context, lanes, alpha, margin);
      const workloads = lanes.map((lane) => reportLane(lane, answers));
      const document: ComparisonDocument = {
        kind: 'comparison',
        version: 1,
        date: host.clock.date(),
        a: revisionOf(sides.a),
        b: revisionOf(sides.b),
        verdict: overallVerdict(workloads),
        rule: { alpha, margin, budgetSeconds: request.budgetNs / 1e9 },
        python: { executable: interpreter.executable, version: interpreter.versionText },
        machine: {
          system: host.machine.system,
          cpu: host.machine.cpuModel,
          cores: host.machine.cores,
          load: host.machine.load() ?? null,
        },
        seconds: (host.clock.nowNs() - begin) / 1e9,
        doubts: [...interpreter.doubts, ...prepared.doubts, ...skipped, ...machineDoubts(context)],
        workloads,
        samples: null,
      };
      const samples = lanes.flatMap((lane) =>
        lane.tally.pairs.map((pair) => ({ workload: lane.id, meter: lane.measurement.plan.meter, ...pair })),
      );
      return (await openHistory(host, project.root).comparisons.save(document, samples)).document;
    } finally {
      await Promise.allSettled(lanes.map((lane) => lane.measurement.close()));
    }
  }).catch((error: unknown) => {
    // A killed worker looks like a lost one: what really happened is that the user has had enough.
    throw context.signal.aborted ? interrupted() : error;
  });
}

async function openLanes(
  context: Context,
  selected: readonly Selected[],
  sides: Both<Side>,
  worker: WorkerSettings,
  request: CompareRequest,
  leaveOut: (doubt: Doubt) => boolean,
): Promise<readonly Lane[]> {
  const lanes: Lane[] = [];
  try {
    for (const each of selected) {
      if (context.signal.aborted) throw interrupted();
      context.progress({ kind: 'step', text: `calibrating ${each.workload.id}` });
      try {
        const measurement: Measurement = await openMeasurement(context.host, {
          sides,
          workload: each.workload,
          runFolder: worker.runFolder,
          timeoutMs: worker.timeoutMs,
          budgetNs: request.budgetNs,
          meter: request.meter === 'cpu' || request.meter === 'wall' ? request.meter : undefined,
          signal: context.signal,
        });
        lanes.push(new Lane(each, measurement, request));
      } catch (error) {
        const isSkipped = error instanceof StropError && error.code === 'workload-skipped';
        if (!isSkipped || !leaveOut({ code: 'workload-skipped', text: `Left out: ${error.message}.` }))
          throw error;
      }
    }
    if (lanes.length > 0) return lanes;
    throw new StropError({
      code: 'workload-missing',
      problem: 'every benchmark that was found is skipped',
      remedy: 'Name a workload that runs, with --workload.',
    });
  } catch (error) {
    await Promise.allSettled(lanes.map((lane) => lane.measurement.close()));
    throw error instanceof StropError ? withAdvice(error, selected) : error;
  }
}

/** With many workloads one that fails stops all: the user learns how to leave it out, and whose benchmark was run. */
function withAdvice(error: StropError, selected: readonly Selected[]): StropError {
  const doubts = selected.find((each) => each.workload.id === error.facts.where)?.doubts ?? [];
  const notes = doubts.map((doubt) => doubt.text);
  if (selected.length > 1) notes.push('To leave this workload out, name the others with --workload.');
  return new StropError({ ...error.facts, remedy: [error.facts.remedy, ...notes].join(' ') });
}

function revisionOf(side: Side): ComparisonDocument['a'] {
  const { name, commit, contentId } = side.revision;
  return { revision: name, commit, content: contentId };
}

function machineDoubts(context: Context): readonly Doubt[] {
  const { machine } = context.host;
  const load = machine.load();
  if (load === undefined || load <= machine.cores) return [];
  return [
    {
      code: 'busy-machine',
      text: `The load average is ${load.toFixed(1)} on ${String(machine.cores)} cores: verdicts hold, but take longer and see less.`,
    },
  ];
}
