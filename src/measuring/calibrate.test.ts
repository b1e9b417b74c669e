import { fakeHost } from '#host';
import type { FakeHost, FakeWorkerScript } from '#host';
import type { Side } from '#revisions';
import { describe, expect, it } from 'vitest';
import { calibrate } from './calibrate.ts';
import { leadShare } from './plan.ts';

function sideOf(label: 'A' | 'B'): Side {
  const root = `/run/${label}`;
  return {
    label,
    revision: { kind: 'commit', name: label, commit: label, contentId: label, clean: true },
    root,
    project: root,
    sourceRoots: [root],
    modules: ['pkg'],
    python: '/usr/bin/python3',
    ownFolders: [],
  };
}

/** What a call takes on a side, in µs, by the number of its block from 0. */
type Cost = (block: number) => number;

/** Takes a block so far that no call of it is warm: one call has it all, unless calls before the clock take it. */
const COLD_US = 140;

/** The counts that come out when calls cost so much on each side. */
async function countsOf(costs: Readonly<Record<string, Cost>>) {
  const host: FakeHost = fakeHost({
    worker: ({ cwd }): FakeWorkerScript => {
      const cost = costs[cwd];
      let nonce: unknown;
      let blocks = 0;
      const answer = (op: unknown, count: number): object => {
        if (op === 'block') {
          const us = count * (cost?.(blocks) ?? 0) + (leadShare(count) === 0 ? COLD_US : 0);
          blocks += 1;
          const ns = us * 1e3;
          // A little longer than the worker says, for the way there and back.
          host.advance(us / 1e3 + 0.01);
          return {
            ...{ wall: ns, cpu: ns, total: ns, cpuTotal: ns, min: ns / count },
            ...{ others: 0, delay: 0, nvcsw: 0, nivcsw: 0, minflt: 0, children: 0, threads: 1 },
          };
        }
        const loaded = { modules: [['pkg', `${cwd}/pkg.py`]], below: 1, elsewhere: [] };
        if (op === 'finish') return { peakRss: null, answered: null, ...loaded };
        if (op === 'outcome') return { outcome: 'passed' };
        const ready = { ready: true, python: [3, 13, 0], schedstat: true, threads: 1 };
        return { ...ready, ...loaded, setupEachTime: false, setsUp: false };
      };
      return (line) => {
        if (line === undefined) return [];
        const request = JSON.parse(line) as Record<string, unknown>;
        nonce = request['nonce'] ?? nonce;
        const { seq, challenge, op, n } = request;
        return [JSON.stringify({ nonce, seq, challenge, ...answer(op, Number(n)) })];
      };
    },
  });
  const { plan } = await calibrate(host, {
    sides: { a: sideOf('A'), b: sideOf('B') },
    workload: { kind: 'callable', id: 'pkg:f', module: 'pkg', qualname: 'f', args: [], kwargs: {} },
    runFolder: '/run',
    budgetNs: 15e9,
    timeoutMs: 1000,
    meter: 'cpu',
    withExtras: false,
    signal: new AbortController().signal,
  });
  return plan.count;
}

describe('calibration', () => {
  it('gives equal counts where a slow moment made one side look dear, and few calls in a block are cold', async () => {
    const counts = await countsOf({ '/run/A': () => 125, '/run/B': (block) => (block < 2 ? 900 : 140) });
    expect(counts.a).toBe(counts.b);
    expect(counts.a).toBeGreaterThan(7);
  });

  it('gives each side a count of its own where one is really many times faster', async () => {
    const counts = await countsOf({ '/run/A': () => 900, '/run/B': () => 3 });
    expect(counts.a).toBeLessThan(3);
    expect(counts.b).toBeGreaterThan(300);
  });
});
