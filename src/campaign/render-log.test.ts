import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Campaign } from './campaign.ts';
import { parseLog } from './log-blocks.ts';
import { logHolds, renderLog } from './render-log.ts';
import type { Step } from './step.ts';
import { drawBaseline, drawGate, drawGates, drawStep, drawWorkload } from './testing/drawn-campaign.ts';

fc.configureGlobal({ seed: 20, numRuns: 200 });

const baseline = drawBaseline();
const one: Campaign = { baseline, steps: [drawStep(1)] };
const two: Campaign = { baseline, steps: [drawStep(1), drawStep(2)] };
const refused = drawStep(3, {
  outcome: 'rejected',
  title: 'slots on Row',
  reason: 'no faster',
  commit: null,
});
const three: Campaign = { baseline, steps: [...two.steps, refused] };

function drawLog(changes: Partial<Step>): string {
  return renderLog(undefined, { baseline, steps: [drawStep(1, changes)] });
}

/** The lines between blocks, as they stand in the file. */
function handwritten(text: string): string {
  return parseLog(text)
    .flatMap((segment) => ('text' in segment ? [segment.text] : []))
    .join('');
}

describe('the log', () => {
  it('has an entry in the agreed form for each accepted step', () => {
    const text = drawLog({
      title: 'set instead of list',
      description: 'Membership in a list\nis linear.',
      workloads: [drawWorkload()],
      gates: drawGates(
        drawGate('api', { outcome: 'excused', reason: 'nobody calls it', summary: '1 removed' }),
      ),
      attempt: 2,
      alpha: 0.01 / 6,
      doubts: [{ code: 'noisy-machine', text: 'Pairs scatter.' }],
    });
    expect(text).toContain(`### Optimization 1: set instead of list

| Benchmark | Before | After | Delta | Interval | Verdict |
|-----------|--------|-------|-------|----------|---------|
| \`tests/test_bench.py::test_dedupe\` | 2.00 s | 1.00 s | -50.0 % | [-55.0 %, -45.0 %] | faster |

**Commit:** \`${'1c'.repeat(20)}\`

**Description:** Membership in a list is linear.

**Tests pass:** yes (212 passed, 3 skipped)

**API change:** nobody calls it (1 removed)

**Measured:** 12 pairs of fresh processes, CPU time, error rate 0.167 %, attempt 2 from this state

**Doubt:** Pairs scatter.
<!-- /strop:step`);
  });

  it('begins with the baseline and ends with what was not kept', () => {
    const text = renderLog(undefined, three);
    expect(text).toMatch(
      /^<!-- strop:header 2026-01-01T10:00:00Z -->\n# Optimization log\n\nBaseline `baseline` of 2026-01-01/,
    );
    expect(text).toContain('| `whole` | 2.00 s | [1.90 s, 2.10 s] | CPU time | 10 |');
    expect(text).toContain('## Tried and not kept');
    expect(text).toMatch(
      /\| slots on Row \| rejected \| no faster \|\n<!-- \/strop:attempts \S+ sum=\w+ -->\n$/,
    );
    expect(text.match(/### Optimization/g)).toHaveLength(2);
  });

  it.each([
    [
      { tests: null, gates: drawGates(drawGate('tests', { outcome: 'excused', reason: 'there are none' })) },
      'no (excused: there are none)',
    ],
    [
      {
        tests: { passed: 2, failed: 1, skipped: 0 },
        gates: drawGates(drawGate('tests', { summary: '1 fails on A too' })),
      },
      'no (2 passed; 1 failed; 1 fails on A too)',
    ],
    [{ tests: { passed: 2, failed: 0, skipped: 0, flaky: 1 } }, 'yes (2 passed, 1 in one of two runs)'],
    [{ gates: [] }, 'no (nothing was checked, 212 passed, 3 skipped)'],
    [{ gates: drawGates(drawGate('tests', { outcome: 'failed', summary: 'test\\_b fails' })) }, 'no ('],
  ] as const)('says what the tests did: %#', (changes, expected) => {
    expect(drawLog(changes)).toContain(`**Tests pass:** ${expected}`);
  });

  it('calls a guard harmless where that was shown, as the step did', () => {
    const guard = drawWorkload({ id: 'whole', role: 'guard', verdict: 'undecided', low: 0.98, high: 1.02 });
    const logged = (doubts: Step['doubts']) => drawLog({ workloads: [drawWorkload(), guard], doubts });
    expect(logged([])).toContain('| harmless (guard) |');
    const doubt = { code: 'guard-unproven', text: 'Not proven to be harmless: whole, time: up to +9 %.' };
    expect(logged([doubt])).toContain('| undecided (guard) |');
  });

  it('lists a step that was withdrawn among what was not kept', () => {
    const steps = [drawStep(1), drawStep(2, { outcome: 'withdrawn', reason: 'its commit has gone' })];
    const text = renderLog(renderLog(undefined, two), { baseline, steps });
    expect(text).toContain('| change 2 | withdrawn | its commit has gone |');
    expect(text.match(/### Optimization/g)).toHaveLength(1);
  });

  it('fills in the commit later, without taking the old line for a remark', () => {
    const before = renderLog(undefined, { baseline, steps: [drawStep(1, { commit: null })] });
    expect(before).toContain('**Commit:** not committed yet');
    expect(renderLog(before, one)).toBe(renderLog(undefined, one));
  });

  it('continues the numbers of a log that was written by hand, after its text', () => {
    const own = '# Our log\r\n\r\n### Optimization 7: by hand\r\nas we did it';
    const text = renderLog(own, two);
    expect(text.startsWith(`${own}\r\n\r\n<!-- strop:header ${baseline.id} -->\r\nBaseline`)).toBe(true);
    expect(text).toContain('### Optimization 8: change 1');
    expect(text).toContain('### Optimization 9: change 2');
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
  });

  it('keeps the number of an entry when somebody logs another by hand', () => {
    const text = `${renderLog(undefined, one)}\n### Optimization 5: by hand\n`;
    const next = renderLog(text, two);
    expect(next).toContain('### Optimization 1: change 1');
    expect(next).toContain('### Optimization 6: change 2');
  });

  it('puts a new entry behind the remarks on the last one and before the attempts', () => {
    const text = renderLog(undefined, one).replace('<!-- strop:attempts', 'A remark.\n\n<!-- strop:attempts');
    const next = renderLog(text, two);
    const order = ['change 1', 'A remark.', 'change 2', '## Tried'].map((words) => next.indexOf(words));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order).not.toContain(-1);
  });

  it('moves what was written inside of an entry behind it, and keeps it there', () => {
    const text = renderLog(undefined, two).replace(
      '**Description:** none given',
      '**Description:** the real reason\n\nSeen in production.\n\n\nTwice.',
    );
    const next = renderLog(text, three);
    expect(handwritten(next)).toContain(
      '\n**Description:** the real reason\n\nSeen in production.\n\n\nTwice.\n\n',
    );
    expect(next.indexOf('Seen in')).toBeLessThan(next.indexOf('### Optimization 2'));
    expect(next).toContain('**Description:** none given');
    expect(renderLog(next, three)).toBe(next);
  });

  it('is not misled by a formatter that widens the tables', () => {
    const text = renderLog(undefined, three);
    const widened = text.replaceAll(/ \| /g, '    |   ').replaceAll(/\|---/g, '| ------');
    expect(widened).not.toBe(text);
    expect(logHolds(widened, three).holds).toBe(true);
    expect(renderLog(widened, three)).toBe(text);
  });

  it('keeps entries and attempts of another clone as they are', () => {
    const theirs = renderLog(undefined, {
      baseline,
      steps: [drawStep(1), drawStep(2, { outcome: 'rejected' })],
    });
    const ours = renderLog(theirs, { baseline: undefined, steps: [drawStep(4)] });
    expect(ours.startsWith(theirs)).toBe(true);
    expect(ours).toContain('### Optimization 2: change 4');
  });

  it('keeps a row of its attempts that the history has lost', () => {
    const text = renderLog(undefined, three);
    const without = renderLog(text, { baseline, steps: two.steps });
    expect(without).toContain('| slots on Row | rejected | no faster |');
    expect(without.match(/## Tried/g)).toHaveLength(1);
  });

  it('leaves an earlier campaign as it was told, and goes on behind it', () => {
    const first = renderLog(undefined, three);
    const next: Campaign = {
      baseline: drawBaseline({ id: '2026-02-01T10:00:00Z', date: '2026-02-01T10:00:00Z' }),
      steps: [drawStep(4), drawStep(5, { outcome: 'rejected', commit: null })],
    };
    const begun = renderLog(first, { ...next, steps: [] });
    const both = renderLog(begun, next);
    for (const text of [begun, both]) expect(text.startsWith(first)).toBe(true);
    const added = both.slice(first.length);
    expect(added).toMatch(/## Next campaign\n\nBaseline `baseline` of 2026-02-01/);
    expect(added).toContain('### Optimization 3: change 4');
    expect(added).toContain('| change 5 | rejected |');
    expect(both.match(/^# /gm)).toHaveLength(1);
    expect(renderLog(both, next)).toBe(both);
    expect(logHolds(both, next).holds).toBe(true);
    expect(logHolds(begun, next).holds).toBe(false);
    // The first is written anew in its place where its history is asked for again.
    expect(renderLog(both, three)).toBe(both);
  });

  it('writes an entry once, also when a merge doubled it', () => {
    const text = renderLog(undefined, two);
    const doubled = text + text;
    const next = renderLog(doubled, two);
    expect(next.match(/### Optimization 1:/g)).toHaveLength(1);
    expect(next.match(/## Tried/g)).toHaveLength(1);
    expect(logHolds(doubled, two).holds).toBe(false);
    expect(logHolds(next, two).holds).toBe(true);
  });

  it('looks again where a block that goes brings two stray markers together', () => {
    const block = renderLog(undefined, { baseline, steps: [refused, drawStep(4)] });
    const [open, , close] = ['', '', '/'].map((slash) => `<!-- ${slash}strop:step ${drawStep(1).id} -->\n`);
    const inside = `<!-- strop:step ${refused.id} -->\n<!-- /strop:step ${refused.id} -->\n`;
    const next = renderLog(`${open ?? ''}${inside}${close ?? ''}${block}`, three);
    expect(renderLog(next, three)).toBe(next);
    expect(logHolds(next, three).holds).toBe(true);
  });

  it('knows its markers behind a byte order mark', () => {
    const text = `\uFEFF${renderLog(undefined, one)}`;
    expect(renderLog(text, one)).toBe(text);
    expect(logHolds(text, one).holds).toBe(true);
  });
});

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '-->',
        '<!-- strop:header -->',
        '<!-- /strop:header -->',
        '\n',
        '\r\n',
        '\r',
        '|',
        '`',
        '``',
      ),
      fc.constantFrom(
        '\\',
        '--',
        ' ',
        '<!--',
        '### Optimization 9: x',
        '\u2028',
        '\ud800',
        '%',
        '&amp;',
        '#',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

/** Whole lines that somebody may write: also such that look like ours, but no marker. */
const remark = fc
  .array(
    fc.tuple(
      fc.oneof(
        fc.constantFrom('', ' ', 'text', '# Title', '### Optimization 3: by hand', '**Commit:** `abcdef`'),
        fc.constantFrom(
          '| Benchmark | Before |',
          'Nothing so far.',
          '<!-- a comment -->',
          '<!-- strop:step',
          '-->',
        ),
        fc.string({ maxLength: 8 }).map((each) => each.replace(/[\r\n]/g, '')),
      ),
      fc.constantFrom('\n', '\r\n'),
    ),
    { maxLength: 5 },
  )
  .map((lines) => lines.map((line) => line.join('')).join(''));

const marker = fc.constantFrom(
  '<!-- strop:header -->',
  '<!-- /strop:header -->',
  `<!-- strop:header ${baseline.id} -->`,
  `<!-- /strop:header ${baseline.id} -->`,
  '<!-- strop:attempts -->',
  `<!-- strop:attempts ${baseline.id} -->`,
  `<!-- /strop:attempts ${baseline.id} sum=00000000 -->`,
  `<!-- strop:step ${drawStep(1).id} -->`,
  `<!-- /strop:step ${drawStep(1).id} -->`,
  `<!-- strop:step ${refused.id} -->`,
  `<!-- /strop:step ${refused.id} -->`,
  '<!-- strop:step other -->',
  '<!-- /strop:step other -->',
);

describe('regenerating', () => {
  it('keeps what was written between the parts byte for byte, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(remark, { minLength: 8, maxLength: 8 }), fc.boolean(), (remarks, crlf) => {
        const start = renderLog(crlf ? '\r\n' : undefined, two);
        const pieces = parseLog(start).map((each) => ('text' in each ? each.text : each.block.raw));
        const text =
          pieces.map((piece, index) => `${remarks[index] ?? ''}${piece}`).join('') + (remarks[7] ?? '');
        const next = renderLog(text, three);
        let rest = handwritten(next);
        for (const each of [...remarks.slice(0, pieces.length), remarks[7] ?? '']) {
          expect(rest).toContain(each);
          rest = rest.slice(rest.indexOf(each) + each.length);
        }
        expect(renderLog(next, three)).toBe(next);
        expect(logHolds(next, three)).toEqual({ holds: true, missing: [], steps: [] });
      }),
    );
  });

  it('loses no line that is written anywhere, also inside of the parts', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.string({ maxLength: 8 }), (at, words) => {
        const line = `remark ${words.replace(/[\r\n]/g, '')}`;
        const lines = renderLog(undefined, two).split('\n');
        const text = lines.toSpliced(at, 0, line).join('\n');
        const next = renderLog(text, three);
        expect(handwritten(next).split('\n')).toContain(line);
        expect(renderLog(next, three)).toBe(next);
      }),
    );
  });

  it('settles on any file, markers without partners included', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            remark,
            marker.map((each) => `${each}\n`),
          ),
          { maxLength: 12 },
        ),
        (parts) => {
          const next = renderLog(parts.join(''), three);
          expect(renderLog(next, three)).toBe(next);
          expect(logHolds(next, three)).toEqual({ holds: true, missing: [], steps: [] });
        },
      ),
    );
  });

  it('is not broken by hostile titles, reasons and ids', () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 6, maxLength: 6 }), (words) => {
        const [title = '', id = '', description = '', reason = '', benchmark = '', other = ''] = words;
        const workloads = [drawWorkload({ id: benchmark })];
        const api = drawGate('api', { outcome: 'excused', reason, summary: other });
        const steps = [
          drawStep(1, { title, id: `1${id}`, description, workloads, gates: drawGates(api) }),
          drawStep(2, { title, id: `2${id}`, outcome: 'rejected', reason }),
        ];
        const campaign = { baseline: drawBaseline({ name: other }), steps };
        const text = renderLog(undefined, campaign);
        expect(parseLog(text).filter((each) => 'block' in each)).toHaveLength(3);
        expect(handwritten(text).trim()).toBe('');
        expect(renderLog(text, campaign)).toBe(text);
        // As it comes back from a file in UTF-8.
        expect(renderLog(text.replace(/\p{Cs}/gu, '\uFFFD'), campaign)).toBe(text);
        expect(logHolds(text, campaign).holds).toBe(true);
      }),
    );
  });
});

describe('holding the log against the history', () => {
  it('misses the log itself once there is something to tell', () => {
    expect(logHolds(undefined, { baseline, steps: [] }).holds).toBe(true);
    expect(logHolds(undefined, one)).toMatchObject({ holds: false, missing: ['There is no log.'] });
  });

  it('finds entries that are missing, and attempts that were left out', () => {
    expect(logHolds(renderLog(undefined, one), two).missing).toEqual(['Step "change 2" is not in the log.']);
    expect(logHolds(renderLog(undefined, two), three).missing).toEqual([
      'The list of attempts that were not kept is not in the log as it was measured.',
    ]);
  });

  it('finds numbers that were made nicer', () => {
    const text = renderLog(undefined, two).replace('-50.0 %', '-80.0 %');
    expect(logHolds(text, two)).toEqual({
      holds: false,
      missing: ['Step "change 1" is not in the log as it was measured.'],
      steps: [drawStep(1).id],
    });
  });

  it('does not demand that a commit knows its own hash, but refuses a wrong one', () => {
    const early = renderLog(undefined, { baseline, steps: [drawStep(1, { commit: null })] });
    expect(logHolds(early, one).holds).toBe(true);
    expect(logHolds(renderLog(undefined, one).replaceAll('1c1c', 'abcd'), one).holds).toBe(false);
  });

  it('finds an entry of a step that was refused', () => {
    const text = renderLog(undefined, { baseline, steps: [drawStep(1), drawStep(2)] });
    const other = { baseline, steps: [drawStep(1), drawStep(2, { outcome: 'rejected' })] };
    expect(logHolds(text, other).missing).toContain('Step "change 2" has an entry but was not accepted.');
    expect(renderLog(text, other)).not.toContain('### Optimization 2');
  });
});
