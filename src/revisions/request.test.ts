import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { parseRevisions } from '#revisions';

function refusal(text: string): StropError {
  try {
    parseRevisions(text);
  } catch (error) {
    if (error instanceof StropError) return error;
  }
  throw new Error(`${text} was not refused`);
}

describe('parseRevisions', () => {
  it('compares HEAD with the working tree when nothing is said', () => {
    const expected = { a: { kind: 'commit', name: 'HEAD' }, b: { kind: 'working-tree' } };
    expect(parseRevisions(undefined)).toEqual(expected);
    expect(parseRevisions('  ')).toEqual(expected);
  });

  it('compares a single revision with the working tree', () => {
    for (const name of ['v1.2.3', 'HEAD~2', 'feature/new.parser', 'a1b2c3d', 'main@{2 days ago}', 'HEAD^^']) {
      expect(parseRevisions(name)).toEqual({ a: { kind: 'commit', name }, b: { kind: 'working-tree' } });
    }
  });

  it('compares two revisions, and takes an empty end for HEAD as git does', () => {
    const pair = (a: string, b: string): unknown => ({
      a: { kind: 'commit', name: a },
      b: { kind: 'commit', name: b },
    });
    expect(parseRevisions('v1.0..feature/x.y')).toEqual(pair('v1.0', 'feature/x.y'));
    expect(parseRevisions('v1.0..')).toEqual(pair('v1.0', 'HEAD'));
    expect(parseRevisions('..v1.0')).toEqual(pair('HEAD', 'v1.0'));
    expect(parseRevisions(' HEAD~2 .. HEAD ')).toEqual(pair('HEAD~2', 'HEAD'));
  });

  it('refuses three dots and says what to write instead', () => {
    const error = refusal('main...topic');
    expect(error.code).toBe('bad-request');
    expect(error.facts.remedy).toContain('main..topic');
    expect(error.facts.remedy).toContain('git merge-base main topic');
  });

  it('refuses what git would take for an option, on either side', () => {
    for (const text of ['-x', '--output=/tmp/x', '--upload-pack=touch x..HEAD', 'HEAD..--all', 'HEAD..-x']) {
      expect(refusal(text).code).toBe('bad-request');
    }
  });

  it('refuses more than two revisions, none at all, and control characters', () => {
    for (const text of ['a..b..c', '..', 'a\nb', 'a\0b']) expect(refusal(text).code).toBe('bad-request');
  });
});
