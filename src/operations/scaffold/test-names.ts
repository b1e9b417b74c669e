import { posix } from 'node:path';
import type { PytestConfig } from '#project';

/** What pytest takes for a test, by the project's settings. */
export interface TestNames {
  /** A file name for benchmarks of `stem` that pytest collects: `test_benchmark_total.py`. */
  file(stem: string): string;
  /** Whether pytest finds tests in this file by itself; the path is relative to the project. */
  collects(path: string): boolean;
  /** A function name that pytest takes for a test. */
  function(stem: string): string;
  /** The class for the tests, or undefined when no plain name fits the project's patterns. */
  readonly className: string | undefined;
  /** Whether a function or class of this name at the top of a test file would be taken for a test. */
  isTest(name: string): boolean;
}

/** Shell patterns as Python's fnmatch reads them. */
function globToPattern(glob: string): RegExp {
  const body = glob
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.')
    .replace(/\[!/g, '[^');
  return new RegExp(`^${body}$`);
}

/** pytest matches a name by prefix, or by shell pattern when there is one. */
function matchesName(patterns: readonly string[], name: string): boolean {
  return patterns.some((pattern) =>
    /[*?[]/.test(pattern) ? globToPattern(pattern).test(name) : name.startsWith(pattern),
  );
}

function matchesFile(patterns: readonly string[], path: string): boolean {
  return patterns.some((pattern) =>
    pattern.includes('/')
      ? globToPattern(pattern.startsWith('/') ? pattern : `*/${pattern}`).test(`/${path}`)
      : globToPattern(pattern).test(posix.basename(path)),
  );
}

/** The patterns with the stem in place of their wildcard, as far as that gives a name. */
function filled(patterns: readonly string[], stem: string, ending: string): readonly string[] {
  return patterns.flatMap((pattern) => {
    const last = pattern.split('/').at(-1) ?? pattern;
    const glob = /[*?[]/.test(last) || ending !== '' ? last : `${last}*`;
    if ((glob.match(/\*/g) ?? []).length !== 1 || /[?[]/.test(glob)) return [];
    const [before = '', after = ''] = glob.split('*');
    const body = /[\p{L}\p{N}]$/u.test(before) ? `_${stem}` : stem;
    const name = `${before}${body}${after}`;
    return [ending !== '' && !name.endsWith(ending) ? `${name}${ending}` : name];
  });
}

/** Names that fit what pytest looks for; its own patterns where the project sets none. */
export function createTestNames(config: PytestConfig | undefined): TestNames {
  const files = config?.pythonFiles?.value ?? ['test_*.py', '*_test.py'];
  const functions = config?.pythonFunctions?.value ?? ['test'];
  const classes = config?.pythonClasses?.value ?? ['Test'];
  const pickFile = (stem: string): string => {
    const names = [
      `test_benchmark_${stem}.py`,
      `benchmark_${stem}_test.py`,
      `bench_${stem}.py`,
      `benchmark_${stem}.py`,
      ...filled(files, `benchmark_${stem}`, '.py'),
    ];
    return names.find((name) => matchesFile(files, `x/${name}`)) ?? `test_benchmark_${stem}.py`;
  };
  const pickFunction = (stem: string): string => {
    const names = [
      `test_${stem}`,
      `bench_${stem}`,
      `benchmark_${stem}`,
      `${stem}_test`,
      ...filled(functions, stem, ''),
    ];
    return names.find((name) => matchesName(functions, name)) ?? `test_${stem}`;
  };
  return {
    file: pickFile,
    collects: (path) => matchesFile(files, path),
    function: pickFunction,
    className: [
      'TestPerformance',
      'PerformanceTest',
      'PerformanceTests',
      'BenchPerformance',
      'DescribePerformance',
    ].find((name) => matchesName(classes, name)),
    isTest: (name) => matchesName(functions, name) || matchesName(classes, name),
  };
}
