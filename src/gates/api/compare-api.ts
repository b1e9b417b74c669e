import { compareAttributes } from './compare-attribute.ts';
import { compareDecorators } from './compare-decorators.ts';
import { compareFunctions } from './compare-function.ts';
import { compareSignatures } from './compare-signature.ts';
import { cut } from './finding.ts';
import type { Finding } from './finding.ts';
import { findSuccessor } from './find-successor.ts';
import type { ApiObject, ApiSide } from './record.ts';

/** Everything between the public APIs of two sides. */
export interface ApiDifferences {
  /** The gravest first. */
  readonly findings: readonly Finding[];
  /** New public names. */
  readonly added: readonly string[];
  readonly notes: readonly string[];
  /** Names that B may make while it runs, so that nothing can be said. */
  readonly unseen: readonly string[];
}

interface Work {
  readonly a: ApiSide;
  readonly b: ApiSide;
  readonly findings: Finding[];
  readonly added: Set<string>;
  readonly notes: string[];
  readonly unseen: string[];
  /** Pairs of objects that were compared, and objects found gone: each is told once, by its shortest public path. */
  readonly done: Set<string>;
  /** Object to its shortest public path. */
  readonly publicPath: ReadonlyMap<string, string>;
}

/** Compares what the shim recorded. Pure. */
export function compareApis(a: ApiSide, b: ApiSide): ApiDifferences {
  const work: Work = {
    a,
    b,
    findings: [],
    added: new Set(),
    notes: [],
    unseen: [],
    done: new Set(),
    publicPath: new Map(
      shortestFirst(a.names)
        .reverse()
        .map((path) => [a.names[path] ?? '', path]),
    ),
  };
  const gone = new Set<string>();
  for (const path of shortestFirst(a.names)) {
    const target = a.names[path] ?? '';
    if (isUnread(b, path) || isUnread(b, target)) continue;
    const now = b.names[path];
    const ghost = b.ghosts.includes(path) && !a.ghosts.includes(path);
    if (now !== undefined && !ghost) compareObjects(work, path, target, now);
    else if (!gone.has(parentOf(path))) reportGone(work, path, target);
    if (now === undefined) gone.add(path);
  }
  compareExports(work);
  compareImported(work);
  for (const [path, target] of Object.entries(b.names)) {
    if (a.names[path] === undefined && !isUnread(a, path) && !isUnread(a, target)) work.added.add(path);
  }
  const rank = (finding: Finding): number => finding.gravity;
  return {
    findings: work.findings.sort((one, other) => rank(one) - rank(other) || (one.path < other.path ? -1 : 1)),
    added: [...work.added].sort(),
    notes: work.notes,
    unseen: work.unseen,
  };
}

function shortestFirst(names: ApiSide['names']): string[] {
  const depth = (path: string): number => path.split('.').length;
  return Object.keys(names).sort((one, other) => depth(one) - depth(other) || (one < other ? -1 : 1));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

function isUnread(side: ApiSide, path: string): boolean {
  return Object.keys(side.unread).some((module) => path === module || path.startsWith(`${module}.`));
}

function reportGone(work: Work, path: string, target: string): void {
  const parent = parentOf(path);
  const name = path.slice(parent.length + 1);
  if (mayBeMade(work.b, parent, name)) {
    work.unseen.push(path);
    return;
  }
  // A `__getattr__` that does not know the name excuses nothing, though it may still make it.
  if (work.b.dynamic[parent]?.asked === true) work.unseen.push(path);
  const object = work.a.objects[target];
  if (object === undefined || !isFirst(work, `gone ${target} as ${name}`)) return;
  if (work.b.names[path] !== undefined) {
    work.findings.push({ gravity: 0, path, what: 'removed, though its stub still has it', object });
    return;
  }
  const module = work.b.objects[parent];
  const hidden = work.b.exports[parent] !== undefined && module?.defined.includes(name) === true;
  const successor = hidden ? undefined : findSuccessor(work.a, work.b, path);
  const what = hidden
    ? 'is not in __all__ any more'
    : successor === undefined
      ? 'removed'
      : `${successor.moved ? 'moved' : 'renamed'} to ${successor.path}`;
  work.findings.push({ gravity: 0, path, what, object });
}

/** Whether something in a module says that it may have a name which its source does not define. */
function mayBeMade(side: ApiSide, module: string, name: string): boolean {
  const made = side.dynamic[module];
  return made !== undefined && (made.stars.length > 0 || made.names.includes(name));
}

function isFirst(work: Work, key: string): boolean {
  if (work.done.has(key)) return false;
  work.done.add(key);
  return true;
}

function compareObjects(work: Work, path: string, targetA: string, targetB: string): void {
  if (!isFirst(work, `${targetA} ${targetB}`)) return;
  const a = work.a.objects[targetA];
  const b = work.b.objects[targetB];
  // What another distribution defines is not ours to compare.
  if (a === undefined || b === undefined || a.kind === 'elsewhere') return;
  if (b.kind === 'elsewhere') {
    if (b.ours) work.unseen.push(path);
    else if (work.a.also[path]?.includes(targetB) !== true)
      work.findings.push({
        gravity: 0,
        path,
        what: `comes from elsewhere now (${targetB}), where it cannot be compared`,
        object: a,
      });
    return;
  }
  if (kindOf(a) !== kindOf(b)) {
    compareKinds(work, path, a, b);
    return;
  }
  if (a.kind === 'class') {
    compareClasses(work, path, targetA, a, b);
    return;
  }
  if (a.kind === 'module') return;
  const { findings, notes } =
    a.kind === 'function' ? compareFunctions(path, a, b) : compareAttributes(path, a, b);
  work.findings.push(...findings);
  work.notes.push(...notes);
  if (isSwapped(work, targetA, targetB))
    work.notes.push(`${path} is another name of ${targetB} now, and was one of ${targetA}`);
}

/** Whether a name stands for another function than before, though both sides have either. */
function isSwapped({ a, b }: Work, targetA: string, targetB: string): boolean {
  return targetA !== targetB && a.objects[targetB] !== undefined && b.objects[targetA] !== undefined;
}

function kindOf(object: ApiObject): string {
  return object.labels.includes('property') ? 'property' : object.kind;
}

function compareKinds(work: Work, path: string, a: ApiObject, b: ApiObject): void {
  if (
    a.kind === 'function' &&
    b.kind === 'attribute' &&
    /^(functools\.)?(lru_)?cache\b/.test(b.value ?? '')
  ) {
    work.notes.push(`${path} is a function that keeps its results now: ${cut(b.value ?? '')}`);
    return;
  }
  const told = b.value === null ? '' : ` (${cut(b.value)})`;
  const what = `${kindOf(a)} turned into ${kindOf(b)}${told}`;
  work.findings.push({ gravity: 0, path, what, object: b });
}

function compareClasses(work: Work, path: string, targetA: string, a: ApiObject, b: ApiObject): void {
  const bases = new Set([...b.bases, ...b.ancestors]);
  for (const base of new Set([...a.bases, ...a.ancestors])) {
    if (!isPrivate(base) && !bases.has(base) && !nowAt(work, base).some((each) => bases.has(each)))
      work.findings.push({ gravity: 1, path, what: `base class ${base} removed`, object: b });
  }
  if (a.metaclass !== null && a.metaclass !== b.metaclass)
    work.findings.push({
      gravity: 1,
      path,
      what:
        b.metaclass === null
          ? `metaclass ${a.metaclass} removed`
          : `metaclass changed ${a.metaclass} -> ${b.metaclass}`,
      object: b,
    });
  compareConstructors(work, path, a, b);
  const { findings, notes } = compareDecorators(path, a, b);
  work.findings.push(...findings);
  work.notes.push(...notes);
  if (a.slots === null && b.slots !== null)
    work.notes.push(`${path} has __slots__ now: instances take no other attributes`);

  for (const [name, member] of Object.entries(a.members)) {
    // An inherited member is told at the class that defines it, where that is public.
    const owner = parentOf(member);
    const holder = owner === targetA ? path : (work.publicPath.get(owner) ?? path);
    const now = b.members[name];
    // Where the class that had it comes from elsewhere now, that is said there.
    const source = work.b.objects[work.b.names[holder] ?? ''];
    if (isUnread(work.b, member) || source?.kind === 'elsewhere') continue;
    const ghost = b.ghosts.includes(name) && !a.ghosts.includes(name);
    if (now !== undefined && !ghost) compareObjects(work, `${holder}.${name}`, member, now);
    else reportGoneMember(work, `${holder}.${name}`, member, a, b);
  }
  for (const name of Object.keys(b.members))
    if (a.members[name] === undefined && !name.startsWith('__')) work.added.add(`${path}.${name}`);
}

/** Where B has what A had at a path, by any of its public names. */
function nowAt({ a, b }: Work, target: string): readonly string[] {
  return Object.keys(a.names)
    .filter((path) => a.names[path] === target)
    .flatMap((path) => b.names[path] ?? []);
}

/** What a class takes where no `__init__` says it; the fields of a named tuple are also those that it is unpacked to. */
function compareConstructors(work: Work, path: string, a: ApiObject, b: ApiObject): void {
  if (a.signature === undefined || b.signature === undefined) return;
  const fields = ({ signature }: ApiObject): string =>
    (signature?.parameters ?? []).map(({ name }) => name).join(', ');
  const changes = compareSignatures(a.signature, b.signature);
  for (const { gravity, parameter, what } of changes)
    work.findings.push({ gravity, path: `${path}(${parameter ?? ''})`, what, object: b });
  if (changes.length === 0 && fields(a) !== fields(b) && a.bases.includes('typing.NamedTuple'))
    work.findings.push({
      gravity: 1,
      path,
      what: `fields changed (${fields(a)}) -> (${fields(b)})`,
      object: b,
    });
}

/** Nobody outside can ask whether something is an instance of a private class. */
function isPrivate(path: string): boolean {
  return path.slice(path.lastIndexOf('.') + 1).startsWith('_');
}

function reportGoneMember(work: Work, path: string, member: string, a: ApiObject, b: ApiObject): void {
  const object = work.a.objects[member];
  const name = path.slice(path.lastIndexOf('.') + 1);
  if (object === undefined || !isFirst(work, `gone ${member} as ${name}`)) return;
  const twins = Object.entries(b.members).filter(([name, target]) => {
    const other = work.b.objects[target];
    return a.members[name] === undefined && other?.kind === object.kind && other.body === object.body;
  });
  const renamed = twins.length === 1 && object.body !== null ? twins[0]?.[0] : undefined;
  const what = renamed === undefined ? 'removed' : `renamed to ${renamed}`;
  work.findings.push({ gravity: 0, path, what, object });
}

/** Submodules that come with the import of their package, so that `package.module` needs no import of its own. */
function compareImported(work: Work): void {
  for (const [path, before] of Object.entries(work.a.imported)) {
    const now = work.b.imported[path];
    const object = work.b.objects[path];
    if (now === undefined || object === undefined) continue;
    for (const module of before.loaded) {
      const offered = work.a.names[module] !== undefined && work.b.names[module] !== undefined;
      if (!offered || now.loaded.includes(module)) continue;
      const name = module.slice(path.length + 1);
      if (mayBeMade(work.b, path, name)) work.unseen.push(module);
      else if (before.named.includes(module))
        work.findings.push({ gravity: 0, path: module, what: `does not come with ${path} any more`, object });
      else work.notes.push(`${module} does not come with the import of ${path} any more`);
    }
  }
}

/** Names in `__all__` that no definition shows: they are made while the module runs, but promised all the same. */
function compareExports(work: Work): void {
  for (const [module, names] of Object.entries(work.a.exports)) {
    const now = work.b.exports[module];
    const object = work.b.objects[module];
    if (object === undefined || isUnread(work.b, module)) continue;
    if (now === undefined) {
      work.notes.push(`${module} has no __all__ any more: \`import *\` takes other names`);
      continue;
    }
    for (const name of names) {
      if (now.includes(name) || work.a.names[`${module}.${name}`] !== undefined) continue;
      work.findings.push({ gravity: 0, path: `${module}.__all__`, what: `'${name}' removed`, object });
    }
  }
}
