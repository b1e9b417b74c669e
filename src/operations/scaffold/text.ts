import { candidateLines } from '../candidates.ts';
import type { Style } from '../operation.ts';
import { paintDiff } from '../unified-diff.ts';
import type { ScaffoldResult } from './schema.ts';

/** The result as lines: what was written where, what to know, what to do next. */
export function scaffoldText(result: ScaffoldResult, style: Style): readonly string[] {
  const lines: string[] = [];
  if (result.files.length === 0 && result.candidates.length > 0) {
    lines.push('Worth a benchmark, by what each pays for:', '');
    lines.push(...candidateLines(result.candidates, style), '');
  }
  for (const file of result.files) {
    const done = result.dryRun ? (file.action === 'created' ? 'would create' : 'would change') : file.action;
    lines.push(`${style.good(done)} ${style.bold(file.path)}`);
    const body =
      file.action === 'created'
        ? file.content.trimEnd().split('\n')
        : file.diff.split('\n').map((line) => paintDiff(line, style));
    lines.push('', ...body.map((line) => (line === '' ? '' : `    ${line}`)), '');
  }
  // Not broken over lines: some hold commands to copy.
  lines.push(...result.notes.map((note) => `- ${note}`));
  lines.push('', `${style.bold('next:')} ${result.next}`);
  return lines;
}
