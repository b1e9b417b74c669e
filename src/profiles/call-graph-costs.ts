import { findComponents } from './components.ts';
import type { Costs, FunctionCost } from './function-cost.ts';
import type { CallEdge, CallGraphProfile, FunctionRow } from './profile.ts';

/** An edge with numbers of one metric; `self` sums to at most the callee's self cost over all its callers. */
interface Flow {
  readonly caller: number;
  readonly callee: number;
  readonly calls: number;
  readonly self: number;
  readonly inclusive: number;
}

/** The costs of all functions of a call graph; see `costFunctions`. */
export function costCallGraph(profile: CallGraphProfile, metric: number): Costs {
  const rows = profile.rows;
  const position = new Map(rows.map((row, index) => [row.frame, index]));
  const self = rows.map((row) => row.self[metric] ?? 0);
  const inclusive = rows.map((row) => row.inclusive[metric] ?? 0);
  const mine = rows.map((row) => profile.frames[row.frame]?.origin === 'mine');
  const into = listFlows(profile, position, metric);
  const { own, paid, unpaid } = payForeign(rows, self, mine, into);

  const functions = rows.map((row, index): FunctionCost => {
    const paidTo = [...(paid[index] ?? [])].map(([to, cost]) => ({ frame: rows[to]?.frame ?? 0, cost }));
    return {
      frame: row.frame,
      calls: row.calls,
      self: self[index] ?? 0,
      inclusive: inclusive[index] ?? 0,
      own: own[index] ?? 0,
      paidTo: paidTo.sort((a, b) => b.cost - a.cost),
    };
  });
  return {
    total: self.reduce((sum, value) => sum + value, 0),
    calls: rows.reduce((sum, row) => sum + row.calls, 0),
    unpaid,
    functions,
  };
}

/** The edges by callee, in positions of rows; costs that the tool did not record are estimated from the calls. */
function listFlows(
  profile: CallGraphProfile,
  position: ReadonlyMap<number, number>,
  metric: number,
): readonly Flow[][] {
  const into = profile.rows.map((): Flow[] => []);
  for (const edge of profile.edges) {
    const caller = position.get(edge.caller);
    const callee = position.get(edge.callee);
    if (caller === undefined || callee === undefined) continue;
    const row = profile.rows[callee];
    if (row !== undefined) into[callee]?.push(toFlow(edge, caller, callee, row, metric));
  }
  return into.map((flows, callee) => {
    const sum = flows.reduce((total, flow) => total + flow.self, 0);
    const limit = profile.rows[callee]?.self[metric] ?? 0;
    // Rounding, or a file that contradicts itself: never charge more than there is.
    if (sum <= limit) return flows;
    return flows.map((flow) => ({ ...flow, self: (flow.self / sum) * limit }));
  });
}

function toFlow(edge: CallEdge, caller: number, callee: number, row: FunctionRow, metric: number): Flow {
  const part = row.calls > 0 ? Math.min(1, edge.calls / row.calls) : 0;
  return {
    caller,
    callee,
    calls: edge.calls,
    self: edge.self?.[metric] ?? (row.self[metric] ?? 0) * part,
    inclusive: edge.inclusive?.[metric] ?? (row.inclusive[metric] ?? 0) * part,
  };
}

interface Payment {
  readonly own: Float64Array;
  readonly paid: readonly Map<number, number>[];
  readonly unpaid: number;
}

/**
 * Moves the cost of foreign functions to their callers, callees first, until functions of the project hold it.
 * Foreign functions that call each other in a circle share one pool. A caller pays the self cost of its calls for
 * sure; the pool of what came from deeper is split by the time that each caller spent beyond that, and nobody pays
 * more than this time. What is left was asked for by code without a row: the profiler was switched on inside it, or
 * a thread began there. Such code comes last, because what launches a program has a share in all of its time.
 */
function payForeign(
  rows: readonly FunctionRow[],
  self: readonly number[],
  mine: readonly boolean[],
  into: readonly Flow[][],
): Payment {
  const own = Float64Array.from(self, (value, index) => (mine[index] === true ? value : 0));
  const paid = rows.map(() => new Map<number, number>());
  const debt = new Float64Array(rows.length);
  let unpaid = 0;

  const group = new Int32Array(rows.length).fill(-1);
  const components = findComponents(listForeignCallees(mine, into));
  for (const [id, members] of components.entries()) for (const member of members) group[member] = id;

  for (const [id, members] of components.entries()) {
    if (members.length === 1 && mine[members[0] ?? 0] === true) continue;
    const flows = members.flatMap((member) => into[member] ?? []);
    const outside = flows.filter((flow) => group[flow.caller] !== id);
    const inside = flows.filter((flow) => group[flow.caller] === id);
    const pool = sumOf(members, (member) => debt[member] ?? 0) + sumOf(inside, (flow) => flow.self);
    const room = sumOf(outside, roomOf);
    const part = room > 0 ? Math.min(1, pool / room) : 0;
    unpaid += Math.max(0, pool - room * part);
    unpaid += Math.max(0, sumOf(members, (member) => self[member] ?? 0) - sumOf(flows, (flow) => flow.self));
    for (const flow of outside) {
      const cost = flow.self + roomOf(flow) * part;
      if (mine[flow.caller] === true) {
        own[flow.caller] = (own[flow.caller] ?? 0) + cost;
        if (cost > 0) paid[flow.caller]?.set(flow.callee, (paid[flow.caller]?.get(flow.callee) ?? 0) + cost);
      } else {
        debt[flow.caller] = (debt[flow.caller] ?? 0) + cost;
      }
    }
  }
  return { own, paid, unpaid };
}

/** Time that a caller spent in a function beyond the function itself. */
function roomOf(flow: Flow): number {
  return Math.max(0, flow.inclusive - flow.self);
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function listForeignCallees(mine: readonly boolean[], into: readonly Flow[][]): readonly number[][] {
  const callees = into.map((): number[] => []);
  for (const [callee, flows] of into.entries()) {
    if (mine[callee] === true) continue;
    for (const flow of flows) if (mine[flow.caller] !== true) callees[flow.caller]?.push(callee);
  }
  return callees;
}
