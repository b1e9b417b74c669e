import { formatCount, formatShare } from '#base';
import { hottest } from '#profiles';
import type { HotFunction, TableRow } from '#profiles';
import type { ProfileDocument } from '#store';
import { z } from 'zod';
import type { Style } from './operation.ts';

/** A function of the project that is worth a benchmark. */
export const candidate = z.object({
  number: z.int().positive().describe('What `strop scaffold --pick` takes'),
  target: z.string().describe('module:function, module:Class.method or module:Class'),
  file: z.string().describe('relative to the project'),
  line: z.int().nullable(),
  share: z.number().min(0).max(1).describe('share of the profiled time with everything that it calls'),
  gain: z.number().min(0).max(1).describe('share that it pays for: itself, foreign code, private helpers'),
  ofOwn: z
    .number()
    .min(0)
    .max(1)
    .describe('`gain` as a share of what all candidates pay for together: test runners and tests left out'),
  bound: z
    .number()
    .nullable()
    .describe('how many times faster the run could be at most if `gain` became free; null when all of it'),
  calls: z.int().nullable(),
  benchmark: z
    .string()
    .nullable()
    .describe('a benchmark file that names it already, relative to the project; null where none does'),
});

/** See {@link candidate}. */
export type Candidate = z.infer<typeof candidate>;

/** More than fit on a screen help nobody to choose. */
const MOST = 9;
/** Below this share of the own code a benchmark would show what hardly anybody waits for. */
const LEAST = 0.02;

const TEST_FILE =
  /(^|\/)(tests?|benchmarks?)\/|(^|\/)(test_[^/]*|[^/]*_tests?|tests?|conftest|bench_[^/]*|setup|noxfile|__main__)\.py$/;
/** Class bodies and what makes an object: the class is what can be called. */
const MAKES = /\.(__init__|__new__|__post_init__)$/;

/** How scaffold's targets name a function; undefined for one that a benchmark cannot call from outside. */
export function targetOf(row: TableRow): string | undefined {
  const { module, qualname, file } = row;
  if (module === null || qualname === null || file === null || TEST_FILE.test(file)) return undefined;
  const name = qualname.replace(MAKES, '');
  const parts = name.split('.');
  // Two levels are what a target can say. A name with underscores in front may change without notice, and one with two
  // has another name outside of its class.
  if (parts.length > 2 || parts.some((part) => /^_(?!_.*__$)/.test(part) || !/^[\p{L}_]/u.test(part)))
    return undefined;
  return `${module}:${name}`;
}

/** A benchmark file of the project. */
export interface BenchmarkSource {
  /** Relative to the project. */
  readonly path: string;
  readonly text: string;
}

/** The benchmark file that uses a target, going by its name: a method after a dot, anything else as a word. */
function findBenchmarkOf(target: string, files: readonly BenchmarkSource[]): string | null {
  const path = target.slice(target.indexOf(':') + 1).split('.');
  const name = path.at(-1) ?? '';
  const use = new RegExp(
    `${path.length > 1 ? String.raw`\.` : String.raw`(?<![\p{L}\p{N}_])`}${name}(?![\p{L}\p{N}_])`,
    'u',
  );
  return files.find(({ text }) => use.test(text))?.path ?? null;
}

/**
 * The functions of a kept profile that are worth a benchmark, best first: own code that can be called by name. What
 * private helpers and nested functions cost counts for the function that calls them. The same profile always gives the
 * same numbers. `benchmarks` are the files that may name one of them already. Pure.
 */
export function proposeCandidates(
  profile: ProfileDocument,
  benchmarks: readonly BenchmarkSource[],
): readonly Candidate[] {
  const ranked = hottest(profile, { accept: (row) => targetOf(row) !== undefined });
  // Of a test run most of the time belongs to the test runner: what counts is the share among the own functions.
  const own = ranked.reduce((sum, { gain }) => sum + gain, 0);
  const byTarget = new Map<string, HotFunction>();
  for (const one of ranked) {
    const target = targetOf(one.row) ?? '';
    // Both halves of making an object are one target.
    if (!byTarget.has(target)) byTarget.set(target, one);
  }
  return [...byTarget]
    .filter(([, { gain }]) => gain >= LEAST * own)
    .slice(0, MOST)
    .map(([target, { row, share, gain, bound }], index) => ({
      number: index + 1,
      target,
      file: row.file ?? '',
      line: row.line,
      share,
      gain,
      ofOwn: Math.min(1, gain / own),
      bound,
      calls: row.calls,
      benchmark: findBenchmarkOf(target, benchmarks),
    }));
}

/** Where the own code is less than this share of a profile, a bound for the whole says nothing about the code. */
const WHOLE = 0.5;

function formatBound(bound: number | null): string {
  if (bound === null || bound >= 999.5) return 'over 999x';
  return `${bound.toFixed(bound < 1.995 ? 2 : bound < 99.5 ? 1 : 0)}x`;
}

/** Names come from files that anybody may have written: nothing in them may steer the terminal. */
function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** The candidates as lines, one each, with what to run for them. */
export function candidateLines(candidates: readonly Candidate[], style: Style): readonly string[] {
  const width = Math.max(...candidates.map(({ target }) => clean(target).length), 0);
  return candidates.map(({ number, target, ofOwn, gain, bound, calls, file, line, benchmark }) => {
    const place = clean(`${file}${line === null ? '' : `:${String(line)}`}`);
    const often =
      calls === null ? '' : `  ${formatCount(calls).padStart(7)} ${calls === 1 ? 'call ' : 'calls'}`;
    const done = benchmark === null ? '' : `  (${clean(benchmark)} names it already)`;
    return `${String(number).padStart(3)}  ${style.bold(clean(target).padEnd(width))}  ${formatShare(ofOwn).padStart(6)} of your code${gain < WHOLE * ofOwn ? '' : `, the run at most ${formatBound(bound)} faster`}${often}  ${style.dim(place)}${done}`;
  });
}
