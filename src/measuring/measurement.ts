import type { Doubt } from '#base';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';
import type { Both, ExtraMeter, Pair, Plan, TimeMeter } from './pair.ts';

/** What is fixed before a measurement begins. */
export interface MeasureRequest {
  readonly sides: Both<Side>;
  readonly workload: Workload;
  /** Folder of this run for temporary files. */
  readonly runFolder: string;
  /** Time that this workload may take in all, in ns: rounds are chosen so that enough pairs fit. */
  readonly budgetNs: number;
  /** How long one answer of a worker may take, in ms. */
  readonly timeoutMs: number;
  /** The user's choice of clock; calibration chooses when absent. */
  readonly meter: TimeMeter | undefined;
  /** Whether extra meters will be wished for: finding out which can be read takes several slow calls. */
  readonly withExtras: boolean;
  readonly signal: AbortSignal;
}

/** What one more pair should yield. */
export interface PairWish {
  /** False: only the extra meters, no timed rounds. */
  readonly timed: boolean;
  readonly extras: readonly ExtraMeter[];
}

/** A calibrated measurement of one workload on two sides: yields pairs as long as it is asked. */
export interface Measurement {
  readonly plan: Plan;
  /** Extra meters that this machine and interpreter can read for this workload. */
  readonly extras: readonly ExtraMeter[];
  readonly doubts: readonly Doubt[];
  /** Wall time that calibration took, in ns. */
  readonly calibrationNs: number;
  /**
   * Measures one more fresh pair. Throws a StropError when a side fails, hangs, runs foreign code or cannot be believed;
   * all processes of the pair have ended then.
   */
  nextPair(wish: PairWish): Promise<Pair>;
  /** Ends what still runs; throws when the last pair's tests turned out to fail. */
  close(): Promise<void>;
}
