import { shortenPath } from '../origins.ts';
import type { Roots } from '../origins.ts';
import type { Profile } from '../profile.ts';

/**
 * How a tool sees: a `sampler` from outside the process, a `tracer` from inside at calls (or at events of the
 * interpreter), a `lines` tool from inside at lines. Only the first leaves times as they are.
 */
export type SourceKind = 'sampler' | 'tracer' | 'lines';

/** One recording that takes part in an answer. */
export interface Recording {
  /** Frames classified. */
  readonly profile: Profile;
  /** Where its code lay: what makes its paths relative. */
  readonly roots: Roots;
  readonly tool: string;
  readonly kind: SourceKind;
  /** Name of the file, for people. */
  readonly name: string;
  /** What its tool was asked, where that is known: recordings of different questions have no mean. */
  readonly asked?: string;
  /** How often the workload ran in it, where that is known. */
  readonly loops?: number;
  /** CPU time of all these runs by the clock of the process, where that was measured. */
  readonly cpuNs?: number;
  /** Cost by metric, in no frame of the profile any more: of the test runner, of strop's loop, of the tool itself. */
  readonly harness?: readonly number[];
}

/** Tools that look from outside, and formats that only such tools write. */
const SAMPLERS = /^(?:py-spy|austin|perf|profiling\.sampling|tachyon|collapsed|pprof|py-spy-dump)$/;
const LINE_TOOLS = /^(?:scalene|line_profiler|lprof)$/;
/** They sample, but inside the process and at calls: the same distortion as a tracer (measured within a point). */
const CALL_TOOLS =
  /^(?:pyinstrument|viztracer|cprofile|cProfile|profile|pytest-benchmark|memray|tracemalloc)$/;

/** The tool that made a profile, as well as the profile says. */
export function toolOf(profile: Profile): string {
  return profile.source?.tool ?? profile.format;
}

/** How the tool of a profile sees; `tool` where more is known than the file says. */
export function kindOf(profile: Profile, tool = toolOf(profile)): SourceKind {
  if (SAMPLERS.test(tool)) return 'sampler';
  if (LINE_TOOLS.test(tool)) return 'lines';
  if (CALL_TOOLS.test(tool) || profile.shape === 'call-graph') return 'tracer';
  if (profile.shape === 'lines') return 'lines';
  return countSamples(profile) === undefined ? 'tracer' : 'sampler';
}

/** What is asked about: time (samples count as time), bytes, or the number of allocations. */
export type Question = 'time' | 'memory' | 'allocations';

/** The metric that answers a question, or undefined where this profile knows nothing of it. */
export function findMetric(profile: Profile, question: Question): number | undefined {
  const find = (fits: (name: string, unit: string) => boolean): number | undefined => {
    const found = profile.metrics.findIndex(({ name, unit }) => fits(name, unit));
    return found < 0 ? undefined : found;
  };
  switch (question) {
    case 'time':
      return find((_, unit) => unit === 'ns') ?? find((name) => name === 'samples');
    case 'memory':
      return find((_, unit) => unit === 'bytes');
    case 'allocations':
      return find((name, unit) => unit === 'count' && name === 'allocations');
  }
}

/** Whether a profile says anything about a question. */
export function knowsOf(profile: Profile, question: Question): boolean {
  return findMetric(profile, question) !== undefined;
}

/** The number of samples in a profile, or undefined where it is no sampler's or does not say. */
export function countSamples(profile: Profile): number | undefined {
  const at = profile.metrics.findIndex(({ name }) => name === 'samples');
  const cost = (metric: number): number =>
    (profile.shape === 'stacks' ? profile.nodes : profile.rows).reduce(
      (sum, { self }) => sum + (self[metric] ?? 0),
      0,
    );
  if (at >= 0) return cost(at);
  const { samples, intervalNs } = profile.source ?? {};
  if (samples !== undefined) return samples;
  const time = profile.metrics.findIndex(({ unit }) => unit === 'ns');
  return intervalNs !== undefined && intervalNs > 0 && time >= 0
    ? Math.round(cost(time) / intervalNs)
    : undefined;
}

/** The short path of each frame; null for compiled code. */
export function shortPaths({ profile, roots }: Recording): readonly (string | null)[] {
  const known = new Map<string, string>();
  return profile.frames.map(({ file }) => {
    if (file === undefined) return null;
    const short = known.get(file) ?? shortenPath(file, roots);
    known.set(file, short);
    return short;
  });
}
