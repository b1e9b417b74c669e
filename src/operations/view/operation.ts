import { declareOperation } from '../operation.ts';
import { view } from './run.ts';
import { input, result } from './schema.ts';
import { viewText } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'view',
  summary: 'Open a profile in the browser, offline, or write it as one file to send',
  description:
    'Shows any profile that strop reads as a flame graph in speedscope, which comes with strop: on a random port of 127.0.0.1 behind a random token, without anything from the network, until its page is closed, nobody asks any more, or Ctrl-C. A profile without stacks (cProfile, line_profiler, scalene) is shown as a table with callers and callees where they are known, since a flame graph of it would be invented.',
  examples: [
    ['strop view profile.speedscope.json', 'a flame graph in the browser'],
    ['strop view newest', 'what strop profile kept last'],
    ['strop view out.prof --no-open', 'a table; only tells the address'],
    ['strop view stacks.raw --print', 'stacks.raw.html, one file to send'],
    ['strop view out.bin --tool memray --yes', "memray's own page"],
  ],
  effects: { runsCode: false, measures: false, installs: true, edits: true },
  input,
  result,
  positionals: ['file'],
  needsPerson: ({ print, out }) =>
    print || out !== undefined
      ? undefined
      : 'Give "print": true, which writes one HTML file, or ask the user to run `strop view`.',
  run: view,
  text: viewText,
  exitCode: () => 0,
});
