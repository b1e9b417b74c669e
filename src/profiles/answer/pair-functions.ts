import { bareName, isQualified } from './function-identity.ts';
import type { FunctionIdentity } from './function-identity.ts';

/** A function of one side of a change. */
export interface SideFunction extends FunctionIdentity {
  /** What its costs hold; see `FrameChange`. */
  readonly basis: 'paid' | 'self' | 'with-callees';
  /** Cost in each recording, in the unit of the metric. */
  readonly parts: readonly number[];
}

/** A function before and after; absent from the side where it is not. */
export interface FunctionPair {
  readonly a?: SideFunction | undefined;
  readonly b?: SideFunction | undefined;
}

/** The functions of both sides. */
export interface PairedFunctions {
  readonly pairs: readonly FunctionPair[];
  /** Those of them that stand for several of one name. */
  readonly joined: readonly FunctionPair[];
}

type Functions = readonly SideFunction[];

/**
 * Says which function of one side is which of the other: by file and name, several of one name by the qualified name, then
 * by their order in the file, since first lines shift. What cannot be told apart on both sides is joined. At last those
 * that are missing on one side by name alone, where that is unique: they moved to another file.
 */
export function pairFunctions(before: Functions, after: Functions): PairedFunctions {
  const pairs: FunctionPair[] = [];
  const joined: FunctionPair[] = [];
  const gone: SideFunction[] = [];
  const added: SideFunction[] = [];
  const pairAlike = (a: Functions, b: Functions): void => {
    const found = pairByOrder(a, b);
    pairs.push(...found);
    if (found.length < Math.max(a.length, b.length)) joined.push(...found);
  };
  const group = ({ group: key }: SideFunction): string => key;
  for (const { a, b } of match(before, after, group)) {
    const left: { readonly a: SideFunction[]; readonly b: SideFunction[] } = { a: [], b: [] };
    for (const named of match(a, b, ({ name }) => name)) {
      if (named.a.length > 0 && named.b.length > 0) pairAlike(named.a, named.b);
      else {
        left.a.push(...named.a);
        left.b.push(...named.b);
      }
    }
    const isSure = [...left.a, ...left.b].every(({ name }) => isQualified(name));
    if (left.a.length > 0 && left.b.length > 0 && !isSure) pairAlike(left.a, left.b);
    else {
      gone.push(...left.a);
      added.push(...left.b);
    }
  }
  return { pairs: [...pairs, ...pairMoved(gone, added)], joined };
}

/** Both sides by what they have in common. */
function match(
  before: Functions,
  after: Functions,
  keyOf: (one: SideFunction) => string,
): readonly { readonly a: Functions; readonly b: Functions }[] {
  const found = new Map<string, { readonly a: SideFunction[]; readonly b: SideFunction[] }>();
  const at = (one: SideFunction): { readonly a: SideFunction[]; readonly b: SideFunction[] } => {
    const known = found.get(keyOf(one)) ?? { a: [], b: [] };
    found.set(keyOf(one), known);
    return known;
  };
  for (const one of before) at(one).a.push(one);
  for (const one of after) at(one).b.push(one);
  return [...found.values()];
}

/** Functions of one name, at least one on each side. */
function pairByOrder(a: Functions, b: Functions): readonly FunctionPair[] {
  const isOrdered = a.length === b.length && [...a, ...b].every(({ line }) => line !== null);
  if (!isOrdered) return [{ a: join(a), b: join(b) }];
  const inOrder = (functions: Functions): Functions =>
    [...functions].sort((x, y) => (x.line ?? 0) - (y.line ?? 0));
  const others = inOrder(b);
  return inOrder(a).flatMap((one, index) => {
    const other = others[index];
    return other === undefined ? [] : [{ a: one, b: other }];
  });
}

function join(functions: Functions): SideFunction | undefined {
  const [first] = functions;
  if (first === undefined || functions.length === 1) return first;
  const parts = first.parts.map((_, index) =>
    functions.reduce((sum, one) => sum + (one.parts[index] ?? 0), 0),
  );
  return { ...first, name: bareName(first.name), line: null, by: 'none', parts };
}

function pairMoved(gone: Functions, added: Functions): readonly FunctionPair[] {
  const pairs: FunctionPair[] = [];
  const alike = (functions: Functions, one: SideFunction): Functions =>
    functions.filter(
      ({ name, origin, group }) =>
        bareName(name) === bareName(one.name) && origin === one.origin && group !== one.group,
    );
  const moved = new Set<SideFunction>();
  for (const a of gone) {
    const [b, ...others] = alike(added, a);
    const isMove =
      a.origin === 'mine' &&
      b !== undefined &&
      others.length === 0 &&
      alike(gone, b).length === 1 &&
      !/^</.test(bareName(a.name));
    if (isMove) moved.add(b);
    pairs.push(isMove ? { a, b } : { a });
  }
  for (const b of added) if (!moved.has(b)) pairs.push({ b });
  return pairs;
}
