import { declareOperation } from '../operation.ts';
import { step } from './run.ts';
import { input, result } from './schema.ts';
import { text } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'step',
  summary: 'Prove one change: faster, all tests pass, same API; then log and commit it',
  description:
    'One transaction for one change. The state before (HEAD, or the parent of --at) is measured against the change in fresh pairs, the whole test suite runs on both sides, the public API is compared, tests and benchmarks of the old side are the yardstick for both, and nothing else may get worse. Accepted: the entry in OPTIMIZATION_LOG.md, and with --commit a commit of exactly what was measured. Otherwise nothing is touched, and the history keeps the attempt.',
  examples: [
    ['strop step "Look codes up in a set"', 'judge what I have changed since the last commit'],
    ['strop step "Look codes up in a set" --commit', 'and commit it with its numbers when it is accepted'],
    ['strop step "Join instead of +=" --at HEAD', 'a change that is committed already'],
    [
      'strop step "Drop the limit" --api-change "limit was never used" --workload tests/test_speed.py',
      'with a reason for what a gate would refuse',
    ],
  ],
  effects: { runsCode: true, measures: true, installs: true, edits: true },
  input,
  result,
  positionals: ['title'],
  run: step,
  text,
  exitCode({ outcome }) {
    if (outcome === 'accepted') return 0;
    return outcome === 'rejected' ? 1 : 3;
  },
});
