import type { Campaign } from './campaign.ts';
import type { GateReport } from './gate.ts';
import { logRows, summariseLog } from './log-lines.ts';
import type { LogRow, LogSummary } from './log-lines.ts';
import type { Baseline, Step } from './step.ts';
import { totalEffects } from './totals.ts';
import type { DirectComparison, Total } from './totals.ts';

/** What a report is made of. */
export interface ReportFacts extends Campaign {
  readonly direct: DirectComparison | undefined;
  /** Hash of the content that the project has now; null where that is not known. */
  readonly contentNow: string | null;
  /** Text of the log, for the numbers of its entries. */
  readonly log: string | undefined;
  readonly conditions: ReportConditions;
}

/** Where and how the steps were measured; several entries where that changed on the way. */
export interface ReportConditions {
  /** `Linux 6.8, AMD EPYC 7763, 2 cores`. */
  readonly machines: readonly string[];
  /** `CPython 3.12.1`. */
  readonly pythons: readonly string[];
  /** Differences up to these shares were no news. */
  readonly margins: readonly number[];
}

/** A step with everything that a reader may want to check. */
export interface ReportStep extends LogRow {
  readonly description: string | null;
  readonly tests: Step['tests'];
  readonly gates: readonly GateReport[];
  readonly changed: Step['changed'];
  readonly doubts: Step['doubts'];
}

/** The campaign as data, ready for JSON: the same numbers as the log and the report in Markdown. */
export interface ReportDocument {
  readonly summary: LogSummary;
  /** Product of the steps for every workload and meter, also where a direct measurement goes before it. */
  readonly totals: readonly Total[];
  readonly baseline: Baseline | null;
  readonly kept: readonly ReportStep[];
  readonly notKept: readonly ReportStep[];
  readonly conditions: ReportConditions;
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** Gathers the report: numbers only, nothing formatted. */
export function reportDocument(facts: ReportFacts): ReportDocument {
  const { baseline, steps, direct, contentNow, log, conditions } = facts;
  const campaign: Campaign = { baseline, steps };
  const rows = logRows(campaign, log);
  const known = new Map(steps.map((step) => [step.id, step]));
  const reported = rows.map((row): ReportStep => {
    const step = known.get(row.id);
    return {
      ...row,
      description: step?.description ?? null,
      tests: step?.tests ?? null,
      gates: step?.gates ?? [],
      changed: step?.changed ?? [],
      doubts: step?.doubts ?? [],
    };
  });
  return {
    summary: summariseLog(campaign, direct, contentNow),
    totals: totalEffects(campaign),
    baseline: baseline ?? null,
    kept: reported.filter((row) => row.outcome === 'kept'),
    notKept: reported.filter((row) => row.outcome !== 'kept'),
    conditions: {
      machines: distinct(conditions.machines),
      pythons: distinct(conditions.pythons),
      margins: distinct(conditions.margins),
    },
  };
}
