/** Programs that run another one under a profiler or tracer. */
const PROGRAMS = /^(?:pyinstrument|scalene|memray|kernprof|viztracer|austin|py-spy|coverage|perf|valgrind)$/;
/** Modules that do so. */
const MODULES =
  /^(?:cProfile|profile|trace|profiling\.(?:sampling|tracing)|pyinstrument|scalene|memray|kernprof|line_profiler|viztracer|coverage)$/;
const PYTHON = /^python[\d.]*w?$/;
/** What only starts the program behind it: `uv run`, `poetry run`, `env NAME=VALUE`. */
const LAUNCHERS = /^(?:uv|poetry|pdm|hatch|pipenv|env)$/;
const OF_LAUNCHERS = /^(?:run|\w+=.*)$/;
/** Options of the interpreter that take the next word along. */
const WITH_VALUE = /^-[XW]$/;

/**
 * The profiler that a command starts (`python -m cProfile app.py`, `py-spy record …`), or undefined. Measured with it, a
 * change looks as large as the profiler makes it.
 */
export function profilerOf(argv: readonly [string, ...string[]]): string | undefined {
  let begin = 0;
  if (LAUNCHERS.test(nameOf(argv[0]))) {
    begin = 1;
    while (OF_LAUNCHERS.test(argv[begin] ?? '')) begin += 1;
  }
  const [program = '', ...rest] = argv.slice(begin);
  const name = nameOf(program);
  if (PROGRAMS.test(name)) return name;
  if (!PYTHON.test(name)) return undefined;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const module = word === '-m' ? rest[index + 1] : /^-m(.+)$/.exec(word)?.[1];
    if (module !== undefined) return MODULES.test(module) ? module : undefined;
    if (!word.startsWith('-')) return undefined;
    if (WITH_VALUE.test(word)) index += 1;
  }
  return undefined;
}

function nameOf(program: string): string {
  return program.replace(/^.*[\\/]/, '').replace(/\.exe$/i, '');
}
