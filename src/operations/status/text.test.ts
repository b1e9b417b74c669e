import { describe, expect, it } from 'vitest';
import type { Style } from '../operation.ts';
import type { Status } from './schema.ts';
import { text } from './text.ts';

const plain = (words: string): string => words;
const style: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };

const status: Status = {
  kind: 'status',
  version: 1,
  project: '/here',
  revision: 'main',
  changed: 0,
  benchmarkFiles: [],
  workloads: [],
  candidates: [],
  profile: null,
  notes: [],
  last: {
    date: '2026-01-01T00:00:00.000Z',
    a: 'HEAD~1',
    b: 'HEAD',
    verdict: 'undecided',
    workloads: 3,
    verdicts: { faster: 2, undecided: 1 },
    step: null,
  },
  campaign: {
    baseline: { name: 'baseline', date: '2026-01-01T00:00:00.000Z', commit: '0123456789' },
    kept: 2,
    dropped: 1,
    undecided: 0,
    withdrawn: 1,
  },
  phase: 'find',
  next: { command: 'strop profile', why: 'Look first.' },
};

describe('the text of a status', () => {
  it('tells the verdicts of several workloads apart, and that of one alone', () => {
    expect(text(status, style).join('\n')).toContain('HEAD~1 → HEAD: 2 faster, 1 undecided (');
    const last = { ...status.last, workloads: 1, verdict: 'faster', verdicts: { faster: 1 } };
    expect(text({ ...status, last } as Status, style).join('\n')).toContain('HEAD~1 → HEAD: faster (');
  });

  it('calls nothing clean where git tells nothing', () => {
    expect(text(status, style)).toContain('revision    main, clean');
    expect(text({ ...status, revision: null }, style)).toContain('revision    none');
  });

  it('names withdrawn steps where there are some', () => {
    expect(text(status, style).join('\n')).toContain('2 kept, 1 dropped, 0 undecided, 1 withdrawn');
    const campaign = { ...status.campaign, withdrawn: 0 };
    expect(text({ ...status, campaign } as Status, style).join('\n')).not.toContain('withdrawn');
  });
});
