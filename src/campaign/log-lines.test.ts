import { describe, expect, it } from 'vitest';
import type { Campaign } from './campaign.ts';
import { logRows, summariseLog } from './log-lines.ts';
import { renderLog } from './render-log.ts';
import { drawBaseline, drawStep, drawWorkload } from './testing/drawn-campaign.ts';

const baseline = drawBaseline();
const refused = drawStep(2, {
  outcome: 'rejected',
  commit: null,
  workloads: [drawWorkload({ id: 'other', verdict: 'slower', ratio: 1.05, low: 1.02, high: 1.08 })],
});
const untested = drawStep(4, { outcome: 'undecided', commit: null, workloads: [] });
const campaign: Campaign = {
  baseline,
  steps: [
    untested,
    drawStep(3, { workloads: [drawWorkload({ id: 'nicest', ratio: 0.01 }), drawWorkload()] }),
    refused,
    drawStep(1),
  ],
};

describe('the rows of the log', () => {
  it('are all attempts in the order of time, with the numbers of the log where they were kept', () => {
    const rows = logRows(campaign, '### Optimization 4: by hand\n');
    expect(rows.map((row) => [row.number, row.optimization, row.outcome])).toEqual([
      [1, 5, 'kept'],
      [2, null, 'dropped'],
      [3, 6, 'kept'],
      [4, null, 'undecided'],
    ]);
    expect(logRows(campaign, renderLog(undefined, campaign)).map((row) => row.optimization)).toEqual([
      1,
      null,
      2,
      null,
    ]);
  });

  it('follow the workload that most steps are about, not the one with the nicest effect', () => {
    const leads = logRows(campaign, undefined).map((row) => row.lead?.id ?? null);
    expect(leads).toEqual([drawWorkload().id, 'other', drawWorkload().id, null]);
    expect(summariseLog(campaign, undefined, null).lead).toMatchObject({
      id: drawWorkload().id,
      how: 'product',
    });
  });

  it('are summed up with what was measured directly, as long as that is of this state', () => {
    const direct = { date: 'd', a: baseline.revision.commit, b: 'content 3', workloads: [drawWorkload()] };
    const summary = summariseLog(campaign, direct, null);
    expect(summary).toMatchObject({ kept: 2, dropped: 1, undecided: 1, direct: 'current', directDate: 'd' });
    expect(summary.lead).toMatchObject({ how: 'direct', ratio: 0.5 });
    expect(summariseLog(campaign, { ...direct, b: 'old' }, null)).toMatchObject({ direct: 'stale' });
    expect(summariseLog({ baseline, steps: [] }, undefined, null)).toMatchObject({
      direct: 'none',
      lead: null,
    });
  });
});
