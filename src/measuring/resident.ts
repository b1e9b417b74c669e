import type { Host } from '#host';
import { calibrate, readExtras } from './calibrate.ts';
import { checkedBlock, checkTotals } from './check.ts';
import type { Books } from './check.ts';
import { finishPair, killBoth, startPair } from './fresh-pair.ts';
import type { FreshPair, ResidentRequest } from './fresh-pair.ts';
import type { Measurement, PairWish } from './measurement.ts';
import { logRatios } from './pair.ts';
import type { Block, Both, ExtraMeter, Pair, Plan } from './pair.ts';
import { chooseRounds, firstCallSettles, isSteady } from './plan.ts';
import type { Rounds } from './plan.ts';
import { pinAnswer } from './protocol.ts';
import type { Session } from './session.ts';

type Order = readonly ['a' | 'b', 'a' | 'b'];

/** Does the same on both sides, one after the other, in the pair's order: nothing may happen to A first by rule. */
async function inTurn<T>(
  sessions: Both<Session>,
  order: Order,
  act: (session: Session) => Promise<T>,
): Promise<Both<T>> {
  const first = await act(sessions[order[0]]);
  const second = await act(sessions[order[1]]);
  return order[0] === 'a' ? { a: first, b: second } : { a: second, b: first };
}

async function pinBoth(
  host: Host,
  sessions: Both<Session>,
  order: Order,
  cores: readonly number[],
): Promise<number | undefined> {
  const core = cores[host.random.below(Math.max(cores.length, 1))];
  if (core === undefined) return undefined;
  const answers = await inTurn(sessions, order, (session) => session.ask({ op: 'pin', core }, pinAnswer));
  return answers.a.value.pinned && answers.b.value.pinned ? core : undefined;
}

async function measureRounds(
  pair: FreshPair,
  order: Order,
  plan: Plan,
  { least, most }: Rounds,
): Promise<Timed> {
  const { sessions } = pair;
  const unobserved: Both<number[]> = { a: [], b: [] };
  const before = await inTurn(sessions, order, (session) => session.times());
  const rounds: Both<Block>[] = [];
  const swapped: Order = [order[1], order[0]];
  for (let round = 0; round < most; round += 1) {
    // After whole turns only: both sides have been the first equally often.
    if (round >= least && round % 2 === 0) {
      const ratios = logRatios({ rounds }, plan.meter);
      if (ratios.length === round && isSteady(ratios)) break;
    }
    // A B, B A, A B …: a drift of the machine's speed falls on both sides alike.
    const turn = round % 2 === 0 ? order : swapped;
    rounds.push(
      await inTurn(sessions, turn, async (session) => {
        const side = session === sessions.a ? 'a' : 'b';
        const { block, unobservedNs } = await checkedBlock(session, plan.count[side]);
        unobserved[side].push(unobservedNs);
        return block;
      }),
    );
  }
  const check = (side: 'a' | 'b'): Promise<Books> => {
    const blocks = rounds.map((round) => round[side]);
    return checkTotals(sessions[side], before[side], blocks, pair.setsUp);
  };
  const books = { a: await check('a'), b: await check('b') };
  return {
    rounds,
    unaccountedNs: { a: books.a.unaccountedNs, b: books.b.unaccountedNs },
    leadNs: { a: books.a.leadNs, b: books.b.leadNs },
    elsewhereNs: { a: books.a.elsewhereNs, b: books.b.elsewhereNs },
    unobservedNs: { a: middle(unobserved.a), b: middle(unobserved.b) },
    coarse: books.a.coarse || books.b.coarse,
  };
}

/** What the timed rounds of a pair yield. */
type Timed = Pick<Pair, 'rounds' | 'unaccountedNs' | 'leadNs' | 'elsewhereNs' | 'unobservedNs' | 'coarse'>;

const UNTIMED: Timed = {
  rounds: [],
  unaccountedNs: { a: undefined, b: undefined },
  leadNs: { a: undefined, b: undefined },
  elsewhereNs: { a: undefined, b: undefined },
  unobservedNs: { a: undefined, b: undefined },
  coarse: false,
};

/** The middle value, of two the smaller one: a busy moment is nobody's. */
function middle(values: readonly number[]): number | undefined {
  return [...values].sort((one, other) => one - other)[(values.length - 1) >>> 1];
}

async function measureExtras(
  sessions: Both<Session>,
  order: Order,
  meters: readonly ExtraMeter[],
): Promise<{ readonly extras: Pair['extras']; readonly peakRssBytes: Pair['peakRssBytes'] | undefined }> {
  const extras: Partial<Record<ExtraMeter, Both<number>>> = {};
  if (meters.length === 0) return { extras, peakRssBytes: undefined };
  const { a, b } = await inTurn(sessions, order, (session) => readExtras(session, meters));
  for (const name of meters) {
    const [left, right] = [a[name], b[name]];
    if (typeof left === 'number' && typeof right === 'number') extras[name] = { a: left, b: right };
  }
  return { extras, peakRssBytes: { a: a.peakRss ?? undefined, b: b.peakRss ?? undefined } };
}

async function measurePair(
  host: Host,
  request: ResidentRequest,
  plan: Plan,
  index: number,
  wish: PairWish,
): Promise<Pair> {
  const begin = host.clock.nowNs();
  const pair: FreshPair = await startPair(host, request);
  const { sessions, startupNs } = pair;
  try {
    const ranFirst = host.random.below(2) === 0 ? 'A' : 'B';
    const order: Order = ranFirst === 'A' ? ['a', 'b'] : ['b', 'a'];
    const core = await pinBoth(host, sessions, order, plan.cores);
    const first = await inTurn(sessions, order, (session) => checkedBlock(session, 1));
    let timed = UNTIMED;
    if (wish.timed) {
      // Caches and the interpreter's specialisation settle in one block that nobody counts.
      if (!firstCallSettles(plan)) {
        await inTurn(sessions, order, (session) =>
          checkedBlock(session, session === sessions.a ? plan.count.a : plan.count.b),
        );
      }
      timed = await measureRounds(pair, order, plan, chooseRounds(plan, startupNs, request.budgetNs));
    }
    const roundsEnded = host.clock.nowNs();
    const { extras, peakRssBytes } = await measureExtras(sessions, order, wish.extras);
    const extrasNs = host.clock.nowNs() - roundsEnded;
    const ended = await finishPair(sessions, request);
    return {
      index,
      seed: pair.seed,
      core,
      startedFirst: pair.startedFirst,
      ranFirst,
      ...timed,
      firstCallNs: { a: first.a.block.cpuNs, b: first.b.block.cpuNs },
      peakRssBytes: peakRssBytes ?? { a: ended.a.peakRssBytes, b: ended.b.peakRssBytes },
      answered: { a: ended.a.answered, b: ended.b.answered },
      extras,
      startupNs,
      timedNs: host.clock.nowNs() - begin - extrasNs,
      extrasNs,
    };
  } catch (error) {
    await killBoth(sessions);
    throw error;
  }
}

/** See `openMeasurement`: workers that hold the workload in their process. */
export async function openResidentMeasurement(host: Host, request: ResidentRequest): Promise<Measurement> {
  const begin = host.clock.nowNs();
  const { plan, extras, doubts } = await calibrate(host, request);
  const calibrationNs = host.clock.nowNs() - begin;
  let index = 0;
  return {
    plan,
    extras,
    doubts,
    calibrationNs,
    async nextPair(wish) {
      request.signal.throwIfAborted();
      index += 1;
      return measurePair(host, request, plan, index, wish);
    },
    close: () => Promise.resolve(),
  };
}
