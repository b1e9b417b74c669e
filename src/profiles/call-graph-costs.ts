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

/** Somebody who may have to pay for foreign code. */
interface Debtor {
  /** Undefined for the code without a row that stands above everything. */
  readonly flow: Flow | undefined;
  /** What it pays for sure: the self cost of the function that it called. */
  readonly direct: number;
  /** Time beyond that: its claim on the pool, and the most that it can be made to pay from it. */
  readonly beyond: number;
}

/** The costs of all functions of a call graph; see `costFunctions`. */
export function costCallGraph(profile: CallGraphProfile, metric: number): Costs {
  const rows = profile.rows;
  const position = new Map(rows.map((row, index) => [row.frame, index]));
  const self = rows.map((row) => row.self[metric] ?? 0);
  const inclusive = rows.map((row) => row.inclusive[metric] ?? 0);
  const mine = rows.map((row) => profile.frames[row.frame]?.origin === 'mine');
  const into = listFlows(profile, position, metric);
  const { own, paid, unpaid } = payForeign(rows, self, inclusive, mine, into);

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
 * Foreign functions that call each other in a circle share one pool.
 */
function payForeign(
  rows: readonly FunctionRow[],
  self: readonly number[],
  inclusive: readonly number[],
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
    let pool = 0;
    const debtors: Debtor[] = [];
    for (const member of members) {
      pool += debt[member] ?? 0;
      const flows = into[member] ?? [];
      const outside = flows.filter((flow) => group[flow.caller] !== id);
      for (const flow of flows) if (group[flow.caller] === id) pool += flow.self;
      for (const flow of outside) {
        debtors.push({ flow, direct: flow.self, beyond: Math.max(0, flow.inclusive - flow.self) });
      }
      debtors.push(findNobody(member, self, inclusive, flows));
    }
    const shares = splitPool(pool, debtors);
    unpaid += shares.rest;
    for (const [index, debtor] of debtors.entries()) {
      const cost = debtor.direct + (shares.parts[index] ?? 0);
      if (debtor.flow === undefined) {
        unpaid += cost;
      } else if (mine[debtor.flow.caller] === true) {
        const { caller, callee } = debtor.flow;
        own[caller] = (own[caller] ?? 0) + cost;
        if (cost > 0) paid[caller]?.set(callee, (paid[caller].get(callee) ?? 0) + cost);
      } else {
        debt[debtor.flow.caller] = (debt[debtor.flow.caller] ?? 0) + cost;
      }
    }
  }
  return { own, paid, unpaid };
}

function listForeignCallees(mine: readonly boolean[], into: readonly Flow[][]): readonly number[][] {
  const callees = into.map((): number[] => []);
  for (const [callee, flows] of into.entries()) {
    if (mine[callee] === true) continue;
    for (const flow of flows) if (mine[flow.caller] !== true) callees[flow.caller]?.push(callee);
  }
  return callees;
}

/** Calls from code that has no row (the profiler was switched on inside it, or a thread began there). */
function findNobody(
  member: number,
  self: readonly number[],
  inclusive: readonly number[],
  flows: readonly Flow[],
): Debtor {
  const direct = Math.max(0, (self[member] ?? 0) - flows.reduce((sum, flow) => sum + flow.self, 0));
  const known = flows.reduce((sum, flow) => sum + (flow.caller === member ? 0 : flow.inclusive), 0);
  return { flow: undefined, direct, beyond: Math.max(0, (inclusive[member] ?? 0) - known - direct) };
}

/**
 * Splits a pool among callers by the time that each spent beyond the function that it called. Cost that comes through
 * an edge cannot be more than the time spent in it; what finds no room is left over as `rest`.
 */
function splitPool(
  pool: number,
  debtors: readonly Debtor[],
): { readonly parts: Float64Array; readonly rest: number } {
  const room = debtors.reduce((sum, debtor) => sum + debtor.beyond, 0);
  if (room <= 0 || pool <= 0) return { parts: new Float64Array(debtors.length), rest: Math.max(0, pool) };
  const part = Math.min(1, pool / room);
  return {
    parts: Float64Array.from(debtors, (debtor) => debtor.beyond * part),
    rest: Math.max(0, pool - room * part),
  };
}
