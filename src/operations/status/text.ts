import { candidateLines } from '../candidates.ts';
import type { Style } from '../operation.ts';
import type { Status } from './schema.ts';

const PHASES = ['understand', 'baseline', 'find', 'change', 'close'] as const;
const MOST_FILES = 3;

function benchmarks(status: Status): string {
  const names = [...status.workloads, ...status.benchmarkFiles];
  if (names.length === 0) return 'none found';
  const more = names.length - MOST_FILES;
  return `${names.slice(0, MOST_FILES).join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
}

function candidates(status: Status, style: Style): readonly string[] {
  const notes = status.notes.map((note) => style.dim(`- ${note}`));
  if (status.candidates.length === 0) return notes.length === 0 ? [] : ['', ...notes];
  const title = 'Worth a first benchmark, by what each pays for:';
  return ['', title, ...candidateLines(status.candidates, style), ...notes];
}

/** A full hash says no more than its beginning. */
function shorten(revision: string): string {
  return /^[0-9a-f]{40,}$/.test(revision) ? revision.slice(0, 9) : revision;
}

function campaign({ campaign: known }: Status): string {
  if (known === null) return 'no baseline yet';
  const { baseline, kept, dropped, undecided, withdrawn } = known;
  const gone = withdrawn === 0 ? '' : `, ${String(withdrawn)} withdrawn`;
  return `${baseline.name} ${baseline.commit.slice(0, 9)} of ${baseline.date.slice(0, 10)}: ${String(kept)} kept, ${String(dropped)} dropped, ${String(undecided)} undecided${gone}`;
}

/** `1 faster, 2 undecided`, or the verdict alone where there is one workload. */
function verdictsOf({ verdict, workloads, verdicts }: NonNullable<Status['last']>): string {
  if (workloads < 2) return verdict;
  return Object.entries(verdicts)
    .map(([name, count]) => `${String(count)} ${name}`)
    .join(', ');
}

/** The verdict of several workloads is the worst of theirs, guards included: of a step only its outcome counts. */
function lastLine(last: Status['last']): string {
  if (last === null) return 'nothing compared yet';
  const what =
    last.step === null
      ? `${shorten(last.a)} → ${shorten(last.b)}: ${verdictsOf(last)}`
      : `step "${last.step.title}": ${last.step.outcome}`;
  return `${what} (${last.date.slice(0, 16).replace('T', ' ')} UTC)`;
}

/** The status for people. */
export function text(status: Status, style: Style): readonly string[] {
  const { last } = status;
  const files = status.changed === 1 ? '1 file' : `${String(status.changed)} files`;
  return [
    PHASES.map((phase) => (phase === status.phase ? style.bold(`[${phase}]`) : style.dim(phase))).join(
      style.dim(' → '),
    ),
    '',
    `project     ${status.project}`,
    // Where there is none, git is not there or refuses to answer, and nothing is known of changes.
    status.revision === null
      ? 'revision    none'
      : `revision    ${status.revision}${status.changed > 0 ? `, ${files} changed` : ', clean'}`,
    `benchmarks  ${benchmarks(status)}`,
    `last        ${lastLine(last)}`,
    `campaign    ${campaign(status)}`,
    ...candidates(status, style),
    '',
    `next: ${style.bold(status.next.command)}`,
    style.dim(`      ${status.next.why}`),
  ];
}
