import { costFunctions } from '../costs.ts';
import { plainName } from '../function-table.ts';
import type { LineProfile, Origin, StackProfile } from '../profile.ts';
import { shortPaths } from './recording.ts';
import type { Recording } from './recording.ts';

/** Cost that no own line pays for, by whose code was running. */
export interface Folded {
  readonly dependency: number;
  readonly stdlib: number;
  readonly native: number;
  readonly unknown: number;
}

/** What an own line or an own function costs in one recording, in the unit of the metric. */
export interface PlaceCost {
  readonly file: string;
  /** The line itself; of a function its first line, where the tool tells. */
  readonly line: number | null;
  readonly function: string;
  /** While it was innermost. */
  self: number;
  /** What it pays for: itself and the foreign code that it asked for. Paid once: may be added up. */
  paid: number;
  /** While it was anywhere on the stack, once per recursion. */
  inclusive: number;
  /** The same at every depth of a recursion, as tools count that put a clock around each line. */
  nested: number;
  /** Of a line how often it began; of a function its calls. */
  hits: number | null;
}

/** The costs of one recording by place. */
export interface PlaceCosts {
  readonly total: number;
  /** Own lines by {@link lineKey}; empty where the tool knows no lines. */
  readonly lines: ReadonlyMap<string, PlaceCost>;
  /** Own functions by {@link functionKey}. */
  readonly functions: ReadonlyMap<string, PlaceCost>;
  readonly folded: Folded;
  /** Whether `paid` is known; tools that charge lines with all that they call know only `nested`. */
  readonly pays: boolean;
}

/** What a line is known by in every recording. */
function lineKey(file: string, line: number): string {
  return `${file}:${String(line)}`;
}

/**
 * What a function is known by in every recording: tools and Pythons disagree on qualified names, so only the last part
 * counts. Two methods of one name in one file are one entry.
 */
export function functionKey(file: string, name: string): string {
  return `${file}:${bareName(name)}`;
}

/** `total` for `Cart.total`, and for `Cart.__init__.<locals>.total`. */
export function bareName(name: string): string {
  return plainName(name).replace(/^.*\.(?=[^.>]+$|<\w+>$)/, '');
}

/** What each own place costs; frames must be classified. */
export function costPlaces(recording: Recording, metric: number): PlaceCosts {
  const { profile } = recording;
  if (profile.shape === 'stacks') return costStackPlaces(recording, profile, metric);
  if (profile.shape === 'lines') return costLinePlaces(recording, profile, metric);
  const paths = shortPaths(recording);
  const costs = costFunctions(profile, metric);
  const places = new Places();
  for (const { frame: at, self, own, inclusive, calls } of costs.functions) {
    const frame = profile.frames[at];
    const file = paths[at] ?? null;
    if (frame?.origin !== 'mine' || file === null) continue;
    const place = places.function(file, frame.name, frame.line ?? null);
    add(place, { self, paid: own, inclusive, nested: inclusive });
    place.hits = (place.hits ?? 0) + (calls ?? 0);
  }
  const folded = { dependency: 0, stdlib: 0, native: 0, unknown: costs.unpaid };
  return { total: costs.total, ...places.maps, folded, pays: true };
}

type Amounts = Pick<PlaceCost, 'self' | 'paid' | 'inclusive' | 'nested'>;

function add(place: PlaceCost, amounts: Partial<Amounts>): void {
  place.self += amounts.self ?? 0;
  place.paid += amounts.paid ?? 0;
  place.inclusive += amounts.inclusive ?? 0;
  place.nested += amounts.nested ?? 0;
}

class Places {
  readonly maps = { lines: new Map<string, PlaceCost>(), functions: new Map<string, PlaceCost>() };

  line(file: string, line: number, name: string): PlaceCost {
    return this.place(this.maps.lines, lineKey(file, line), file, line, name);
  }

  function(file: string, name: string, line: number | null): PlaceCost {
    return this.place(this.maps.functions, functionKey(file, name), file, line, name);
  }

  private place(
    map: Map<string, PlaceCost>,
    key: string,
    file: string,
    line: number | null,
    name: string,
  ): PlaceCost {
    const known = map.get(key);
    if (known !== undefined) return known;
    const place = {
      file,
      line,
      function: plainName(name),
      ...{ self: 0, paid: 0, inclusive: 0, nested: 0 },
      hits: null,
    };
    map.set(key, place);
    return place;
  }
}

function costStackPlaces(recording: Recording, profile: StackProfile, metric: number): PlaceCosts {
  const { nodes, frames } = profile;
  const paths = shortPaths(recording);
  const places = new Places();
  const folded = { dependency: 0, stdlib: 0, native: 0, unknown: 0 };
  // Of each own node its line and its function; undefined for foreign nodes.
  const lines: (PlaceCost | undefined)[] = [];
  const functions: (PlaceCost | undefined)[] = [];
  const payer = new Int32Array(nodes.length).fill(-1);
  let total = 0;
  for (const [index, node] of nodes.entries()) {
    const frame = frames[node.frame];
    const file = paths[node.frame] ?? null;
    const cost = node.self[metric] ?? 0;
    total += cost;
    if (frame?.origin === 'mine' && file !== null) {
      payer[index] = index;
      functions[index] = places.function(file, frame.name, frame.line ?? null);
      if (node.line !== undefined) lines[index] = places.line(file, node.line, frame.name);
    } else if (node.parent >= 0) payer[index] = payer[node.parent] ?? -1;
    const pays = payer[index] ?? -1;
    if (pays < 0) folded[fold(frame?.origin)] += cost;
    for (const places of [lines, functions]) {
      const own = places[index];
      if (own !== undefined) add(own, { self: cost });
      const paying = pays < 0 ? undefined : places[pays];
      if (paying !== undefined) add(paying, { paid: cost });
    }
  }
  addSubtrees(profile, metric, [lines, functions]);
  return { total, ...places.maps, folded, pays: true };
}

function fold(origin: Origin | undefined): keyof Folded {
  return origin === undefined || origin === 'mine' ? 'unknown' : origin;
}

/** Adds to each place what its subtrees cost: at every depth, and once for each outermost one. */
function addSubtrees(
  { nodes }: StackProfile,
  metric: number,
  kinds: readonly (readonly (PlaceCost | undefined)[])[],
): void {
  const subtree = nodes.map((node) => node.self[metric] ?? 0);
  const children = nodes.map((): number[] => []);
  const roots: number[] = [];
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const parent = nodes[index]?.parent ?? -1;
    if (parent >= 0) subtree[parent] = (subtree[parent] ?? 0) + (subtree[index] ?? 0);
    (children[parent] ?? roots).push(index);
  }
  const running = new Map<PlaceCost, number>();
  // A node is met twice: on the way in, and as its complement on the way out.
  const path = roots;
  for (let next = path.pop(); next !== undefined; next = path.pop()) {
    const leaving = next < 0;
    const index = leaving ? ~next : next;
    for (const places of kinds) {
      const place = places[index];
      if (place === undefined) continue;
      const depth = (running.get(place) ?? 0) + (leaving ? -1 : 1);
      running.set(place, depth);
      if (leaving) continue;
      place.nested += subtree[index] ?? 0;
      if (depth === 1) place.inclusive += subtree[index] ?? 0;
    }
    if (leaving) continue;
    path.push(~index);
    for (const child of children[index] ?? []) path.push(child);
  }
}

function costLinePlaces(recording: Recording, profile: LineProfile, metric: number): PlaceCosts {
  const paths = shortPaths(recording);
  const places = new Places();
  const folded = { dependency: 0, stdlib: 0, native: 0, unknown: 0 };
  const pays = profile.charged === 'self';
  for (const row of profile.rows) {
    const frame = profile.frames[row.frame];
    const file = paths[row.frame] ?? null;
    const cost = row.self[metric] ?? 0;
    if (frame?.origin !== 'mine' || file === null) {
      if (pays) folded[fold(frame?.origin)] += cost;
      continue;
    }
    const line = places.line(file, row.line, frame.name);
    if (row.hits !== undefined) line.hits = (line.hits ?? 0) + row.hits;
    const inclusive = row.inclusive?.[metric] ?? cost;
    // Without stacks nobody knows which part a line pays for and which part its callees pay themselves.
    const amounts = { self: pays ? cost : 0, paid: pays ? cost : 0, inclusive, nested: inclusive };
    add(line, amounts);
    add(places.function(file, frame.name, frame.line ?? null), amounts);
  }
  return { total: costFunctions(profile, metric).total, ...places.maps, folded, pays };
}
