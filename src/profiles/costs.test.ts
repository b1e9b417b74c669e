import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProfile } from '#readers';
import { costFunctions } from './costs.ts';
import { drawCallGraph, drawStacks } from './drawn-profile.ts';
import { classifyFrames } from './origins.ts';
import type { Profile } from './profile.ts';

/** `name: self inclusive own` for each function, and what nobody pays for. */
function show(profile: Profile): Record<string, string> {
  const costs = costFunctions(profile);
  const lines = costs.functions.map((cost) => {
    const numbers = [cost.self, cost.inclusive, cost.own].map((value) =>
      String(Math.round(value * 1e6) / 1e6),
    );
    return [profile.frames[cost.frame]?.name ?? '?', numbers.join(' ')] as const;
  });
  return Object.fromEntries([...lines, ['(unpaid)', String(costs.unpaid)], ['(total)', String(costs.total)]]);
}

const SHAPES = [
  ['stacks', drawStacks],
  ['a call graph', drawCallGraph],
] as const;

/** Random calls: each entry is a function and how far to go back up before calling it. */
const calls = fc
  .array(fc.tuple(fc.constantFrom('A', 'B', 'C', 'f', 'g', 'h', 'i'), fc.nat(3), fc.nat(100)), {
    minLength: 1,
    maxLength: 60,
  })
  .map((entries) => {
    let depth = -1;
    return entries.map(([name, up, cost]) => {
      depth = Math.max(0, depth + 1 - up);
      return `${'  '.repeat(depth)}${name} ${String(cost)}`;
    });
  })
  .map((lines) => lines.join('\n'));

describe.each(SHAPES)('the costs of %s', (_, draw) => {
  it('charge foreign code to the function of the project that asked for it', () => {
    const profile = draw(`
      Main 1
        Load 2
          json 3
            scan 4
        Report 5
          deepcopy 30
    `);
    expect(show(profile)).toEqual({
      Main: '1 45 1',
      Load: '2 9 9',
      json: '3 7 0',
      scan: '4 4 0',
      Report: '5 35 35',
      deepcopy: '30 30 0',
      '(unpaid)': '0',
      '(total)': '45',
    });
  });

  it('let a callback of the project pay for itself, and its caller for the rest', () => {
    const profile = draw(`
      Main 1
        sorted 20
          Key 300
          Key 300
    `);
    expect(show(profile)).toMatchObject({ Main: '1 621 21', Key: '600 600 600', sorted: '20 620 0' });
  });

  it('charge recursion once per outermost call', () => {
    const profile = draw(`
      Main 0
        Walk 1
          Walk 1
            max 1
              Walk 1
    `);
    expect(show(profile)).toMatchObject({ Main: '0 4 0', Walk: '3 4 4' });
  });

  it('keep circles of foreign functions together', () => {
    const profile = draw(`
      Main 0
        dumps 1
          encode 2
            visit 4
              encode 8
                visit 16
    `);
    expect(show(profile)).toMatchObject({ Main: '0 31 31', encode: '10 30 0', visit: '20 28 0' });
  });

  it('leave cost to nobody where no function of the project stands above', () => {
    const profile = draw(`
      importlib 7
        Main 1
          len 2
        read 5
    `);
    expect(show(profile)).toMatchObject({ Main: '1 3 3', '(unpaid)': '12' });
  });

  it('name the foreign functions that were paid for, dearest first', () => {
    const profile = draw(`
      Main 1
        loads 2
          scan 30
        len 4
    `);
    const main = costFunctions(profile).functions.find((cost) => profile.frames[cost.frame]?.name === 'Main');
    const named = main?.paidTo.map(({ frame, cost }) => [profile.frames[frame]?.name, cost]);
    expect(named).toEqual([
      ['loads', 32],
      ['len', 4],
    ]);
  });
});

describe('the costs of a call graph', () => {
  it('split what two functions asked of one foreign function by the time that each spent in it', () => {
    const picture = `
      Small 0
        loads 1
          scan 10
      Big 0
        loads 1
          scan 90
    `;
    expect(show(drawStacks(picture))).toMatchObject({ Small: '0 11 11', Big: '0 91 91' });
    // Which scan belongs to whom is not recorded; the time spent in loads tells.
    expect(show(drawCallGraph(picture))).toMatchObject({ Small: '0 11 11', Big: '0 91 91' });
  });

  it('charge the launcher of a program for nothing that the program asked for', () => {
    const picture = `
      exec 1
        Program 1000
          import 1
            exec 1
              library 50
    `;
    expect(show(drawStacks(picture))).toMatchObject({ Program: '1000 1052 1052', '(unpaid)': '1' });
    // Both calls of exec share one row: all that a call graph knows is that exec took part in a circle.
    expect(show(drawCallGraph(picture))).toMatchObject({ Program: '1000 1052 1052', '(unpaid)': '1' });
  });

  it('leave what a thread of a library did to nobody, beside what the project asked of the same function', () => {
    const picture = `
      bootstrap 1
        poll 2
          read 30
      Main 0
        poll 2
          read 10
    `;
    expect(show(drawStacks(picture))).toMatchObject({ Main: '0 12 12', '(unpaid)': '33' });
    expect(show(drawCallGraph(picture))).toMatchObject({ Main: '0 12 12', '(unpaid)': '33' });
  });

  it('never make a function pay more than the time that it took, unless it calls itself', () => {
    fc.assert(
      fc.property(calls, (picture) => {
        const profile = drawCallGraph(picture);
        const recursive = new Set(
          profile.rows.filter((row) => row.calls > row.primitiveCalls).map((row) => row.frame),
        );
        for (const cost of costFunctions(profile).functions) {
          if (!recursive.has(cost.frame)) expect(cost.own).toBeLessThanOrEqual(cost.inclusive + 1e-6);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('estimate from the counts where the tool counted calls but no time', () => {
    const timed = drawCallGraph(`
      A 0
        len 10
        len 10
        len 10
      B 0
        len 30
    `);
    const edges = timed.edges.map(({ caller, callee, calls }) => ({ caller, callee, calls }));
    expect(show({ ...timed, edges })).toMatchObject({ A: '0 30 45', B: '0 30 15' });
  });

  it('charge no more than there is when the file contradicts itself', () => {
    const graph = drawCallGraph('A 0\n  len 10');
    const edges = graph.edges.map((edge) => ({ ...edge, self: [1e6], inclusive: [0] }));
    expect(show({ ...graph, edges })).toMatchObject({ A: '0 10 10', '(unpaid)': '0' });
  });

  it('follow a chain of a hundred thousand functions without running out of stack', () => {
    const length = 100_000;
    const frames = Array.from({ length }, (_, index) => ({
      name: String(index),
      origin: index === 0 ? ('mine' as const) : ('native' as const),
    }));
    const rows = frames.map((_, frame) => ({
      frame,
      calls: 1,
      primitiveCalls: 1,
      self: [1],
      inclusive: [length - frame],
    }));
    const edges = rows.slice(1).map((row) => ({
      caller: row.frame - 1,
      callee: row.frame,
      calls: 1,
      self: row.self,
      inclusive: row.inclusive,
    }));
    const base = drawCallGraph('A 0');
    expect(costFunctions({ ...base, frames, rows, edges }).functions[0]?.own).toBe(length);
  });
});

describe('costs in general', () => {
  it('are all paid or unpaid, none twice, in both shapes', () => {
    fc.assert(
      fc.property(calls, (picture) => {
        for (const profile of [drawStacks(picture), drawCallGraph(picture)]) {
          const costs = costFunctions(profile);
          const paid = costs.functions.reduce((sum, cost) => sum + cost.own, 0);
          expect(paid + costs.unpaid).toBeCloseTo(costs.total, 6);
          expect(costs.unpaid).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('agree between the shapes on self and inclusive cost', () => {
    fc.assert(
      fc.property(calls, (picture) => {
        const numbers = (profile: Profile) =>
          costFunctions(profile)
            .functions.map(({ frame, self, inclusive }) => [frame, self, inclusive] as const)
            .sort(([a], [b]) => a - b);
        expect(numbers(drawCallGraph(picture))).toEqual(numbers(drawStacks(picture)));
      }),
    );
  });

  it('agree exactly on what is paid where foreign code has one caller each', () => {
    fc.assert(
      fc.property(calls, (picture) => {
        const stacks = drawStacks(picture);
        // A foreign function of its own for each place removes what a call graph cannot know.
        const frames = [...stacks.frames];
        const nodes = stacks.nodes.map((node) => {
          const frame = stacks.frames[node.frame];
          if (frame === undefined || frame.origin === 'mine') return node;
          return {
            ...node,
            frame: frames.push({ ...frame, name: `${frame.name}${String(frames.length)}` }) - 1,
          };
        });
        const split = { ...stacks, frames, nodes };
        const own = (profile: Profile) =>
          new Map(costFunctions(profile).functions.map((cost) => [cost.frame, cost.own]));
        const exact = own(split);
        for (const [frame, cost] of own(drawCallGraph(split)))
          expect(cost).toBeCloseTo(exact.get(frame) ?? -1, 6);
      }),
    );
  });

  it.each(['cprofile-3.8', 'cprofile-3.9', 'cprofile-3.11', 'cprofile-3.12', 'cprofile-3.13'])(
    'of the real file %s leave next to nothing unpaid below the program',
    (name) => {
      const path = join(import.meta.dirname, 'readers', 'cprofile', 'fixtures', `${name}.prof`);
      const profile = classifyFrames(readProfile(new Uint8Array(readFileSync(path)), name), {
        project: ['/tmp/p'],
        stdlib: ['/tmp/p/py/lib'],
        dependencies: [],
      });
      const costs = costFunctions(profile);
      const cost = (wanted: string) =>
        costs.functions.find(
          ({ frame }) => profile.frames[frame]?.name === wanted && profile.frames[frame].origin === 'mine',
        );
      const program = cost('<module>')?.inclusive ?? 0;
      const paid = costs.functions.reduce((sum, { own }) => sum + own, 0);
      expect(paid / program).toBeGreaterThan(0.99);
      expect(paid / program).toBeLessThanOrEqual(1);
      // All of copy.deepcopy was asked for by dedupe alone.
      expect(cost('dedupe')?.own).toBeCloseTo(cost('dedupe')?.inclusive ?? 0, -3);
    },
  );
});
