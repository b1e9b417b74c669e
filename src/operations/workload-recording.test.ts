import { afterAll, describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { cprofile } from '#profilers';
import type { Ask, Profiler } from '#profilers';
import { Stage, python } from '../profilers/testing/stage.ts';
import type { Context } from './operation.ts';
import type { RecordingPlan } from './recording.ts';
import { recordWorkload } from './workload-recording.ts';

describe.skipIf(python === undefined)('a recording that did not succeed at first', () => {
  const stage = new Stage();
  afterAll(() => stage.close());

  /** A tracer in the place of a sampler that comes late at more than 200 samples a second. */
  const rates: number[] = [];
  const late: Profiler = {
    ...cprofile,
    examine: (_, { rateHz }: Ask) => {
      rates.push(rateHz);
      return rateHz > 200 ? [{ code: 'sampling-behind', text: 'late' }] : [];
    },
  };

  async function record(asked: number | undefined) {
    rates.length = 0;
    return recordWith(late, asked ?? 250, asked);
  }

  async function recordWith(
    profiler: Profiler,
    rateHz: number,
    asked: number | undefined,
    more: Partial<RecordingPlan> = {},
  ) {
    const context = {
      host: stage.host,
      signal: stage.signal,
      progress: () => undefined,
    } as unknown as Context;
    const workload = { kind: 'statement', id: '1 + 1', statement: '1 + 1', setup: '' } as const;
    const recorded = {
      side: stage.side,
      worker: { runFolder: `${stage.folder}/run`, timeoutMs: 60_000 },
      workload,
    };
    const request = await stage.request(profiler, { seconds: 0.1, rateHz });
    const plan = { rateHz: asked, ...more } as RecordingPlan;
    return recordWorkload(context, recorded, plan, request);
  }

  it('is made once more with half the samples where the machine was too busy, and says so', async () => {
    const file = await record(undefined);
    expect(rates).toEqual([250, 125]);
    expect(file).toMatchObject({ rateHz: 125, doubts: [] });
  });

  it('is made once more with the program held where its stacks cannot be read while they change', async () => {
    const asked: (boolean | undefined)[] = [];
    const torn: Profiler = {
      ...cprofile,
      examine: (_, { held }) => {
        asked.push(held);
        if (held !== true)
          throw new StropError({ code: 'stacks-unreadable', problem: 'torn', remedy: 'Take another.' });
        return [];
      },
    };
    await recordWith(torn, 250, undefined);
    expect(asked).toEqual([undefined, true]);
    // Beside another recording that was not held it would be another measure.
    await expect(recordWith(torn, 250, undefined, { comparable: true })).rejects.toThrow('torn');
  });

  it('stays as it is where the rate was asked for', async () => {
    const file = await record(300);
    expect(rates).toEqual([300]);
    expect(file.doubts.map(({ code }) => code)).toEqual(['sampling-behind']);
  });
});
