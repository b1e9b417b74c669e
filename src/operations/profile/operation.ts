import { declareOperation } from '../operation.ts';
import { profileText } from '../profile-text.ts';
import { profile } from './run.ts';
import { profileInput, result } from './schema.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'profile',
  summary: 'Show where the time of a workload goes, own code first',
  description:
    "Runs a workload under the profiler that answers the question best here, says why it is that one, and ranks your own functions and lines by what fixing each could gain at most. Where time goes is asked of py-spy, which looks from outside; where that is not installed or not let look, cProfile answers, with a doubt. Profilers are installed only after a question or with --yes, into a folder of strop's own. The recording is kept for `strop top`, `tree`, `source` and `view`. Reads existing files of profilers, too, without Python. A profile shows where to look; only `strop compare` proves that a change helped.",
  examples: [
    ['strop profile tests/test_speed.py::test_parse', 'a benchmark'],
    [
      'strop profile "shop.cart:total([1, 2, 3])" --lines',
      'the lines of the dearest functions below one function',
    ],
    ['strop profile --memory -- python app.py --once', 'who holds the memory at the peak of a program'],
    ['strop profile --native --duration 10s -- python app.py', 'with compiled code, ended after ten seconds'],
    ['strop profile tests/test_speed.py::test_parse --deep', 'every call, by the means of pytest-benchmark'],
    ['strop profile --read old.prof --sort self', 'a file that a profiler wrote'],
  ],
  effects: { runsCode: true, measures: true, installs: true, edits: false },
  input: profileInput,
  result,
  positionals: ['workload'],
  rest: 'command',
  run: profile,
  text: profileText,
  exitCode: () => 0,
});
