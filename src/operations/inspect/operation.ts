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
    'Reads the project without running it: which interpreter and package manager it uses, what the supported Python versions rule in ' +
    'and out, where its modules lie, how its tests run, which benchmarks exist, which profilers are importable, the state of ' +
    'git, and what this machine offers for measuring. Every fact names the file and line that it comes from.',
  examples: [
    ['strop inspect', 'everything that is known about the project around the current folder'],
    ['strop inspect --noise', 'also how small an effect this machine can see'],
    ['strop inspect --python 3.12 --json', 'the facts for another interpreter, for a program'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input,
  result,
  positionals: [],
  run: inspect,
  text: inspectionText,
  exitCode: () => 0,
});
