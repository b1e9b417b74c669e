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
  /** A generator or coroutine, whose `calls` a tracer counts each time it goes on. */
  readonly resumes?: true | undefined;
  /** In the unit of the metric, as are `inclusive` and `own`; see `FunctionCost`. */
  readonly self: number;
  readonly inclusive: number;
  readonly own: number;
  /**
   * Own functions that called this own function, directly or through foreign code (`sorted(key=…)`), dearest first;
   * empty for foreign code.
   */
  readonly callers: readonly Caller[];
}

/** Who called a function. */
export interface Caller {
  /** Position in the table. */
  readonly row: number;
  /** Its part in the cost of all calls from own functions, 0 to 1; behind foreign code estimated as gprof does. */
  readonly share: number;
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

/** A part of a function's cost below this is not followed to callers farther up. */
const LEAST_PART = 0.01;

/** What calls from each own caller cost together, by the caller's frame. */
type CostByCaller = ReadonlyMap<number, number>;

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
    const found = shareOut(callers.get(cost.frame) ?? new Map(), position);
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

function shareOut(costs: CostByCaller, position: ReadonlyMap<number, number>): readonly Caller[] {
  const whole = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  return [...costs]
    .flatMap(([frame, cost]) => {
      const row = position.get(frame);
      return row === undefined ? [] : [{ row, share: whole > 0 ? cost / whole : 0 }];
    })
    .sort((a, b) => b.share - a.share || a.row - b.row);
}

/** By frame of an own function. */
function findOwnCallers(
  profile: Profile,
  kept: readonly FunctionCost[],
  metric: number,
): ReadonlyMap<number, CostByCaller> {
  const isMine = (frame: number): boolean => profile.frames[frame]?.origin === 'mine';
  if (profile.shape === 'call-graph') {
    const into = edgesInto(profile, metric);
    const own = kept.filter(({ frame }) => isMine(frame));
    return new Map(own.map(({ frame }) => [frame, callersInGraph(frame, into, isMine)]));
  }
  return profile.shape === 'stacks' ? callersInStacks(profile, isMine, metric) : new Map();
}

interface Edge {
  readonly caller: number;
  readonly cost: number;
}

/** Calls by callee; a direct recursion is no caller. */
function edgesInto(profile: CallGraphProfile, metric: number): ReadonlyMap<number, readonly Edge[]> {
  const into = new Map<number, Edge[]>();
  for (const edge of profile.edges) {
    if (edge.caller === edge.callee) continue;
    const list = into.get(edge.callee) ?? [];
    // Even calls that cost nothing tell who called.
    list.push({ caller: edge.caller, cost: Math.max(edge.inclusive?.[metric] ?? edge.calls, 1e-9) });
    into.set(edge.callee, list);
  }
  return into;
}

/** Follows the parts that came through foreign code up to own functions. */
function callersInGraph(
  start: number,
  into: ReadonlyMap<number, readonly Edge[]>,
  isMine: (frame: number) => boolean,
): CostByCaller {
  const found = new Map<number, number>();
  const follow = (frame: number, part: number, path: readonly number[]): void => {
    const edges = (into.get(frame) ?? []).filter(({ caller }) => !path.includes(caller));
    const whole = edges.reduce((sum, { cost }) => sum + cost, 0);
    for (const { caller, cost } of edges) {
      const piece = (part * cost) / whole;
      if (isMine(caller)) found.set(caller, (found.get(caller) ?? 0) + piece);
      else if (piece >= LEAST_PART) follow(caller, piece, [...path, caller]);
    }
  };
  follow(start, 1, [start]);
  return found;
}

function callersInStacks(
  profile: StackProfile,
  isMine: (frame: number) => boolean,
  metric: number,
): ReadonlyMap<number, CostByCaller> {
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
  return costs;
}
