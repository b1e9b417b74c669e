import { z } from 'zod';
import { askTree, treeFlags, treeResult, treeText } from '../call-tree.ts';
import { declareOperation } from '../operation.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'callers',
  summary: 'Show who called a function, and how much of its cost each asked for',
  description:
    'Follows the calls of one function upwards, dearest first. Each share is the part of the whole program that came through this caller. From cProfile only direct callers are known.',
  examples: [
    ['strop callers dedupe', 'in the newest kept profile'],
    ['strop callers cart.py:total --profile spy.raw --depth 5', 'farther up, in a file'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input: z.object({
    name: z.string().describe('The function: total, Cart.total, or cart.py:total'),
    ...treeFlags,
    depth: z.int().min(1).max(1000).default(3).describe('Levels of callers to show'),
  }),
  result: treeResult,
  positionals: ['name'],
  run: (context, input) => askTree(context, 'up', input),
  text: treeText,
  exitCode: () => 0,
});
