import { describe, expect, it } from 'vitest';
import { readDiffRequest } from './request.ts';
import { diffInput } from './schema.ts';

const read = (input: object) => readDiffRequest(diffInput.parse(input));

describe('what a diff is asked', () => {
  it('is two profiles when two are named, also by paths with two dots', () => {
    expect(read({ before: 'a.raw', after: 'b.raw' })).toMatchObject({ kind: 'profiles' });
    expect(read({ before: '../a.raw', after: 'x/../b.raw', about: 'memory' })).toEqual({
      kind: 'profiles',
      before: '../a.raw',
      after: 'x/../b.raw',
    });
  });

  it('is two revisions with two dots, with a workload, or with nothing', () => {
    for (const revisions of ['v1..v2', 'HEAD..', '..topic/x', 'origin/main..HEAD'])
      expect(read({ before: revisions })).toEqual({ kind: 'revisions', revisions });
    expect(read({ before: 'v1', workload: 'm:f' })).toEqual({ kind: 'revisions', revisions: 'v1' });
    expect(read({ before: 'v1', command: ['python', 'x.py'] })).toMatchObject({ kind: 'revisions' });
    expect(read({})).toEqual({ kind: 'revisions', revisions: undefined });
  });

  it('is refused when it is one side, or a mixture', () => {
    expect(() => read({ before: 'a.raw' })).toThrow(/'a.raw' is one side only/);
    expect(() => read({ before: '../a.raw' })).toThrow(/one side only/);
    expect(() => read({ before: 'v1..v2', after: 'v3' })).toThrow(/v1..v2 names both revisions already/);
    for (const more of [{ workload: 'm:f' }, { command: ['python'] }, { tool: 'py-spy' }, { rounds: 2 }])
      expect(() => read({ before: 'a.raw', after: 'b.raw', ...more })).toThrow(/two profiles are only read/);
  });
});
