import { formatShare } from '#base';
import type { Doubt } from '#base';
import type { Profiler, Setting } from '#profilers';
import {
  boundSpeedup,
  costFunctions,
  countSamples,
  highestShare,
  kindOf,
  leadWith,
  plainName,
  shortenPath,
  tabulateFunctions,
} from '#profiles';
import type { Costs, Frame, FunctionCost, Profile, Roots } from '#profiles';
import type { ProfileDocument, ShownFunction } from '#store';
import { answeredBy } from './asked-question.ts';

/** What is known about a recording besides the profile itself. */
export interface Recording extends Setting {
  readonly profiler: Profiler;
  /** Id of the workload, or the file that was read. */
  readonly workload: string | undefined;
  /** What was asked of the profiler, where that is known. */
  readonly question?: string | undefined;
  readonly revision: string | undefined;
  /** How often the workload ran under the profiler. */
  readonly loops: number | undefined;
  /** Wall time of the recording. */
  readonly wallNs: number | undefined;
  /** CPU time of the recording: unlike wall time it can be compared on a machine that has other work. */
  readonly cpuNs: number | undefined;
  /** CPU time of one run of the workload without the profiler. */
  readonly bareCpuNs: number | undefined;
}

/** Which rows to show people. */
export interface Choice {
  readonly top: number;
  readonly sort: ProfileDocument['sort'];
}

/** The part of a kept profile that follows from the recording alone; its table has no modules and qualified names yet. */
export type ProfileSummary = Omit<
  ProfileDocument,
  'date' | 'project' | 'command' | 'commit' | 'content' | 'python' | 'machine'
>;

/** Functions in the table at most: more is noise, and makes the document too large to be read. */
const MOST_ROWS = 5000;

/** Below this the clock and the first calls decide what is on top. */
const SHORTEST_NS = 50e6;
/** Rows below this share of the whole are folded even where there is room. */
const FOLD_SHARE = 0.0005;
/** Above this, compiling imports changes which row leads. */
const COMPILED_SHARE = 0.05;
/** Foreign functions at the foot of the table. */
const FOREIGN_ROWS = 5;
/** Share of a function's time that the tracer may take before its numbers are doubted. */
const TRACER_SHARE = 0.2;

/** Ranks what a profile says: own code first, by what fixing it could gain at most. Pure. */
export function summarise(recorded: Profile, recording: Recording, choice: Choice): ProfileSummary {
  const cleaned = recording.profiler.clean(recorded, recording);
  const { removed } = cleaned;
  // Some tools record time whatever they are asked for.
  const isMemory = answeredBy(recording.question ?? '') === 'memory';
  const profile = isMemory ? leadWith(cleaned.profile, 'bytes') : cleaned.profile;
  const costs = costFunctions(profile);
  const slowdown = measureSlowdown(recording);
  const callCostNs = measureCallCost(costs, recording);
  const callsFrom = countCallsFrom(profile);
  const isMine = (cost: FunctionCost): boolean => profile.frames[cost.frame]?.origin === 'mine';

  const own = costs.functions.filter(isMine).sort(compareBy(choice.sort));
  const foreign = costs.functions.filter((cost) => !isMine(cost)).sort(compareBy('self'));
  const worthShowing = own.filter((cost) => Math.max(cost.own, cost.inclusive) >= FOLD_SHARE * costs.total);
  const shown = worthShowing.slice(0, choice.top);
  const foreignShown = foreign
    .filter((cost) => cost.self >= FOLD_SHARE * costs.total)
    .slice(0, Math.min(FOREIGN_ROWS, choice.top - shown.length));
  const foldedCost = own.filter((cost) => !shown.includes(cost)).reduce((sum, cost) => sum + cost.own, 0);

  const metric = profile.metrics[0] ?? { name: 'cost', unit: 'count' as const };
  // Only samples of time are draws; bytes are counted, though a sampler may do so.
  const isDrawn = metric.unit === 'ns' && kindOf(profile, recording.profiler.tool) === 'sampler';
  const samples = isDrawn ? countSamples(profile) : undefined;
  const { table, left } = tabulateFunctions(profile, recording.roots, MOST_ROWS);
  return {
    kind: 'profile',
    version: 1,
    tool: recording.profiler.tool,
    workload: recording.workload ?? null,
    revision: recording.revision ?? null,
    metric,
    intervalNs: profile.source?.intervalNs ?? null,
    total: costs.total,
    calls: costs.calls ?? null,
    loops: recording.loops ?? null,
    seconds: recording.wallNs === undefined ? null : recording.wallNs / 1e9,
    slowdown: slowdown ?? null,
    sort: choice.sort,
    functions: [...shown, ...foreignShown].map((cost) => ({
      ...describeFunction(
        cost,
        profile,
        costs,
        samples,
        recording.roots,
        (callsFrom.get(cost.frame) ?? 0) * callCostNs,
      ),
      // Shares of chosen functions are none of the whole.
      ...(recording.profiler.chosenFunctions === true ? { bound: null, inclusiveBound: null } : {}),
    })),
    hidden: {
      functions: own.length - shown.length,
      share: shareOf(foldedCost, costs.total),
      foreign: foreign.length - foreignShown.length,
      unpaidShare: shareOf(costs.unpaid, costs.total),
      harness: removed.functions,
    },
    table: table.map((row) => ({ ...row, callers: [...row.callers] })),
    left,
    doubts: listDoubts(profile, costs, recording, own.length, callCostNs),
  };
}

function compareBy(sort: Choice['sort']): (a: FunctionCost, b: FunctionCost) => number {
  const value = (cost: FunctionCost): number => {
    switch (sort) {
      case 'own':
        return cost.own;
      case 'cumulative':
        return cost.inclusive;
      case 'self':
        return cost.self;
      case 'calls':
        return cost.calls ?? 0;
    }
  };
  // The frame's number breaks ties, so that equal profiles give equal answers.
  return (a, b) => value(b) - value(a) || a.frame - b.frame;
}

function shareOf(cost: number, total: number): number {
  return total > 0 ? Math.min(1, Math.max(0, cost / total)) : 0;
}

function describeFunction(
  cost: FunctionCost,
  profile: Profile,
  costs: Costs,
  samples: number | undefined,
  roots: Roots,
  tracerNs: number,
): ShownFunction {
  const frame = profile.frames[cost.frame];
  const ownShare = shareOf(cost.own, costs.total);
  const inclusiveShare = shareOf(cost.inclusive, costs.total);
  return {
    ...nameFrame(frame, roots),
    line: frame?.line ?? null,
    origin: frame?.origin ?? 'unknown',
    calls: cost.calls ?? null,
    self: cost.self,
    inclusive: cost.inclusive,
    own: cost.own,
    selfShare: shareOf(cost.self, costs.total),
    inclusiveShare,
    ownShare,
    bound: boundSpeedup(highestShare(ownShare, samples)) ?? null,
    inclusiveBound: boundSpeedup(highestShare(inclusiveShare, samples)) ?? null,
    paidTo: cost.paidTo.slice(0, 3).map((paid) => ({
      ...nameFrame(profile.frames[paid.frame], roots),
      share: shareOf(paid.cost, costs.total),
    })),
    doubts: tracerNs > TRACER_SHARE * cost.inclusive ? [doubtTracer(tracerNs, cost.inclusive)] : [],
  };
}

function nameFrame(frame: Frame | undefined, roots: Roots): { function: string; file: string | null } {
  return {
    function: plainName(frame?.name ?? '?'),
    file: frame?.file === undefined ? null : shortenPath(frame.file, roots),
  };
}

function doubtTracer(tracerNs: number, inclusive: number): Doubt {
  const percent = Math.min(100, Math.round((tracerNs / inclusive) * 100));
  return {
    code: 'tracer-distorts',
    text: `About ${String(percent)} % of this function's time is the profiler's own: it looks slower than it is.`,
  };
}

/** Calls that a function received and made: each cost the tracer once while this function was the innermost or its caller. */
function countCallsFrom(profile: Profile): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  if (profile.shape !== 'call-graph') return counts;
  for (const row of profile.rows) counts.set(row.frame, row.calls);
  for (const edge of profile.edges) {
    // A direct recursive call is among the received ones already.
    if (edge.caller !== edge.callee) counts.set(edge.caller, (counts.get(edge.caller) ?? 0) + edge.calls);
  }
  return counts;
}

function measureSlowdown({ loops, cpuNs, bareCpuNs }: Recording): number | undefined {
  if (!loops || cpuNs === undefined || !bareCpuNs) return undefined;
  return cpuNs / loops / bareCpuNs;
}

/** What a recorded call cost on this machine, from the same workload without the profiler; else what is usual. */
function measureCallCost(costs: Costs, recording: Recording): number {
  const { loops, cpuNs, bareCpuNs, profiler } = recording;
  const usual = profiler.callCostNs;
  if (!loops || cpuNs === undefined || bareCpuNs === undefined || !costs.calls || usual === 0) return usual;
  const measured = (cpuNs - bareCpuNs * loops) / costs.calls;
  // Outside a factor of five of the usual, noise between the two runs was larger than the tracer's cost.
  return measured > usual / 5 && measured < usual * 5 ? measured : usual;
}

/** Where Python compiles what it imports; with bytecode beside the source it never comes there. */
function isCompiling({ file, name }: Frame): boolean {
  return file === '<frozen importlib._bootstrap_external>' && /\bsource_to_code$/.test(name);
}

function inclusiveOf(profile: Profile, costs: Costs, belongs: (frame: Frame) => boolean): number {
  const found = costs.functions.filter(({ frame }) => {
    const known = profile.frames[frame];
    return known !== undefined && belongs(known);
  });
  return found.reduce((sum, { inclusive }) => sum + inclusive, 0);
}

function listDoubts(
  profile: Profile,
  costs: Costs,
  { profiler }: Recording,
  ownFunctions: number,
  callCostNs: number,
): Doubt[] {
  const doubts = [...profile.doubts, ...profiler.doubt(profile)];
  const isTime = profile.metrics[0]?.unit === 'ns';
  if (isTime && costs.total < SHORTEST_NS) {
    doubts.push({
      code: 'profile-too-short',
      text: 'Less than 50 ms were recorded: the order of the rows may be chance; profile more repetitions.',
    });
  }
  const tracer = costs.total > 0 ? ((costs.calls ?? 0) * callCostNs) / costs.total : 0;
  if (isTime && callCostNs > 0 && costs.total > 0) {
    const percent = Math.min(100, Math.round(tracer * 100));
    const part = tracer > TRACER_SHARE ? ` Here about ${String(percent)} % of the time is its own.` : '';
    doubts.push({ code: 'tracer-distorts', text: profiler.distortion + part });
  }
  const compiling = shareOf(inclusiveOf(profile, costs, isCompiling), costs.total);
  if (compiling > COMPILED_SHARE) {
    doubts.push({
      code: 'imports-compiled',
      text: `${formatShare(compiling)} went into compiling modules that have no bytecode of their present text: let the program run once without a profiler and without PYTHONDONTWRITEBYTECODE, which keeps bytecode from being written, then profile it again.`,
    });
  }
  if (ownFunctions === 0) {
    doubts.push({
      code: 'nothing-of-the-project-runs',
      text: 'No function of the project was called: nothing here is yours to change.',
    });
  }
  return doubts;
}
