import type { ProcessTimes } from '#host';
import type { Answer, Session } from './session.ts';
import type { Block } from './pair.ts';
import { leadShare } from './plan.ts';
import { blockAnswer } from './protocol.ts';
import type { BlockAnswer } from './protocol.ts';

/** CPU that answering one request may cost a worker beside the block itself, in ns: 0.1 to 0.25 ms were seen. */
const ANSWER_COST_NS = 0.6e6;

/**
 * CPU that may fall once between the blocks of a worker, in ns: a garbage collection, cold caches on a busy machine (2 ms
 * were seen). What is hidden in every pair and stays below this, the comparison of both sides over all pairs finds.
 */
const ONE_OFF_NS = 4e6;

/** The shim's answer as a block. */
function blockOf(answer: BlockAnswer, count: number): Block {
  return {
    count,
    wallNs: answer.wall,
    cpuNs: answer.cpu,
    cpuTotalNs: answer.cpuTotal,
    runDelayNs: answer.delay ?? undefined,
    fastestNs: answer.min,
    voluntarySwitches: answer.nvcsw,
    involuntarySwitches: answer.nivcsw,
    minorFaults: answer.minflt,
  };
}

/** Runs one block and refuses times that cannot be: longer than strop itself waited, or more CPU than wall allows. */
export async function checkedBlock(
  session: Session,
  count: number,
): Promise<{ readonly block: Block; readonly answer: BlockAnswer; readonly unobservedNs: number }> {
  const answer: Answer<BlockAnswer> = await session.ask({ op: 'block', n: count }, blockAnswer);
  const { value, observedNs } = answer;
  if (value.total > observedNs || value.wall > value.total) {
    throw await session.distrust('it claims more time than passed between request and answer');
  }
  return { block: blockOf(value, count), answer: value, unobservedNs: observedNs - value.total };
}

/** What the kernel counted for a worker beside what it reported, per block, in ns; undefined where nothing tells. */
export interface Books {
  readonly unaccountedNs: number | undefined;
  /** What the calls before the clock of a block took beyond the share of calls that they are, by the worker's own clock. */
  readonly leadNs: number | undefined;
  readonly elsewhereNs: number | undefined;
  readonly coarse: boolean;
}

/** Two readings in whole clock ticks differ by up to two ticks from the truth. */
const COARSE_NS = 20e6;

/**
 * Compares what a worker said about its rounds with the times that the kernel counted for it from outside. Answers the
 * CPU time per block that it did not report at all, and what it reported and did not measure. How much is too much only the other side tells: a workload that forks makes the clocks
 * around it dear, too.
 */
export async function checkTotals(
  session: Session,
  before: ProcessTimes | undefined,
  blocks: readonly Block[],
  setsUp: boolean,
): Promise<Books> {
  const measured = blocks.reduce((sum, block) => sum + block.cpuNs * (1 + leadShare(block.count)), 0);
  const all = blocks.reduce((sum, block) => sum + block.cpuTotalNs, 0);
  const after = await session.times();
  if (blocks.length === 0)
    return { unaccountedNs: undefined, leadNs: undefined, elsewhereNs: undefined, coarse: false };
  // Setup code around the calls is legitimate unmeasured time.
  const leadNs = setsUp ? undefined : (all - measured) / blocks.length;
  if (before === undefined || after === undefined)
    return { unaccountedNs: undefined, leadNs, elsewhereNs: undefined, coarse: false };
  const counted = after.cpuNs - before.cpuNs;
  const coarse = before.coarse || after.coarse;
  const allowance = 0.25 * counted + blocks.length * ANSWER_COST_NS + ONE_OFF_NS + (coarse ? COARSE_NS : 0);
  if (counted - all > allowance) {
    throw await session.distrust(
      `it reports ${String(Math.round(all / 1e6))} ms of CPU time where the kernel counted ${String(Math.round(counted / 1e6))} ms`,
    );
  }
  const waited = blocks.reduce((sum, block) => sum + (block.runDelayNs ?? 0), 0);
  if (!coarse && waited > 1.25 * (after.runDelayNs - before.runDelayNs) + COARSE_NS) {
    throw await session.distrust('it claims to have waited longer for a core than the kernel counted');
  }
  return {
    unaccountedNs: (counted - all) / blocks.length,
    leadNs,
    elsewhereNs: (after.descendantsNs - before.descendantsNs) / blocks.length,
    coarse,
  };
}
