/** Modules and programs that run another program under a profiler or tracer. */
const PROFILERS =
  /^(?:c?[Pp]rofile|pyinstrument|scalene|memray|kernprof|line_profiler|viztracer|austin|py-spy|coverage|trace|tracemalloc|profiling\.(?:sampling|tracing)|perf|valgrind)$/;
const PYTHON = /^python[\d.]*w?(?:\.exe)?$/;
/** Options of the interpreter that take the next word along. */
const WITH_VALUE = /^-[XW]$/;

/**
 * The profiler that a command starts (`python -m cProfile app.py`, `py-spy record …`), or undefined. Measured with it, a
 * change looks as large as the profiler makes it.
 */
export function profilerOf(argv: readonly [string, ...string[]]): string | undefined {
  const [program, ...rest] = argv;
  const name = program.replace(/^.*[\\/]/, '');
  if (PROFILERS.test(name)) return name;
  if (!PYTHON.test(name)) return undefined;
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    if (word === '-m') return PROFILERS.test(rest[index + 1] ?? '') ? rest[index + 1] : undefined;
    if (!word.startsWith('-')) return undefined;
    if (WITH_VALUE.test(word)) index += 1;
  }
  return undefined;
}
