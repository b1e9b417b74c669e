import type { StackNode } from './profile.ts';

/**
 * Goes through stacks as a program runs them: into a node, through all that it called, out of it again. Callees come in
 * the order of the list. With two numbers a node, because there may be a million nodes and a stack as long as them all.
 */
export function walkStacks(
  nodes: readonly StackNode[],
  enter: (index: number) => void,
  leave: (index: number) => void,
): void {
  const firsts = new Int32Array(nodes.length).fill(-1);
  const nexts = new Int32Array(nodes.length).fill(-1);
  let root = -1;
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const parent = nodes[index]?.parent ?? -1;
    nexts[index] = (parent < 0 ? root : firsts[parent]) ?? -1;
    if (parent < 0) root = index;
    else firsts[parent] = index;
  }
  let index = root;
  while (index >= 0) {
    enter(index);
    let next = firsts[index] ?? -1;
    while (next < 0 && index >= 0) {
      leave(index);
      next = nexts[index] ?? -1;
      index = nodes[index]?.parent ?? -1;
    }
    index = next;
  }
}
