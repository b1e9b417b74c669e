/*
 * Frames of the tools themselves. They stand outermost on a stack, above the program that was asked for, and are no
 * part of it; the same files further in belong to whoever calls them.
 */

const TOOL_FILES =
  /[\\/](?:site|dist)-packages[\\/](?:pyinstrument|memray|scalene|viztracer|line_profiler)[\\/]|[\\/]bin[\\/](?:pyinstrument|memray|scalene|kernprof|viztracer)$|[\\/]profiling[\\/]sampling[\\/]|[\\/](?:line_profiler|kernprof)\.py$|(?:^|[\\/])_sync_coordinator\.py$/;
const RUNPY_FILES = /^<frozen runpy>$|[\\/]runpy\.py$/;

/** Decides frame by frame, from the outermost inwards, until the first frame that is not the tool's. */
export function isLauncher(file: string | undefined, name: string, above: boolean): boolean {
  if (file === undefined) return above && name.startsWith('<built-in method builtins.exec');
  // `<string>` is the text that a tool gives to `exec`; alone, and where it has functions, it is the program (`-c`).
  const isLine = above && file === '<string>' && name === '<module>';
  return TOOL_FILES.test(file) || RUNPY_FILES.test(file) || isLine;
}
