import { declareOperation } from '../operation.ts';
import { diff } from './run.ts';
import { diffInput, result } from './schema.ts';
import { diffText } from './text.ts';

/** See `summary` and `description`. */
export const operation = declareOperation({
  name: 'diff',
  summary: 'Say where the cost of two profiles differs, in absolute amounts with intervals',
  description:
    'Compares two profiles function by function in absolute amounts per run, so that a function that stays as it is stays quiet when another one gets cheaper. A change counts only when its interval excludes 0; what is gone, new or moved to another file is said. Profiles tell where a change happened; only `strop compare` proves that it is one.',
  examples: [
    ['strop diff before.raw after.raw', 'two recordings of py-spy'],
    ['strop diff a1.raw,a2.raw,a3.raw b1.raw,b2.raw,b3.raw', 'several recordings of each side'],
    ['strop diff old.prof new.prof --json', 'two files of cProfile, which have no intervals'],
  ],
  effects: { runsCode: false, measures: false, installs: false, edits: false },
  input: diffInput,
  result,
  positionals: ['before', 'after'],
  run: diff,
  text: diffText,
  exitCode: () => 0,
});
