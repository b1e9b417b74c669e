import { costFunctions } from '../costs.ts';
import { plainName } from '../function-table.ts';
import type { Frame, LineProfile, Origin, StackProfile } from '../profile.ts';
import { walkStacks } from '../walk-stacks.ts';
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

/** A place while its stacks are walked through. */
interface Running {
  readonly place: PlaceCost;
  /** How often it is on the stack. */
  depth: number;
}

/** Finds the places of nodes. There may be a million nodes, so that a name is looked at once for each frame only. */
class StackPlaces {
  private readonly places: Places;
  private readonly frames: readonly Frame[];
  private readonly paths: readonly (string | null)[];
  /** Places that several frames have in common are one. */
  private readonly running = new Map<PlaceCost, Running>();
  private readonly functions = new Map<number, Running | undefined>();
  private readonly lines = new Map<number, Map<number, Running>>();

  constructor(places: Places, recording: Recording) {
    this.places = places;
    this.frames = recording.profile.frames;
    this.paths = shortPaths(recording);
  }

  /** Undefined for foreign frames. */
  function(at: number): Running | undefined {
    if (this.functions.has(at)) return this.functions.get(at);
    const frame = this.frames[at];
    const file = this.paths[at] ?? null;
    const isOwn = frame?.origin === 'mine' && file !== null;
    const found = isOwn ? this.run(this.places.function(file, frame.name, frame.line ?? null)) : undefined;
    this.functions.set(at, found);
    return found;
  }

  /** Of an own frame only. */
  line(at: number, line: number): Running {
    let lines = this.lines.get(at);
    if (lines === undefined) this.lines.set(at, (lines = new Map<number, Running>()));
    let found = lines.get(line);
    if (found === undefined) {
      found = this.run(this.places.line(this.paths[at] ?? '', line, this.frames[at]?.name ?? ''));
      lines.set(line, found);
    }
    return found;
  }

  private run(place: PlaceCost): Running {
    const known = this.running.get(place);
    if (known !== undefined) return known;
    const running = { place, depth: 0 };
    this.running.set(place, running);
    return running;
  }
}

function costStackPlaces(recording: Recording, profile: StackProfile, metric: number): PlaceCosts {
  const { nodes, frames } = profile;
  const places = new Places();
  const found = new StackPlaces(places, recording);
  const folded = { dependency: 0, stdlib: 0, native: 0, unknown: 0 };
  // Of each own node its line and its function; undefined for foreign nodes.
  const lines: (Running | undefined)[] = [];
  const functions: (Running | undefined)[] = [];
  const payer = new Int32Array(nodes.length).fill(-1);
  let total = 0;
  for (const [index, node] of nodes.entries()) {
    const cost = node.self[metric] ?? 0;
    total += cost;
    const own = found.function(node.frame);
    const ownLine =
      own === undefined || node.line === undefined ? undefined : found.line(node.frame, node.line);
    functions.push(own);
    lines.push(ownLine);
    if (own !== undefined) payer[index] = index;
    else if (node.parent >= 0) payer[index] = payer[node.parent] ?? -1;
    // Most nodes are on the way to others only.
    if (cost === 0) continue;
    const pays = payer[index] ?? -1;
    if (pays < 0) folded[fold(frames[node.frame]?.origin)] += cost;
    if (own !== undefined) own.place.self += cost;
    if (ownLine !== undefined) ownLine.place.self += cost;
    for (const paying of [functions[pays], lines[pays]]) if (paying !== undefined) paying.place.paid += cost;
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
  kinds: readonly (readonly (Running | undefined)[])[],
): void {
  const subtree = Float64Array.from(nodes, (node) => node.self[metric] ?? 0);
  for (let index = nodes.length - 1; index >= 0; index -= 1) {
    const parent = nodes[index]?.parent ?? -1;
    if (parent >= 0) subtree[parent] = (subtree[parent] ?? 0) + (subtree[index] ?? 0);
  }
  const enter = (index: number): void => {
    const cost = subtree[index] ?? 0;
    for (const places of kinds) {
      const running = places[index];
      if (running === undefined) continue;
      running.depth += 1;
      running.place.nested += cost;
      if (running.depth === 1) running.place.inclusive += cost;
    }
  };
  const leave = (index: number): void => {
    for (const places of kinds) {
      const running = places[index];
      if (running !== undefined) running.depth -= 1;
    }
  };
  walkStacks(nodes, enter, leave);
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
