import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { openMeasurement } from '#measuring';
import type { Both, Measurement, TimeMeter, WorkerSettings } from '#measuring';
import type { Side } from '#revisions';
import type { ComparedWorkload } from '#store';
import { Lane } from './lane.ts';
import { interrupted, measureAll, startAnswers } from './measure-all.ts';
import type { Watcher } from './measure-all.ts';
import { reportLane } from './report.ts';
import type { CompareRequest, FormerEvidence, GuardRule, Selected } from './request.ts';
import { samplesOf } from './samples.ts';

/** Workloads to compare on two sides that are ready to run. */
export interface Comparing {
  readonly sides: Both<Side>;
  readonly selected: readonly Selected[];
  readonly worker: WorkerSettings;
  readonly request: CompareRequest;
  readonly watcher: Watcher;
  /** Called before something that takes a moment. */
  progress(text: string): void;
  /** Whether a workload that skips itself may be left out (true) or fails the comparison (false). */
  leaveOut(doubt: Doubt, id: string): boolean;
  /** What earlier measurements of the same contents have shown for a workload. */
  readonly former?: (id: string) => FormerEvidence | undefined;
  readonly guards?: GuardRule;
  /** Told what was measured by then when the comparison is broken off, by the user or by a failure. */
  readonly brokenOff?: (compared: Compared) => void;
}

/** What came out: one entry for each workload, and every raw pair. */
export interface Compared {
  readonly workloads: readonly ComparedWorkload[];
  readonly samples: readonly unknown[];
}

/**
 * Measures the workloads on both sides and judges them under one error rate. Throws a StropError when a workload fails,
 * hangs, cannot be believed, or when all are left out.
 */
export async function compareSides(host: Host, comparing: Comparing): Promise<Compared> {
  const lanes = await openLanes(host, comparing);
  const answers = startAnswers(lanes, comparing.request.rule);
  try {
    await measureAll(comparing.watcher, lanes, answers, comparing.guards);
    return { workloads: lanes.map((lane) => reportLane(lane, answers)), samples: samplesOf(lanes) };
  } catch (error) {
    const begun = lanes.filter((lane) => lane.tally.pairs.length > 0);
    comparing.brokenOff?.({
      workloads: begun.map((lane) => reportLane(lane, answers)),
      samples: samplesOf(begun),
    });
    throw error;
  } finally {
    await Promise.allSettled(lanes.map((lane) => lane.measurement.close()));
  }
}

/** Calibrates every workload; the caller closes the measurements. */
export async function openLanes(host: Host, comparing: Comparing): Promise<readonly Lane[]> {
  const { selected, watcher } = comparing;
  const lanes: Lane[] = [];
  try {
    for (const each of selected) {
      if (watcher.signal.aborted) throw interrupted();
      comparing.progress(`calibrating ${each.workload.id}`);
      const former = comparing.former?.(each.workload.id);
      try {
        const measurement = await open(host, comparing, each, former?.meter);
        lanes.push(new Lane(each, measurement, comparing.request, former, selected.length));
      } catch (error) {
        const isSkipped = error instanceof StropError && error.code === 'workload-skipped';
        if (
          !isSkipped ||
          !comparing.leaveOut(
            { code: 'workload-skipped', text: `Left out: ${error.message}.` },
            each.workload.id,
          )
        )
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

async function open(
  host: Host,
  { sides, worker, request, watcher }: Comparing,
  { workload }: Selected,
  meter: TimeMeter | undefined,
): Promise<Measurement> {
  const asked = request.meter === 'cpu' || request.meter === 'wall' ? request.meter : undefined;
  return openMeasurement(host, {
    sides,
    workload,
    runFolder: worker.runFolder,
    timeoutMs: worker.timeoutMs,
    budgetNs: request.budgetNs,
    meter: meter ?? asked,
    withExtras: asked === undefined,
    signal: watcher.signal,
  });
}

/** With many workloads one that fails stops all: the user learns how to leave it out, and whose benchmark was run. */
function withAdvice(error: StropError, selected: readonly Selected[]): StropError {
  const doubts = selected.find((each) => each.workload.id === error.facts.where)?.doubts ?? [];
  const notes = doubts.map((doubt) => doubt.text);
  if (selected.length > 1) notes.push('To leave this workload out, name the others with --workload.');
  return new StropError({ ...error.facts, remedy: [error.facts.remedy, ...notes].join(' ') });
}
