import { textsOf } from './concerns-change.ts';
import type { DefinitionChange, DefinitionText } from './concerns-change.ts';
import { isOrdinaryName } from './concerns-names.ts';

/**
 * One name in a definition. `own`: it stands in the file itself; `imported`: it came from another module of the project;
 * `member`: an attribute of a module or class that was named; `field`: an attribute of any object; `self`: of the object itself.
 */
export interface Mention {
  readonly name: string;
  readonly way: 'own' | 'imported' | 'member' | 'field' | 'self';
}

function* readChain(text: DefinitionText, chain: string): Generator<Mention> {
  const [root = '', ...attributes] = chain.split('.');
  if (text.foreign.includes(root)) return;
  const bound = root === '' || text.locals.includes(root);
  const self = root === 'self' || root === 'cls';
  if (!bound && !self) {
    const original = Object.hasOwn(text.imported, root) ? text.imported[root] : undefined;
    yield { name: root, way: 'own' };
    if (original !== undefined) yield { name: original, way: 'imported' };
    else if (Object.hasOwn(text.imported, '*')) yield { name: root, way: 'imported' };
  }
  for (const [index, name] of attributes.entries()) {
    yield { name, way: self && index === 0 ? 'self' : bound || self ? 'field' : 'member' };
  }
}

/** Every name that one text mentions, each way once. Names of its own variables and of other packages are left out. */
export function mentionsOf(text: DefinitionText): readonly Mention[] {
  const found = new Map<string, Mention>();
  for (const chain of Object.keys(text.uses)) {
    for (const mention of readChain(text, chain)) found.set(`${mention.way} ${mention.name}`, mention);
  }
  return [...found.values()];
}

/** The class that a method or class belongs to, with its file; undefined outside of classes. */
export function classOf(change: DefinitionChange): string | undefined {
  const [top = '', ...rest] = change.name.split('.');
  if (change.kind === 'class' || (change.kind === 'function' && rest.length > 0)) return top;
  return undefined;
}

/** Whether `self` in one of them may be an object that the other defines: the same class, or one the base of the other. */
export function isKin(one: DefinitionChange, other: DefinitionChange): boolean {
  const mine = classOf(one);
  const theirs = classOf(other);
  if (mine === undefined || theirs === undefined) return false;
  if (one.file === other.file && mine === theirs) return true;
  const basesOf = (change: DefinitionChange): readonly string[] =>
    textsOf(change).flatMap((text) => text.bases);
  return basesOf(one).includes(theirs) || basesOf(other).includes(mine);
}

/** The names by which others mention a changed definition. A special method is reached through its class. */
export function simpleNames(change: DefinitionChange): readonly string[] {
  const parts = change.name.split('.');
  const last = parts.at(-1) ?? '';
  switch (change.kind) {
    case 'function':
      if (/^__\w+__$/.test(last)) return parts.length > 1 ? [parts.at(-2) ?? ''] : [];
      return parts.length > 1 && isOrdinaryName(last) ? [] : [last];
    case 'class':
    case 'value':
      return [last];
    case 'import':
    case 'statement':
    case 'file':
    case 'packaging':
      return [];
  }
}

/** Attributes and class fields whose value, or presence, is not the same on both sides. */
export function changedFields(change: DefinitionChange): readonly string[] {
  const before = change.a?.binds ?? {};
  const after = change.b?.binds ?? {};
  const fields = new Set<string>();
  for (const chain of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (before[chain] === after[chain] || (!chain.includes('.') && change.kind !== 'class')) continue;
    const name = chain.split('.').at(-1) ?? '';
    if (!isOrdinaryName(name)) fields.add(name);
  }
  return [...fields];
}

/** Names that a changed definition began or ceased to use, with the direction: `+total`, `-lines`. */
export function changedUses(change: DefinitionChange): readonly Mention[] {
  if (change.a === null || change.b === null) return [];
  const before = mentionsOf(change.a);
  const after = mentionsOf(change.b);
  const without = (
    some: readonly Mention[],
    others: readonly Mention[],
    sign: string,
  ): readonly Mention[] => {
    const known = new Set(others.map(({ name }) => name));
    return some
      .filter(({ name }) => !known.has(name) && !isOrdinaryName(name))
      .map(({ name, way }) => ({ name: `${sign}${name}`, way }));
  };
  return [...without(after, before, '+'), ...without(before, after, '-')];
}
