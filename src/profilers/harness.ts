import type { Frame } from '#profiles';

/** What a frame is to the workload. */
export type Part = 'shim' | 'launcher' | 'runner' | 'workload';

const PROFILER_ITSELF = /^<method '(?:enable|disable)' of '_lsprof\.Profiler' objects>$/;
/**
 * What starts a program and stands above it: `runpy`, and the tools themselves, in site-packages or where strop keeps
 * them. What they call is the program.
 */
const LAUNCHERS =
  /^<frozen runpy>$|\/(?:runpy|cProfile|profile|kernprof)\.py$|\/tools\/py[\w.]+\/[\w-]+-\d[\w.]*\/|\/(?:site|dist)-packages\/(?:memray|scalene|pyinstrument|line_profiler)\//;
/** Test runners: what they call is part of the runner, up to the first code of the project. */
const RUNNERS = /\/(?:_pytest|pytest|pluggy|pytest_benchmark)\//;
/** How the C library and the interpreter begin a process or a thread. */
const NATIVE_START =
  /^(?:0x[0-9a-f]+|_start|__libc_start_\w+|main|Py_(?:RunMain|BytesMain|Main)|pymain_\w+|clone3?|start_thread|thread_run)$/;

/** Tells the workload from strop, launchers and test runners. Code of the project is never taken for a runner. */
export function partOf(frame: Frame, shimFolder: string | undefined): Part {
  if (isShim(frame, shimFolder)) return 'shim';
  if (frame.origin === 'mine') return 'workload';
  if (frame.file === undefined) return PROFILER_ITSELF.test(frame.name) ? 'runner' : 'workload';
  const file = frame.file.replaceAll('\\', '/');
  if (file === '<profile>' || LAUNCHERS.test(file)) return 'launcher';
  return RUNNERS.test(file) ? 'runner' : 'workload';
}

/** Compiled code that only begins a process or thread; it means that at the outside of a stack only. */
export function isNativeStart(frame: Frame): boolean {
  return frame.file === undefined && NATIVE_START.test(frame.name);
}

function isShim(frame: Frame, shimFolder: string | undefined): boolean {
  if (shimFolder === undefined || frame.file === undefined) return false;
  const folder = shimFolder.replace(/[\\/]+$/, '');
  return frame.file.startsWith(folder) && /^[\\/]/.test(frame.file.slice(folder.length));
}
