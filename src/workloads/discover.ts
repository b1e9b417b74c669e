import type { Host } from '#host';
import { walkFiles } from '#project';

/**
 * A test function, named in any script, that takes the `benchmark` fixture, an autouse fixture that takes it for all tests
 * of a case, or the marker that makes a whole test one.
 */
const USES_BENCHMARK =
  /def\s+test[\p{L}\p{M}\p{N}_]*\s*\([^)]*\bbenchmark(_weave)?\b|\bautouse\s*=\s*True[^)]*\)\s*def\s+[\p{L}_][\p{L}\p{M}\p{N}_]*\s*\([^)]*\bbenchmark\b|\bmark\.benchmark\b|\busefixtures\([^)]*["']benchmark["']/u;

/** Files larger than this are data, not tests. */
const LARGEST_TEST_BYTES = 2_000_000;

/**
 * Python files below a project folder that seem to hold pytest benchmarks, relative to it. A look at the text: collecting
 * the whole test suite could take minutes, and what was found here is collected by pytest itself afterwards.
 */
export async function findBenchmarkFiles(host: Host, project: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { path, name } of walkFiles(host, project)) {
    if (!name.endsWith('.py') || name === 'conftest.py') continue;
    const text = await host.files.readText(`${project}/${path}`);
    if (text !== undefined && text.length < LARGEST_TEST_BYTES && USES_BENCHMARK.test(text)) found.push(path);
  }
  return found;
}

const ASV_CONFIGS = [
  'asv.conf.json',
  'asv.conf.jsonc',
  'benchmarks/asv.conf.json',
  'asv_bench/asv.conf.json',
  'asv/asv.conf.json',
];

/** `benchmark_dir` of the project's asv configuration, relative to the project; undefined without one. */
export async function findAsvFolder(host: Host, project: string): Promise<string | undefined> {
  for (const path of ASV_CONFIGS) {
    const text = await host.files.readText(`${project}/${path}`);
    if (text === undefined) continue;
    const own = path.includes('/') ? path.slice(0, path.lastIndexOf('/') + 1) : '';
    // asv's JSON may hold comments and commas too many: only one key is of interest.
    const uncommented = text.replace(/^\s*\/\/.*$/gm, '');
    const folder = /"benchmark_dir"\s*:\s*"([^"]+)"/.exec(uncommented)?.[1] ?? 'benchmarks';
    const full = `${own}${folder}`.replace(/(^|\/)\.\//g, '$1').replace(/\/+$/, '');
    if ((await host.files.kind(`${project}/${full}`)) === 'folder') return full === '' ? '.' : full;
  }
  return undefined;
}
