import type { BaselineDocument } from '#store';
import { describe, expect, it } from 'vitest';
import { doubtFew } from './few-processes.ts';

describe('a workload of a baseline', () => {
  it('is doubted where its processes are too few for an interval of 99 %', () => {
    const of = (processes: number) =>
      doubtFew({ processes, doubts: [] } as unknown as BaselineDocument['workloads'][number]).doubts;
    expect(of(8)).toEqual([]);
    expect(of(2)).toMatchObject([
      { code: 'few-pairs', text: expect.stringContaining('2 processes') as string },
    ]);
  });
});
