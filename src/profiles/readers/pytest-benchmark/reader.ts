import type { Doubt } from '#base';
import type { CallGraphProfile, Frame, FunctionRow } from '#profiles';
import { asCost, asIndex, asList, asObject, asText, fileOf, lineOf, parseJson } from '../json.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';

/**
 * What `pytest --benchmark-json F --benchmark-cprofile ORDER` writes: beside the times of each benchmark the rows of
 * cProfile, without callers. The rows of all benchmarks are added up; the times are read by `readBenchmarks`.
 */
export const pytestBenchmark: Reader = {
  format: 'pytest-benchmark',
  title: 'pytest-benchmark JSON with --benchmark-cprofile',
  recognises: (head) => {
    const text = new TextDecoder().decode(head);
    return (
      /^\s*\{/.test(text) &&
      /"(?:machine_info|benchmarks)"\s*:/.test(text) &&
      /"(?:commit_info|cpu|python_version|fullname)"\s*:/.test(text)
    );
  },
  read: readRows,
};

/** One benchmark's times, in ns for one call. */
export interface BenchmarkTimes {
  /** `test_shop.py::test_report[10]`. */
  readonly fullName: string;
  readonly minNs: number;
  readonly maxNs: number;
  readonly meanNs: number;
  readonly medianNs: number;
  readonly stddevNs: number;
  readonly rounds: number;
  /** Calls in each round. */
  readonly iterations: number;
  /** One time a round; empty when the file was written without data. */
  readonly roundsNs: readonly number[];
}

/** The times in a file of pytest-benchmark; throws StropError `bad-profile` when it is none. */
export function readBenchmarks(bytes: Uint8Array): readonly BenchmarkTimes[] {
  return listBenchmarks(bytes).map((benchmark): BenchmarkTimes => {
    const stats = asObject(benchmark['stats'], 'the times of a benchmark');
    const ns = (key: string): number => asCost(stats[key], `the ${key} of a benchmark`) * 1e9;
    return {
      fullName: asText(benchmark['fullname'], 'the name of a benchmark'),
      minNs: ns('min'),
      maxNs: ns('max'),
      meanNs: ns('mean'),
      medianNs: ns('median'),
      stddevNs: ns('stddev'),
      rounds: asIndex(stats['rounds'], 'the rounds of a benchmark'),
      iterations: asIndex(stats['iterations'], 'the iterations of a benchmark', 1),
      roundsNs: asList(stats['data'] ?? [], 'the data of a benchmark').map(
        (value) => asCost(value, 'a time') * 1e9,
      ),
    };
  });
}

function listBenchmarks(bytes: Uint8Array) {
  const file = asObject(parseJson(bytes), 'the file');
  return asList(file['benchmarks'], 'the list of benchmarks').map((value) => asObject(value, 'a benchmark'));
}

/** The profiler counts the call that switches it off. */
const PROFILER_ITSELF = /^<method '(?:disable|enable)' of '_lsprof\.Profiler' objects>$/;

const NO_CALLERS: Doubt = {
  code: 'callers-unknown',
  text: 'pytest-benchmark keeps no callers: what a function of yours spends in libraries is not known.',
};
const NEAR_ZERO: Doubt = {
  code: 'profile-too-short',
  text: 'Every row is next to zero: profile more passes (--benchmark-cprofile-loops=100).',
};

function readRows(bytes: Uint8Array): CallGraphProfile {
  const frames: Frame[] = [];
  const indexes = new Map<string, number>();
  const rows: FunctionRow[] = [];
  const benchmarks = listBenchmarks(bytes);
  for (const benchmark of benchmarks) {
    for (const value of asList(benchmark['cprofile'] ?? [], 'the rows of cProfile')) {
      const item = asObject(value, 'a row');
      const label = asText(item['function_name'], 'the name of a function');
      const frame = toFrame(label);
      if (frame.file === undefined && PROFILER_ITSELF.test(frame.name)) continue;
      const calls = asIndex(item['ncalls'], 'a number of calls');
      // `10/2`: all calls, and those that were not recursive.
      const primitive = /^\d+\/(\d{1,10})$/.exec(String(item['ncalls_recursion']))?.[1];
      const row: FunctionRow = {
        frame: indexes.get(label) ?? frames.length,
        calls,
        primitiveCalls: primitive === undefined ? calls : Number(primitive),
        self: [Math.round(asCost(item['tottime'], 'a time') * 1e9)],
        inclusive: [Math.round(asCost(item['cumtime'], 'a time') * 1e9)],
      };
      const known = rows[row.frame];
      if (known === undefined) {
        indexes.set(label, frames.push(frame) - 1);
        rows.push(row);
      } else rows[row.frame] = addRows(known, row);
    }
  }
  if (rows.length === 0) {
    throw refuse(
      'these benchmarks were timed, not profiled: there are no rows of cProfile',
      'Run pytest with --benchmark-cprofile=cumtime, and --benchmark-cprofile-loops=100 for short benchmarks.',
    );
  }
  const total = rows.reduce((sum, row) => sum + (row.self[0] ?? 0), 0);
  return {
    format: 'pytest-benchmark',
    shape: 'call-graph',
    metrics: [{ name: 'wall', unit: 'ns' }],
    frames,
    rows,
    edges: [],
    source: { tool: 'pytest-benchmark' },
    doubts: total < 1e6 ? [NO_CALLERS, NEAR_ZERO] : [NO_CALLERS],
  };
}

function addRows(left: FunctionRow, right: FunctionRow): FunctionRow {
  return {
    frame: left.frame,
    calls: left.calls + right.calls,
    primitiveCalls: left.primitiveCalls + right.primitiveCalls,
    self: [(left.self[0] ?? 0) + (right.self[0] ?? 0)],
    inclusive: [(left.inclusive[0] ?? 0) + (right.inclusive[0] ?? 0)],
  };
}

/** `folder/a.py:12(work)`, and `~:0(<built-in method …>)` for compiled code. */
function toFrame(label: string): Frame {
  const [, path, line, name] = /^(.*?):(\d{1,9})\((.*)\)$/s.exec(label) ?? [];
  if (name === undefined) return { name: label.replace(/^\{(.*)\}$/s, '<$1>'), origin: 'native' };
  const file = fileOf(path);
  if (file === undefined) return { name, origin: 'native' };
  const first = lineOf(Number(line));
  return { name, file, ...(first === undefined ? {} : { line: first }), origin: 'unknown' };
}
