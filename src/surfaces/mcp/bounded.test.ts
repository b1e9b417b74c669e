import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerEnd, answerFailure } from './answer.ts';
import { MOST_STRUCTURED, MOST_TEXT, boundLines, boundValue, cutText, valueAt } from './bounded.ts';

const table = Array.from({ length: 5000 }, (_, index) => ({
  name: `function_${String(index)}`,
  self: index,
}));

describe('what goes to an agent', () => {
  it('stays as it is when it fits', () => {
    const value = { rows: [1, 2, 3], text: 'short' };
    expect(boundValue(value)).toEqual({ value, cut: [] });
  });

  it('has the first rows of a table of 5000, and says how many there are', () => {
    const { value, cut } = boundValue({ kind: 'profile', table });
    expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(MOST_STRUCTURED);
    const [first] = cut;
    expect(first).toMatchObject({ path: 'table', of: 5000 });
    expect(valueAt(value, 'table')).toEqual(table.slice(0, first?.kept));
    expect(first?.kept).toBeGreaterThan(50);
  });

  it('never cuts a pair or an interval', () => {
    const rows = Array.from({ length: 900 }, () => ({ interval: [1.25, 2.5], range: [1, 2, 3] }));
    const { value } = boundValue({ rows });
    expect(valueAt(value, 'rows.0')).toEqual(rows[0]);
  });

  it('keeps its form when many lists of few are too much: the fewest lists are left out, by name', () => {
    const steps = Array.from({ length: 3 }, (_, index) => ({
      title: `step ${String(index)}`,
      ratio: [0.5, 0.75],
      gates: Array.from({ length: 3 }, () => ({ words: Array.from({ length: 3 }, () => 'w'.repeat(190)) })),
    }));
    const whole = { kind: 'report', markdown: 'm'.repeat(20_000), report: { steps } };
    const { value, cut } = boundValue(whole, 4_000);
    expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(4_000);
    expect(value).toMatchObject({ kind: 'report', report: { steps: steps.map(({ ratio }) => ({ ratio })) } });
    expect(cut).toContainEqual({ path: 'markdown', kept: 200, of: 20_000 });
    const out = cut.filter(({ kept }) => kept === 0);
    expect(out.length).toBeGreaterThan(0);
    for (const { path, of } of out) {
      expect(valueAt(value, path), path).toEqual([]);
      expect(valueAt(whole, path), path).toHaveLength(of);
    }
  });

  it('comes to an end also with names that hold dots, or nothing', () => {
    const rows = Array.from({ length: 3 }, () => 'x'.repeat(190));
    const { value } = boundValue({ 'a.b': { '': { rows } }, '': rows, c: 1 }, 100);
    expect(value).toEqual({ 'a.b': { '': { rows: [] } }, '': [], c: 1 });
  });

  it('names its members when nothing of it fits', () => {
    const members = Array.from({ length: 900 }, (_, index) => [`name_${String(index)}`, index]);
    const { value, cut } = boundValue({ ...Object.fromEntries(members), long: 'x'.repeat(900) }, 2_000);
    expect(value).toBeUndefined();
    expect(cut[0]).toEqual({ path: 'long', kept: 0, of: 900 });
    expect(cut).toHaveLength(901);
  });

  it('is bounded whatever the value is, and what is left is part of the whole', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 50, max: 2000 }), (whole, most) => {
        const { value, cut } = boundValue(whole, most);
        expect(value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(most);
        if (cut.length === 0) expect(value).toEqual(whole);
        for (const { path, of } of cut.filter((each) => each.path !== '')) {
          const part = valueAt(whole, path);
          if (typeof part === 'string' || Array.isArray(part)) expect(part.length).toBe(of);
        }
      }),
    );
  });

  it('has whole lines of text, or the beginning of one that is too long', () => {
    expect(boundLines(['one', 'two', 'three'], 8)).toEqual({ text: 'one\ntwo', left: 1 });
    expect(boundLines(['ä'.repeat(100)], 50)).toMatchObject({ left: 0 });
    expect(boundLines([], 50)).toEqual({ text: '', left: 0 });
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        fc.integer({ min: 10, max: 99 }),
        (text, most) => {
          const kept = cutText(text, most);
          expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(most);
          if (kept !== text) expect(text.startsWith(kept.slice(0, -1))).toBe(true);
        },
      ),
    );
  });

  it('names the tool and the arguments that give the rest', () => {
    const lines = Array.from({ length: 200 }, (_, index) => `line ${String(index)} of the answer`);
    const answer = answerEnd('20260101T000000000Z-00000000', { outcome: 'good', result: { table }, lines });
    expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(MOST_TEXT);
    expect(answer.text).toMatch(/… \d+ more lines\nthe rest: tool result with \{"run": "2026/);
    expect(answer.envelope.more).toContain('"path": "table"');
    expect(answer.isWhole).toBe(false);
  });

  it('has room for the way to the rest, also when only the data was cut', () => {
    const lines = Array.from({ length: 20 }, () => 'l'.repeat(98));
    const { text } = answerEnd('20260101T000000000Z-00000000', { outcome: 'good', result: { table }, lines });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_TEXT);
    expect(text).toMatch(/"path": "table", "offset": N\}$/);
  });

  it('is bounded in an error, too, which may repeat what the caller wrote', () => {
    const long = 'ä'.repeat(100_000);
    const failure = { code: 'bad-request', problem: long, where: long, remedy: long, detail: long } as const;
    const { envelope, text } = answerFailure(failure);
    expect(Buffer.byteLength(JSON.stringify(envelope))).toBeLessThanOrEqual(MOST_STRUCTURED);
    expect(envelope.error?.detail).toMatch(/^…ä{400,}$/);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_TEXT);
  });

  it('tells an error with its code, place and remedy, and the end of its evidence', () => {
    const { text, envelope, isError } = answerFailure({
      code: 'workload-failed',
      problem: 'it raised',
      where: 'bench.py',
      remedy: 'Mend it.',
      detail: `${'noise\n'.repeat(2000)}ValueError: the last line`,
    });
    expect(isError).toBe(true);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MOST_TEXT);
    expect(text).toMatch(/^workload-failed: it raised\nwhere: bench.py\nremedy: Mend it\.\n/);
    expect(text).toMatch(/ValueError: the last line$/);
    expect(envelope).toMatchObject({ outcome: 'failed', error: { code: 'workload-failed' } });
  });
});
