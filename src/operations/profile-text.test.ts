import { describe, expect, it } from 'vitest';
import type { ProfileDocument, ShownFunction } from '#store';
import stringWidth from 'string-width';
import type { Style } from './operation.ts';
import { profileText } from './profile-text.ts';

const plain = (text: string): string => text;
const style: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };

function row(change: Partial<ShownFunction>): ShownFunction {
  return {
    function: 'parse_row',
    file: 'src/shop/report.py',
    line: 7,
    origin: 'mine',
    calls: 1_200_000,
    self: 1e8,
    inclusive: 9e8,
    own: 5.2e8,
    selfShare: 0.1,
    inclusiveShare: 0.9,
    ownShare: 0.52,
    bound: 1 / 0.48,
    inclusiveBound: 10,
    paidTo: [],
    doubts: [],
    ...change,
  };
}

function result(change: Partial<ProfileDocument>): ProfileDocument {
  return {
    kind: 'profile',
    version: 1,
    date: '2026-01-01T00:00:00.000Z',
    project: '/shop',
    command: null,
    commit: null,
    content: null,
    python: null,
    machine: null,
    intervalNs: null,
    table: [],
    left: 0,
    tool: 'cprofile',
    workload: 'tests/test_report.py::test_parse',
    revision: null,
    metric: { name: 'wall', unit: 'ns' },
    total: 1e9,
    calls: 3_400_000,
    loops: 12,
    seconds: 1.1,
    slowdown: 1.8,
    sort: 'own',
    functions: [row({})],
    hidden: { functions: 0, share: 0, foreign: 0, unpaidShare: 0, harness: 0 },
    doubts: [],
    ...change,
  };
}

describe('a profile as text', () => {
  it('claims no gain from a watch of chosen functions, whose shares are of themselves only', () => {
    const functions = [row({}), row({ function: 'main' })];
    const lines = profileText(result({ tool: 'line_profiler', functions }), style);
    expect(lines).toContain(
      'parse_row took longest of the watched functions: 900 ms in its lines, with all that they called',
    );
    expect(lines.join('\n')).not.toMatch(/at most|gains|52\.0 %/);
    expect(lines.join('\n')).toContain('must not be added');
  });

  it('leads with the line that a sampler found, where a tool watched chosen functions beside it', () => {
    const gain = {
      ...{
        file: 'a.py',
        line: 7,
        function: 'dedupe',
        origin: 'mine' as const,
        share: 0.8,
        low: 0.7,
        high: 0.9,
      },
      ...{ bound: 10, withCallees: 0.8, self: 0.8, hits: 4, code: null, doubts: [] },
      sources: [
        {
          ...{ tool: 'py-spy', kind: 'sampler' as const, share: 0.8, low: 0.7, high: 0.9 },
          ...{ basis: 'paid' as const, distorted: false },
        },
      ],
    };
    const answer = {
      ...{ kind: 'answer' as const, version: 1 as const, question: 'time' as const, workload: 'w' },
      ...{ commit: null, lines: [gain], functions: [gain], sources: [], doubts: [] },
      hidden: { lines: 0, share: 0, functions: 0, functionsShare: 0 },
      folded: { dependencies: 0, stdlib: 0, native: 0, unknown: 0 },
    };
    const lines = profileText(result({ tool: 'line_profiler', answer }), style);
    expect(lines[2]).toBe(
      '80.0 % is paid by line 7 of dedupe (by py-spy): fixing it alone gains at most 10.0x',
    );
  });

  it('says that tracemalloc may not know who asked, where no function of yours did', () => {
    const hidden = { functions: 0, share: 0, foreign: 0, unpaidShare: 0.98, harness: 0 };
    const metric = { name: 'alive', unit: 'bytes' as const };
    const text = profileText(result({ tool: 'tracemalloc', metric, hidden }), style).join(' ');
    expect(text).toMatch(/98\.0 % was asked for by no function of yours .* farther away .*--deep/);
    expect(profileText(result({ metric, hidden }), style).join(' ')).not.toContain('farther away');
  });

  it('says of bytes what was asked, where the file calls all of them allocated', () => {
    const metric = { name: 'allocated', unit: 'bytes' as const };
    const [, facts] = profileText(
      result({ tool: 'memray', question: 'memory', metric, functions: [row({})] }),
      style,
    );
    expect(facts).toContain('held at the peak');
    const [, all] = profileText(
      result({ tool: 'memray', question: null, metric, functions: [row({})] }),
      style,
    );
    expect(all).toContain('allocated');
  });

  it('leads with what fixing the dearest own function could gain', () => {
    const native = { file: null, line: null, origin: 'native' as const, own: 0, ownShare: 0, bound: 1 };
    const text = profileText(
      result({
        functions: [
          row({ paidTo: [{ function: 'loads', file: 'json/__init__.py', share: 0.4 }] }),
          row({
            function: 'tiny',
            line: 30,
            ownShare: 0.011,
            bound: 1.011,
            doubts: [{ code: 'x', text: 'y' }],
          }),
          row({ ...native, function: "<method 'append' of 'list' objects>", selfShare: 0.3 }),
        ],
        hidden: { functions: 3, share: 0.041, foreign: 9, unpaidShare: 0.02, harness: 4 },
        doubts: [{ code: 'tracer-distorts', text: 'Tiny functions look slower than they are.' }],
      }),
      style,
    );
    expect(text).toEqual([
      'tests/test_report.py::test_parse',
      'cprofile: 1.00 s wall, 3.40 M calls, 12 runs of the workload, 1.8x slower than without the profiler',
      '52.0 % is paid by parse_row: fixing it alone gains at most 2.1x',
      '',
      '    own  at most   cumul.    self    calls  your function',
      ' 52.0 %     2.1x   90.0 %  10.0 %   1.20 M  parse_row  src/shop/report.py:7  mostly loads',
      '  1.1 %    1.01x   90.0 %  10.0 %   1.20 M ~tiny  src/shop/report.py:30',
      '… 3 more functions of yours, 4.1 % together',
      '… 2.0 % was asked for by no function of yours (imports, threads, the runner)',
      '',
      '                   cumul.    self    calls  not yours, by self time',
      "                   90.0 %  30.0 %   1.20 M  <method 'append' of 'list' objects>",
      '',
      '! Tiny functions look slower than they are.',
      '~ the profiler itself takes more than a fifth of this row: it looks slower than it is',
    ]);
  });

  it.each([60, 80, 100, 400])('stays within 100 columns and the terminal of %i', (width) => {
    const long = 'verschlüsselte_größe_'.repeat(12);
    const wide = '漢字'.repeat(40);
    const functions = [
      row({ function: long, file: `${'deep/folder/'.repeat(20)}module.py`, line: 1234 }),
      row({ function: wide, file: `${wide}.py`, paidTo: [{ function: long, file: null, share: 0.5 }] }),
      row({ function: long, file: null, origin: 'native' }),
    ];
    const doubts = [{ code: 'noisy-machine', text: 'word '.repeat(60) }];
    const hidden = { functions: 1e9, share: 1, foreign: 1, unpaidShare: 1, harness: 0 };
    const lines = profileText(result({ functions, doubts, hidden, workload: long + wide }), {
      ...style,
      width,
    });
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(Math.min(100, width));
  });

  it('keeps the end of a path that is too long, which says more than its beginning', () => {
    const [line] = profileText(
      result({ functions: [row({ file: `${'deep/folder/'.repeat(20)}module.py`, line: 12 })] }),
      style,
    ).filter((each) => each.includes('parse_row  '));
    expect(line).toMatch(/parse_row {2}….*folder\/module\.py:12$/);
  });

  it('keeps the last part of a name, in which methods of one class differ', () => {
    const method = (name: string) =>
      row({
        function: `DamerauLevenshtein.${name}`,
        file: 'textdistance/algorithms/edit_based.py',
        line: null,
      });
    const lines = profileText(
      result({ functions: [method('_pure_python_restricted'), method('_pure_python_unrestricted')] }),
      { ...style, width: 80 },
    );
    expect(lines.filter((line) => line.includes('_pure_python_restricted  …'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('_pure_python_unrestricted  …'))).toHaveLength(1);
  });

  it('lets no name from a file steer the terminal', () => {
    const evil = '\u001b[2J\u0007\u202e\nname\r';
    const functions = [
      row({ function: evil, file: `${evil}.py` }),
      row({ origin: 'native', function: evil, file: null }),
    ];
    const doubts = [{ code: 'noisy-machine', text: evil }];
    const lines = profileText(result({ functions, workload: evil, doubts }), style);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('shows no limit where nothing would be left, and no headline when sorted otherwise', () => {
    const functions = [row({ ownShare: 1, bound: null })];
    expect(profileText(result({ functions }), style)[2]).toContain('gains everything');
    const sorted = profileText(result({ functions, sort: 'self' }), style);
    expect(sorted[2]).toBe('');
    expect(sorted[4]).toContain('>999x');
  });
});
