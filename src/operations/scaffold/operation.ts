import { declareOperation } from '../operation.ts';
import { scaffold } from './run.ts';
import { input, result } from './schema.ts';
import type { ScaffoldInput, ScaffoldResult } from './schema.ts';
import { scaffoldText } from './text.ts';

/** `strop scaffold`. */
export const operation = declareOperation<ScaffoldInput, ScaffoldResult>({
  name: 'scaffold',
  summary: "Write a first benchmark for a function, in the project's own style",
  description:
    'Writes a small pytest-benchmark file for functions, methods or classes: marked slow, with its setup outside of the measured ' +
    'region and explicit rounds and iterations, beside the benchmarks or tests that exist and written as they are. The signature is ' +
    'read from the source without running it; each required argument gets a plausible value and a TODO. The marker is ' +
    'registered if it is not yet known. No file is ever overwritten: either everything is written, or nothing. ' +
    'Without a function it proposes the hot ones of your own code, numbered for --pick: from the kept profile of the present ' +
    'content, or else from the tests, which it runs under cProfile on a copy of the project, for a minute at most.',
  examples: [
    ['strop scaffold', 'propose functions that are worth a benchmark'],
    ['strop scaffold --pick 1,3', 'benchmarks for two of them'],
    ['strop scaffold shop.cart:total', 'a benchmark of one function'],
    ['strop scaffold shop.cart:Cart.add shop.cart:Cart.remove', 'benchmarks of two methods in one file'],
    ['strop scaffold shop.cart:total --dry-run', 'only show what would be written'],
    ['strop scaffold shop.cart:total --output tests/perf/test_cart.py', 'choose the file'],
  ],
  effects: { runsCode: true, measures: true, installs: false, edits: true },
  input,
  result,
  positionals: ['targets'],
  run: scaffold,
  text: scaffoldText,
  exitCode: () => 0,
});
