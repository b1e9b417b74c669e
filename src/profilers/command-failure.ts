import { StropError } from '#base';
import type { ChildResult, Reply } from '#host';
import type { CommandWorkload } from '#workloads';
import type { Profiler } from './profiler.ts';

/** How a program ended that was to be profiled. */
type End = ChildResult | Exclude<Reply, { kind: 'line' }> | { readonly kind: 'line' };

/** What programs say when they and the profiler are in each other's way, and what helps. */
const QUARRELS: readonly (readonly [RegExp, string])[] = [
  [
    /Another profiling tool is already active|sys\.monitoring.*already in use/,
    'The program starts a profiler of its own, and Python allows only one: watch it from outside (--tool py-spy).',
  ],
  [
    /Can't pickle <function|Can't get attribute '.*' on <module '__main__'/,
    'Under a profiler that runs inside, functions of the main script cannot be given to other processes: watch from outside (--tool py-spy), which sees the other processes, too.',
  ],
];

/** The error for a program that failed, did not end, or could not be started under a profiler. */
export function failureOfCommand(
  profiler: Profiler,
  workload: CommandWorkload,
  end: End,
  printed?: string,
): StropError {
  const output = printed ?? ('stderr' in end ? end.stderr : '');
  const timedOut = 'timedOut' in end ? end.timedOut : end.kind === 'timeout';
  const quarrel = QUARRELS.find(([said]) => said.test(output))?.[1];
  if ('exitCode' in end && end.exitCode === 0) {
    return new StropError({
      code: 'workload-failed',
      problem: `the command ended before ${profiler.title} could look into it`,
      where: workload.id,
      remedy: 'Profile a command that runs Python, and for some tenths of a second at least.',
    });
  }
  return new StropError({
    code: timedOut ? 'workload-timeout' : 'workload-failed',
    problem: timedOut
      ? 'the command was still running after ten minutes and was killed'
      : `the command fails${quarrel === undefined ? '' : ` under ${profiler.title}`}: ${describeEnd(end)}`,
    where: workload.id,
    remedy: quarrel ?? 'Profile a command that ends by itself with exit code 0.',
    detail: output.trimEnd().split('\n').slice(-25).join('\n'),
  });
}

function describeEnd(end: End): string {
  if ('startError' in end && end.startError !== undefined) return end.startError;
  if ('problem' in end && end.problem !== undefined) return end.problem;
  const code = 'exitCode' in end ? end.exitCode : undefined;
  const signal = 'signal' in end ? end.signal : undefined;
  return code === undefined ? `signal ${signal ?? 'unknown'}` : `exit code ${String(code)}`;
}
