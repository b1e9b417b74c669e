import { textsOf } from './concerns-change.ts';
import type { Concern, DefinitionChange } from './concerns-change.ts';
import { changedFields, changedUses, classOf, isKin, mentionsOf, simpleNames } from './concerns-mentions.ts';
import type { Mention } from './concerns-mentions.ts';

/** Sets of changes that grow together. */
interface Groups {
  join(one: DefinitionChange, other: DefinitionChange): void;
  of(change: DefinitionChange): DefinitionChange;
}

function openGroups(): Groups {
  const parents = new Map<DefinitionChange, DefinitionChange>();
  const find = (change: DefinitionChange): DefinitionChange => {
    let top = change;
    for (let next = parents.get(top); next !== undefined; next = parents.get(top)) top = next;
    // Shortens the way for the next question.
    if (top !== change) parents.set(change, top);
    return top;
  };
  return {
    of: find,
    join: (one, other) => {
      const [first, second] = [find(one), find(other)];
      if (first !== second) parents.set(second, first);
    },
  };
}

/** Lists by key. */
class Index<T> {
  readonly #lists = new Map<string, T[]>();

  add(key: string, entry: T): void {
    const list = this.#lists.get(key);
    if (list === undefined) this.#lists.set(key, [entry]);
    else list.push(entry);
  }

  get(key: string): readonly T[] {
    return this.#lists.get(key) ?? [];
  }

  lists(): readonly (readonly T[])[] {
    return [...this.#lists.values()];
  }
}

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const stemOf = (path: string): string => baseName(path).replace(/\..*$/, '');

/** Whether a mention in one definition can mean the other, which has that name. */
function canMean(mention: Mention, one: DefinitionChange, other: DefinitionChange): boolean {
  const member = other.kind === 'function' && other.name.includes('.') && !/__$/.test(other.name);
  switch (mention.way) {
    case 'self':
      return member && isKin(one, other);
    case 'field':
      return member;
    case 'member':
      return true;
    case 'imported':
      return !member && one.file !== other.file;
    case 'own':
      return !member && one.file === other.file;
  }
}

function joinMentions(nodes: readonly DefinitionChange[], groups: Groups): void {
  const named = new Index<DefinitionChange>();
  const fields = new Index<DefinitionChange>();
  const stems = new Index<DefinitionChange>();
  for (const node of nodes) {
    for (const name of simpleNames(node)) named.add(name, node);
    for (const name of changedFields(node)) fields.add(name, node);
    if (node.kind === 'file' || node.wholeFile) stems.add(stemOf(node.file), node);
  }
  for (const node of nodes) {
    for (const text of textsOf(node)) {
      for (const mention of mentionsOf(text)) {
        for (const other of named.get(mention.name))
          if (canMean(mention, node, other)) groups.join(node, other);
        for (const other of mention.way === 'self' || mention.way === 'field' || mention.way === 'member'
          ? fields.get(mention.name)
          : []) {
          if (mention.way !== 'self' || isKin(node, other)) groups.join(node, other);
        }
        for (const other of mention.way === 'imported' ? stems.get(mention.name) : [])
          groups.join(node, other);
      }
      for (const word of text.words) {
        const whole = word.includes('/') || word.includes('.');
        for (const other of whole ? stems.get(stemOf(word)) : []) {
          if (other.kind === 'file' && baseName(other.file) === baseName(word)) groups.join(node, other);
        }
      }
    }
  }
}

/** Definitions that began, or ceased, to use the same thing: a call that was replaced in several places. */
function joinUses(nodes: readonly DefinitionChange[], groups: Groups): void {
  const users = new Index<{ readonly node: DefinitionChange; readonly way: Mention['way'] }>();
  for (const node of nodes) {
    for (const { name, way } of changedUses(node)) {
      // A name of the file itself means something else in another file.
      users.add(way === 'own' ? `${node.file} ${name}` : name, { node, way });
    }
  }
  for (const [first, ...others] of users.lists()) {
    for (const other of others) {
      if (first === undefined) continue;
      const own = first.way === 'self' || other.way === 'self';
      if (!own || isKin(first.node, other.node)) groups.join(first.node, other.node);
    }
  }
}

function joinPlaces(nodes: readonly DefinitionChange[], groups: Groups): void {
  const places = new Index<DefinitionChange>();
  const moved = new Index<DefinitionChange>();
  const stems = new Index<DefinitionChange>();
  for (const node of nodes) {
    const owner = classOf(node);
    if (owner !== undefined) places.add(`class ${node.file} ${owner}`, node);
    if (node.wholeFile) places.add(`file ${node.file}`, node);
    for (const name of simpleNames(node)) if (node.change !== 'changed') moved.add(name, node);
    stems.add(node.file.replace(/\.[^/]*$/, ''), node);
  }
  // Gone here and new there: moved, or given to another class.
  const moves = moved.lists().filter((list) => new Set(list.map(({ change }) => change)).size > 1);
  for (const list of [...places.lists(), ...moves]) {
    for (const node of list) if (list[0] !== undefined) groups.join(list[0], node);
  }
  // `fast.c` and `fast.h`, `fast.pyx` and `fast.py`; two functions of one Python file are told apart.
  for (const list of stems.lists()) {
    const file = list.find((node) => node.kind === 'file');
    if (file !== undefined) for (const node of list) groups.join(file, node);
  }
}

/** What follows from another change and never connects two: imports, `__all__`, and how the project is packaged. */
function isFollower(change: DefinitionChange): boolean {
  return change.kind === 'import' || change.kind === 'packaging' || change.name === '__all__';
}

function findLeader(
  follower: DefinitionChange,
  concerns: readonly DefinitionChange[][],
): DefinitionChange[] | undefined {
  const inConcern = (test: (change: DefinitionChange) => boolean): DefinitionChange[] | undefined =>
    concerns.find((concern) => concern.some(test));
  if (follower.kind === 'packaging') return concerns[0];
  const names = new Set([
    follower.name,
    ...textsOf(follower).flatMap((text) => [...Object.values(text.imported), ...text.words]),
  ]);
  const uses = (change: DefinitionChange): boolean =>
    textsOf(change).some((text) =>
      Object.keys(text.uses).some((chain) => chain.split('.')[0] === follower.name),
    );
  return (
    inConcern((change) => change.file === follower.file && uses(change)) ??
    inConcern((change) => simpleNames(change).some((name) => names.has(name))) ??
    inConcern((change) => (change.wholeFile || change.kind === 'file') && names.has(stemOf(change.file))) ??
    inConcern((change) => change.file === follower.file)
  );
}

function compare(one: DefinitionChange, other: DefinitionChange): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return ((one.b ?? one.a)?.first ?? 0) - ((other.b ?? other.a)?.first ?? 0);
}

/**
 * Groups changed definitions by what connects them: one mentions the other, both belong to one class, one changes what
 * an attribute holds and the other uses it, both began or ceased to use the same name of the project, one was moved, or
 * a file that is not Python is named in the code. An import, `__all__` and packaging follow who needs them. Two groups
 * are two concerns. A judgement by names: what connects two definitions only at run time is not seen.
 */
export function findConcerns(changes: readonly DefinitionChange[]): readonly Concern[] {
  const sorted = [...changes].sort(compare);
  const nodes = sorted.filter((change) => !isFollower(change));
  const groups = openGroups();
  joinPlaces(nodes, groups);
  joinMentions(nodes, groups);
  joinUses(nodes, groups);
  const byTop = new Map<DefinitionChange, DefinitionChange[]>();
  for (const node of nodes) {
    const top = groups.of(node);
    byTop.set(top, [...(byTop.get(top) ?? []), node]);
  }
  const concerns = [...byTop.values()];
  const followers = sorted.filter(isFollower);
  // Packaging last: it follows any other change, and imports of one file follow each other.
  for (const follower of [
    ...followers.filter(({ kind }) => kind !== 'packaging'),
    ...followers.filter(({ kind }) => kind === 'packaging'),
  ]) {
    const leader = findLeader(follower, concerns);
    if (leader === undefined) concerns.push([follower]);
    else leader.push(follower);
  }
  return concerns.map((concern) => ({
    files: [...new Set(concern.map(({ file }) => file))].sort(),
    changes: concern.sort(compare),
  }));
}
