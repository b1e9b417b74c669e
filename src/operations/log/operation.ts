import { declareOperation } from '../operation.ts';
import { log } from './run.ts';
import { input, result } from './schema.ts';
import { text } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'log',
  summary: 'Show every attempt so far and what they gained together',
  description:
    'Lists the attempts of the campaign, kept or not, and the effect from the start to now: the product of the steps, and with --direct measured between the commit of the baseline and HEAD. --write makes OPTIMIZATION_LOG.md anew from the history and keeps what people wrote between its entries.',
  examples: [
    ['strop log', 'what was tried, and what it gained'],
    ['strop log --direct', 'measure the start against HEAD as well'],
  ],
  effects: { runsCode: true, measures: true, installs: false, edits: true },
  takesMachine: true,
  input,
  result,
  positionals: [],
  run: log,
  text,
  exitCode: () => 0,
});
