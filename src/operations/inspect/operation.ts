import { declareOperation } from '../operation.ts';
import { inspect } from './run.ts';
import { input, result } from './schema.ts';
import type { Inspection, InspectInput } from './schema.ts';
import { inspectionText } from './text.ts';

/** `strop inspect`. */
export const operation = declareOperation<InspectInput, Inspection>({
  name: 'inspect',
  summary: 'Say what the project and this machine are, each fact with its evidence',
  description:
    'Reads the project and runs nothing of it but its interpreter: which interpreter and package manager it uses, what the supported Python versions rule in ' +
    'and out, where its modules lie, how its tests run, which benchmarks exist, which profilers are importable, the state of ' +
    'git, and what this machine offers for measuring. Every fact names the file and line that it comes from.',
  examples: [
    ['strop inspect', 'everything that is known about the project around the current folder'],
    ['strop inspect --noise', 'also how small an effect this machine can see'],
    ['strop inspect --python 3.12 --json', 'the facts for another interpreter, for a program'],
  ],
  // The interpreter that is asked about itself is the project's, or whichever is named.
  effects: { runsCode: true, measures: true, installs: false, edits: false },
  takesMachine: true,
  input,
  result,
  positionals: [],
  run: inspect,
  text: inspectionText,
  exitCode: () => 0,
});
