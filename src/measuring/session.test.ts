import { StropError } from '#base';
import { fakeHost } from '#host';
import type { FakeWorkerScript } from '#host';
import type { Side } from '#revisions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkedBlock, checkTotals } from './check.ts';
import { drawBlock } from './drawn-pair.ts';
import { Session } from './session.ts';

const side: Side = {
  label: 'B',
  revision: { kind: 'commit', name: 'HEAD', commit: 'c', contentId: 't', clean: true },
  root: '/run/b',
  project: '/run/b',
  sourceRoots: ['/run/b'],
  modules: ['pkg'],
  python: '/usr/bin/python3',
  ownFolders: [],
};
const workload = { kind: 'statement', id: 'pass', statement: 'pass', setup: '' } as const;

type Request = Record<string, unknown>;
type Answers = (request: Request) => object | object[] | 'end' | 'hang';

/** A session with a worker that answers as told; what it needs to be believed is added unless the answer overrides it. */
function open(answer: Answers, cpuNs?: () => number): Session {
  let nonce: unknown;
  const script: FakeWorkerScript = (line) => {
    if (line === undefined) return [];
    const request = JSON.parse(line) as Request;
    nonce = request['nonce'] ?? nonce;
    const given = answer(request);
    if (typeof given === 'string') return given;
    const believed = { nonce, seq: request['seq'], challenge: request['challenge'] };
    return [given].flat().map((each) => JSON.stringify({ ...believed, ...each }));
  };
  const host = fakeHost({
    worker: () => script,
    machine: {
      processTimes: () => Promise.resolve(cpuNs === undefined ? undefined : { ...NOTHING, cpuNs: cpuNs() }),
    },
  });
  return Session.start(host, side, workload, { runFolder: '/run', timeoutMs: 1000 }, 7, {
    kind: 'statement',
  });
}

const NOTHING = { cpuNs: 0, runDelayNs: 0, descendantsNs: 0, coarse: false };

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return error instanceof StropError ? error.code : 'bug';
  }
  return 'nothing thrown';
}

const anything = z.object({ ok: z.boolean() });
const block = {
  wall: 0, cpu: 0, delay: 0, nvcsw: 0, nivcsw: 0, minflt: 0, total: 0, cpuTotal: 0, min: 0, children: 0, threads: 1,
}; // prettier-ignore

describe('a session', () => {
  it('believes an answer that carries the nonce, the number and the challenge of its request', async () => {
    const session = open(() => ({ ok: true }));
    expect((await session.receive(anything)).value).toEqual({ ok: true });
    expect((await session.ask({ op: 'x' }, anything)).value).toEqual({ ok: true });
  });

  it.each([
    ['a wrong nonce', { ok: true, nonce: 'guess' }],
    ['an old challenge', { ok: true, challenge: 'old' }],
    ['a wrong number', { ok: true, seq: 99 }],
    ['another form', { ok: 'yes' }],
  ])('distrusts %s', async (_name, answer) => {
    expect(await codeOf(open(() => answer).receive(anything))).toBe('forged-result');
  });

  it('tells apart what is no answer at all', async () => {
    const host = fakeHost({ worker: () => () => ['collected 3 items'] });
    const settings = { runFolder: '/run', timeoutMs: 1000 };
    const session = Session.start(host, side, workload, settings, 7, { kind: 'statement' });
    await expect(session.receive(anything)).rejects.toMatchObject({
      code: 'forged-result',
      message: expect.stringContaining('something else than an answer') as string,
    });
  });

  it('distrusts a worker that speaks without being asked', async () => {
    const session = open(() => [{ ok: true }, { ok: true }]);
    await session.receive(anything);
    expect(await codeOf(session.ask({ op: 'x' }, anything))).toBe('forged-result');
  });

  it('distrusts times that are longer than the wait for the answer', async () => {
    const session = open((request) =>
      request['op'] === 'block' ? { ...block, wall: 1e9, total: 1e9 } : { ok: true },
    );
    await session.receive(anything);
    expect(await codeOf(checkedBlock(session, 1))).toBe('forged-result');
  });

  it('distrusts CPU times that the kernel contradicts', async () => {
    const counted = async (toldMs: number): Promise<string> => {
      const session = open(
        () => ({ ok: true }),
        () => 100e6,
      );
      await session.receive(anything);
      return codeOf(checkTotals(session, NOTHING, [drawBlock({ wallMs: toldMs, cpuMs: toldMs })], false));
    };
    expect(await counted(98)).toBe('nothing thrown');
    expect(await counted(50)).toBe('forged-result');
  });

  it('distrusts a longer wait for a core than the kernel counted', async () => {
    const waited = async (delayMs: number): Promise<string> => {
      const session = open(
        () => ({ ok: true }),
        () => 100e6,
      );
      await session.receive(anything);
      return codeOf(checkTotals(session, NOTHING, [drawBlock({ wallMs: 200, cpuMs: 98, delayMs })], false));
    };
    expect(await waited(10)).toBe('nothing thrown');
    expect(await waited(90)).toBe('forged-result');
  });

  it('says what a worker left out of its measured time, setup excepted, and what it did not report', async () => {
    const leftOut = async (cpuNs: number | undefined, setsUp: boolean) => {
      const session = open(() => ({ ok: true }), cpuNs === undefined ? undefined : () => cpuNs);
      await session.receive(anything);
      const block = { ...drawBlock({ wallMs: 60, cpuMs: 60 }), cpuTotalNs: 98e6 };
      const { unaccountedNs, leadNs } = await checkTotals(session, NOTHING, [block], setsUp);
      return [unaccountedNs, leadNs];
    };
    expect(await leftOut(100e6, false)).toEqual([2e6, 38e6]);
    expect(await leftOut(100e6, true)).toEqual([2e6, undefined]);
    expect(await leftOut(undefined, false)).toEqual([undefined, 38e6]);
    expect(await leftOut(undefined, true)).toEqual([undefined, undefined]);
  });

  it('says how a worker ended', async () => {
    expect(await codeOf(open(() => 'end').receive(anything))).toBe('worker-lost');
    expect(await codeOf(open(() => 'hang').receive(anything))).toBe('workload-timeout');
    const failed = { failed: 'ValueError', message: 'ValueError: no', trace: '' };
    expect(await codeOf(open(() => failed).receive(anything))).toBe('workload-failed');
  });
});
