import { z } from 'zod';
import { askTree, treeFlags, treeResult, treeText } from '../call-tree.ts';
import { declareOperation } from '../operation.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'callees',
  summary: 'Show what a function called, and what each of these cost',
  description:
    'Lists what one function called directly, dearest first, with the part of the whole program that each took with all that it called itself. More levels with --depth, or with `strop tree NAME`.',
  examples: [
    ['strop callees dedupe', 'in the newest kept profile'],
    ['strop callees Cart.total --profile old.prof', 'with the numbers of calls, from cProfile'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input: z.object({
    name: z.string().describe('The function: total, Cart.total, or cart.py:total'),
    ...treeFlags,
    depth: z.int().min(1).max(1000).default(1).describe('Levels to show'),
  }),
  result: treeResult,
  positionals: ['name'],
  run: (context, input) => askTree(context, 'down', { ...input, command: 'callees' }),
  text: treeText,
  exitCode: () => 0,
});
