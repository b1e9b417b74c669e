import type { Host } from '#host';
import { joinPath } from './documents.ts';
import type { Evidence } from './evidence.ts';
import { lineOfMatch } from './python-files.ts';
import type { PythonFile } from './python-files.ts';
import { lineAt } from './sources.ts';
import type { WalkedFile } from './walk.ts';
import { tryRead } from './readable.ts';

/** What a project already has to measure itself with. */
export interface BenchmarkSource {
  readonly kind:
    'pytest-benchmark' | 'pytest-codspeed' | 'asv' | 'pyperf' | 'timeit' | 'profiling-script' | 'folder';
  readonly evidence: Evidence;
  /**
   * Benchmarks in it, as far as a text can tell (parameters not multiplied); files for a folder; absent for
   * scripts.
   */
  readonly count?: number | undefined;
  /** What was seen, in a few words. */
  readonly detail: string;
}

const FUNCTION = /^[ \t]*(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(([^)]*)\)/gm;
const FIXTURE = /(^|[,\s(*])(benchmark|benchmark_weave|codspeed_benchmark)\s*(?=[,:=]|$)/;
const MARKED = /@pytest\.mark\.(?:codspeed_)?benchmark\b/;

/**
 * Tests that take the `benchmark` fixture, and tests that are only marked as benchmarks, as pytest-codspeed
 * allows.
 */
function countPytest(text: string): { fixture: number[]; marked: number[] } {
  const fixture: number[] = [];
  const marked: number[] = [];
  const wholeModule = /^pytestmark\s*=.*\bmark\.(?:codspeed_)?benchmark\b/m.test(text);
  for (const match of text.matchAll(FUNCTION)) {
    const [whole, name = '', parameters = ''] = match;
    if (!/^_*(test|bench)/i.test(name)) continue;
    const place = match.index + whole.search(/\S/);
    const line = lineAt(text, place);
    if (FIXTURE.test(parameters.trim())) fixture.push(line);
    else if (wholeModule || MARKED.test(decoratorsAbove(text, match.index))) marked.push(line);
  }
  return { fixture, marked };
}

/** The lines directly above a function, up to the first blank one. */
function decoratorsAbove(text: string, place: number): string {
  const above = text.slice(Math.max(0, place - 2000), place);
  return above.slice(above.lastIndexOf('\n\n') + 1);
}

const SCRIPT_KINDS: readonly (readonly [RegExp, BenchmarkSource['kind'], string])[] = [
  [/^[ \t]*(?:import|from)[ \t]+pyperf\b/m, 'pyperf', 'imports pyperf'],
  [
    /^[ \t]*import[ \t]+timeit\b|^[ \t]*from[ \t]+timeit[ \t]+import[ \t]+(?!default_timer[ \t]*$)/m,
    'timeit',
    'imports timeit',
  ],
  [
    /^[ \t]*(?:import|from)[ \t]+(cProfile|profile|pstats|line_profiler|memray|tracemalloc|pyinstrument|yappi|scalene|viztracer|memory_profiler)\b/m,
    'profiling-script',
    'imports',
  ],
];

function readFile(file: PythonFile, codspeed: boolean): readonly BenchmarkSource[] {
  const found: BenchmarkSource[] = [];
  const { fixture, marked } = countPytest(file.text);
  if (fixture.length > 0) {
    found.push({
      kind: codspeed ? 'pytest-codspeed' : 'pytest-benchmark',
      evidence: { file: file.path, line: fixture[0] },
      count: fixture.length,
      detail: `${fixture.length} with the benchmark fixture`,
    });
  }
  if (marked.length > 0) {
    found.push({
      kind: 'pytest-codspeed',
      evidence: { file: file.path, line: marked[0] },
      count: marked.length,
      detail: `${marked.length} marked as benchmark`,
    });
  }
  for (const [pattern, kind, detail] of SCRIPT_KINDS) {
    const match = pattern.exec(file.text);
    const line = lineOfMatch(file.text, pattern);
    if (match === null || line === undefined) continue;
    const name = match[1] === undefined ? '' : ` ${match[1]}`;
    found.push({ kind, evidence: { file: file.path, line }, detail: `${detail}${name}` });
  }
  return found;
}

/** asv.conf.json allows comments; only the folder is needed, so it is read as text. */
async function findAsv(
  host: Host,
  root: string,
  walked: readonly WalkedFile[],
  files: readonly PythonFile[],
): Promise<readonly BenchmarkSource[]> {
  const found: BenchmarkSource[] = [];
  for (const { path, name } of walked) {
    if (!/^asv\.conf\.jsonc?$/.test(name)) continue;
    const text = (await tryRead(host, joinPath(root, path))) ?? '';
    const match = /^[^/\n]*"benchmark_dir"\s*:\s*"([^"]+)"/m.exec(text);
    const folder = joinPath('.', path, '..', match?.[1] ?? 'benchmarks');
    const count = files
      .filter((file) => file.path.startsWith(`${folder}/`))
      .reduce(
        (sum, file) =>
          sum + [...file.text.matchAll(/^[ \t]*def[ \t]+(time|mem|peakmem|track|timeraw)_\w+/gm)].length,
        0,
      );
    const line = match === null ? undefined : lineAt(text, match.index);
    found.push({ kind: 'asv', evidence: { file: path, line }, count, detail: `${count} in ${folder}/` });
  }
  return found;
}

function findFolders(walked: readonly WalkedFile[]): readonly BenchmarkSource[] {
  const folders = new Map<string, number>();
  for (const { path, name } of walked) {
    if (!name.endsWith('.py')) continue;
    const match = /^((?:[^/]+\/)*?(?:asv_?)?(?:bench\w*|perf|performance|perf_\w*|profiling))\//i.exec(path);
    if (match?.[1] !== undefined) folders.set(match[1], (folders.get(match[1]) ?? 0) + 1);
  }
  return [...folders].map(([folder, count]) => ({
    kind: 'folder',
    evidence: { file: `${folder}/` },
    count,
    detail: `${count} Python file${count === 1 ? '' : 's'}`,
  }));
}

/**
 * Finds the benchmarks and measuring scripts of a project by reading, without running anything. `codspeed`: the
 * project depends on pytest-codspeed and not on pytest-benchmark, so that the `benchmark` fixture is that of
 * the former.
 */
export async function findBenchmarks(
  host: Host,
  root: string,
  walked: readonly WalkedFile[],
  files: readonly PythonFile[],
  codspeed: boolean,
): Promise<readonly BenchmarkSource[]> {
  return [
    ...files.flatMap((file) => readFile(file, codspeed)),
    ...(await findAsv(host, root, walked, files)),
    ...findFolders(walked),
  ];
}
