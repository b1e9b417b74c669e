import { StropError, formatDuration } from '#base';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';

/** How a worker went wrong. */
export type Failure =
  | { readonly kind: 'ended'; readonly exitCode: number | undefined; readonly signal: string | undefined }
  | { readonly kind: 'timeout' }
  | {
      readonly kind: 'failed';
      readonly failed: string;
      readonly message: string;
      readonly trace: string;
      readonly missing?: string | null | undefined;
    };

/** Lines of a child's output worth showing below an error. */
const SHOWN_LINES = 25;

/** The last lines of a text. */
export function tail(text: string): string {
  return text.trimEnd().split('\n').slice(-SHOWN_LINES).join('\n');
}

/** Turns a worker's end into the error that the user sees: what, on which side, and what to do. */
export function failureOf(
  failure: Failure,
  side: Side,
  workload: Workload,
  timeoutMs: number,
  output: string,
): StropError {
  const on = `on side ${side.label} (${side.revision.name})`;
  switch (failure.kind) {
    case 'timeout':
      return new StropError({
        code: 'workload-timeout',
        problem: `the workload gave no answer for ${formatDuration(timeoutMs * 1e6)} ${on}; it was killed with everything it started`,
        where: workload.id,
        remedy: 'If one call really takes that long, raise --timeout; otherwise find out where it hangs.',
        detail: tail(output),
      });
    case 'ended': {
      const how =
        failure.signal === undefined
          ? `exit code ${String(failure.exitCode ?? 'unknown')}`
          : `signal ${failure.signal}`;
      return new StropError({
        code: 'worker-lost',
        problem: `the process ended with ${how} while it was measured ${on}`,
        where: workload.id,
        remedy: 'The workload must not end its process (os._exit, a crash, a signal); see its output below.',
        detail: tail(output),
      });
    }
    case 'failed':
      return failedWorkload(failure, on, workload, output);
  }
}

function failedWorkload(
  failure: Extract<Failure, { kind: 'failed' }>,
  on: string,
  workload: Workload,
  output: string,
): StropError {
  const detail = tail([failure.trace, failure.message].filter((part) => part !== '').join('\n') || output);
  const make = (problem: string, remedy: string, code: 'workload-failed' | 'workload-missing') =>
    new StropError({ code, problem, where: workload.id, remedy, detail });
  if (failure.missing === 'pytest') {
    return make(
      `pytest is not installed for the interpreter that runs the project ${on}`,
      'Install pytest into the project environment, name another interpreter with --python, or measure a module:function.',
      'workload-failed',
    );
  }
  switch (failure.failed) {
    case 'Skipped':
      return make(
        `the test is skipped ${on}`,
        'Measure a test that runs, or lift the reason for the skip.',
        'workload-failed',
      );
    case 'NotCollected':
      return make(
        `pytest finds no such test ${on}`,
        'Check the node id; `strop inspect` lists the benchmarks.',
        'workload-missing',
      );
    case 'NeverCalled':
      return make(
        `the benchmark was never called ${on}: ${failure.message}`,
        'A test that takes the `benchmark` fixture must call it once.',
        'workload-failed',
      );
    case 'TestFailed':
      return make(
        `the test fails ${on}`,
        'Only a passing test can be measured: mend it first.',
        'workload-failed',
      );
    case 'ModuleNotFoundError':
    case 'ImportError':
      return make(
        `the workload cannot be imported ${on}: ${lastLine(failure.message)}`,
        'Check that the module exists in this revision and that its dependencies are installed for the interpreter (`strop inspect` shows which).',
        'workload-failed',
      );
    default:
      return make(
        `the workload fails ${on}: ${lastLine(failure.message)}`,
        'Only code that runs without an error can be measured: mend it first.',
        'workload-failed',
      );
  }
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? text;
}
