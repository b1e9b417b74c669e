import type { Frame, StackNode } from '#profiles';
import { refuse } from './refusal.ts';

/** No line, no thread, no parent. */
export const NONE = -1;
/** The name for the cost of stacks without a frame: a thread that runs no Python. */
export const NO_FRAMES = '(no Python frame)';

/**
 * Folds stacks into a tree while they are read, so that a million samples of a few thousand different stacks take the
 * room of these. Numbers live in typed arrays until `finish`.
 */
export class StackFolder {
  /** Nodes so far. */
  size = 0;
  private readonly metrics: number;
  private readonly frames: Frame[] = [];
  private readonly frameIndexes = new Map<string, number>();
  private parents = new Int32Array(64);
  private nodeFrames = new Int32Array(64);
  private lines = new Int32Array(64);
  private threads = new Int32Array(64);
  private costs: Float64Array;
  /** Open addressing: index of the node + 1, or 0. */
  private slots = new Int32Array(256);

  constructor(metrics = 1) {
    this.metrics = metrics;
    this.costs = new Float64Array(64 * metrics);
  }

  /** The index of this function, the same for equal arguments. */
  frame(name: string, file?: string, line?: number): number {
    const key = `${file ?? ''}\0${line === undefined ? '' : String(line)}\0${name}`;
    const known = this.frameIndexes.get(key);
    if (known !== undefined) return known;
    const index =
      this.frames.push(
        file === undefined
          ? { name, origin: 'native' }
          : { name, file, ...(line === undefined ? {} : { line }), origin: 'unknown' },
      ) - 1;
    this.frameIndexes.set(key, index);
    return index;
  }

  /** The node of this frame below a parent (`NONE` for the outermost), made where there is none yet. */
  child(parent: number, frame: number, line = NONE, thread = NONE): number {
    const mask = this.slots.length - 1;
    for (let slot = hash(parent, frame, line, thread) & mask; ; slot = (slot + 1) & mask) {
      const node = (this.slots[slot] ?? 0) - 1;
      if (node < 0) {
        this.slots[slot] = this.size + 1;
        return this.push(parent, frame, line, thread);
      }
      if (
        this.parents[node] === parent &&
        this.nodeFrames[node] === frame &&
        this.lines[node] === line &&
        this.threads[node] === thread
      ) {
        return node;
      }
    }
  }

  /** Adds cost to the innermost node of a stack. */
  add(node: number, value: number, metric = 0): void {
    const at = node * this.metrics + metric;
    this.costs[at] = (this.costs[at] ?? 0) + value;
  }

  parentOf(node: number): number {
    return this.parents[node] ?? NONE;
  }

  frameOf(node: number): number {
    return this.nodeFrames[node] ?? NONE;
  }

  costOf(node: number, metric = 0): number {
    return this.costs[node * this.metrics + metric] ?? 0;
  }

  /**
   * The tree without branches that cost nothing; `round` for costs that were added up in fractions. Throws
   * `bad-profile` when a sum is no number.
   */
  finish(round = false): { readonly frames: readonly Frame[]; readonly nodes: readonly StackNode[] } {
    const nodes: StackNode[] = [];
    const indexes = this.findCostly();
    const zeros = Array.from({ length: this.metrics }, () => 0);
    for (let index = 0; index < this.size; index += 1) {
      if (indexes[index] === 0) continue;
      indexes[index] = nodes.length;
      // A copy has the room of its numbers; a list that grows has room for seventeen.
      const self = zeros.slice();
      for (let metric = 0; metric < this.metrics; metric += 1) {
        const cost = this.costOf(index, metric);
        if (!Number.isFinite(cost)) throw refuse('its costs add up to no number');
        self[metric] = round ? Math.round(cost) : cost;
      }
      const line = this.lines[index] ?? NONE;
      const thread = this.threads[index] ?? NONE;
      const above = this.parentOf(index);
      const parent = above === NONE ? NONE : (indexes[above] ?? NONE);
      const frame = this.frameOf(index);
      // Two shapes of object, not four, because there may be a million of them.
      if (thread !== NONE) nodes.push({ parent, frame, ...(line > 0 ? { line } : {}), self, thread });
      else nodes.push(line > 0 ? { parent, frame, line, self } : { parent, frame, self });
    }
    return { frames: this.frames, nodes };
  }

  /** 1 for each node with a cost in its subtree. */
  private findCostly(): Int32Array {
    const costly = new Int32Array(this.size);
    for (let index = this.size - 1; index >= 0; index -= 1) {
      for (let metric = 0; metric < this.metrics; metric += 1) {
        if (this.costOf(index, metric) !== 0) costly[index] = 1;
      }
      const parent = this.parentOf(index);
      if (costly[index] === 1 && parent >= 0) costly[parent] = 1;
    }
    return costly;
  }

  private push(parent: number, frame: number, line: number, thread: number): number {
    const node = this.size;
    if (node === this.parents.length) this.grow();
    this.parents[node] = parent;
    this.nodeFrames[node] = frame;
    this.lines[node] = line;
    this.threads[node] = thread;
    this.size += 1;
    if (this.size * 2 > this.slots.length) this.rehash();
    return node;
  }

  private grow(): void {
    this.parents = doubled(this.parents);
    this.nodeFrames = doubled(this.nodeFrames);
    this.lines = doubled(this.lines);
    this.threads = doubled(this.threads);
    const costs = new Float64Array(this.costs.length * 2);
    costs.set(this.costs);
    this.costs = costs;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let node = 0; node < this.size; node += 1) {
      const key = hash(
        this.parents[node] ?? 0,
        this.nodeFrames[node] ?? 0,
        this.lines[node] ?? 0,
        this.threads[node] ?? 0,
      );
      let slot = key & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = node + 1;
    }
    this.slots = slots;
  }
}

function doubled(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}

function hash(parent: number, frame: number, line: number, thread: number): number {
  let value = Math.imul(parent + 1, 0x9e3779b1) ^ Math.imul(frame + 1, 0x85ebca6b);
  value ^= Math.imul(line + 2, 0xc2b2ae35) ^ Math.imul(thread + 2, 0x27d4eb2f);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
}
