import type { Frame, Profile } from './profile.ts';

const NAMED_AS_NATIVE = '(native)';

/** A profile as text, one line for each row, edge or stack in a fixed order: for people who look into a reader. */
export function dumpProfile(profile: Profile): string {
  const metrics = profile.metrics.map((metric) => `${metric.name} (${metric.unit})`).join(', ');
  const head = [`${profile.format}: ${profile.shape} of ${metrics}`];
  for (const doubt of profile.doubts) head.push(`doubt ${doubt.code}: ${doubt.text}`);
  const body = profile.shape === 'stacks' ? dumpStacks(profile) : dumpRows(profile);
  return [...head, ...body.sort(), ''].join('\n');
}

function nameFrame(frame: Frame | undefined): string {
  if (frame === undefined) return '?';
  const where = frame.file === undefined ? NAMED_AS_NATIVE : `${frame.file}:${String(frame.line ?? '?')}`;
  return `${frame.name} ${where}`;
}

function dumpStacks(profile: Profile & { readonly shape: 'stacks' }): string[] {
  const names: string[] = [];
  for (const node of profile.nodes) {
    const name = nameFrame(profile.frames[node.frame]);
    const own = node.line === undefined ? name : `${name} @${String(node.line)}`;
    names.push(node.parent < 0 ? own : `${names[node.parent] ?? '?'}; ${own}`);
  }
  return profile.nodes.flatMap((node, index) =>
    node.self.some((value) => value !== 0) ? [`${names[index] ?? '?'}  ${node.self.join(' ')}`] : [],
  );
}

function dumpRows(profile: Profile & { readonly shape: 'call-graph' }): string[] {
  const name = (frame: number): string => nameFrame(profile.frames[frame]);
  const rows = profile.rows.map(
    (row) =>
      `${name(row.frame)}  calls ${String(row.calls)}/${String(row.primitiveCalls)}` +
      `  self ${row.self.join(' ')}  inclusive ${row.inclusive.join(' ')}`,
  );
  const edges = profile.edges.map((edge) => {
    const cost = edge.self === undefined ? '' : `  self ${edge.self.join(' ')}`;
    const all = edge.inclusive === undefined ? '' : `  inclusive ${edge.inclusive.join(' ')}`;
    return `${name(edge.callee)} <- ${name(edge.caller)}  calls ${String(edge.calls)}${cost}${all}`;
  });
  return [...rows, ...edges];
}
