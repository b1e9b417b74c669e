/**
 * A reservation attached to a result as a value: the result stands, and this says how far to trust it.
 * Never thrown. `code` is stable for programs, `text` is one sentence for people.
 */
export interface Doubt {
  readonly code: DoubtCode;
  readonly text: string;
}

/** Every reservation that strop knows, a closed set so that programs can rely on it. */
export type DoubtCode =
  | 'few-pairs'
  | 'noisy-machine'
  /** The change is proven, its size is not. */
  | 'size-vague'
  | 'busy-machine'
  | 'near-normal-noise-assumed'
  | 'witness-disagrees'
  | 'wall-disagrees'
  | 'setup-grew'
  | 'work-between-calls'
  | 'work-elsewhere'
  | 'lazy-result'
  | 'other-result'
  | 'minima-disagree'
  /** The call in the middle and all calls together change by different amounts. */
  | 'calls-differ'
  | 'clock-coarse'
  | 'not-pinned'
  | 'blocks-on-io'
  | 'yardstick-differs'
  | 'workload-skipped'
  | 'yardstick-from-other-side'
  | 'yardstick-from-working-tree'
  | 'provenance-unproven'
  | 'nothing-of-the-project-runs'
  | 'generated-files-shared'
  | 'files-missing'
  /** The history could not take the result, which is answered all the same. */
  | 'not-kept'
  | 'environments-differ'
  | 'environment-not-rebuilt'
  /** Compiled modules are built for a comparison, and are not built where the project lies. */
  | 'compiled-parts'
  | 'absurd-ratio'
  | 'first-call-differs'
  | 'memory-unmeasured'
  | 'identical-code'
  /** Nothing but comments, docstrings or layout was changed. */
  | 'only-comments'
  /** Several functions without a connection were changed at once. */
  | 'several-concerns'
  /** The new code keeps results: a cache that an iteration may leave to the next. */
  | 'adds-cache'
  /** The new code looks at who runs it: frames, the command line, variables of test runners. */
  | 'detects-measuring'
  /** The new code changes garbage collection, tracing or the clock of the whole process. */
  | 'changes-interpreter'
  /** Examples in docstrings, which doctest runs as tests, are no longer those of A. */
  | 'examples-differ'
  /** A module of the project that helps tests to judge was changed with the code. */
  | 'test-helper-differs'
  /** The working tree differs from the commit that was measured. */
  | 'dirty-tree'
  /** Interpreter, machine or lock files are not those of the baseline. */
  | 'other-environment'
  | 'cold-path'
  /** Steps were accepted since the former baseline; they belong to a campaign that is over. */
  | 'campaign-begins-anew'
  /** A benchmark still has the values that a scaffold put in the place of real ones. */
  | 'placeholder-values'
  | 'snapshot-not-ignored'
  /** Benchmarks are run by strop's own fixture: the project's own pytest has none. */
  | 'benchmark-plugin-missing'
  | 'guard-unproven'
  | 'import-unmeasured'
  | 'api-grows'
  /** The public API changed in a way that breaks no caller by itself: a cache, a deprecation, another computation. */
  | 'api-noted'
  | 'yardstick-grows'
  | 'evidence-carried-on'
  /** Files of the repository that lie outside of the project are part of what was measured. */
  | 'beside-the-project'
  /** An accepted step that is not committed may be part of this change. */
  | 'accepted-not-committed'
  | 'further-attempt'
  /** Parts of the public API could not be read from the sources, and were not compared. */
  | 'api-partly-unseen'
  /** Tests behaved differently in two runs of the same files. */
  | 'flaky-test'
  /** What calls pytest in the project has it run doctests, which its settings do not. */
  | 'doctests-not-run'
  /** Tests fail on side A already, and cannot tell what B breaks. */
  | 'tests-failing-before'
  /** Side A has no tests; those of B came with the change. */
  | 'only-new-tests'
  | 'unpaired-snapshot'
  | 'state-changed'
  | 'tracer-distorts'
  | 'profile-too-short'
  /** The recording was ended before the workload was. */
  | 'profile-cut-short'
  /** The program ran already when the sampler began to look. */
  | 'start-unseen'
  /** The program ended by itself, with a code that stands for trouble. */
  | 'ended-with-code'
  | 'tests-failed'
  | 'origins-guessed'
  | 'callers-estimated'
  | 'threads-merged'
  | 'resumptions-counted'
  | 'threads-missed'
  | 'children-missed'
  | 'interpreter-guessed'
  | 'few-samples'
  | 'file-cut-off'
  | 'tool-frames-cut'
  | 'callers-unknown'
  | 'lines-overlap'
  | 'library-charged-to-line'
  | 'only-largest-listed'
  | 'not-a-recording'
  | 'stacks-incomplete'
  /** The sampler could not keep its rate. */
  | 'sampling-behind'
  /** The program waited most of the time, and waiting was not recorded. */
  | 'mostly-waiting'
  /** What coroutines wait for was counted as waiting of the event loop. */
  | 'awaiting-unseen'
  /** Modules were compiled during the recording, which their next import does not do. */
  | 'imports-compiled'
  /** The tool that answers this best could not run. */
  | 'second-best-tool'
  /** The snapshot was taken when less was in use than at the peak. */
  | 'peak-missed'
  /** Small objects, or those of compiled code, are not in the recording. */
  | 'allocations-unseen'
  /** A function that was asked for did not run, or was not found. */
  | 'function-unseen'
  /** Two tools contradict each other about a line or a function. */
  | 'sources-differ'
  /** Several functions of one file have a name, and nothing says which of them is meant. */
  | 'name-ambiguous'
  /** How runs differ from one another is not in the interval. */
  | 'one-recording'
  /** Samples of two recordings were compared as if they were taken at one rate, which no file holds. */
  | 'rate-assumed'
  /** The list of events in a trace is not closed. */
  | 'trace-unfinished'
  /** The ranking tool watched only functions that it was told of. */
  | 'chosen-functions-only'
  /** Cost on a line that calls, outside of the calls: work of the line itself, or the freeing of what they left. */
  | 'teardown'
  /** The command that is measured starts a profiler, which is measured along. */
  | 'profiler-along'
  /** A recording knows nothing of what was asked. */
  | 'question-not-recorded'
  /** The code has changed since it was recorded. */
  | 'recorded-before-change';
