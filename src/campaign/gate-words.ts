import { formatNumberOf } from '#base';
import type { GateName, GateReport } from './gate.ts';
import type { Step } from './step.ts';

/** What the log calls a gate that had to be excused. */
const EXCUSED: Readonly<Record<GateName, string>> = {
  yardstick: 'Yardstick change',
  api: 'API change',
  'one change': 'Bundled changes',
  tests: 'Tests excused',
  guards: 'Guard outside its margin',
};

/** The report of one gate, if it gave one. */
export function gateOf(step: Pick<Step, 'gates'>, name: GateName): GateReport | undefined {
  return step.gates.find((each) => each.gate === name);
}

/** Whether the tests passed, in the words of the log, as plain text: `yes (212 passed, 3 skipped)`. */
export function describeTests(step: Pick<Step, 'gates' | 'tests'>): string {
  const gate = gateOf(step, 'tests');
  const { tests } = step;
  const counts: string[] = [];
  if (tests !== null) {
    counts.push(`${String(tests.passed)} passed`);
    if (tests.failed > 0) counts.push(`${String(tests.failed)} failed`);
    if ((tests.flaky ?? 0) > 0) counts.push(`${String(tests.flaky)} in one of two runs`);
    if (tests.skipped > 0) counts.push(`${String(tests.skipped)} skipped`);
  }
  if (gate === undefined) return `no (${['nothing was checked', ...counts].join(', ')})`;
  if (gate.outcome === 'excused')
    return `no (${[...counts, `excused: ${gate.reason ?? 'no reason given'}`].join(', ')})`;
  if (gate.outcome === 'failed') return `no (${[...counts, gate.summary].join(', ')})`;
  // Also where they failed before the change: the checklist counts them, and the log must not say otherwise.
  if (tests !== null && tests.failed > 0) return `no (${[...counts, gate.summary].join('; ')})`;
  if (tests === null) return `yes (${[...counts, gate.summary].join('; ')})`;
  return `yes (${counts.join(', ')})`;
}

/** A line for each gate but the tests that was excused, or failed on a step that was accepted all the same. */
export function describeExcuses(
  step: Pick<Step, 'gates'>,
): readonly { readonly label: string; readonly text: string }[] {
  return step.gates.flatMap((gate) => {
    if (gate.outcome === 'passed' || gate.gate === 'tests') return [];
    const label = EXCUSED[gate.gate];
    if (gate.outcome === 'failed') return [{ label, text: `NOT excused: ${gate.summary}` }];
    return [{ label, text: `${gate.reason ?? 'no reason given'} (${gate.summary})` }];
  });
}

/** How a step was measured, in one sentence: pairs, meters, error rate, which attempt. */
export function describeMeasuring(step: Step, meters: readonly string[], rate: string): string {
  const pairs = step.workloads.map((workload) => workload.pairs);
  const fewest = Math.min(...pairs);
  const most = Math.max(...pairs);
  if (pairs.length === 0) return 'not at all';
  const count =
    fewest === most ? formatNumberOf(most, 'pair') : `${String(fewest)} to ${formatNumberOf(most, 'pair')}`;
  const attempt = step.attempt === 1 ? '' : `, attempt ${String(step.attempt)} from this state`;
  return `${count} of fresh processes, ${meters.join(' and ')}, error rate ${rate}${attempt}`;
}
