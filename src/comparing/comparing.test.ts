import type { ExtraMeter, Measurement, Pair, PairWish, Plan } from '#measuring';
import { describe, expect, it } from 'vitest';
import { drawBlock, drawPair } from '../measuring/drawn-pair.ts';
import { Lane } from './lane.ts';
import { measureAll, startAnswers } from './measure-all.ts';
import type { Watcher } from './measure-all.ts';
import { overallVerdict, reportLane } from './report.ts';
import type { CompareRequest, FormerEvidence, GuardRule } from './request.ts';
import { pairsOf, samplesOf } from './samples.ts';

const request: CompareRequest = {
  budgetNs: 60e9,
  timeoutMs: 1000,
  rule: { alpha: 0.01, margin: 0.01 },
  meter: 'auto',
};
const plan: Plan = { meter: 'cpu', count: { a: 1, b: 1 }, cores: [0], iterationNs: { a: 5e6, b: 5e6 } };
const watcher: Watcher = {
  signal: new AbortController().signal,
  state() {
    // Nobody watches.
  },
};

/** A lane whose pairs are drawn; remembers what it was asked for. */
function lane(
  id: string,
  pairs: (index: number, wish: PairWish) => Pair,
  options: Partial<CompareRequest> = {},
  former?: FormerEvidence,
) {
  const wishes: PairWish[] = [];
  const extras: readonly ExtraMeter[] = ['allocations', 'peak', 'bytecodes'];
  const measurement: Measurement = {
    plan,
    extras,
    doubts: [],
    calibrationNs: 0,
    nextPair(wish) {
      wishes.push(wish);
      return Promise.resolve(pairs(wishes.length, wish));
    },
    close: () => Promise.resolve(),
  };
  const workload = { kind: 'callable', id, module: 'm', qualname: 'f', args: [], kwargs: {} } as const;
  return {
    lane: new Lane({ workload, doubts: [] }, measurement, { ...request, ...options }, former),
    wishes,
  };
}

/** Alternating noise of ±1 %, so that no two pairs are alike. */
function noisy(ratio: number, index: number): number {
  return ratio * Math.exp((index % 2 === 0 ? 0.01 : -0.01) * (1 + (index % 5) / 10));
}

function withMemory(pair: Pair, wish: PairWish, peak: readonly [number, number]): Pair {
  const counts = {
    allocations: { a: 100, b: 100 },
    bytecodes: { a: 1000, b: 1000 },
    peak: { a: peak[0], b: peak[1] },
  };
  const asked = Object.fromEntries(
    Object.entries(counts).filter(([name]) => wish.extras.includes(name as ExtraMeter)),
  );
  return { ...pair, extras: asked, rounds: wish.timed ? pair.rounds : [] };
}

async function run(lanes: readonly Lane[], guards?: GuardRule) {
  const answers = startAnswers(lanes, { alpha: 0.01, margin: 0.01 });
  await measureAll(watcher, lanes, answers, guards);
  return lanes.map((each) => reportLane(each, answers));
}

describe('comparing', () => {
  it('decides a clear speedup with the fewest pairs and stops there', async () => {
    const { lane: one, wishes } = lane('m:f', (index, wish) =>
      withMemory(drawPair(index, noisy(0.5, index)), wish, [1e6, 1e6]),
    );
    const [result] = await run([one]);
    expect(result).toMatchObject({ verdict: 'faster', meter: 'cpu', pairs: 9 });
    expect(result?.ratio).toBeCloseTo(0.5, 1);
    expect(wishes.filter((wish) => wish.timed)).toHaveLength(9);
  });

  it('judges memory by itself: the same time, but heavier', async () => {
    const { lane: one } = lane('m:f', (index, wish) =>
      withMemory(drawPair(index, noisy(0.8, index)), wish, [1e6, 1.5e6]),
    );
    const [result] = await run([one]);
    expect(result?.meters['peak']).toMatchObject({ verdict: 'heavier', before: 1e6, after: 1.5e6 });
    expect(result?.meters['allocations']?.verdict).toBe('no difference');
    expect(result?.verdict).toBe('faster');
  });

  it('takes a few bytes for nothing, and tells their ratio all the same', async () => {
    const { lane: one } = lane('m:f', (index, wish) =>
      withMemory(drawPair(index, noisy(0.8, index)), wish, [300, 800]),
    );
    const peak = (await run([one]))[0]?.meters['peak'];
    expect(peak).toMatchObject({ verdict: 'no difference', before: 300, after: 800, low: 1 });
    expect(peak?.ratio).toBeCloseTo(800 / 300, 9);
    expect(peak?.high).toBeCloseTo(800 / 300, 9);
  });

  it('lets memory make the verdict where that was asked, without timing anything', async () => {
    const { lane: one, wishes } = lane(
      'm:f',
      (index, wish) => withMemory(drawPair(index, 1), wish, [2e6, 1e6]),
      { meter: 'memory' },
    );
    expect((await run([one]))[0]).toMatchObject({ verdict: 'leaner', meter: 'peak' });
    expect(wishes.every((wish) => !wish.timed)).toBe(true);
  });

  it('stays undecided when the budget ends, and says what it would need', async () => {
    const slow = (index: number): Pair => drawPair(index, noisy(1.03, index), { timedNs: 10e9 });
    const { lane: one } = lane('m:f', slow);
    const [result] = await run([one]);
    expect(result?.verdict).toBe('undecided');
    expect(result?.seconds).toBeLessThanOrEqual(60);
    expect(result?.pairsNeeded).toBeGreaterThan(result?.pairs ?? 0);
  });

  it('asks for more evidence when several workloads share one error rate', async () => {
    const changed = lane('m:changed', (index, wish) =>
      withMemory(drawPair(index, noisy(0.5, index)), wish, [1, 1]),
    );
    const same = ['m:p', 'm:q', 'm:r'].map((id) =>
      lane(id, (index, wish) => withMemory(drawPair(index, noisy(1, index)), wish, [1, 1]), {
        budgetNs: 3e9,
      }),
    );
    const results = await run([changed.lane, ...same.map((each) => each.lane)]);
    expect(results[0]?.verdict).toBe('faster');
    expect(results[0]?.pairs).toBeGreaterThan(9);
    expect(results.slice(1).every((each) => each.verdict !== 'faster' && each.verdict !== 'slower')).toBe(
      true,
    );
  });

  it('doubts a speedup that only later calls show', async () => {
    const cached = (index: number): Pair =>
      drawPair(index, noisy(0.2, index), { firstCallNs: { a: 5e6, b: 5e6 } });
    const codes = (await run([lane('m:f', cached).lane]))[0]?.doubts.map((doubt) => doubt.code);
    expect(codes).toContain('first-call-differs');
  });

  it.each([
    ['a cache that already helps within the first call', 0.9, true],
    ['a first call that gains less, since it has to warm up', 0.75, false],
    ['a first call that is cold, and saves as much time as later ones', 0.975, false, 90e6],
  ])('tells from a real speedup: %s', async (_what, first, isDoubted, cold = 5e6) => {
    const drawn = (index: number): Pair =>
      drawPair(index, noisy(0.55, index), { firstCallNs: { a: cold, b: cold * first } });
    const codes = (await run([lane('m:f', drawn).lane]))[0]?.doubts.map((doubt) => doubt.code);
    expect(codes?.includes('first-call-differs')).toBe(isDoubted);
  });

  /** Twelve rounds of a call of 5 ms, on B of 0.7 times as long, but for those that flush what the others have put off. */
  function flushing(index: number, flushes: (round: number) => boolean): Pair {
    const rounds = Array.from({ length: 12 }, (_, round) => {
      const cost = flushes(round) ? 5 * 0.7 + 25 : 5 * 0.7;
      const ms = noisy(cost, index + round);
      const a = drawBlock({ wallMs: 5, cpuMs: 5, delayMs: 0 });
      return { a, b: drawBlock({ wallMs: ms, cpuMs: ms, delayMs: 0 }) };
    });
    return drawPair(index, 1, { rounds });
  }

  async function reportOf(one: Lane) {
    const [report] = await run([one]);
    if (report === undefined) throw new Error('there is a report for each lane');
    return report;
  }

  it('calls slower what gains in most calls and pays it back in each fifth', async () => {
    const { lane: one } = lane('m:f', (index) => flushing(index, (round) => round % 5 === 4));
    const report = await reportOf(one);
    expect(report).toMatchObject({ verdict: 'slower', before: expect.closeTo(5e6) });
    // Two of twelve calls flush: 0.7 + 25/5 * 2/12.
    expect(report.ratio).toBeCloseTo(1.53, 1);
    expect(report.after / report.before).toBeCloseTo(report.ratio, 1);
    expect(report.doubts.map(({ code }) => code)).toContain('calls-differ');
  });

  it('doubts a speedup that calls in a minority of the pairs take back', async () => {
    const { lane: one } = lane('m:f', (index) => flushing(index, (round) => index % 4 === 1 && round > 7));
    const report = await reportOf(one);
    expect(report.verdict).toBe('faster');
    expect(report.doubts.map(({ code }) => code)).toContain('calls-differ');
  });

  it('accuses nobody of a single pair that a neighbour has filled', async () => {
    const { lane: one } = lane('m:f', (index) => flushing(index, (round) => index === 4 && round > 5));
    const report = await reportOf(one);
    expect(report.verdict).toBe('faster');
    expect(report.doubts.map(({ code }) => code)).not.toContain('calls-differ');
  });

  it('doubts CPU time that wall time contradicts', async () => {
    const a = drawBlock({ wallMs: 5, cpuMs: 5, delayMs: 0 });
    const waiting = (index: number): Pair => {
      const cpuMs = 5 * noisy(0.8, index);
      const b = drawBlock({ wallMs: cpuMs * 2, cpuMs, delayMs: 0 });
      return drawPair(index, 0.8, { rounds: [{ a, b }] });
    };
    const codes = (await run([lane('m:f', waiting).lane]))[0]?.doubts.map((doubt) => doubt.code);
    expect(codes).toContain('wall-disagrees');
  });

  it('is undecided when CPU time shows nothing of what the side waits for', async () => {
    const a = drawBlock({ wallMs: 5, cpuMs: 5, delayMs: 0 });
    const waiting = (index: number): Pair => {
      const cpuMs = 5 * noisy(0.8, index);
      return drawPair(index, 0.8, { rounds: [{ a, b: drawBlock({ wallMs: 18, cpuMs, delayMs: 0 }) }] });
    };
    const [result] = await run([lane('m:f', waiting).lane]);
    expect(result).toMatchObject({ verdict: 'undecided', meters: { cpu: { verdict: 'undecided' } } });
    expect(result?.doubts.map((doubt) => doubt.code)).toContain('wall-disagrees');
  });

  const block = (change: Partial<Parameters<typeof drawBlock>[0]> = {}) =>
    drawBlock({ wallMs: 5, cpuMs: 5, delayMs: 0, ...change });
  const halved = (index: number) => ({ a: block(), b: block({ wallMs: 2.5, cpuMs: 5 * noisy(0.5, index) }) });

  it.each<[string, string, (index: number) => Partial<Pair>]>([
    [
      'setup-grew',
      'moves its work into setup',
      (index) => {
        const { a, b } = halved(index);
        return { rounds: [{ a, b: { ...b, cpuTotalNs: 5e6 } }] };
      },
    ],
    [
      'work-between-calls',
      'leaves it to threads that have ended',
      () => ({
        coarse: true,
        unaccountedNs: { a: 1e5, b: 14e6 },
      }),
    ],
    ['work-elsewhere', 'leaves it to a process that it started', () => ({ elsewhereNs: { a: 0, b: 2.5e6 } })],
    [
      'lazy-result',
      'answers with a generator',
      () => ({
        answered: { a: { type: 'list', lazy: false }, b: { type: 'generator', lazy: true } },
      }),
    ],
    [
      'other-result',
      'answers with something else',
      () => ({
        answered: { a: { type: 'list', lazy: false }, b: { type: 'NoneType', lazy: false } },
      }),
    ],
    [
      'other-result',
      'answers with another value',
      () => ({
        answered: {
          a: { type: 'int', lazy: false, fingerprint: '1', shown: '24' },
          b: { type: 'int', lazy: false, fingerprint: '2', shown: '26' },
        },
      }),
    ],
  ])('doubts with %s a side that %s', async (code, _what, change) => {
    const drawn = (index: number, wish: PairWish) =>
      withMemory(
        drawPair(index, noisy(0.5, index), { rounds: [halved(index)], ...change(index) }),
        wish,
        [1e6, 1e6],
      );
    const [result] = await run([lane('m:f', drawn).lane]);
    expect(result?.verdict).toBe('faster');
    expect(result?.doubts.map((doubt) => doubt.code)).toContain(code);
    const honest = await run([
      lane('m:f', (index, wish) => withMemory(drawPair(index, noisy(0.5, index)), wish, [1e6, 1e6])).lane,
    ]);
    expect(honest[0]?.doubts.map((doubt) => doubt.code)).not.toContain(code);
  });

  it('accuses nobody of an answer that changes by itself, or that cannot be compared', async () => {
    const answers = (a: string | null, b: string | null) => ({
      a: { type: 'int', lazy: false, fingerprint: a, shown: a },
      b: { type: 'int', lazy: false, fingerprint: b, shown: b },
    });
    const drawn = (answered: (index: number) => Pair['answered']) =>
      run([
        lane('m:f', (index, wish) =>
          withMemory(drawPair(index, noisy(0.8, index), { answered: answered(index) }), wish, [1e6, 1e6]),
        ).lane,
      ]);
    for (const answered of [
      (index: number) => answers('1', index === 3 ? '1' : '2'),
      (index: number) => answers(`${String(index)}a`, `${String(index)}b`),
      () => answers(null, '2'),
      () => answers(null, null),
    ]) {
      const [result] = await drawn(answered);
      expect(result?.doubts.map(({ code }) => code)).not.toContain('other-result');
    }
    const [result] = await drawn(() => answers('24', '26'));
    expect(result?.doubts.map(({ text }) => text).join()).toContain('26 on B and 24 on A');
  });

  it('accuses nobody of what threads took with them, nor by a few pairs', async () => {
    const threads = (index: number): Pair =>
      drawPair(index, noisy(0.8, index), { coarse: true, unaccountedNs: { a: 1.5e5, b: -4e6 } });
    expect((await run([lane('m:f', threads).lane]))[0]?.verdict).toBe('faster');
    const collected = (index: number): Pair =>
      drawPair(index, noisy(0.8, index), { unaccountedNs: { a: 1.5e5, b: 9e5 }, timedNs: 25e9 });
    expect((await run([lane('m:f', collected).lane]))[0]?.pairs).toBeLessThan(4);
  });

  it('refuses a side whose wall clock runs slower than that of strop', async () => {
    const slow = (index: number): Pair =>
      drawPair(index, noisy(0.5, index), { unobservedNs: { a: 3e5, b: 2.8e6 } });
    const { lane: one } = lane('m:f', slow);
    const waiting = { ...one.measurement, plan: { ...plan, meter: 'wall' as const } };
    const asleep = new Lane(one.selected, waiting, request);
    await expect(run([asleep])).rejects.toMatchObject({ code: 'forged-result' });
  });

  it('accuses nobody for whom the machine was busy, however long the answers take', async () => {
    const busy = (index: number): Pair =>
      drawPair(index, noisy(0.5, index), { unobservedNs: { a: 3e5, b: index % 3 === 0 ? 4e5 : 9e6 } });
    const { lane: one } = lane('m:f', busy);
    const waiting = { ...one.measurement, plan: { ...plan, meter: 'wall' as const } };
    const [result] = await run([new Lane(one.selected, waiting, request)]);
    expect(result?.verdict).toBe('faster');
  });

  it('believes no gain that the calls before the clock take back, and accuses nobody of a small lead', async () => {
    const led = async (b: number) => {
      const { lane: one } = lane('m:f', (index) =>
        drawPair(index, noisy(0.8, index), { leadNs: { a: 1e4, b } }),
      );
      const report = await reportOf(one);
      return { verdict: report.verdict, codes: report.doubts.map(({ code }) => code) };
    };
    // B gains 1 ms a block.
    expect(await led(1.2e6)).toMatchObject({
      verdict: 'undecided',
      codes: expect.arrayContaining(['work-between-calls']) as string[],
    });
    expect(await led(6e5)).toMatchObject({
      verdict: 'faster',
      codes: expect.arrayContaining(['work-between-calls']) as string[],
    });
    expect((await led(1e5)).codes).not.toContain('work-between-calls');
  });

  it('doubts a first call that is far dearer, however little the later ones gain', async () => {
    const { lane: one } = lane('m:f', (index) =>
      drawPair(index, noisy(0.9, index), { firstCallNs: { a: 5e6, b: 50e6 } }),
    );
    const report = await reportOf(one);
    expect(report.verdict).toBe('faster');
    expect(report.doubts.map(({ code }) => code)).toContain('first-call-differs');
  });

  it('shows times that lie apart by the change, whatever the medians of the sides say', async () => {
    // A slow hour falls on the pairs in which B is dear.
    const { lane: one } = lane('m:f', (index) => {
      const pace = index % 3 === 0 ? 3 : 1;
      const [a, b] = [5 * pace, 5 * pace * noisy(0.8, index)];
      const round = {
        a: drawBlock({ wallMs: a, cpuMs: a, delayMs: 0 }),
        b: drawBlock({ wallMs: b, cpuMs: b, delayMs: 0 }),
      };
      return drawPair(index, 1, { rounds: [round, round] });
    });
    const report = await reportOf(one);
    expect(report.after / report.before).toBeCloseTo(report.ratio, 9);
  });

  it('refuses a side that hides CPU time from its clock', async () => {
    const hiding = (index: number): Pair =>
      drawPair(index, noisy(0.8, index), { unaccountedNs: { a: 1.5e5, b: 1.2e6 } });
    await expect(run([lane('m:f', hiding).lane])).rejects.toMatchObject({ code: 'forged-result' });
  });

  it('puts bad news first in the verdict of the whole', () => {
    const verdict = (...verdicts: ('faster' | 'slower' | 'undecided' | 'no difference')[]) =>
      overallVerdict(
        verdicts.map((each) => ({ verdict: each }) as Parameters<typeof overallVerdict>[0][number]),
      );
    expect(verdict('faster', 'undecided', 'slower')).toBe('slower');
    expect(verdict('faster', 'undecided')).toBe('undecided');
    expect(verdict('faster', 'no difference')).toBe('faster');
    expect(verdict('no difference')).toBe('no difference');
  });

  it('goes on from what was measured before, and never afresh', async () => {
    const half = (index: number, wish: PairWish): Pair =>
      withMemory(drawPair(index, noisy(0.5, index)), wish, [1, 1]);
    const first = lane('m:f', half, { budgetNs: 1 });
    const [undecided] = await run([first.lane]);
    expect(undecided).toMatchObject({ verdict: 'undecided', pairs: 1 });
    const kept: readonly unknown[] = samplesOf([first.lane]).map((sample): unknown =>
      JSON.parse(JSON.stringify(sample)),
    );
    const former = pairsOf(kept, 'm:f');
    expect(former?.pairs).toEqual(first.lane.tally.pairs);
    const second = lane('m:f', half, {}, { method: 'signs', meter: 'cpu', pairs: former?.pairs ?? [] });
    const [decided] = await run([second.lane]);
    expect(decided).toMatchObject({ verdict: 'faster', pairs: 9 });
    expect(second.wishes.filter((wish) => wish.timed)).toHaveLength(8);
  });

  it('assumes near-normal noise where the budget cannot pay for signs', async () => {
    const dear = (index: number, wish: PairWish): Pair =>
      withMemory(drawPair(index, noisy(0.5, index), { timedNs: 2e9 }), wish, [1, 1]);
    const { lane: one } = lane('m:f', dear, { budgetNs: 16e9 });
    const [result] = await run([one]);
    expect(result).toMatchObject({ verdict: 'faster', method: 'near-normal' });
    expect(result?.pairs).toBeLessThan(9);
  });

  it('needs no new pair where the former ones have decided', async () => {
    const half = (index: number): Pair =>
      withMemory(
        drawPair(index, noisy(0.5, index)),
        { timed: true, extras: ['peak', 'allocations'] },
        [1, 1],
      );
    const pairs = Array.from({ length: 12 }, (_, index) => half(index + 1));
    const again = lane('m:f', half, {}, { method: 'signs', meter: 'cpu', pairs });
    expect((await run([again.lane]))[0]).toMatchObject({ verdict: 'faster', pairs: 12 });
    expect(again.wishes).toEqual([]);
  });

  it('leaves a guard as soon as it is shown to be harmless', async () => {
    const target = lane('m:f', (index, wish) => withMemory(drawPair(index, noisy(0.5, index)), wish, [1, 1]));
    const guard = lane('m:g', (index, wish) => withMemory(drawPair(index, noisy(1, index)), wish, [1, 1]));
    const rule: GuardRule = { margin: 0.05, budgetNs: 60e9, isGuard: () => false };
    const results = await run([target.lane, guard.lane], rule);
    expect(results.map((each) => each.verdict)).toEqual(['faster', 'undecided']);
    expect(results[1]?.high).toBeLessThanOrEqual(1.05);
    expect(guard.wishes.filter((wish) => wish.timed).length).toBeLessThan(20);
  });

  it('goes on with a target while only another one, or a guard, needs less memory', async () => {
    const half = (index: number): Pair =>
      withMemory(drawPair(index, noisy(1, index)), { timed: true, extras: ['peak'] }, [2e6, 1e6]);
    const former = Array.from({ length: 12 }, (_, index) => half(index + 1));
    const guard = lane('m:g', half, {}, { method: 'signs', meter: 'cpu', pairs: former });
    // Its high end is harmless from the first pairs on, and it is faster by less than the guards' margin.
    const slight = (index: number, wish: PairWish): Pair =>
      withMemory(drawPair(index, noisy(0.97, index)), wish, [1, 1]);
    const target = lane('m:f', slight);
    const rule: GuardRule = { margin: 0.05, budgetNs: 60e9, isGuard: (id) => id === 'm:g' };
    const [, measured] = await run([guard.lane, target.lane], rule);
    expect(measured).toMatchObject({ verdict: 'faster' });
  });
});
