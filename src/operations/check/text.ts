import type { Style } from '../operation.ts';
import type { CheckResult } from './schema.ts';

type Line = CheckResult['lines'][number];

function mark({ holds }: Line, style: Style): string {
  if (holds === 'yes') return style.good('[x]');
  return holds === 'no' ? style.bad('[ ]') : style.warn('[?]');
}

function lineOf(line: Line, style: Style): readonly string[] {
  return [
    `${mark(line, style)} ${line.text}`,
    style.dim(`    ${line.evidence}`),
    ...(line.remedy === null ? [] : [`    → ${line.remedy}`]),
  ];
}

/** The checklist for people. */
export function text(check: CheckResult, style: Style): readonly string[] {
  const of = (kind: Line['kind']) => check.lines.filter((line) => line.kind === kind);
  const open = check.lines.filter(({ holds }) => holds !== 'yes').length;
  return [
    style.bold('Checklist'),
    ...of('checklist').flatMap((line) => lineOf(line, style)),
    '',
    style.bold('Avoided'),
    ...of('anti-pattern').flatMap((line) => lineOf(line, style)),
    '',
    check.holds
      ? `${style.good(`all ${String(check.lines.length)} lines hold`)}; next: \`strop report\``
      : style.bad(`${String(open)} of ${String(check.lines.length)} lines do not hold`),
  ];
}
