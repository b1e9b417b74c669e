/**
 * Strongly connected components of a directed graph, each listed after all components that it points to (Tarjan,
 * SIAM J. Comput. 1972). `targets[n]` are the successors of node n. Without recursion: a graph read from a file may
 * be one chain of a million nodes.
 */
export function findComponents(targets: readonly (readonly number[])[]): number[][] {
  const order = new Int32Array(targets.length).fill(-1);
  const low = new Int32Array(targets.length);
  const open = new Uint8Array(targets.length);
  const next = new Int32Array(targets.length);
  const pending: number[] = [];
  const components: number[][] = [];
  let counter = 0;

  const enter = (node: number): void => {
    order[node] = low[node] = counter++;
    open[node] = 1;
    pending.push(node);
  };
  const close = (root: number): void => {
    const component: number[] = [];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      open[node] = 0;
      component.push(node);
      if (node === root) break;
    }
    components.push(component);
  };

  for (let start = 0; start < targets.length; start += 1) {
    if (order[start] !== -1) continue;
    const path = [start];
    enter(start);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const position = next[node] ?? 0;
      const target = targets[node]?.[position];
      next[node] = position + 1;
      if (target === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[node] ?? 0);
        if (low[node] === order[node]) close(node);
      } else if (order[target] === -1) {
        enter(target);
        path.push(target);
      } else if (open[target] === 1) {
        low[node] = Math.min(low[node] ?? 0, order[target] ?? 0);
      }
    }
  }
  return components;
}
