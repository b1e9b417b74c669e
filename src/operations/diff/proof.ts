import type { Workload } from '#workloads';
import { quoteWord } from '../shell-words.ts';
import type { DiffInput } from './schema.ts';

/** The command that measures what was profiled, to be given to a shell. */
export function proofOf({ before }: Pick<DiffInput, 'before'>, workload: Workload): string {
  return ['strop compare', ...(before === undefined ? [] : [quoteWord(before)]), ...wordsOf(workload)].join(
    ' ',
  );
}

function wordsOf(workload: Workload): readonly string[] {
  switch (workload.kind) {
    case 'statement':
      return [
        ...['--stmt', quoteWord(workload.statement)],
        ...(workload.setup === '' ? [] : ['--setup', quoteWord(workload.setup)]),
      ];
    case 'command':
      return ['--', ...workload.argv.map(quoteWord)];
    default:
      return ['--workload', quoteWord(workload.id)];
  }
}
