import type { StackProfile, Thread } from '#profiles';

const UNITS = { ns: 'nanoseconds', bytes: 'bytes', count: 'none' } as const;

/**
 * A profile for speedscope: a profile of samples for each metric and thread, each stack once with its whole cost, so
 * that the size does not grow with the number of samples. `stropMetric` and `stropFirstLine` are left alone by others.
 */
export function writeSpeedscope(profile: StackProfile): Uint8Array {
  const frames: object[] = [];
  const numbers = new Map<string, number>();
  const paths: (readonly number[])[] = [];
  const owners: number[] = [];
  for (const node of profile.nodes) {
    const key = `${String(node.frame)}:${String(node.line ?? 0)}`;
    let number = numbers.get(key);
    if (number === undefined) {
      const frame = profile.frames[node.frame];
      number =
        frames.push({
          name: frame?.name ?? '?',
          ...(frame?.file === undefined ? {} : { file: frame.file }),
          ...(node.line === undefined ? {} : { line: node.line }),
          ...(frame?.line === undefined ? {} : { stropFirstLine: frame.line }),
        }) - 1;
      numbers.set(key, number);
    }
    paths.push([...(paths[node.parent] ?? []), number]);
    owners.push(node.parent < 0 ? (node.thread ?? -1) : (owners[node.parent] ?? -1));
  }
  const threads = [...new Set(owners)].sort((left, right) => left - right);
  const profiles = profile.metrics.flatMap((metric, slot) =>
    threads.map((thread) => {
      const samples: (readonly number[])[] = [];
      const weights: number[] = [];
      for (const [index, node] of profile.nodes.entries()) {
        const cost = node.self[slot] ?? 0;
        const path = paths[index];
        if (cost <= 0 || owners[index] !== thread || path === undefined) continue;
        samples.push(path);
        weights.push(cost);
      }
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return {
        type: 'sampled',
        name: thread < 0 ? metric.name : nameThread(profile.threads?.[thread], thread),
        unit: UNITS[metric.unit],
        stropMetric: metric.name,
        startValue: 0,
        endValue: total,
        samples,
        weights,
      };
    }),
  );
  const file = {
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'strop',
    name: profile.source?.command ?? profile.format,
    activeProfileIndex: 0,
    shared: { frames },
    profiles,
  };
  return new TextEncoder().encode(`${JSON.stringify(file)}\n`);
}

function nameThread(thread: Thread | undefined, number: number): string {
  const process = thread?.pid === undefined ? '' : `Process ${String(thread.pid)} `;
  if (thread?.id === undefined) return thread?.name ?? `${process}Thread ${String(number)}`;
  return `${process}Thread ${String(thread.id)}${thread.name === undefined ? '' : ` "${thread.name}"`}`;
}
