import { formatChange, formatNumberOf, formatShare } from '#base';
import { formatAmount, formatInterval, formatRate, nameMeter, shortHash } from './amounts.ts';
import { describeExcuses, describeTests, gateOf } from './gate-words.ts';
import type { GateName } from './gate.ts';
import { endingOf } from './guards.ts';
import { codeSpan, escapeText, tableHead, tableRow } from './markdown.ts';
import { reportDocument } from './report-document.ts';
import type { ReportDocument, ReportFacts, ReportStep } from './report-document.ts';
import type { StartToNow } from './totals.ts';

const GATES: readonly GateName[] = ['tests', 'api', 'yardstick', 'one change', 'guards'];

/** A product that proves nothing is not the same as a measurement that has not ended. */
function wordOf(effect: StartToNow): string {
  return effect.how === 'product' && effect.verdict === 'undecided' ? 'no proven change' : effect.verdict;
}

function howOf(effects: readonly StartToNow[], steps: number): string {
  const direct = effects.filter((effect) => effect.how === 'direct').length;
  const product = `the product of ${formatNumberOf(steps, 'step')}, not measured from start to now`;
  if (direct === effects.length) return 'measured directly from start to now';
  return direct === 0
    ? product
    : `${String(direct)} measured directly from start to now, the rest ${product}`;
}

/** `Faster: -70.0 % [-72.0 %, -68.0 %], 2.03 s → 0.610 s`, or how many workloads got what. */
function verdictLine(report: ReportDocument): string {
  const effects = report.summary.workloads;
  const steps = report.kept.length;
  const [first] = effects;
  if (first === undefined) return '**Nothing is proven yet**: no step was accepted.';
  const how = howOf(effects, steps);
  if (effects.length > 1) {
    const words = effects.map(wordOf);
    const counts = [...new Set(words)].map(
      (word) => `${String(words.filter((each) => each === word).length)} ${word}`,
    );
    return `**${counts.join(', ')}** of ${String(effects.length)} workloads (${how})`;
  }
  const word = wordOf(first);
  const amounts = `${formatAmount(first.start, first.unit)} → ${formatAmount(first.now, first.unit)}`;
  return `**${word.charAt(0).toUpperCase()}${word.slice(1)}: ${formatChange(first.ratio)} ${formatInterval(first)}, ${amounts}** on ${codeSpan(first.id)} (${how})`;
}

function effectTable(report: ReportDocument): readonly string[] {
  const effects = report.summary.workloads;
  if (effects.length < 2) return [];
  return [
    '',
    ...tableHead(['Benchmark', 'Start', 'Now', 'Delta', 'Interval', 'Verdict', 'How']),
    ...effects.map((effect) =>
      tableRow([
        codeSpan(effect.id),
        formatAmount(effect.start, effect.unit),
        formatAmount(effect.now, effect.unit),
        formatChange(effect.ratio),
        formatInterval(effect),
        wordOf(effect),
        effect.how,
      ]),
    ),
  ];
}

function stepTable(report: ReportDocument): readonly string[] {
  if (report.kept.length === 0) return [];
  const rows = report.kept.flatMap((step) =>
    step.workloads
      .filter((workload) => workload.role === 'target')
      .map((workload) =>
        tableRow([
          String(step.optimization ?? step.number),
          escapeText(step.title),
          codeSpan(workload.id),
          formatAmount(workload.before, workload.unit),
          formatAmount(workload.after, workload.unit),
          `${formatChange(workload.ratio)} ${formatInterval(workload)}`,
          String(workload.pairs),
          step.commit === null ? 'not committed' : codeSpan(shortHash(step.commit)),
        ]),
      ),
  );
  return [
    '',
    ...tableHead(['#', 'Step', 'Benchmark', 'Before', 'After', 'Delta', 'Pairs', 'Commit']),
    ...rows,
  ];
}

function conditionLines(report: ReportDocument): readonly string[] {
  const { machines, pythons, margins } = report.conditions;
  const several = (name: string, values: readonly string[]): string =>
    `- ${name}: ${values.length === 0 ? 'not recorded' : values.map(escapeText).join('; ')}${values.length > 1 ? ' (**not one**: steps measured on different ones do not add up)' : ''}`;
  const meters = [
    ...new Set(report.kept.flatMap((step) => step.workloads.map(({ meter }) => nameMeter(meter)))),
  ];
  const lines = [several('Machine', machines), several('Python', pythons)];
  if (report.baseline !== null) {
    const { date, revision, workloads } = report.baseline;
    lines.push(
      `- Baseline: commit ${codeSpan(shortHash(revision.commit))}, ${escapeText(date)}, ${formatNumberOf(workloads.length, 'workload')}`,
    );
  }
  if (meters.length > 0)
    lines.push(
      `- Meters: ${meters.map(escapeText).join(', ')}; median over pairs of fresh processes, both sides in turns`,
    );
  if (margins.length > 0)
    lines.push(
      `- Changes within ${margins.map((margin) => `±${formatShare(margin)}`).join(' or ')} are no news`,
    );
  const rates = report.totals.map((total) => total.errorRate);
  if (rates.length > 0)
    lines.push(
      `- Error rate: attempts from one state share one rate; over all steps the product of the intervals misses in at most ${formatRate(Math.max(...rates))} of such campaigns`,
    );
  return lines;
}

function directLines(report: ReportDocument): readonly string[] {
  const { direct, directDate, workloads } = report.summary;
  if (direct === 'none')
    return report.kept.length === 0
      ? []
      : ['- Start to now was not measured directly: products of steps can mislead'];
  if (direct === 'stale')
    return [
      `- The direct measurement of ${escapeText(directDate ?? '')} is of another state and is not used`,
    ];
  return workloads.flatMap((effect) =>
    effect.agreement === null ? [] : [`- ${codeSpan(effect.id)}: ${effect.agreement.sentence}`],
  );
}

/** What the gates said, in words that a cell can hold. */
function gateCell(step: ReportStep, name: GateName): string {
  if (name === 'tests') return escapeText(describeTests(step));
  const gate = gateOf(step, name);
  if (gate === undefined) return 'not checked';
  return escapeText(`${gate.outcome}: ${gate.summary}`);
}

function gateLines(report: ReportDocument): readonly string[] {
  if (report.kept.length === 0) return [];
  const excuses = report.kept.flatMap((step) =>
    describeExcuses(step).map(
      ({ label, text }) => `- ${escapeText(step.title)}: ${label}, ${escapeText(text)}`,
    ),
  );
  return [
    '',
    ...tableHead(['#', 'Tests pass', 'Public API', 'Yardstick', 'One change', 'Guards']),
    ...report.kept.map((step) =>
      tableRow([String(step.optimization ?? step.number), ...GATES.map((name) => gateCell(step, name))]),
    ),
    ...(excuses.length === 0 ? [] : ['', 'Excused:', '', ...excuses]),
  ];
}

function guardLines(report: ReportDocument): readonly string[] {
  const rows = report.kept.flatMap((step) =>
    step.workloads
      .filter((workload) => workload.role === 'guard')
      .map((workload) =>
        tableRow([
          String(step.optimization ?? step.number),
          codeSpan(workload.id),
          `${formatChange(workload.ratio)} ${formatInterval(workload)}`,
          endingOf(workload, step.doubts),
          String(workload.pairs),
        ]),
      ),
  );
  return rows.length === 0 ? [] : ['', ...tableHead(['#', 'Guard', 'Delta', 'Verdict', 'Pairs']), ...rows];
}

function attemptLines(report: ReportDocument): readonly string[] {
  if (report.notKept.length === 0) return ['', 'Nothing was tried and not kept.'];
  return [
    '',
    'Tried and not kept:',
    '',
    ...report.notKept.map((step) => {
      const effect =
        step.lead === null
          ? ''
          : ` (${formatChange(step.lead.ratio)} ${formatInterval(step.lead)}, ${formatNumberOf(step.lead.pairs, 'pair')})`;
      const word = step.outcome === 'dropped' ? 'rejected' : step.outcome;
      return `- ${escapeText(step.title)}: ${word}, ${escapeText(step.reason)}${effect}`;
    }),
  ];
}

function doubtLines(report: ReportDocument): readonly string[] {
  const doubts = report.kept.flatMap((step) =>
    step.doubts.map((doubt) => `- ${escapeText(step.title)}: ${escapeText(doubt.text)}`),
  );
  return doubts.length === 0 ? [] : ['', 'Doubts:', '', ...doubts];
}

/**
 * The campaign as Markdown for a pull request: the verdict first, from start to now (measured directly, else marked as
 * the product of the steps), a table of the kept steps, and everything behind it in a block that is closed at first.
 * The numbers are those of {@link reportDocument}.
 */
export function renderReport(facts: ReportFacts): string {
  const report = reportDocument(facts);
  return [
    verdictLine(report),
    ...effectTable(report),
    ...stepTable(report),
    '',
    '<details><summary>How it was measured</summary>',
    '',
    ...conditionLines(report),
    ...directLines(report),
    ...gateLines(report),
    ...guardLines(report),
    ...attemptLines(report),
    ...doubtLines(report),
    '',
    '</details>',
    '',
  ].join('\n');
}
