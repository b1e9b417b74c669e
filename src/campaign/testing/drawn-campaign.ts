import type { GateName, GateReport } from '../gate.ts';
import type { Baseline, Step, StepWorkload } from '../step.ts';

/** A workload of a step: twice as fast, proven by twelve pairs, unless told otherwise. */
export function drawWorkload(changes: Partial<StepWorkload> = {}): StepWorkload {
  return {
    id: 'tests/test_bench.py::test_dedupe',
    role: 'target',
    verdict: 'faster',
    meter: 'cpu',
    unit: 'ns',
    before: 2e9,
    after: 1e9,
    ratio: 0.5,
    low: 0.45,
    high: 0.55,
    pairs: 12,
    ...changes,
  };
}

/** A gate that passed, unless told otherwise. */
export function drawGate(gate: GateName, changes: Partial<GateReport> = {}): GateReport {
  return { gate, outcome: 'passed', summary: `${gate} is fine`, details: [], reason: null, ...changes };
}

const GATES: readonly GateName[] = ['yardstick', 'api', 'one change', 'tests', 'guards'];

/** All gates passed, but for those that are given. */
export function drawGates(...others: readonly GateReport[]): readonly GateReport[] {
  return GATES.map((name) => others.find((each) => each.gate === name) ?? drawGate(name));
}

/** The n-th step (from 1) of a flawless campaign: each starts where the former ended and has its own commit. */
export function drawStep(n: number, changes: Partial<Step> = {}): Step {
  const commit = `${String(n)}c`.repeat(20);
  return {
    id: `2026-01-0${String(n + 1)}T10:00:00Z`,
    title: `change ${String(n)}`,
    description: null,
    date: `2026-01-0${String(n + 1)}T10:00:00Z`,
    outcome: 'accepted',
    reason: 'faster, and every gate passed',
    a: { revision: 'HEAD', commit: `${String(n - 1)}c`.repeat(20), content: `content ${String(n - 1)}` },
    b: { revision: 'working tree', commit, content: `content ${String(n)}` },
    commit,
    workloads: [
      drawWorkload(),
      drawWorkload({ id: 'whole', role: 'guard', verdict: 'no difference', ratio: 1, low: 0.99, high: 1.01 }),
    ],
    gates: drawGates(),
    tests: { passed: 212, failed: 0, skipped: 3 },
    attempt: 1,
    alpha: 0.005,
    changed: [{ file: 'shop/report.py', name: 'dedupe' }],
    comparison: null,
    doubts: [],
    ...changes,
  };
}

/** The baseline from which `drawStep(1)` starts. */
export function drawBaseline(changes: Partial<Baseline> = {}): Baseline {
  const workload = { meter: 'cpu', unit: 'ns', value: 2e9, low: 1.9e9, high: 2.1e9, processes: 10 } as const;
  return {
    id: '2026-01-01T10:00:00Z',
    date: '2026-01-01T10:00:00Z',
    name: 'baseline',
    revision: { revision: 'HEAD', commit: '0c'.repeat(20), content: 'content 0' },
    workloads: [
      { id: 'tests/test_bench.py::test_dedupe', ...workload },
      { id: 'whole', ...workload },
    ],
    ...changes,
  };
}
