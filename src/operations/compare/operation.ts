import { declareOperation } from '../operation.ts';
import { compare } from './run.ts';
import { input, result } from './schema.ts';
import { text } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'compare',
  summary: 'Say whether a change is really faster, and how sure that is',
  description:
    'Measures two revisions of the project on one or more workloads in fresh, interleaved process pairs and judges each: faster, slower, no difference or undecided, with the ratio, its interval and the smallest change that would have been seen. Measures only: nothing of the project is touched.',
  examples: [
    ['strop compare', 'what I have changed since the last commit, on all benchmarks found'],
    [
      'strop compare v1.2..HEAD --workload tests/test_speed.py',
      'two revisions on the benchmarks of one file',
    ],
    ['strop compare --workload "shop.cart:total([1, 2, 3])"', 'one function with arguments'],
    [
      'strop compare HEAD~1 --stmt "parse(data)" --setup "from app import parse; data = \'x\' * 999"',
      'a statement, as timeit',
    ],
    ['strop compare -- python app.py --once', 'a whole command'],
    [
      'strop compare --snapshot baseline',
      'a run saved by pytest --benchmark-save, with the doubt that it deserves',
    ],
  ],
  effects: { runsCode: true, measures: true, installs: false, edits: false },
  input,
  result,
  positionals: ['revisions'],
  rest: 'command',
  run: compare,
  text,
  exitCode(document) {
    switch (document.verdict) {
      case 'slower':
      case 'heavier':
        return 1;
      case 'undecided':
        return 3;
      default:
        return 0;
    }
  },
});
