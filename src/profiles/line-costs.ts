import type { Costs, FunctionCost } from './function-cost.ts';
import type { LineProfile } from './profile.ts';

/**
 * The costs of all functions of a profile of lines; see `costFunctions`. Where lines are charged with what they call,
 * the sum over a function holds recursion several times and its callees are in other functions again: then the
 * dearest function is taken for the whole, and a function without rows below it is not told from one that calls.
 */
export function costLines(profile: LineProfile, metric: number): Costs {
  const self = new Map<number, number>();
  const inclusive = new Map<number, number>();
  for (const row of profile.rows) {
    const cost = row.self[metric] ?? 0;
    self.set(row.frame, (self.get(row.frame) ?? 0) + cost);
    inclusive.set(row.frame, (inclusive.get(row.frame) ?? 0) + (row.inclusive?.[metric] ?? cost));
  }
  const values = [...self.values()];
  const total =
    profile.charged === 'self'
      ? values.reduce((sum, value) => sum + value, 0)
      : values.reduce((most, value) => Math.max(most, value), 0);
  let unpaid = 0;
  const functions = [...self].map(([frame, cost]): FunctionCost => {
    const isMine = profile.frames[frame]?.origin === 'mine';
    if (!isMine && profile.charged === 'self') unpaid += cost;
    return {
      frame,
      calls: undefined,
      self: cost,
      inclusive: Math.min(total, inclusive.get(frame) ?? 0),
      own: isMine ? cost : 0,
      paidTo: [],
    };
  });
  return { total, calls: undefined, unpaid, functions };
}
