import type { CallEdge, CallGraphProfile, FunctionRow } from './profile.ts';

/** What is no part of the workload in a call graph. */
export interface Cut {
  /** Frames that go: the launcher, the measuring shim, the test runner. */
  readonly harness: ReadonlySet<number>;
  /** Of those, the ones whose callees are the workload itself and stay even if nobody else calls them. */
  readonly launchers: ReadonlySet<number>;
  /** Foreign frames that go as far as a launcher called them (`exec`, clocks). */
  readonly chores: ReadonlySet<number>;
}

/** A call graph without its harness, and what went with it. */
export interface CutProfile {
  readonly profile: CallGraphProfile;
  readonly removed: { readonly functions: number; readonly self: readonly number[] };
}

/**
 * Takes the harness out of a call graph: its functions, the part of shared functions that it called itself, and
 * foreign functions that can be reached through it only. Functions of the project always stay.
 */
export function cutCallGraph(profile: CallGraphProfile, cut: Cut): CutProfile {
  const rows = new Map(profile.rows.map((row) => [row.frame, row]));
  const kept = findKept(profile, cut);
  const subtracted = new Map<number, CallEdge[]>();
  for (const edge of profile.edges) {
    if (!cut.harness.has(edge.caller) || !kept.has(edge.callee)) continue;
    const isChore = !cut.launchers.has(edge.caller) || cut.chores.has(edge.callee);
    if (!isChore || profile.frames[edge.callee]?.origin === 'mine') continue;
    const list = subtracted.get(edge.callee);
    if (list === undefined) subtracted.set(edge.callee, [edge]);
    else list.push(edge);
  }

  const left: FunctionRow[] = [];
  const gone = profile.metrics.map(() => 0);
  const count = (values: readonly number[]): void => {
    for (const [index, value] of values.entries()) gone[index] = (gone[index] ?? 0) + value;
  };
  for (const row of rows.values()) {
    const rest = kept.has(row.frame) ? subtract(row, subtracted.get(row.frame) ?? []) : undefined;
    count(row.self.map((value, index) => value - (rest?.self[index] ?? 0)));
    if (rest !== undefined) left.push(rest);
  }
  const stays = new Set(left.map((row) => row.frame));
  return {
    profile: {
      ...profile,
      rows: left,
      edges: profile.edges.filter((edge) => stays.has(edge.caller) && stays.has(edge.callee)),
    },
    removed: { functions: rows.size - left.length, self: gone },
  };
}

/** What the workload can reach: from the project's functions, from what launchers call, and from rows without a caller. */
function findKept(profile: CallGraphProfile, cut: Cut): ReadonlySet<number> {
  const callees = new Map<number, number[]>();
  const callsFrom = new Map<number, number>();
  const kept = new Set<number>();
  for (const edge of profile.edges) {
    const list = callees.get(edge.caller);
    if (list === undefined) callees.set(edge.caller, [edge.callee]);
    else list.push(edge.callee);
    callsFrom.set(edge.callee, (callsFrom.get(edge.callee) ?? 0) + edge.calls);
    if (cut.launchers.has(edge.caller) && !cut.chores.has(edge.callee)) kept.add(edge.callee);
  }
  for (const row of profile.rows) {
    const isMine = profile.frames[row.frame]?.origin === 'mine';
    if (isMine || (callsFrom.get(row.frame) ?? 0) < row.calls) kept.add(row.frame);
  }
  for (const frame of cut.harness) kept.delete(frame);
  for (const frame of kept) {
    // A Set is walked with what is added meanwhile, which makes it the queue of this search.
    for (const callee of callees.get(frame) ?? []) if (!cut.harness.has(callee)) kept.add(callee);
  }
  return kept;
}

function subtract(row: FunctionRow, edges: readonly CallEdge[]): FunctionRow | undefined {
  if (edges.length === 0) return row;
  const calls = edges.reduce((sum, edge) => sum + edge.calls, 0);
  if (calls >= row.calls) return undefined;
  const less = (values: readonly number[], pick: (edge: CallEdge) => readonly number[] | undefined) =>
    values.map((value, index) => {
      const known = edges.reduce(
        (sum, edge) => sum + (pick(edge)?.[index] ?? (value * edge.calls) / row.calls),
        0,
      );
      return Math.max(0, value - known);
    });
  return {
    frame: row.frame,
    calls: row.calls - calls,
    primitiveCalls: Math.max(0, row.primitiveCalls - calls),
    self: less(row.self, (edge) => edge.self),
    inclusive: less(row.inclusive, (edge) => edge.inclusive),
  };
}
