import { StropError, formatDuration } from '#base';
import type { Side } from '#revisions';
import type { Workload } from '#workloads';

/** How a worker went wrong. */
export type Failure =
  | {
      readonly kind: 'ended';
      readonly exitCode: number | undefined;
      readonly signal: string | undefined;
      /** Why it could not start, or what strop ended it for. */
      readonly problem?: string;
    }
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

/** Characters of such a line: what holds no line ends would fill the terminal. */
const SHOWN_WIDTH = 500;
const ESCAPES = /\u001b\[[\d;?]*[ -/]*[@-~]/g;
const UNPRINTABLE = /[\p{Cc}\p{Cn}\p{Co}\u{FFFD}]/gu;
const NO_TEXT = '(output that is no text)';

/** The last lines of a text, as far as they are text. */
export function tail(text: string): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .slice(-SHOWN_LINES)
    .map((line) => {
      const plain = line.replace(ESCAPES, '').replace(/\t/g, '    ');
      const printable = plain.replace(UNPRINTABLE, '');
      if (plain.length - printable.length > plain.length / 8 + 1) return NO_TEXT;
      return printable.length > SHOWN_WIDTH ? `${printable.slice(0, SHOWN_WIDTH)} …` : printable;
    });
  return lines.filter((line, index) => line !== NO_TEXT || lines[index - 1] !== NO_TEXT).join('\n');
}

/** Turns a worker's end into the error that the user sees: what, on which side, and what to do. */
export function failureOf(
  failure: Failure,
  side: Side,
  workload: Workload,
  timeoutMs: number,
  output: string,
): StropError {
  const on = placeOf(side);
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
        problem: `the process ended with ${how} while it was measured ${on}${failure.problem === undefined ? '' : `: ${failure.problem}`}`,
        where: workload.id,
        remedy: 'The workload must not end its process (os._exit, a crash, a signal); see its output below.',
        detail: tail(output),
      });
    }
    case 'failed':
      return failedWorkload(failure, side, workload, output);
  }
}

function failedWorkload(
  failure: Extract<Failure, { kind: 'failed' }>,
  side: Side,
  workload: Workload,
  output: string,
): StropError {
  const on = placeOf(side);
  const detail = tail([failure.trace, failure.message].filter((part) => part !== '').join('\n') || output);
  const make = (
    problem: string,
    remedy: string,
    code: 'bad-request' | 'workload-failed' | 'workload-missing' | 'workload-skipped',
  ) => new StropError({ code, problem, where: workload.id, remedy, detail });
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
        'workload-skipped',
      );
    case 'NotImplementedError':
      if (workload.kind !== 'asv') break;
      // asv's own way for a setup to say that a combination of parameters is to be left out.
      return make(
        `the benchmark leaves this combination of parameters out ${on}`,
        'Measure another combination.',
        'workload-skipped',
      );
    case 'BadArgument':
      return make(
        `an argument is no literal of Python: ${lastLine(failure.message).replace(/^.*?BadArgument: /, '')}`,
        "Write numbers, text in quotes, lists and the like; what has to be made first goes into --setup, and the call into --stmt: --setup 'from shop import Cart' --stmt 'Cart().total()'.",
        'bad-request',
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
        'Only a passing test can be measured: mend it first. If it passes by itself: strop calls what it measures as often as it needs, whatever rounds and iterations say, so that a test must not count its calls.',
        'workload-failed',
      );
    case 'ModuleNotFoundError':
    case 'ImportError': {
      // An ImportError names the module that is there and lacks something.
      const foreign = failure.failed === 'ImportError' ? undefined : foreignModule(failure.missing, side);
      if (foreign !== undefined) {
        // Its own environment was made by strop and borrows from the project's: nobody should install anything there.
        const isOwn = side.original !== undefined && side.ownFolders.length > 0;
        return make(
          `module ${foreign}, which the workload needs ${on}, is not installed ${isOwn ? "in the project's environment, nor for this side" : `for ${side.python}`}`,
          isOwn
            ? "Install it into the project's environment, or name the interpreter that has it with --python."
            : "Install the project's dependencies for this interpreter, or name the one that has them with --python.",
          'workload-failed',
        );
      }
      return make(
        `the workload cannot be imported ${on}: ${lastLine(failure.message)}`,
        'Check that the module exists in this revision, and that the revision runs with this Python and with the installed versions of what it needs (`strop inspect` shows the interpreter, --python names another).',
        'workload-failed',
      );
    }
  }
  return make(
    `the workload fails ${on}: ${lastLine(failure.message)}`,
    'Only code that runs without an error can be measured: mend it first.',
    'workload-failed',
  );
}

function placeOf(side: Side): string {
  // What runs where it lies, to be profiled, is no side of anything.
  return side.revision.commit === ''
    ? `in the ${side.revision.name}`
    : `on side ${side.label} (${side.revision.name})`;
}

/** The module that is missing, when it is no part of the project: then the environment is at fault, not the revision. */
function foreignModule(missing: string | null | undefined, side: Side): string | undefined {
  const top = missing?.split('.')[0];
  if (top === undefined || top === '' || missing === undefined || missing === null) return undefined;
  // Where no module of the project is known, whose it is cannot be told.
  const own = side.modules.length === 0 || side.modules.some((module) => module.split('.')[0] === top);
  return own ? undefined : top;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? text;
}
