import { declareOperation } from '../operation.ts';
import { dump } from './run.ts';
import { dumpInput, dumpResult } from './schema.ts';
import { dumpText } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'dump',
  summary: 'Show where each thread of a running process stands now',
  description:
    'Reads the stacks of a Python process from outside, by py-spy, and leaves it running: for a program that hangs, or that seems to do nothing. Own lines are shown with their text, threads that stand at the same place once, foreign frames only as far as they tell something; --json has everything. It is one moment: where time goes is asked of `strop attach`.',
  examples: [
    ['strop dump 4242', 'what it is doing, or waiting for'],
    ['strop dump 4242 --locals', 'with the values of variables'],
    ['strop dump 4242 --native --json', 'all frames, compiled code included'],
  ],
  effects: { runsCode: false, measures: false, installs: true, edits: false },
  input: dumpInput,
  result: dumpResult,
  positionals: ['pid'],
  run: dump,
  text: dumpText,
  exitCode: () => 0,
});
