import type { StackNode, StackProfile, Thread } from '#profiles';

/** Collapsed stacks of one metric as py-spy writes them, for flamegraph.pl and everything that reads its input. */
export function writeCollapsed(profile: StackProfile, metric = 0): Uint8Array {
  const paths: string[] = [];
  const lines: string[] = [];
  for (const node of profile.nodes) {
    const own = nameNode(profile, node);
    const thread = node.thread === undefined ? undefined : profile.threads?.[node.thread];
    const above = node.parent < 0 ? nameThread(thread) : `${paths[node.parent] ?? ''};`;
    const path = `${above}${own}`;
    paths.push(path);
    const cost = node.self[metric] ?? 0;
    if (cost > 0) lines.push(`${path} ${String(Math.round(cost))}\n`);
  }
  return new TextEncoder().encode(lines.join(''));
}

function nameThread(thread: Thread | undefined): string {
  if (thread === undefined) return '';
  const process = thread.pid === undefined ? '' : `process ${String(thread.pid)}:"";`;
  if (thread.id === undefined) return process;
  return `${process}thread (${String(thread.id)})${thread.name === undefined ? '' : `: ${thread.name.replace(/[\r\n]/g, ',')}`};`;
}

function nameNode(profile: StackProfile, node: StackNode): string {
  const frame = profile.frames[node.frame];
  if (frame === undefined) return '?';
  if (frame.file === undefined) return clean(frame.name);
  const line = node.line ?? frame.line;
  return clean(
    line === undefined ? `${frame.name} (${frame.file})` : `${frame.name} (${frame.file}:${String(line)})`,
  );
}

/** What the format cannot hold in a name. */
function clean(text: string): string {
  return text.replace(/[;\r\n]/g, ',');
}
