import { declareOperation } from '../operation.ts';
import { report } from './run.ts';
import { input, result } from './schema.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'report',
  summary: 'Write the campaign as Markdown for a pull request',
  description:
    'The verdict in one line, the steps as a table, and how it was measured in a collapsed block; the same numbers as `strop log`. With --json the same as data. Runs and writes nothing: send the output where it belongs.',
  examples: [
    ['strop report', 'a text for a pull request'],
    ['strop report --json', 'the same numbers for a program'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input,
  result,
  positionals: [],
  run: report,
  text: ({ markdown }) => markdown.trimEnd().split('\n'),
  exitCode: () => 0,
});
