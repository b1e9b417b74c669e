import { describe, expect, it } from 'vitest';
import { reportDocument } from '#campaign';
import {
  drawBaseline,
  drawGate,
  drawGates,
  drawStep,
  drawWorkload,
} from '../../campaign/testing/drawn-campaign.ts';
import { reportData } from './schema.ts';

const conditions = { machines: ['Linux'], pythons: ['Python 3.13'], margins: [0.01] };

describe('the data of a report', () => {
  it('is declared as a whole: nothing of a campaign is refused, and nothing is left out', () => {
    const excused = drawGates(drawGate('api', { outcome: 'excused', reason: 'agreed' }));
    const document = reportDocument({
      baseline: drawBaseline(),
      steps: [
        drawStep(1),
        drawStep(2, { gates: excused, changed: [{ file: 'a.py', name: 'f' }] }),
        drawStep(3, { outcome: 'rejected', workloads: [], doubts: [{ code: 'few-pairs', text: 'Few.' }] }),
        drawStep(4, { outcome: 'undecided', workloads: [drawWorkload({ low: 0, high: null })] }),
      ],
      direct: undefined,
      contentNow: null,
      log: undefined,
      conditions,
    });
    expect(document.kept).toHaveLength(2);
    expect(document.notKept).toHaveLength(2);
    expect(document.totals).not.toEqual([]);
    expect(reportData.parse(document)).toEqual(document);
  });

  it('refuses a field that is missing', () => {
    const empty = { baseline: undefined, steps: [], direct: undefined, contentNow: null, log: undefined };
    const { totals: _, ...rest } = reportDocument({ ...empty, conditions });
    expect(reportData.safeParse(rest).success).toBe(false);
  });
});
