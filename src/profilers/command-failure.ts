import { StropError } from '#base';
import type { Doubt } from '#base';
import type { ChildResult, Reply } from '#host';
import type { Workload } from '#workloads';
import type { Profiler } from './profiler.ts';

/** How a program ended that was to be profiled. */
type End = ChildResult | Reply;

type Quarrel = readonly [said: RegExp, remedy: string];

const TWO_PROFILERS: Quarrel = [
  /Another profiling tool is already active|ValueError: tool \d+ is already in use/,
  'The program starts a profiler of its own, and Python allows only one: watch it from outside (--tool py-spy).',
];

/** What programs say when they and the profiler are in each other's way, and what helps. */
const QUARRELS: readonly Quarrel[] = [
  TWO_PROFILERS,
  [
    /Can't pickle <function|Can't get attribute '.*' on <module '__main__'/,
    'Under a profiler that runs inside, functions of the main script cannot be given to other processes: watch from outside (--tool py-spy), which sees the other processes, too.',
  ],
];

/** Newer options of a tool that the project brings itself. */
const TOO_OLD: Quarrel = [
  /unrecognized arguments:.*--benchmark-cprofile/,
  'pytest-benchmark is too old for this, or missing: it needs 5.1 or newer. Without --deep strop profiles the benchmark itself.',
];

/**
 * The failure of a workload that strop holds, with what helps where it has a profiler of its own that is in the way of one
 * that runs inside; any other error as it is.
 */
export function explainQuarrel(error: unknown, { watch }: Profiler): unknown {
  if (!(error instanceof StropError) || error.code !== 'workload-failed' || watch !== undefined) return error;
  const [said, remedy] = TWO_PROFILERS;
  return said.test(`${error.facts.problem}\n${error.facts.detail ?? ''}`)
    ? new StropError({ ...error.facts, remedy })
    : error;
}

/** The error for a program that failed, did not end, or could not be started under a profiler. */
export function failureOfCommand(
  profiler: Profiler,
  workload: Pick<Workload, 'id'>,
  end: End,
  printed?: string,
): StropError {
  const output = printed ?? ('stderr' in end ? end.stderr : '');
  const timedOut = 'timedOut' in end ? end.timedOut : end.kind === 'timeout';
  const quarrel = [...QUARRELS, TOO_OLD].find(([said]) => said.test(output))?.[1];
  if ('kind' in end && end.kind === 'ended' && end.exitCode === 0) {
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
      ? 'the command was still running when its time was up and was killed'
      : `the command fails${quarrel === undefined ? '' : ` under ${profiler.title}`}: ${describeEnd(end)}`,
    where: workload.id,
    remedy: quarrel ?? 'Profile a command that ends by itself with exit code 0.',
    detail: output.trimEnd().split('\n').slice(-25).join('\n'),
  });
}

/** What Python prints last about an error that nobody caught. */
const UNCAUGHT = /^Traceback \(most recent call last\):$/m;

/**
 * Whether a program that was recorded came to its end: nothing to say, or a doubt where it chose an exit code, which may
 * be its way to answer. Throws {@link failureOfCommand} where it broke, was ended by force, or could not run.
 */
export function doubtEnd(
  profiler: Profiler,
  workload: Pick<Workload, 'id'>,
  end: End,
  printed: string,
): readonly Doubt[] {
  const code = 'kind' in end && end.kind !== 'ended' ? undefined : end.exitCode;
  if (code === 0) return [];
  const isBroken = UNCAUGHT.test(printed) || [...QUARRELS, TOO_OLD].some(([said]) => said.test(printed));
  if (code === undefined || isBroken || ('timedOut' in end && end.timedOut))
    throw failureOfCommand(profiler, workload, end, printed);
  const text = `The program ended with exit code ${String(code)}: what was recorded is all that it did, which may be less than it should do.`;
  return [{ code: 'ended-with-code', text }];
}

function describeEnd(end: End): string {
  if ('ok' in end) return end.startError ?? describeCode(end.exitCode, end.signal);
  if (end.kind !== 'ended') return 'no end';
  return end.problem ?? describeCode(end.exitCode, end.signal);
}

function describeCode(code: number | undefined, signal: string | undefined): string {
  return code === undefined ? `signal ${signal ?? 'unknown'}` : `exit code ${String(code)}`;
}
