import { compareSides, overallVerdict } from '#comparing';
import type { Doubt } from '#base';
import type { SideRequests } from '#revisions';
import { openHistory } from '#store';
import type { ComparisonDocument } from '#store';
import { readRequest } from './compare-request.ts';
import type { CompareFlags } from './compare-request.ts';
import { machineDoubts, machineOf, pythonOf, revisionOf, watcherOf } from './comparison.ts';
import { keepMeasured } from './keep-measured.ts';
import type { OpenedProject } from './opened-project.ts';
import type { Context } from './operation.ts';
import { withSides } from './working-sides.ts';
import { normalId, selectWorkloads } from './workload-choice.ts';
import type { WorkloadInput } from './workload-choice.ts';

/** Compares two states of a project on one or more workloads and keeps the comparison; changes nothing of the user's. */
export async function measureRevisions(
  context: Context,
  opened: OpenedProject,
  requests: SideRequests,
  input: WorkloadInput & CompareFlags,
): Promise<ComparisonDocument> {
  const { host } = context;
  const begin = host.clock.nowNs();
  const { project, settings, interpreter } = opened;
  const request = readRequest(input, settings);
  return withSides(context, opened, requests, async (run, prepared) => {
    const sides = { a: prepared.a, b: prepared.b };
    const worker = { runFolder: run.folder, timeoutMs: request.timeoutMs };
    const skipped: Doubt[] = [];
    const leaveOut = (doubt: Doubt): void => {
      skipped.push(doubt);
    };
    const selected = await selectWorkloads({ host, sides, worker, interpreter, settings, leaveOut }, input);
    const { workloads, samples } = await compareSides(host, {
      sides,
      selected,
      worker,
      request,
      ...watcherOf(context),
      leaveOut: (doubt, id) => {
        // Only what the user did not name itself may be left out without an error.
        if (input.workload.some((named) => normalId(named) === id)) return false;
        leaveOut(doubt);
        return true;
      },
    });
    const document: ComparisonDocument = {
      kind: 'comparison',
      version: 1,
      date: host.clock.date(),
      a: revisionOf(sides.a),
      b: revisionOf(sides.b),
      verdict: overallVerdict(workloads),
      rule: { ...request.rule, budgetSeconds: request.budgetNs / 1e9 },
      python: pythonOf(interpreter),
      machine: machineOf(host),
      seconds: (host.clock.nowNs() - begin) / 1e9,
      doubts: [...interpreter.doubts, ...prepared.doubts, ...skipped, ...machineDoubts(host)],
      workloads: [...workloads],
      samples: null,
    };
    return (await keepMeasured(openHistory(host, project.root).comparisons, document, samples)).document;
  });
}
