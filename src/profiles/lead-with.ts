import type { Metric, Profile } from './profile.ts';

/** The same profile with its first metric of this unit in front: what is not said otherwise is about the first one. */
export function leadWith<P extends Profile>(profile: P, unit: Metric['unit']): P {
  const at = profile.metrics.findIndex((metric) => metric.unit === unit);
  if (at <= 0) return profile;
  const turn = <T>(values: readonly T[]): readonly T[] => [
    ...values.slice(at, at + 1),
    ...values.slice(0, at),
    ...values.slice(at + 1),
  ];
  const turnCosts = <T extends Costly>(row: T): T => ({
    ...row,
    ...(row.self === undefined ? {} : { self: turn(row.self) }),
    ...(row.inclusive === undefined ? {} : { inclusive: turn(row.inclusive) }),
  });
  const metrics = turn(profile.metrics);
  switch (profile.shape) {
    case 'stacks':
      return { ...profile, metrics, nodes: profile.nodes.map(turnCosts) };
    case 'lines':
      return { ...profile, metrics, rows: profile.rows.map(turnCosts) };
    case 'call-graph':
      return {
        ...profile,
        metrics,
        rows: profile.rows.map(turnCosts),
        edges: profile.edges.map(turnCosts),
      };
  }
}

interface Costly {
  readonly self?: readonly number[];
  readonly inclusive?: readonly number[];
}
