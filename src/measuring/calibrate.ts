import { formatNumberOf } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { checkedBlock } from './check.ts';
import { finishPair, killBoth, startPair } from './fresh-pair.ts';
import type { ResidentRequest } from './fresh-pair.ts';
import type { Block, Both, ExtraMeter, Plan } from './pair.ts';
import { timeOf } from './pair.ts';
import {
  FEWEST_WITH_LEAD,
  allowedCores,
  chooseMeter,
  countsDiffer,
  mayPin,
  nextCount,
  settleCounts,
} from './plan.ts';
import type { Seen } from './plan.ts';
import { memoryAnswer } from './protocol.ts';
import type { BlockAnswer } from './protocol.ts';
import type { Session } from './session.ts';

/** Reading some extra meters slows an iteration ten times and more: a call longer than this is spared them. */
const TRACED_CALL_LIMIT_NS = 2e9;

/** A block together with the setup around its calls ends here, however short the calls are. */
const SETUP_LIMIT_NS = 60e6;

/** What is fixed before the first pair that counts. */
export interface Calibration {
  readonly plan: Plan;
  readonly doubts: readonly Doubt[];
  readonly extras: readonly ExtraMeter[];
}

/** A first call of this length, its setup included, is a guide in spite of its imports, and a second one would cost too much, in ns. */
const LONG_CALL_NS = 0.5e9;

/** What a block of calls shows: of several, after the first one, unless calls are long. */
export async function lookAtCalls(session: Session, setupEachTime: boolean): Promise<Seen> {
  const { block, answer } = await checkedBlock(session, 1);
  if (Math.max(spentNs(block), answer.total) >= LONG_CALL_NS) return seenOf(block, answer);
  return (await calibrateSide(session, setupEachTime)).seen;
}

/** Iterations that make a block long enough, and what such a block showed. */
async function calibrateSide(
  session: Session,
  setupEachTime: boolean,
): Promise<{ readonly count: number; readonly seen: Seen }> {
  let count = 1;
  // The first call pays for imports and caches: it is no guide to the length of a block.
  await checkedBlock(session, 1);
  for (;;) {
    const { block, answer } = await checkedBlock(session, count);
    // Setup around every call is not measured, but waited for: it must not outgrow the block too far.
    const next = setupEachTime && answer.total > SETUP_LIMIT_NS ? count : nextCount(count, spentNs(block));
    if (next === count) return { count, seen: seenOf(block, answer) };
    count = next;
  }
}

function seenOf(block: Block, answer: BlockAnswer): Seen {
  return { block, threads: answer.threads, childCpuNs: answer.children, othersCpuNs: answer.others };
}

/** Turns that tell whether one side is really so much faster as its count says. */
const CHECKED_TURNS = 4;

/**
 * The fastest of some blocks of one count in turns on each side, per iteration, in ns: what slows a moment down only adds. The
 * smaller count lasts long enough on the slower side; of short calls there are as many as begin warm.
 */
async function checkSpeeds(sessions: Both<Session>, own: Both<number>): Promise<Both<number>> {
  const fewest = Math.min(own.a, own.b);
  const count = fewest === 1 ? 1 : Math.max(fewest, FEWEST_WITH_LEAD);
  const fastest = { a: Number.POSITIVE_INFINITY, b: Number.POSITIVE_INFINITY };
  for (let turn = 0; turn < CHECKED_TURNS; turn += 1) {
    for (const side of turn % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)) {
      const { block } = await checkedBlock(sessions[side], count);
      fastest[side] = Math.min(fastest[side], spentNs(block) / count);
    }
  }
  return fastest;
}

/** Time off the core counts too: a workload that sleeps has blocks of sleep. */
function spentNs(block: Block): number {
  return Math.max(block.cpuNs, block.wallNs - (block.runDelayNs ?? 0));
}

/** One iteration under each of the extra meters. */
export async function readExtras(session: Session, meters: readonly ExtraMeter[]) {
  const answer = await session.ask({ op: 'memory', meters }, memoryAnswer);
  return answer.value;
}

/** Those of the extra meters that can be read for this workload here. */
async function findReadable(session: Session, wanted: readonly ExtraMeter[]): Promise<readonly ExtraMeter[]> {
  const read = await readExtras(session, wanted);
  return wanted.filter((name) => typeof read[name] === 'number');
}

/** Starts both sides once, finds the length of a block and the clock, and lets the tests run to their end. */
export async function calibrate(host: Host, request: ResidentRequest): Promise<Calibration> {
  const pair = await startPair(host, request);
  const { sessions } = pair;
  try {
    const a = await calibrateSide(sessions.a, pair.setupEachTime);
    const b = await calibrateSide(sessions.b, pair.setupEachTime);
    const own = { a: a.count, b: b.count };
    const count = settleCounts(own, countsDiffer(own) ? await checkSpeeds(sessions, own) : { a: 1, b: 1 });
    const seen = { a: a.seen, b: b.seen };
    const meter = request.meter ?? chooseMeter(seen);
    const iterationNs = { a: timeOf(a.seen.block, meter), b: timeOf(b.seen.block, meter) };
    const longest = Math.max(iterationNs.a, iterationNs.b);
    const traced: readonly ExtraMeter[] = longest < TRACED_CALL_LIMIT_NS ? ['peak', 'bytecodes'] : [];
    const extras = request.withExtras
      ? await findReadable(sessions.a, ['allocations', 'instructions', ...traced])
      : [];
    await finishPair(sessions, request);
    const cores = mayPin(seen) ? await allowedCores(host) : [];
    return {
      plan: { meter, count, iterationNs, cores },
      extras,
      doubts: [...pinningDoubts(seen, cores), ...threadDoubts(seen)],
    };
  } catch (error) {
    await killBoth(sessions);
    throw error;
  }
}

/** What a thread does when the calls are over, or after the process, no clock here sees. */
function threadDoubts({ a, b }: Both<Seen>): readonly Doubt[] {
  if (b.threads <= a.threads) return [];
  const text = `After its calls B has ${formatNumberOf(b.threads, 'thread')} alive, A has ${String(a.threads)}: work that they do later, or never come to, is not measured.`;
  return [{ code: 'work-between-calls', text }];
}

function pinningDoubts(seen: Both<Seen>, cores: readonly number[]): readonly Doubt[] {
  if (cores.length > 0) return [];
  const why = mayPin(seen)
    ? 'this system does not let strop pin processes'
    : 'the workload uses threads or child processes';
  return [{ code: 'not-pinned', text: `The sides did not share a core (${why}): expect more noise.` }];
}
