import { formatChange } from '#base';
import { formatAmount, formatInterval, formatRate, nameMeter } from './amounts.ts';
import { describeExcuses, describeMeasuring, describeTests } from './gate-words.ts';
import { endingOf } from './guards.ts';
import { spellId } from './log-blocks.ts';
import { codeSpan, escapeText, tableHead, tableRow } from './markdown.ts';
import type { Baseline, Step, StepWorkload } from './step.ts';

const LOG_TITLE = '# Optimization log';
const LATER_CAMPAIGN = '## Next campaign';
export const NOT_COMMITTED = '**Commit:** not committed yet';

/** Lines of the block of attempts that do not depend on the attempts. */
const ATTEMPTS_HEAD = ['## Tried and not kept', ''];
const NOTHING_TRIED = 'Nothing so far.';
const ATTEMPTS_TABLE = tableHead(['Attempt', 'Title', 'Outcome', 'Why']);

/** What the block of attempts may hold whatever was tried. */
export const ATTEMPTS_CONSTANTS: readonly string[] = [...ATTEMPTS_HEAD, NOTHING_TRIED, ...ATTEMPTS_TABLE];

/** The first four columns are those of every log of this form; a step's evidence needs two more. */
const STEP_TABLE = tableHead(['Benchmark', 'Before', 'After', 'Delta', 'Interval', 'Verdict']);

function workloadRow(workload: StepWorkload, { doubts }: Step): string {
  return tableRow([
    codeSpan(workload.id),
    formatAmount(workload.before, workload.unit),
    formatAmount(workload.after, workload.unit),
    formatChange(workload.ratio),
    formatInterval(workload),
    `${endingOf(workload, doubts)}${workload.role === 'guard' ? ' (guard)' : ''}`,
  ]);
}

/** `CPU time`, each meter of the step once. */
function metersOf(workloads: readonly { readonly meter: string }[]): readonly string[] {
  return [...new Set(workloads.map((workload) => nameMeter(workload.meter)))];
}

/** The heading of an entry. */
export function entryHeading(step: Step, number: number): string {
  return `### Optimization ${String(number)}: ${escapeText(step.title)}`;
}

/** The entry of an accepted step. */
export function entryLines(step: Step, number: number): readonly string[] {
  const fields = [
    step.commit === null ? NOT_COMMITTED : `**Commit:** ${codeSpan(step.commit)}`,
    `**Description:** ${step.description === null ? 'none given' : escapeText(step.description)}`,
    `**Tests pass:** ${escapeText(describeTests(step))}`,
    ...describeExcuses(step).map(({ label, text }) => `**${label}:** ${escapeText(text)}`),
    `**Measured:** ${escapeText(describeMeasuring(step, metersOf(step.workloads), formatRate(step.alpha)))}`,
    ...step.doubts.map((doubt) => `**Doubt:** ${escapeText(doubt.text)}`),
  ];
  return [
    entryHeading(step, number),
    '',
    ...STEP_TABLE,
    ...step.workloads.map((workload) => workloadRow(workload, step)),
    ...fields.flatMap((field) => ['', field]),
  ];
}

/**
 * The head of a campaign: where it started. The `first` of a log gives it its title, one `below text` takes the title that is
 * there, and a `later` one sets itself apart from the attempts of the campaign before.
 */
export function headerLines(
  baseline: Baseline | undefined,
  place: 'first' | 'below text' | 'later',
): readonly string[] {
  const title = { first: [LOG_TITLE, ''], 'below text': [], later: [LATER_CAMPAIGN, ''] }[place];
  if (baseline === undefined) return [...title, 'No baseline was saved.'];
  const { revision } = baseline;
  return [
    ...title,
    `Baseline ${codeSpan(baseline.name)} of ${escapeText(baseline.date)}, commit ${codeSpan(revision.commit)}:`,
    '',
    ...tableHead(['Benchmark', 'Start', '99 % interval', 'Meter', 'Processes']),
    ...baseline.workloads.map(({ id, meter, unit, value, low, high, processes }) =>
      tableRow([
        codeSpan(id),
        formatAmount(value, unit),
        `[${formatAmount(low, unit)}, ${formatAmount(high, unit)}]`,
        escapeText(nameMeter(meter)),
        String(processes),
      ]),
    ),
  ];
}

const ATTEMPT_ROW = /^\s*\|\s*`([A-Za-z0-9._:+%-]+)`\s*\|/;

/** The spelled id of the attempt that a line of the table is about. */
export function attemptIdOf(line: string): string | undefined {
  return ATTEMPT_ROW.exec(line)?.[1];
}

/** The row of an attempt that was not kept. */
function attemptRow(step: Step): string {
  const cells = [escapeText(step.title), step.outcome, escapeText(step.reason)];
  return tableRow([`\`${spellId(step.id)}\``, ...cells]);
}

/** What was tried and not kept; `strangers` are rows about attempts that this history does not know. */
export function attemptsLines(attempts: readonly Step[], strangers: readonly string[]): readonly string[] {
  const rows = [...strangers, ...attempts.map(attemptRow)];
  return [...ATTEMPTS_HEAD, ...(rows.length === 0 ? [NOTHING_TRIED] : [...ATTEMPTS_TABLE, ...rows])];
}
