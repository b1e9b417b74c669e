import { z } from 'zod';
import { askTree, treeFlags, treeResult, treeText } from '../call-tree.ts';
import { declareOperation } from '../operation.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'tree',
  summary: 'Show what called what, dearest first and never more than asked',
  description:
    'Draws the calls of a recorded program, or those below one function, with equal functions joined. Only the dearest places are listed; --root goes on from any of them. A profile without stacks (cProfile, line_profiler, scalene) has no tree, and none is invented.',
  examples: [
    ['strop tree', 'the newest kept profile from the top'],
    ['strop tree Cart.total --depth 3', 'below one function'],
    ['strop tree --profile spy.raw --root main/parse', 'from a place that was shown before'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input: z.object({
    name: z
      .string()
      .optional()
      .describe('A function to begin at: total, Cart.total, or cart.py:total; default: the whole program'),
    ...treeFlags,
    depth: z.int().min(1).max(1000).default(12).describe('Levels to show'),
  }),
  result: treeResult,
  positionals: ['name'],
  run: (context, input) => askTree(context, 'down', input),
  text: treeText,
  exitCode: () => 0,
});
