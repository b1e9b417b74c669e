import type { Workload } from '#workloads';
import type { DiffInput } from './schema.ts';

/** The command that measures what was profiled, to be given to a shell. */
export function proofOf({ before }: Pick<DiffInput, 'before'>, workload: Workload): string {
  return ['strop compare', ...(before === undefined ? [] : [quote(before)]), ...wordsOf(workload)].join(' ');
}

function wordsOf(workload: Workload): readonly string[] {
  switch (workload.kind) {
    case 'statement':
      return [
        ...['--stmt', quote(workload.statement)],
        ...(workload.setup === '' ? [] : ['--setup', quote(workload.setup)]),
      ];
    case 'command':
      return ['--', ...workload.argv.map(quote)];
    default:
      return ['--workload', quote(workload.id)];
  }
}

function quote(word: string): string {
  return /^[\w@%+=:,./~^-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
