import { formatChange, formatDuration, formatShare } from '#base';
import { cutFindings, endingOf, formatAmount, formatRate } from '#campaign';
import type { StepDocument } from '#store';
import { isKept } from '../keep-measured.ts';
import type { Style } from '../operation.ts';
import { profilableId } from '../profilable.ts';

type Workload = StepDocument['workloads'][number];

const MOST_DETAILS = 8;

function outcomeOf({ outcome }: StepDocument, style: Style): string {
  const word = outcome.toUpperCase();
  switch (outcome) {
    case 'accepted':
      return style.bold(style.good(word));
    case 'rejected':
      return style.bold(style.bad(word));
    case 'undecided':
      return style.bold(style.warn(word));
  }
}

function verdictOf(workload: Workload, step: StepDocument, style: Style): string {
  const verdict = endingOf(workload, step.doubts);
  const word = verdict.toUpperCase();
  if (verdict === 'faster' || verdict === 'leaner') return style.good(word);
  if (verdict === 'slower' || verdict === 'heavier') return style.bad(word);
  return verdict === 'undecided' ? style.warn(word) : word;
}

function workloadLine(workload: Workload, step: StepDocument, style: Style): string {
  const interval =
    workload.high === null || workload.low === 0
      ? '[nothing excluded yet]'
      : `[${formatChange(workload.low)}, ${formatChange(workload.high)}]`;
  const line = `  ${verdictOf(workload, step, style)} ${formatChange(workload.ratio)} ${interval}  ${formatAmount(workload.before, workload.unit)} → ${formatAmount(workload.after, workload.unit)}  ${workload.id} (${String(workload.pairs)} pairs)`;
  return workload.role === 'target' ? line : style.dim(`${line}, guard`);
}

const MARKS = { passed: 'ok  ', failed: 'FAIL', excused: 'excused' } as const;

function gateLines(gate: StepDocument['gates'][number], style: Style): readonly string[] {
  const mark = MARKS[gate.outcome];
  const shown =
    gate.outcome === 'failed'
      ? style.bad(mark)
      : gate.outcome === 'excused'
        ? style.warn(mark)
        : style.good(mark);
  const details = gate.outcome === 'passed' ? [] : cutFindings(gate.details, MOST_DETAILS);
  return [
    `  ${shown} ${gate.gate}: ${gate.summary}`,
    ...(gate.reason === null ? [] : [`       reason given: ${gate.reason}`]),
    ...details.map((line) => `       ${line}`),
  ];
}

function profileAgain({ workloads }: StepDocument): string {
  const words = profilableId(workloads.find(({ role }) => role === 'target')?.id ?? '');
  return words === undefined ? 'strop profile' : `strop profile ${words}`;
}

function nextLine(step: StepDocument): string {
  switch (step.outcome) {
    case 'accepted':
      return step.commit === null
        ? 'logged in OPTIMIZATION_LOG.md; next: commit this one change, then `strop` for what comes next'
        : `logged in OPTIMIZATION_LOG.md, commit ${step.commit.slice(0, 9)}; next: \`${profileAgain(step)}\` again, or \`strop check\` to close`;
    case 'rejected':
    case 'undecided':
      if (!isKept(step)) return 'nothing was touched; the attempt could not be kept in the history';
      return step.outcome === 'rejected'
        ? 'nothing was touched; the attempt is kept in the history; next: take the change back, or mend it'
        : 'nothing was touched; run it again and the evidence goes on from here';
  }
}

/** What to expect at most, so that a gain beyond it is looked at twice. */
function hotLine({ workload, unit, share, bound }: NonNullable<StepDocument['hot']>[number]): string {
  const what = unit === 'bytes' ? 'memory' : 'time';
  const most = bound === null ? 'all of it' : `about ${bound.toFixed(2)}x`;
  return `changed code had ${formatShare(share)} of the ${what} in the newest profile, with all that it calls (${workload}): ${most} to gain there, by that profile`;
}

/** The step for people. */
export function text(step: StepDocument, style: Style): readonly string[] {
  return [
    `${outcomeOf(step, style)}  ${style.bold(step.title)}`,
    `  ${step.reason}`,
    style.dim(
      `  ${step.a.revision} (${step.a.commit.slice(0, 9)}) → ${step.b.revision}, ${formatDuration(step.seconds * 1e9)}`,
    ),
    '',
    ...step.gates.flatMap((gate) => gateLines(gate, style)),
    ...(step.workloads.length === 0
      ? [style.dim('  nothing was measured: a gate failed first')]
      : step.workloads.map((workload) => workloadLine(workload, step, style))),
    ...(step.hot ?? []).slice(0, 1).map((most) => style.dim(`  ${hotLine(most)}`)),
    ...(step.attempt > 1
      ? [
          style.dim(
            `  attempt ${String(step.attempt)} from this state, judged at an error rate of ${formatRate(step.alpha)}`,
          ),
        ]
      : []),
    ...step.doubts.map((doubt) => style.warn(`  doubt: ${doubt.text}`)),
    '',
    nextLine(step),
  ];
}
