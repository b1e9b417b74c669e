import { posix, relative, sep } from 'node:path';
import type { Host } from '#host';
import { readPytestConfig } from '#project';
import type { Side } from '#revisions';
import { findAsvFolder, findBenchmarkFiles } from '#workloads';
import { findPlugins } from './plugins.ts';

/** What a file of the yardstick is. `plugin`: a module of the project that pytest loads as one. */
export type YardstickPart = 'test' | 'benchmark' | 'conftest' | 'plugin' | 'configuration' | 'ci';

/** The answer for one path: a part of the yardstick, a file of which only some tables are, or neither. */
export type PathClass = YardstickPart | 'tables' | undefined;

const CI =
  /^(\.github|\.circleci|\.buildkite|\.woodpecker|\.gitlab\/ci)\/|^(\.gitlab-ci\.ya?ml|\.travis\.yml|\.?appveyor\.yml|\.cirrus\.(yml|star)|\.drone\.yml|azure-pipelines\.ya?ml|bitbucket-pipelines\.yml|Jenkinsfile|\.?codecov\.ya?ml)$/;
const CONFIGURATION =
  /^(\.?pytest\.ini|\.?pytest\.toml|tox\.(ini|toml)|noxfile\.py|hatch\.toml|strop\.toml|\.coveragerc(\.toml)?|sitecustomize\.py|usercustomize\.py|.*\.pth)$/;
/** A new module of this name at the top would be imported in place of the tool. */
const SHADOWS_A_TOOL = /^(_?pytest(_\w+)?|pluggy|xdist|coverage|timeit|asv(_runner)?)(\.py)?$/;
const TEST_FOLDER = /^(tests?|testing)$/;
const BENCHMARK_FOLDER = /^(asv_)?bench/;
const INNER_BENCHMARK_FOLDER = /^(asv_bench|benchmarks?)$/;

/** pytest's own patterns, https://docs.pytest.org/en/stable/reference/reference.html#confval-python_files */
const PYTHON_FILES = ['test_*.py', '*_test.py'];
/** What the shim `suite_unittest.py` looks for. */
const UNITTEST_FILES = ['test*.py', '*_test.py'];

/** The one script that `suite_options.py` adds to those, beside the project's settings. */
const TEST_SCRIPT = 'tests.py';

/** Without pytest the shims run the tests by unittest's discovery, which takes more files for tests. */
async function hasPytest(host: Host, side: Side): Promise<boolean> {
  const code = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("pytest") is None)';
  const run = await host.processes.run({
    argv: [side.python, '-B', '-c', code],
    cwd: side.project,
    timeoutMs: 60_000,
  });
  return run.exitCode === 0;
}

function matchPattern(pattern: string, path: string): boolean {
  const body = pattern
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replace(/\[!/g, '[^')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    // As pytest does: a pattern without a slash is about the name of the file.
    return new RegExp(`^(?:.*/)?${body}$`, 'su').test(pattern.includes('/') ? path : posix.basename(path));
  } catch {
    // An unfinished `[` is meant as it stands.
    return posix.basename(path) === pattern;
  }
}

/** Where the project lies in the repository, with `/`; empty at the top. */
export function prefixOf(side: Pick<Side, 'root' | 'project'>): string {
  return relative(side.root, side.project).split(sep).join('/');
}

/** A path of the repository as the project sees it: unchanged where it lies outside of the project. */
export function seenFromProject(prefix: string, path: string): string {
  return prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : path;
}

/** Folders below which everything serves the tests; not those that hold the project's own modules as well. */
function testFolders(
  side: Side,
  prefix: string,
  config: Awaited<ReturnType<typeof readPytestConfig>>,
): string[] {
  const roots = side.sourceRoots.map((root) => relative(side.root, root).split(sep).join('/'));
  const own = [...roots, ...roots.flatMap((root) => side.modules.map((module) => posix.join(root, module)))];
  const up = posix.dirname(config?.testpaths?.evidence.file ?? '');
  return (config?.testpaths?.value ?? [])
    .filter((path) => !path.startsWith('/') && !/[*?[]/.test(path))
    .map((path) => posix.join(prefix, up, path).replace(/^\.$|\/$/g, ''))
    .filter(
      (folder) => folder !== '' && !own.some((path) => path === folder || path.startsWith(`${folder}/`)),
    );
}

/**
 * Learns from side A which files judge the change: its pytest settings, asv settings and benchmarks count. The answer
 * takes paths relative to the repository.
 */
export async function openClassifier(
  host: Host,
  side: Side,
): Promise<(path: string, added: boolean) => PathClass> {
  const prefix = prefixOf(side);
  const config = await readPytestConfig(host, { root: side.project, gitTop: side.root, prefix });
  const patterns = (await hasPytest(host, side))
    ? (config?.pythonFiles?.value ?? PYTHON_FILES)
    : UNITTEST_FILES;
  const folders = testFolders(side, prefix, config);
  const plugins = await findPlugins(host, side, config);
  const asv = await findAsvFolder(host, side.project);
  const benchmarks = new Set(await findBenchmarkFiles(host, side.project));
  const tops = new Set<string>();
  for (const folder of [side.project, ...side.sourceRoots]) {
    for (const entry of await host.files.list(folder)) tops.add(entry.name);
  }
  const isBenchmark = (path: string, parents: readonly string[]): boolean =>
    benchmarks.has(path) ||
    /(^|\/)asv\.conf\.jsonc?$/.test(path) ||
    (asv !== undefined && asv !== '.' && path.startsWith(`${asv}/`)) ||
    BENCHMARK_FOLDER.test(parents[0] ?? '') ||
    parents.some((name) => INNER_BENCHMARK_FOLDER.test(name));
  return (full, added) => {
    const path = seenFromProject(prefix, full);
    const name = posix.basename(path);
    const parents = path.split('/').slice(0, -1);
    if (name === 'conftest.py') return 'conftest';
    if (plugins.has(full)) return 'plugin';
    if (CI.test(full) || CI.test(path)) return 'ci';
    if (CONFIGURATION.test(name)) return 'configuration';
    if (added && startsShadow(side, full, prefix, tops)) return 'configuration';
    if (isBenchmark(path, parents)) return 'benchmark';
    // The name as well: a link may stand where the folder of the tests was.
    if ([...parents, name].some((folder) => TEST_FOLDER.test(folder))) return 'test';
    if (folders.some((folder) => full === folder || full.startsWith(`${folder}/`))) return 'test';
    if (name.endsWith('.py') && patterns.some((pattern) => matchPattern(pattern, path))) return 'test';
    if (path === TEST_SCRIPT) return 'test';
    if (name === 'pyproject.toml' || name === 'setup.cfg') return 'tables';
    return undefined;
  };
}

/** Whether an added file brings a module into being that hides a tool of the tests. */
function startsShadow(side: Side, full: string, prefix: string, tops: ReadonlySet<string>): boolean {
  const roots = side.sourceRoots.map((root) => relative(side.root, root).split(sep).join('/'));
  return [prefix, ...roots].some((root) => {
    const inside = seenFromProject(root, full);
    const top = inside.split('/')[0] ?? '';
    const below = root === '' || inside !== full;
    return below && SHADOWS_A_TOOL.test(top) && !tops.has(top);
  });
}
