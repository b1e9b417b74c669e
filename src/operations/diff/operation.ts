import { declareOperation } from '../operation.ts';
import { diff } from './run.ts';
import { diffInput, result } from './schema.ts';
import { diffText } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'diff',
  summary: 'Say where the cost of two revisions or profiles differs, in absolute amounts with intervals',
  description:
    'Profiles two revisions on one workload with the same tool, in turns, several short recordings each; or reads two profiles that exist. Compares function by function in absolute amounts per run, so that a function that stays as it is stays quiet when another one gets cheaper. A change counts only when its interval excludes 0; what is gone, new or moved to another file is said. The recordings are kept with the content that ran, for `strop top`, `tree` and `view`. Profiles tell where a change happened; only `strop compare` proves that it is one.',
  examples: [
    ['strop diff --workload "shop.cart:total([1, 2, 3])"', 'what I have changed since the last commit'],
    ['strop diff v1.2..HEAD --workload tests/test_speed.py::test_parse', 'two revisions on a benchmark'],
    [
      'strop diff HEAD~1..HEAD --memory -- python app.py --once',
      'who holds the memory at the peak of a program',
    ],
    ['strop diff before.raw after.raw', 'two recordings of py-spy'],
    ['strop diff a1.raw,a2.raw,a3.raw b1.raw,b2.raw,b3.raw', 'several recordings of each side'],
    ['strop diff old.prof new.prof --json', 'two files of cProfile, which have no intervals'],
  ],
  effects: { runsCode: true, measures: true, installs: true, edits: false },
  takesMachine: true,
  input: diffInput,
  result,
  positionals: ['before', 'after'],
  rest: 'command',
  run: diff,
  text: diffText,
  exitCode: () => 0,
});
