import { formatChange, formatShare } from '#base';
import type { Doubt } from '#base';
import type { GateReport } from '#campaign';
import type { ComparedWorkload, StepDocument } from '#store';
import { whatWouldDecide } from '../what-would-decide.ts';

/** How much worse a step may make what it does not aim at, as shares. */
export interface GuardMargins {
  readonly time: number;
  readonly memory: number;
  readonly import: number;
}

function isBetter({ verdict }: Pick<ComparedWorkload, 'verdict'>): boolean {
  return verdict === 'faster' || verdict === 'leaner';
}

/** One finding of the guards. */
interface Finding {
  readonly what: string;
  readonly kind: 'worse' | 'unproven';
}

function weigh(
  what: string,
  figure: { ratio: number; low: number; high: number | null },
  margin: number,
): readonly Finding[] {
  if (figure.low > 1 + margin) {
    const interval =
      figure.high === null ? '' : ` [${formatChange(figure.low)}, ${formatChange(figure.high)}]`;
    return [
      {
        kind: 'worse',
        what: `${what}: ${formatChange(figure.ratio)}${interval}, allowed ${formatChange(1 + margin)}`,
      },
    ];
  }
  if (figure.high !== null && figure.high <= 1 + margin) return [];
  const upTo =
    figure.high === null ? 'nothing is excluded yet' : `up to ${formatChange(figure.high)} is not excluded`;
  return [{ kind: 'unproven', what: `${what}: ${upTo}` }];
}

/** Memory that grows by less than this is nobody's trouble, whatever share it is: a set beside a short list. */
const MEMORY_FLOOR_BYTES = 1024 * 1024;

const MEMORY = { peak: 'peak of allocations', rss: 'peak RSS' } as const;

/**
 * The gate of the guard meters: workloads that the step does not improve, memory of every workload, and the time to
 * import the project. It fails for what is proven worse than its margin; what is merely not excluded is a doubt.
 */
export function checkGuards(
  workloads: readonly ComparedWorkload[],
  importing: ComparedWorkload | undefined,
  margins: GuardMargins,
): { readonly report: GateReport; readonly doubts: readonly Doubt[] } {
  const findings = workloads.flatMap((workload) => {
    const time =
      isBetter(workload) || isMemory(workload) ? [] : weigh(`${workload.id}, time`, workload, margins.time);
    const memory = (['peak', 'rss'] as const).flatMap((name) => {
      const meter = workload.meters[name];
      if (meter === undefined || meter.after - meter.before < MEMORY_FLOOR_BYTES) return [];
      const found = weigh(`${workload.id}, ${MEMORY[name]}`, meter, margins.memory);
      // Memory that was too dear to decide is no news, memory that is proven heavier is.
      return found.filter(({ kind }) => kind === 'worse');
    });
    return [...time, ...memory];
  });
  if (importing !== undefined && !isBetter(importing))
    findings.push(...weigh('importing the project, time', importing, margins.import));
  const worse = findings.filter(({ kind }) => kind === 'worse').map(({ what }) => what);
  const unproven = findings.filter(({ kind }) => kind === 'unproven').map(({ what }) => what);
  return {
    report: {
      gate: 'guards',
      outcome: worse.length === 0 ? 'passed' : 'failed',
      summary:
        worse.length === 0
          ? `nothing else is proven worse (time ${formatShare(margins.time)}, memory ${formatShare(margins.memory)}, import ${formatShare(margins.import)} allowed)`
          : `${worse.length === 1 ? 'one thing' : `${String(worse.length)} things`} got worse beyond what is allowed`,
      details: worse,
      reason: null,
    },
    doubts: unproven.map((text) => ({ code: 'guard-unproven', text: `Not proven to be harmless: ${text}.` })),
  };
}

function isMemory({ meter }: Pick<ComparedWorkload, 'meter'>): boolean {
  return meter === 'peak' || meter === 'allocations' || meter === 'rss';
}

/** Reservations of the workloads that the outcome rests on: those aimed at, and others that are called worse. */
export function decidingDoubts(
  workloads: readonly ComparedWorkload[],
  isTarget: (id: string) => boolean,
): StepDocument['doubts'] {
  const worse: ReadonlySet<string> = new Set(['slower', 'heavier']);
  return workloads
    .filter(({ id, verdict }) => isTarget(id) || worse.has(verdict))
    .flatMap(({ doubts }) => doubts);
}

/** Outcome and its reason in one sentence. */
export type Decision = Pick<StepDocument, 'outcome' | 'reason'>;

/** A gate that failed ends the step, the first one named. */
export function decideByGates(gates: readonly GateReport[]): Decision | undefined {
  const failed = gates.filter((gate) => gate.outcome === 'failed');
  const [first] = failed;
  if (first === undefined) return undefined;
  const others = failed.slice(1).map((gate) => gate.gate);
  return {
    outcome: 'rejected',
    reason: `the gate "${first.gate}" fails: ${first.summary}${others.length === 0 ? '' : ` (also: ${others.join(', ')})`}`,
  };
}

/** Comments, docstrings and formatting cannot make anything faster: there is nothing to measure. */
export function decideByWords({
  changed,
  doubts,
}: {
  readonly changed: readonly unknown[];
  readonly doubts: readonly Doubt[];
}): Decision | undefined {
  if (changed.length > 0 || !doubts.some(({ code }) => code === 'only-comments')) return undefined;
  return {
    outcome: 'rejected',
    reason: 'only comments or formatting changed, which can make nothing faster',
  };
}

/** A step that only made its targets worse: that says more than a guard that fails for the same reason. */
export function decideByWorse(targets: readonly ComparedWorkload[]): Decision | undefined {
  const worse = targets.find(({ verdict }) => verdict === 'slower' || verdict === 'heavier');
  if (worse === undefined || targets.some(isBetter)) return undefined;
  return { outcome: 'rejected', reason: `${worse.verdict}: ${formatChange(worse.ratio)} on ${worse.id}` };
}

/** What the measured targets make of a step whose gates hold, and of which none is worse without another being better. */
export function decideByTargets(targets: readonly ComparedWorkload[]): Decision {
  const better = targets.filter(isBetter);
  const [best] = [...better].sort((one, other) => one.ratio - other.ratio);
  if (best !== undefined) {
    const more = better.length > 1 ? ` (and ${String(better.length - 1)} more)` : '';
    return {
      outcome: 'accepted',
      reason: `${best.verdict}: ${formatChange(best.ratio)} on ${best.id}${more}, and every gate holds`,
    };
  }
  if (targets.every(({ verdict }) => verdict === 'no difference')) {
    const leaner = targets.find((each) => each.meters['peak']?.verdict === 'leaner');
    const hint = leaner === undefined ? '' : ' (it is leaner: if memory is the aim, say --meter memory)';
    return {
      outcome: 'rejected',
      reason: `no difference: the change makes the code other, not faster${hint}`,
    };
  }
  const open = targets.find(({ verdict }) => verdict === 'undecided');
  const needed = open === undefined ? '' : `: ${whatWouldDecide(open)}; the evidence is carried on`;
  return { outcome: 'undecided', reason: `undecided on ${open?.id ?? 'every target'}${needed}` };
}
