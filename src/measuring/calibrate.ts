import type { Doubt } from '#base';
import type { Host } from '#host';
import { checkedBlock } from './check.ts';
import { finishPair, killBoth, startPair } from './fresh-pair.ts';
import type { ResidentRequest } from './fresh-pair.ts';
import type { Both, ExtraMeter, Plan } from './pair.ts';
import { timeOf } from './pair.ts';
import { allowedCores, chooseMeter, mayPin, nextCount, settleCounts } from './plan.ts';
import type { Seen } from './plan.ts';
import { memoryAnswer } from './protocol.ts';
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

async function calibrateSide(
  session: Session,
  setupEachTime: boolean,
): Promise<{ readonly count: number; readonly seen: Seen }> {
  let count = 1;
  // The first call pays for imports and caches: it is no guide to the length of a block.
  await checkedBlock(session, 1);
  for (;;) {
    const { block, answer } = await checkedBlock(session, count);
    // Time off the core counts too: a workload that sleeps has blocks of sleep.
    const spent = Math.max(block.cpuNs, block.wallNs - (block.runDelayNs ?? 0));
    // Setup around every call is not measured, but waited for: it must not outgrow the block too far.
    const next = setupEachTime && answer.total > SETUP_LIMIT_NS ? count : nextCount(count, spent);
    if (next === count)
      return { count, seen: { block, threads: answer.threads, childCpuNs: answer.children } };
    count = next;
  }
}

/** One iteration under each of the extra meters. */
export async function readExtras(session: Session, meters: readonly ExtraMeter[]) {
  const answer = await session.ask({ op: 'memory', meters }, memoryAnswer);
  return answer.value;
}

/** Starts both sides once, finds the length of a block and the clock, and lets the tests run to their end. */
export async function calibrate(host: Host, request: ResidentRequest): Promise<Calibration> {
  const pair = await startPair(host, request);
  const { sessions } = pair;
  try {
    const a = await calibrateSide(sessions.a, pair.setupEachTime);
    const b = await calibrateSide(sessions.b, pair.setupEachTime);
    const count = settleCounts({ a: a.count, b: b.count });
    const seen = { a: a.seen, b: b.seen };
    const meter = request.meter ?? chooseMeter(seen);
    const iterationNs = { a: timeOf(a.seen.block, meter), b: timeOf(b.seen.block, meter) };
    const longest = Math.max(iterationNs.a, iterationNs.b);
    const wanted: ExtraMeter[] =
      longest < TRACED_CALL_LIMIT_NS
        ? ['allocations', 'instructions', 'peak', 'bytecodes']
        : ['allocations', 'instructions'];
    const read = await readExtras(sessions.a, wanted);
    await finishPair(sessions, request);
    const cores = mayPin(seen) ? await allowedCores(host) : [];
    return {
      plan: { meter, count, iterationNs, cores },
      extras: wanted.filter((name) => typeof read[name] === 'number'),
      doubts: pinningDoubts(seen, cores),
    };
  } catch (error) {
    await killBoth(sessions);
    throw error;
  }
}

function pinningDoubts(seen: Both<Seen>, cores: readonly number[]): readonly Doubt[] {
  if (cores.length > 0) return [];
  const why = mayPin(seen)
    ? 'this system does not let strop pin processes'
    : 'the workload uses threads or child processes';
  return [{ code: 'not-pinned', text: `The sides did not share a core (${why}): expect more noise.` }];
}
