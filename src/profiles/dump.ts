import type { Frame, Profile, StackProfile, Thread } from './profile.ts';

const NAMED_AS_NATIVE = '(native)';
const MAX_INDENT = 200;

/** A profile as text, one line for each row, edge or stack in a fixed order: for people who look into a reader. */
export function dumpProfile(profile: Profile): string {
  const metrics = profile.metrics.map((metric) => `${metric.name} (${metric.unit})`).join(', ');
  const head = [`${profile.format}: ${profile.shape} of ${metrics}`];
  for (const [key, value] of Object.entries(profile.source ?? {})) head.push(`${key} ${String(value)}`);
  for (const doubt of profile.doubts) head.push(`doubt ${doubt.code}: ${doubt.text}`);
  const body = dumpBody(profile);
  return [...head, ...body, ''].join('\n');
}

function dumpBody(profile: Profile): string[] {
  switch (profile.shape) {
    case 'stacks':
      return dumpStacks(profile);
    case 'call-graph':
      return dumpRows(profile).sort();
    case 'lines':
      return dumpLines(profile).sort();
  }
}

function nameFrame(frame: Frame | undefined): string {
  if (frame === undefined) return '?';
  const where = frame.file === undefined ? NAMED_AS_NATIVE : `${frame.file}:${String(frame.line ?? '?')}`;
  return `${frame.name} ${where}`;
}

/** The tree, callees indented below their caller in the order of their names. */
function dumpStacks(profile: StackProfile): string[] {
  const labels = profile.nodes.map((node): string => {
    const line = node.line === undefined ? '' : ` @${String(node.line)}`;
    const thread = node.thread === undefined ? '' : `[${nameThread(profile.threads?.[node.thread])}] `;
    const self = node.self.some((value) => value !== 0) ? `  ${node.self.join(' ')}` : '';
    return `${thread}${nameFrame(profile.frames[node.frame])}${line}${self}`;
  });
  const children = profile.nodes.map((): number[] => []);
  const roots: number[] = [];
  for (const [index, node] of profile.nodes.entries()) (children[node.parent] ?? roots).push(index);
  const byLabel = (left: number, right: number): number =>
    (labels[left] ?? '') < (labels[right] ?? '')
      ? 1
      : (labels[left] ?? '') > (labels[right] ?? '')
        ? -1
        : right - left;

  const lines: string[] = [];
  const depths = new Int32Array(profile.nodes.length);
  const pending = roots.sort(byLabel);
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    const depth = depths[index] ?? 0;
    // A million opened frames would be half a terabyte of blanks.
    lines.push(`${' '.repeat(Math.min(depth, MAX_INDENT))}${labels[index] ?? ''}`);
    for (const child of (children[index] ?? []).sort(byLabel)) {
      depths[child] = depth + 1;
      pending.push(child);
    }
  }
  return lines;
}

function nameThread(thread: Thread | undefined): string {
  const pid = thread?.pid === undefined ? [] : [`process ${String(thread.pid)}`];
  const id = thread?.id === undefined ? [] : [String(thread.id)];
  return [...pid, ...id, thread?.name ?? '', thread?.state ?? ''].filter((part) => part !== '').join(' ');
}

function dumpLines(profile: Profile & { readonly shape: 'lines' }): string[] {
  return profile.rows.map((row) => {
    const hits = row.hits === undefined ? '' : `  hits ${String(row.hits)}`;
    const inclusive = row.inclusive === undefined ? '' : `  inclusive ${row.inclusive.join(' ')}`;
    const self = `  ${profile.charged} ${row.self.join(' ')}`;
    return `${nameFrame(profile.frames[row.frame])} @${String(row.line)}${hits}${self}${inclusive}`;
  });
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
