import { declareOperation } from '../operation.ts';
import { source } from './run.ts';
import { result, sourceInput } from './schema.ts';
import { sourceText } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'source',
  summary: 'Show a file or function with what each line costs, by every tool that looked',
  description:
    'Annotates the lines of one file or function: what each pays for with its 99 % interval, its own part, the part with all that it called, what other tools say of it, hits and allocated bytes where they were counted. A mark stands where tools contradict each other. Nothing is run.',
  examples: [
    ['strop source report.py:dedupe', 'from the newest profiles that strop keeps'],
    ['strop source src/shop/report.py --profile spy.raw --profile lines.lprof', 'two tools side by side'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input: sourceInput,
  result,
  positionals: ['target'],
  run: source,
  text: sourceText,
  exitCode: () => 0,
});
