import { declareOperation } from '../operation.ts';
import { check } from './run.ts';
import { input, result } from './schema.ts';
import { text } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'check',
  summary: 'Hold the campaign against the checklist; exit code 0 only if every line holds',
  description:
    'Goes through the checklist and the anti-patterns of performance work, each answered by machine with its evidence: baseline before changes, one change a commit, improvement beyond noise, all tests pass, log up to date, API unchanged or documented. What cannot be shown counts as not held. Runs nothing, so it fits into CI.',
  examples: [['strop check', 'before a pull request, or as a gate in CI']],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input,
  result,
  positionals: [],
  run: check,
  text,
  exitCode: ({ holds }) => (holds ? 0 : 1),
});
