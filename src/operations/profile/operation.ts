import { declareOperation } from '../operation.ts';
import { profile } from './run.ts';
import { profileInput, result } from './schema.ts';
import { profileText } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'profile',
  summary: 'Show where the time of a workload goes, own code first',
  description:
    'Runs a workload under cProfile for about a second and ranks your own functions by what fixing each could gain at most. The whole table of functions is kept for `strop scaffold` and for later looks. Reads existing .prof files too, without Python. A profile shows where to look; only `strop compare` proves that a change helped.',
  examples: [
    ['strop profile tests/test_speed.py::test_parse', 'a benchmark'],
    ['strop profile "shop.cart:total([1, 2, 3])"', 'one function'],
    ['strop profile -- python app.py --once', 'a script with its arguments'],
    ['strop profile --read old.prof --sort self', 'a file that cProfile wrote'],
  ],
  effects: { runsCode: true, measures: true, installs: false, edits: false },
  input: profileInput,
  result,
  positionals: ['workload'],
  rest: 'command',
  run: profile,
  text: profileText,
  exitCode: () => 0,
});
