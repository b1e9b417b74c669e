import { costFunctions } from './costs.ts';
import type { FunctionCost } from './function-cost.ts';
import { shortenPath } from './origins.ts';
import type { Roots } from './origins.ts';
import type { CallGraphProfile, Frame, Origin, Profile, StackProfile } from './profile.ts';

/** One function of a profile by itself, ready to be kept: everything that is asked of a kept profile comes from these. */
export interface TableRow {
  /** As the profiler named it: `total`. */
  readonly function: string;
  /** Where it can be imported from, for the project's own modules; null where that is not known. */
  readonly module: string | null;
  /** `Cart.total`, `outer.<locals>.inner`; null where the source was not read. */
  readonly qualname: string | null;
  /** Relative to the project for own code; null for compiled code. */
  readonly file: string | null;
  readonly line: number | null;
  readonly origin: Origin;
  readonly calls: number | null;
  /** In the unit of the metric, as are `inclusive` and `own`; see `FunctionCost`. */
  readonly self: number;
  readonly inclusive: number;
  readonly own: number;
  /**
   * Own functions that called this own function, directly or through foreign code (`sorted(key=…)`), as positions in
   * the table, dearest first; empty for foreign code.
   */
  readonly callers: readonly number[];
}

/** The functions of one profile. */
export interface FunctionTable {
  /** The whole cost: what shares are shares of. */
  readonly total: number;
  /** By inclusive cost, dearest first. */
  readonly table: readonly TableRow[];
}

/** A table that may have been cut off, with how many functions are missing at its end. */
export interface CutTable extends FunctionTable {
  readonly left: number;
}

/** Foreign functions that are looked through for an own caller of one function: farther away it is hardly the reason. */
const MOST_FOREIGN = 200;

/** Addresses of objects change from run to run and say nothing. */
export function plainName(name: string): string {
  return name.replace(/ at 0x[0-9a-fA-F]+/, '');
}

/**
 * Lists the functions of a classified profile by inclusive cost, at most `most` of them. Module and qualified name are
 * not in a profile: they stay null.
 */
export function tabulateFunctions(profile: Profile, roots: Roots, most: number, metric = 0): CutTable {
  const costs = costFunctions(profile, metric);
  const ranked = [...costs.functions].sort((a, b) => b.inclusive - a.inclusive || a.frame - b.frame);
  const kept = ranked.slice(0, most);
  const position = new Map(kept.map((cost, index) => [cost.frame, index]));
  const callers = findOwnCallers(profile, kept, metric);
  const table = kept.map((cost): TableRow => {
    const frame = profile.frames[cost.frame];
    const found = (callers.get(cost.frame) ?? []).flatMap((caller) => position.get(caller) ?? []);
    return { ...placeOf(frame, roots), ...numbersOf(cost), callers: found };
  });
  return { total: costs.total, table, left: ranked.length - kept.length };
}

function placeOf(frame: Frame | undefined, roots: Roots): Omit<TableRow, keyof Numbers | 'callers'> {
  return {
    function: plainName(frame?.name ?? '?'),
    module: null,
    qualname: null,
    file: frame?.file === undefined ? null : shortenPath(frame.file, roots),
    line: frame?.line ?? null,
    origin: frame?.origin ?? 'unknown',
  };
}

type Numbers = Pick<TableRow, 'calls' | 'self' | 'inclusive' | 'own'>;

function numbersOf({ calls, self, inclusive, own }: FunctionCost): Numbers {
  return { calls: calls ?? null, self, inclusive, own };
}

/** By frame of an own function: the frames of its own callers, dearest first. */
function findOwnCallers(
  profile: Profile,
  kept: readonly FunctionCost[],
  metric: number,
): ReadonlyMap<number, readonly number[]> {
  const isMine = (frame: number): boolean => profile.frames[frame]?.origin === 'mine';
  if (profile.shape === 'call-graph') {
    const into = edgesInto(profile, metric);
    return new Map(
      kept
        .filter(({ frame }) => isMine(frame))
        .map(({ frame }) => [frame, callersInGraph(frame, into, isMine)]),
    );
  }
  return profile.shape === 'stacks' ? callersInStacks(profile, isMine, metric) : new Map();
}

/** Callers by callee with what the calls cost, dearest first; a direct recursion is no caller. */
function edgesInto(profile: CallGraphProfile, metric: number): ReadonlyMap<number, readonly number[]> {
  const into = new Map<number, { readonly caller: number; readonly cost: number }[]>();
  for (const edge of profile.edges) {
    if (edge.caller === edge.callee) continue;
    const list = into.get(edge.callee) ?? [];
    list.push({ caller: edge.caller, cost: edge.inclusive?.[metric] ?? edge.calls });
    into.set(edge.callee, list);
  }
  return new Map(
    [...into].map(([callee, list]) => [
      callee,
      list.sort((a, b) => b.cost - a.cost || a.caller - b.caller).map(({ caller }) => caller),
    ]),
  );
}

/** Nearest first: direct callers, then those behind foreign code. */
function callersInGraph(
  frame: number,
  into: ReadonlyMap<number, readonly number[]>,
  isMine: (frame: number) => boolean,
): readonly number[] {
  const found = new Set<number>();
  const foreign = new Set<number>();
  const look = (callee: number): void => {
    for (const caller of into.get(callee) ?? []) {
      if (isMine(caller)) found.add(caller);
      else if (foreign.size < MOST_FOREIGN) foreign.add(caller);
    }
  };
  look(frame);
  // A Set is walked with what is added meanwhile, which makes it the queue of this search.
  for (const caller of foreign) look(caller);
  found.delete(frame);
  return [...found];
}

function callersInStacks(
  profile: StackProfile,
  isMine: (frame: number) => boolean,
  metric: number,
): ReadonlyMap<number, readonly number[]> {
  const subtree = profile.nodes.map((node) => node.self[metric] ?? 0);
  for (let index = subtree.length - 1; index >= 0; index -= 1) {
    const parent = profile.nodes[index]?.parent ?? -1;
    if (parent >= 0) subtree[parent] = (subtree[parent] ?? 0) + (subtree[index] ?? 0);
  }
  // A parent stands before its children, so the nearest own frame above it is known already.
  const nearest: number[] = [];
  const costs = new Map<number, Map<number, number>>();
  for (const [index, node] of profile.nodes.entries()) {
    const above = node.parent < 0 ? -1 : (nearest[node.parent] ?? -1);
    nearest[index] = isMine(node.frame) ? node.frame : above;
    if (!isMine(node.frame) || above < 0 || above === node.frame) continue;
    const callers = costs.get(node.frame) ?? new Map<number, number>();
    callers.set(above, (callers.get(above) ?? 0) + (subtree[index] ?? 0));
    costs.set(node.frame, callers);
  }
  return new Map(
    [...costs].map(([frame, callers]) => [
      frame,
      [...callers].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([caller]) => caller),
    ]),
  );
}
