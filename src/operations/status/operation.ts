import { declareOperation } from '../operation.ts';
import { status } from './run.ts';
import { input, result } from './schema.ts';
import { text } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'status',
  summary: 'Say where you are in the loop, and the one next command',
  description:
    'Looks at the files, at git and at what was measured before, and names the one command that comes next. Where there is no benchmark it proposes functions for a first one; for that it runs the tests once under cProfile, on a copy of the project and for half a minute at most, unless a profile is kept. `strop` without a command does the same.',
  examples: [['strop', 'where am I, what next']],
  effects: { runsCode: true, measures: true, installs: false, edits: false },
  takesMachine: true,
  input,
  result,
  positionals: [],
  run: status,
  text,
  exitCode: () => 0,
});
