import { suggestWord } from '#base';
import type { Doubt } from '#base';
import type { Origin } from '../profile.ts';
import { bareName, isQualified } from './function-identity.ts';
import type { FunctionIdentity } from './function-identity.ts';
import { findMetric } from './recording.ts';
import type { Question, Recording } from './recording.ts';
import { poolRecordings, sum } from './pool.ts';
import type { Pool } from './pool.ts';
import { poolShare } from './share-interval.ts';

/** What to show of who calls whom. */
export interface TreeRequest {
  readonly question: Question;
  /** `down`: what was called; `up`: who called. */
  readonly direction: 'down' | 'up';
  /** A function to begin at, in all places where it was called; the whole program when absent. */
  readonly name?: string | undefined;
  /** Names of functions from there on, parted by `/`, as rows carry it in `path`. */
  readonly root?: string | undefined;
  /** Levels below the beginning. */
  readonly depth: number;
  /** Rows at most: dearest first, parents before their children. */
  readonly most: number;
}

/** One function at one place of the tree. */
export interface TreeRow {
  /** What `root` takes to begin here. */
  readonly path: string;
  readonly depth: number;
  readonly function: string;
  /** Null for compiled code. */
  readonly file: string | null;
  /** Its first line, where the tool tells. */
  readonly line: number | null;
  readonly origin: Origin;
  /** Part of the whole program that was spent here with everything called; upwards: that came through here. */
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Part of the whole in the function itself at this place; null upwards and where it is not known. */
  readonly self: number | null;
  /** Calls, where a tool counted. */
  readonly calls: number | null;
  /** Callees (upwards callers) that are not listed: how many, and what they cost together. */
  readonly hidden: { readonly count: number; readonly share: number };
}

/** A part of who calls whom. */
export interface CallTree {
  readonly tool: string;
  readonly distorted: boolean;
  /** Whether only neighbours are known: rows deeper than one level are then not there. */
  readonly oneLevel: boolean;
  readonly rows: readonly TreeRow[];
  readonly doubts: readonly Doubt[];
}

/** Why there is no tree. */
export type NoTree =
  | { readonly problem: 'no-stacks'; readonly tool: string | undefined }
  | { readonly problem: 'no-such-function'; readonly name: string; readonly meant: string | undefined }
  | { readonly problem: 'ambiguous'; readonly name: string; readonly candidates: readonly string[] }
  | { readonly problem: 'no-such-path'; readonly at: string; readonly known: readonly string[] };

/** Functions that one node of the merged stacks stands for. */
interface Node extends Identity {
  /** In samples, or in the unit of the metric. */
  total: number;
  self: number;
  calls: number | null;
  readonly children: Map<string, Node>;
}

type Identity = Pick<FunctionIdentity, 'key' | 'name' | 'file' | 'line' | 'origin'>;

/** Follows calls down or up; frames must be classified. Equal functions are joined, whatever line was running. */
export function growTree(recordings: readonly Recording[], request: TreeRequest): CallTree | NoTree {
  const pools = poolRecordings(recordings, request.question);
  const withStacks = pools.find((pool) => pool.recordings.some(({ profile }) => profile.shape === 'stacks'));
  const withEdges = pools.find((pool) =>
    pool.recordings.some(({ profile }) => profile.shape === 'call-graph'),
  );
  const pool = withStacks ?? withEdges;
  if (pool === undefined) return { problem: 'no-stacks', tool: pools[0]?.tool };
  const oneLevel = withStacks === undefined;
  if (oneLevel && request.name === undefined) return { problem: 'no-stacks', tool: pool.tool };
  const wanted = request.name === undefined ? undefined : findFunction(pool, request.name);
  if (wanted !== undefined && 'problem' in wanted) return wanted;
  const key = wanted?.key;
  const whole = oneLevel
    ? neighboursOf(pool, request, key ?? '')
    : key === undefined
      ? mergeStacks(pool, request.question)
      : request.direction === 'down'
        ? below(mergeStacks(pool, request.question), key)
        : above(mergeStacks(pool, request.question), key);
  const start = descend(whole, request.root);
  if ('problem' in start) return start;
  const rows = listRows(start.node, start.path, pool, request);
  const doubts = wanted?.doubt === undefined ? [] : [wanted.doubt];
  return { tool: pool.tool, distorted: pool.distorted, oneLevel, rows, doubts };
}

/** A function that was asked about. */
interface Wanted {
  readonly key: string;
  readonly doubt?: Doubt;
}

/** What a name may mean: `total`, `Cart.total`, `cart.py:total`, `cart.py:total:14` with its first line. */
function findFunction(pool: Pool, wanted: string): Wanted | NoTree {
  const all = [...new Map(pool.identities.flat().map((one) => [one.key, one])).values()];
  const at = /^(.*\D):(\d{1,9})$/s.exec(wanted);
  const named = at?.[1] ?? wanted;
  const colon = named.lastIndexOf(':');
  const [file, name] = colon < 0 ? [undefined, named] : [named.slice(0, colon), named.slice(colon + 1)];
  const isThere = (one: FunctionIdentity): boolean =>
    (file === undefined || one.file === file || one.file?.endsWith(`/${file}`) === true) &&
    (at === null || one.line === Number(at[2]));
  const find = (fits: (one: FunctionIdentity) => boolean): readonly FunctionIdentity[] => {
    const found = all.filter((one) => isThere(one) && fits(one));
    // Own code is meant where both have the name.
    const mine = found.filter(({ origin }) => origin === 'mine');
    return mine.length > 0 ? mine : found;
  };
  const exact = find((one) => one.name === name || one.name.endsWith(`.${name}`));
  // Where a tool gives the last part of names only, this is all that can be had.
  const isBare = all.every((one) => one.origin !== 'mine' || !isQualified(one.name));
  const found = exact.length > 0 || !isBare ? exact : find((one) => one.name === bareName(name));
  const [first, ...others] = found;
  if (first === undefined) {
    const names = [...new Set(all.flatMap((one) => [one.name, bareName(one.name)]))];
    return { problem: 'no-such-function', name: wanted, meant: suggestWord(name, names) };
  }
  if (others.length === 0)
    return { key: first.key, ...(exact.length > 0 ? {} : { doubt: doubtName(pool.tool, first, name) }) };
  return { problem: 'ambiguous', name: wanted, candidates: found.map((one) => spell(one, found)) };
}

/** What names this function and none of the others. */
function spell(one: FunctionIdentity, others: readonly FunctionIdentity[]): string {
  const plain = one.file === null ? one.name : `${one.file}:${one.name}`;
  const twins = others.filter(({ file, name }) => file === one.file && name === one.name);
  return twins.length > 1 && one.line !== null ? `${plain}:${String(one.line)}` : plain;
}

function doubtName(tool: string, { name, file }: FunctionIdentity, asked: string): Doubt {
  const where = file === null ? '' : ` in ${file}`;
  const text = `${tool} gives the last part of names only: this is every ${name}${where}, of which ${asked} may be one of several.`;
  return { code: 'name-ambiguous', text };
}

function newNode(identity: Identity): Node {
  return { ...identity, total: 0, self: 0, calls: null, children: new Map() };
}

function childOf(parent: Node, identity: Identity): Node {
  const known = parent.children.get(identity.key);
  if (known !== undefined) return known;
  const child = newNode(identity);
  parent.children.set(identity.key, child);
  return child;
}

const WHOLE: Identity = { key: '', name: '(all)', file: null, line: null, origin: 'unknown' };

/** The stacks of all recordings with equal functions joined, each recording with the weight of its samples. */
function mergeStacks(pool: Pool, question: Question): Node {
  const top = newNode(WHOLE);
  for (const [index, recording] of pool.recordings.entries()) {
    const { profile } = recording;
    if (profile.shape !== 'stacks') continue;
    const metric = findMetric(profile, question) ?? 0;
    const total = pool.costs[index]?.total ?? 0;
    const weight = total > 0 ? (pool.sizes[index] ?? 0) / total : 0;
    const identities = pool.identities[index] ?? [];
    const places: Node[] = [];
    for (const [at, node] of profile.nodes.entries()) {
      const parent = node.parent < 0 ? top : (places[node.parent] ?? top);
      const identity = identities[node.frame] ?? WHOLE;
      // Direct recursion is one level, as deep as it may go.
      const place = parent.key === identity.key ? parent : childOf(parent, identity);
      places[at] = place;
      place.self += (node.self[metric] ?? 0) * weight;
    }
  }
  addTotals(top);
  return top;
}

/** Without recursion of its own: stacks may be very deep. */
function addTotals(top: Node): void {
  const order = [top];
  const parents = [0];
  for (let at = 0; at < order.length; at += 1) {
    for (const child of order[at]?.children.values() ?? []) {
      order.push(child);
      parents.push(at);
    }
  }
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const node = order[at] ?? top;
    node.total += node.self;
    const parent = order[parents[at] ?? 0];
    if (at > 0 && parent !== undefined) parent.total += node.total;
  }
}

/** All outermost places of a function as one. */
function below(top: Node, key: string): Node {
  let merged: Node | undefined;
  const join = (into: Node, from: Node): void => {
    const pending: [Node, Node][] = [[into, from]];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const [target, source] = next;
      target.total += source.total;
      target.self += source.self;
      for (const child of source.children.values()) pending.push([childOf(target, child), child]);
    }
  };
  const order = [top];
  for (const node of order) {
    if (node.key === key) join((merged ??= newNode(node)), node);
    else for (const child of node.children.values()) order.push(child);
  }
  return merged ?? newNode(WHOLE);
}

/** The callers of all outermost places of a function, as a tree that grows upwards. */
function above(top: Node, key: string): Node {
  let merged: Node | undefined;
  const order: { readonly node: Node; readonly caller: number }[] = [{ node: top, caller: -1 }];
  for (let at = 0; at < order.length; at += 1) {
    const { node, caller } = order[at] ?? { node: top, caller: -1 };
    if (node.key !== key) {
      for (const child of node.children.values()) order.push({ node: child, caller: at });
      continue;
    }
    let place = (merged ??= newNode(node));
    place.total += node.total;
    for (let up = order[caller]; up !== undefined && up.node !== top; up = order[up.caller]) {
      place = childOf(place, up.node);
      place.total += node.total;
    }
  }
  return merged ?? newNode(WHOLE);
}

/** What a tracer knows: the functions that called, or were called, one level deep. */
function neighboursOf(pool: Pool, { question, direction }: TreeRequest, key: string): Node {
  let top: Node | undefined;
  for (const [index, recording] of pool.recordings.entries()) {
    const { profile } = recording;
    if (profile.shape !== 'call-graph') continue;
    const metric = findMetric(profile, question) ?? 0;
    const total = pool.costs[index]?.total ?? 0;
    const weight = total > 0 ? (pool.sizes[index] ?? 0) / total : 0;
    const identities = pool.identities[index] ?? [];
    for (const row of profile.rows) {
      const identity = identities[row.frame] ?? WHOLE;
      if (identity.key !== key) continue;
      top ??= newNode(identity);
      top.total += (row.inclusive[metric] ?? 0) * weight;
      top.self += (row.self[metric] ?? 0) * weight;
      top.calls = (top.calls ?? 0) + row.calls;
    }
    for (const edge of profile.edges) {
      const [from, to] = direction === 'down' ? [edge.caller, edge.callee] : [edge.callee, edge.caller];
      if (edge.caller === edge.callee || identities[from]?.key !== key || top === undefined) continue;
      const child = childOf(top, identities[to] ?? WHOLE);
      child.total += (edge.inclusive?.[metric] ?? 0) * weight;
      child.self += (edge.self?.[metric] ?? 0) * weight;
      child.calls = (child.calls ?? 0) + edge.calls;
    }
  }
  return top ?? newNode(WHOLE);
}

/** The name of a child in a path: with its file, and its line, where a sibling has the same name. */
function segmentOf(parent: Node, child: Node): string {
  const { name, file, line } = child;
  const plain = name.replaceAll('/', '|');
  const twins = [...parent.children.values()].filter((one) => one.name === name);
  if (twins.length < 2 || file === null) return plain;
  const isElsewhere = twins.filter((one) => one.file === file).length < 2;
  const at = isElsewhere || line === null ? '' : `:${String(line)}`;
  return `${plain}@${file.replaceAll('/', '|')}${at}`;
}

function descend(
  whole: Node,
  root: string | undefined,
): { readonly node: Node; readonly path: string } | NoTree {
  let node = whole;
  const names = (root ?? '').split('/').filter((name) => name !== '');
  const walked: string[] = [];
  // The function that the tree begins at may be named again, since rows carry whole paths.
  if (node.key !== '' && names[0] === node.name.replaceAll('/', '|')) walked.push(names.shift() ?? '');
  for (const name of names) {
    const children = [...node.children.values()].sort((a, b) => b.total - a.total);
    const next = children.find((child) => segmentOf(node, child) === name);
    if (next === undefined) {
      const known = children.slice(0, 8).map((child) => segmentOf(node, child));
      return { problem: 'no-such-path', at: [...walked, name].join('/'), known };
    }
    walked.push(name);
    node = next;
  }
  const path = walked.length > 0 || node.key === '' ? walked.join('/') : node.name.replaceAll('/', '|');
  return { node, path };
}

/** Part of the beginning below which a row says nothing; it is counted among the hidden ones. */
const LEAST = 0.005;

interface Listed {
  readonly node: Node;
  readonly path: string;
  readonly depth: number;
  readonly children: Listed[];
}

/** The dearest nodes first, as many as are wanted, in the order of the tree. */
function listRows(start: Node, path: string, pool: Pool, request: TreeRequest): readonly TreeRow[] {
  const root: Listed = { node: start, path, depth: 0, children: [] };
  let count = start.key === '' ? 0 : 1;
  const isOpen = ({ depth, node }: Listed): boolean => depth < request.depth && node.total > 0;
  const waiting: { readonly parent: Listed; readonly node: Node }[] = [];
  const push = (parent: Listed): void => {
    if (!isOpen(parent)) return;
    for (const node of parent.node.children.values()) {
      if (node.total >= LEAST * start.total) waiting.push({ parent, node });
    }
  };
  push(root);
  while (count < request.most && waiting.length > 0) {
    let best = 0;
    for (const [index, { node }] of waiting.entries()) {
      if (node.total > (waiting[best]?.node.total ?? 0)) best = index;
    }
    const [next] = waiting.splice(best, 1);
    if (next === undefined) break;
    const { parent, node } = next;
    const segment = segmentOf(parent.node, node);
    const listed: Listed = {
      node,
      path: parent.path === '' ? segment : `${parent.path}/${segment}`,
      depth: parent.depth + 1,
      children: [],
    };
    parent.children.push(listed);
    push(listed);
    count += 1;
  }
  const whole = sum(pool.sizes);
  const rows: TreeRow[] = [];
  const pending = [root];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    rows.push(toRow(next, whole, pool, request.direction));
    const sorted = [...next.children].sort((a, b) => b.node.total - a.node.total);
    pending.push(...sorted.reverse());
  }
  return rows;
}

function toRow(
  { node, path, depth, children }: Listed,
  whole: number,
  { sampled, scatter, sizes }: Pool,
  direction: TreeRequest['direction'],
): TreeRow {
  const range = poolShare(
    [{ count: node.total, samples: whole }],
    scatter.functions / Math.max(1, sizes.length),
  );
  const listed = new Set(children.map((child) => child.node));
  const left = [...node.children.values()].filter((child) => !listed.has(child));
  const part = (value: number): number => (whole > 0 ? Math.min(1, value / whole) : 0);
  return {
    path,
    depth,
    function: node.name,
    file: node.file,
    line: node.line,
    origin: node.origin,
    share: part(node.total),
    low: sampled ? range.low : null,
    high: sampled ? range.high : null,
    self: direction === 'up' ? null : part(node.self),
    calls: node.calls,
    hidden: { count: left.length, share: part(sum(left.map(({ total }) => total))) },
  };
}
