import { formatEvidence } from './evidence.ts';
import type { Interpreter } from './interpreter.ts';
import type { PythonRange } from './python-range.ts';

/** Whether something can be used in this project, and why. */
export interface Availability {
  readonly name: string;
  /**
   * `tool`: decided by the interpreter that runs the project. `feature`: decided by every version that the
   * project supports.
   */
  readonly kind: 'tool' | 'feature';
  /** `partly`: only on some of the versions that the project supports. `unknown`: which ones it supports cannot be read. */
  readonly status: 'in' | 'partly' | 'out' | 'unknown';
  readonly reason: string;
  /**
   * The version that is importable now; empty when it is there but does not tell. Only for tools that can be
   * installed.
   */
  readonly installed?: string | undefined;
}

interface Tool {
  readonly name: string;
  /** Its import name; absent for what comes with Python. */
  readonly module?: string;
  readonly since: number;
  /** Newest minor version with a working release. */
  readonly until?: number;
  /** First minor version of the free-threaded build that it works on; Infinity for none. */
  readonly freeThreadedSince: number;
  readonly windows: boolean;
  readonly use: string;
}

/**
 * The tools of the loop. Bounds are those of the newest releases when this was written, each installed and run
 * on CPython 3.8 to 3.15 (wheels for the free-threaded builds looked up on PyPI); sys.monitoring: PEP 669,
 * sys.remote_exec: PEP 768, profiling.sampling: PEP 799, perf support:
 * https://docs.python.org/3/howto/perf_profiling.html
 */
const TOOLS: readonly Tool[] = [
  { name: 'cProfile', since: 0, freeThreadedSince: 14, windows: true, use: 'calls and call graph' },
  { name: 'tracemalloc', since: 4, freeThreadedSince: 13, windows: true, use: 'memory by line' },
  { name: 'sys.monitoring', since: 12, freeThreadedSince: 13, windows: true, use: 'events at low cost' },
  {
    name: 'perf trampoline',
    since: 12,
    freeThreadedSince: 13,
    windows: false,
    use: 'Python frames in Linux perf',
  },
  {
    name: 'sys.remote_exec',
    since: 14,
    freeThreadedSince: 14,
    windows: true,
    use: 'attach to a running process',
  },
  {
    name: 'profiling.sampling',
    since: 15,
    freeThreadedSince: 15,
    windows: true,
    use: 'sampling from outside',
  },
  {
    name: 'py-spy',
    module: 'py_spy',
    since: 8,
    until: 15,
    freeThreadedSince: Infinity,
    windows: true,
    use: 'sampling from outside, attach',
  },
  {
    name: 'scalene',
    module: 'scalene',
    since: 9,
    until: 14,
    freeThreadedSince: 14,
    windows: true,
    use: 'CPU and memory by line',
  },
  {
    name: 'line_profiler',
    module: 'line_profiler',
    since: 8,
    until: 15,
    freeThreadedSince: Infinity,
    windows: true,
    use: 'time by line',
  },
  {
    name: 'memray',
    module: 'memray',
    since: 9,
    until: 15,
    freeThreadedSince: 14,
    windows: false,
    use: 'every allocation',
  },
  {
    name: 'pyinstrument',
    module: 'pyinstrument',
    since: 8,
    until: 14,
    freeThreadedSince: 14,
    windows: true,
    use: 'call tree',
  },
  {
    name: 'viztracer',
    module: 'viztracer',
    since: 9,
    until: 14,
    freeThreadedSince: 13,
    windows: true,
    use: 'timeline of calls',
  },
  {
    name: 'tprof',
    module: 'tprof',
    since: 12,
    freeThreadedSince: 13,
    windows: true,
    use: 'single functions',
  },
  {
    name: 'pytest-benchmark',
    module: 'pytest_benchmark',
    since: 9,
    freeThreadedSince: 13,
    windows: true,
    use: 'benchmarks as tests',
  },
  {
    name: 'pytest-memray',
    module: 'pytest_memray',
    since: 9,
    until: 15,
    freeThreadedSince: 14,
    windows: false,
    use: 'memory by test',
  },
];

/** What newer versions bring to faster or leaner code; see "What's New" of each version. */
const FEATURES: readonly (readonly [name: string, since: number])[] = [
  ['functools.cache', 9],
  ['str.removeprefix', 9],
  ['dataclass(slots=True)', 10],
  ['itertools.pairwise', 10],
  ['int.bit_count', 10],
  ['bisect(key=…)', 10],
  ['match statement', 10],
  ['specialising interpreter', 11],
  ['asyncio.TaskGroup', 11],
  ['tomllib', 11],
  ['itertools.batched', 12],
  ['inlined comprehensions', 12],
  ['math.sumprod', 12],
  ['free-threaded build', 13],
  ['concurrent.interpreters', 14],
  ['compression.zstd', 14],
];

function judgeTool(tool: Tool, interpreter: Interpreter, platform: NodeJS.Platform): Availability {
  const minor = interpreter.version[1];
  const running = `this is ${interpreter.version[0]}.${minor}${interpreter.freeThreaded ? ' free-threaded' : ''}`;
  const installed = tool.module === undefined ? undefined : interpreter.tools[tool.module];
  const shared = { name: tool.name, kind: 'tool' as const, installed };
  const out = (reason: string): Availability => ({ ...shared, status: 'out', reason });
  if (interpreter.implementation !== 'cpython' && !['cProfile', 'pytest-benchmark'].includes(tool.name)) {
    return out(`needs CPython, this is ${interpreter.implementation}`);
  }
  if (minor < tool.since) return out(`needs 3.${tool.since}, ${running}`);
  if (installed === undefined && tool.until !== undefined && minor > tool.until) {
    return out(`no release for more than 3.${tool.until} is known, ${running}`);
  }
  if (interpreter.freeThreaded && minor < tool.freeThreadedSince) {
    const needed =
      tool.freeThreadedSince === Infinity ? 'does not support' : `needs 3.${tool.freeThreadedSince} for`;
    return out(`${needed} free-threaded builds, ${running}`);
  }
  if (platform === 'win32' && !tool.windows) return out('not on Windows');
  return { ...shared, status: 'in', reason: tool.use };
}

function judgeFeature(
  name: string,
  since: number,
  interpreter: Interpreter,
  { requires, minors }: PythonRange,
): Availability {
  const shared = { name, kind: 'feature' as const };
  if (minors === undefined && requires !== undefined) {
    const reason = `needs 3.${since}, and what ${formatEvidence(requires.evidence)} allows (${requires.value}) cannot be read`;
    return { ...shared, status: 'unknown', reason };
  }
  const supported = minors === undefined || minors.length === 0 ? [interpreter.version[1]] : minors;
  const oldest = Math.min(...supported);
  const newest = Math.max(...supported);
  if (oldest >= since)
    return { ...shared, status: 'in', reason: `3.${since} or newer, the oldest here is 3.${oldest}` };
  if (newest < since)
    return { ...shared, status: 'out', reason: `needs 3.${since}, the newest here is 3.${newest}` };
  return { ...shared, status: 'partly', reason: `needs 3.${since}, 3.${oldest} is supported too` };
}

/**
 * What the interpreter and the supported versions rule in and out. Tools only need the interpreter at hand;
 * language and library features must exist in every version that the project supports (only in the
 * interpreter's, when the project names none).
 */
export function listAvailability(
  interpreter: Interpreter,
  range: PythonRange,
  platform: NodeJS.Platform,
): readonly Availability[] {
  return [
    ...TOOLS.map((tool) => judgeTool(tool, interpreter, platform)),
    ...FEATURES.map(([name, since]) => judgeFeature(name, since, interpreter, range)),
  ];
}
