import { answerText } from '../answer-text.ts';
import { answerRecordings } from '../answered.ts';
import { loadRecordings } from '../loaded-recordings.ts';
import { declareOperation } from '../operation.ts';
import { result, topInput } from './schema.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'top',
  summary: 'Name the lines of yours that cost most, and what fixing each could gain at most',
  description:
    'Ranks your own lines by what they pay for: themselves and the foreign code that they called. Recordings of one tool and one question (peak or leaks, working or waiting) are pooled, the newest question is answered, and each share has its 99 % interval. A sampler from outside the process decides the order wherever one is there; what tracers and line tools say stands beside it, and is doubted where it differs. Nothing is run.',
  examples: [
    ['strop top', 'from the newest profiles that strop keeps'],
    ['strop top one.raw two.raw three.raw', 'three recordings of py-spy, pooled'],
    ['strop top spy.raw lines.lprof scalene.json', 'one answer from three tools'],
    ['strop top memray.csv --about memory --json', 'for programs'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input: topInput,
  result,
  positionals: ['profiles'],
  run: async (context, input) => {
    const { about, profiles, workload } = input;
    const choice = { profiles, workload, ...(about === undefined ? {} : { about: [about] }) };
    const found = await answerRecordings(context, await loadRecordings(context, choice), {
      most: input.top,
      ...(about === undefined ? {} : { question: about }),
    });
    // Of the newest profiles nobody said that each should answer: one of memory lies beside one of time.
    const wasNamed = input.profiles.length > 0;
    return {
      ...found,
      doubts: found.doubts.filter(({ code }) => wasNamed || code !== 'question-not-recorded'),
    };
  },
  text: answerText,
  exitCode: () => 0,
});
