import { declareOperation } from '../operation.ts';
import { baseline } from './run.ts';
import { input, result } from './schema.ts';
import { text } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'baseline',
  summary: 'Save what HEAD costs now, before anything changes',
  description:
    'Pins the commit, measures its workloads as pairs of identical code in fresh processes, and keeps numbers, noise, environment and raw samples. Every step is measured against the state before it; the baseline says where the campaign began. Where the project has pytest-benchmark, an ordinary snapshot is left in .benchmarks, too.',
  examples: [
    ['strop baseline', 'all benchmarks found'],
    [
      'strop baseline --workload tests/test_speed.py',
      'the benchmarks of one file; steps will measure the same',
    ],
    [
      'strop baseline --name before-rewrite --no-snapshot',
      'under another name, nothing written into the project',
    ],
  ],
  effects: { runsCode: true, measures: true, installs: false, edits: true },
  input,
  result,
  positionals: [],
  rest: 'command',
  run: baseline,
  text,
  exitCode: () => 0,
});
