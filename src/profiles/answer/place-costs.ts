import { costFunctions } from '../costs.ts';
import type { LineProfile, Origin, StackProfile } from '../profile.ts';
import { walkStacks } from '../walk-stacks.ts';
import type { FunctionIdentity } from './function-identity.ts';
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
  /** Of a line the function that it is in. */
  readonly identity: FunctionIdentity;
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
  /** Own functions by the key of their identity. */
  readonly functions: ReadonlyMap<string, PlaceCost>;
  readonly folded: Folded;
  /** Whether `paid` is known; tools that charge lines with all that they call know only `nested`. */
  readonly pays: boolean;
}

/** What a line is known by in every recording. */
function lineKey(file: string, line: number): string {
  return `${file}:${String(line)}`;
}

/** What each own place costs; frames must be classified. `identities`: those of the frames of this recording. */
export function costPlaces(
  { profile }: Recording,
  identities: readonly FunctionIdentity[],
  metric: number,
): PlaceCosts {
  if (profile.shape === 'stacks') return costStackPlaces(profile, identities, metric);
  if (profile.shape === 'lines') return costLinePlaces(profile, identities, metric);
  const costs = costFunctions(profile, metric);
  const places = new Places();
  for (const { frame: at, self, own, inclusive, calls } of costs.functions) {
    const identity = identities[at];
    if (!isOwn(identity)) continue;
    const place = places.function(identity);
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

/** An own function with its file. */
type OwnIdentity = FunctionIdentity & { readonly file: string };

function isOwn(identity: FunctionIdentity | undefined): identity is OwnIdentity {
  return identity?.origin === 'mine' && identity.file !== null;
}

class Places {
  readonly maps = { lines: new Map<string, PlaceCost>(), functions: new Map<string, PlaceCost>() };

  line(identity: OwnIdentity, line: number): PlaceCost {
    return this.place(this.maps.lines, lineKey(identity.file, line), identity, line);
  }

  function(identity: OwnIdentity): PlaceCost {
    return this.place(this.maps.functions, identity.key, identity, identity.line);
  }

  private place(
    map: Map<string, PlaceCost>,
    key: string,
    identity: OwnIdentity,
    line: number | null,
  ): PlaceCost {
    const known = map.get(key);
    if (known !== undefined) return known;
    const { file, name } = identity;
    const place = {
      ...{ file, line, function: name, identity },
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
  private readonly identities: readonly FunctionIdentity[];
  /** Places that several frames have in common are one. */
  private readonly running = new Map<PlaceCost, Running>();
  private readonly functions = new Map<number, Running | undefined>();
  private readonly lines = new Map<number, Map<number, Running>>();

  constructor(places: Places, identities: readonly FunctionIdentity[]) {
    this.places = places;
    this.identities = identities;
  }

  /** Undefined for foreign frames. */
  function(at: number): Running | undefined {
    if (this.functions.has(at)) return this.functions.get(at);
    const identity = this.identities[at];
    const found = isOwn(identity) ? this.run(this.places.function(identity)) : undefined;
    this.functions.set(at, found);
    return found;
  }

  /** Undefined for foreign frames. */
  line(at: number, line: number): Running | undefined {
    let lines = this.lines.get(at);
    if (lines === undefined) this.lines.set(at, (lines = new Map<number, Running>()));
    const known = lines.get(line);
    const identity = this.identities[at];
    if (known !== undefined || !isOwn(identity)) return known;
    const found = this.run(this.places.line(identity, line));
    lines.set(line, found);
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

function costStackPlaces(
  profile: StackProfile,
  identities: readonly FunctionIdentity[],
  metric: number,
): PlaceCosts {
  const { nodes, frames } = profile;
  const places = new Places();
  const found = new StackPlaces(places, identities);
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
    const ownLine = node.line === undefined ? undefined : found.line(node.frame, node.line);
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

function costLinePlaces(
  profile: LineProfile,
  identities: readonly FunctionIdentity[],
  metric: number,
): PlaceCosts {
  const places = new Places();
  const folded = { dependency: 0, stdlib: 0, native: 0, unknown: 0 };
  const pays = profile.charged === 'self';
  for (const row of profile.rows) {
    const identity = identities[row.frame];
    const cost = row.self[metric] ?? 0;
    if (!isOwn(identity)) {
      if (pays) folded[fold(identity?.origin)] += cost;
      continue;
    }
    const line = places.line(identity, row.line);
    if (row.hits !== undefined) line.hits = (line.hits ?? 0) + row.hits;
    const inclusive = row.inclusive?.[metric] ?? cost;
    // Without stacks nobody knows which part a line pays for and which part its callees pay themselves.
    const amounts = { self: pays ? cost : 0, paid: pays ? cost : 0, inclusive, nested: inclusive };
    add(line, amounts);
    add(places.function(identity), amounts);
  }
  return { total: costFunctions(profile, metric).total, ...places.maps, folded, pays };
}
