import { StropError } from '#base';
import type { ClassRecord, DefinitionRecord, FunctionRecord, ValueRecord } from './definitions.ts';
import { absoluteModule, missingModule, suggestDotted } from './modules.ts';
import type { ModuleReader, ModuleSource } from './modules.ts';
import type { Target } from './targets.ts';

/** A class and the module that its names are looked up in. */
export interface ClassPlace {
  readonly record: ClassRecord;
  readonly home: ModuleSource;
}

/** What a name stands for. */
export type Meaning =
  | { readonly kind: 'module'; readonly name: string }
  | { readonly kind: 'function'; readonly record: FunctionRecord; readonly home: ModuleSource }
  | ({ readonly kind: 'class' } & ClassPlace)
  | { readonly kind: 'value'; readonly record: ValueRecord; readonly home: ModuleSource }
  /** It exists, and its source cannot be read: compiled, of another distribution, or made when the program runs. */
  | { readonly kind: 'opaque'; readonly why: string };

/** Re-exports of re-exports; more is a circle. */
const DEEPEST = 12;

const named = (record: DefinitionRecord, name: string): boolean =>
  record.kind !== 'star' && record.name === name;

/** Of several bindings of one name the last definition counts, but for variants that are no callable of their own. */
function pick(records: readonly DefinitionRecord[], name: string): DefinitionRecord | undefined {
  const all = records.filter((record) => named(record, name));
  const real = all.filter(
    (record) =>
      (record.kind === 'function' &&
        !record.decorators.some((text) => /(^|\.)overload$|\.(setter|deleter|getter)$/.test(text))) ||
      record.kind === 'class',
  );
  return real.at(-1) ?? all.findLast((record) => record.kind === 'import') ?? all.at(-1);
}

/** What a name means in a module, followed through imports; undefined when the module does not bind it. */
async function lookUp(
  reader: ModuleReader,
  home: ModuleSource,
  name: string,
  depth = 0,
): Promise<Meaning | undefined> {
  if (home.records === undefined) return { kind: 'opaque', why: `${home.file} is compiled` };
  if (depth > DEEPEST) return undefined;
  const record = pick(home.records, name);
  switch (record?.kind) {
    case 'function':
    case 'class':
      return { kind: record.kind, record, home } as Meaning;
    case 'value': {
      const alias =
        record.plain || record.value === null ? null : /^[\p{L}_][\p{L}\p{N}_.]*$/u.exec(record.value);
      const meant =
        alias === null || alias[0] === name
          ? undefined
          : await followPath(reader, home, alias[0].split('.'), depth + 1);
      return meant === undefined || meant.kind === 'opaque' ? { kind: 'value', record, home } : meant;
    }
    case 'import':
      return followImport(
        reader,
        absoluteModule(home, record.module, record.level),
        record.original ?? undefined,
        depth,
      );
    case 'star':
    case undefined:
      break;
  }
  for (const star of home.records) {
    if (star.kind !== 'star') continue;
    const source = await reader.read(absoluteModule(home, star.module, star.level));
    const found = source === undefined ? undefined : await lookUp(reader, source, name, depth + 1);
    if (found !== undefined) return found;
  }
  const child = `${home.name}.${name}`;
  return home.isPackage && (await reader.read(child)) !== undefined
    ? { kind: 'module', name: child }
    : undefined;
}

async function followImport(
  reader: ModuleReader,
  module: string,
  original: string | undefined,
  depth: number,
): Promise<Meaning> {
  if (original === undefined) return { kind: 'module', name: module };
  const source = await reader.read(module);
  const found = source === undefined ? undefined : await lookUp(reader, source, original, depth + 1);
  if (found !== undefined) return found;
  const child = `${module}.${original}`;
  if ((await reader.read(child)) !== undefined) return { kind: 'module', name: child };
  return { kind: 'opaque', why: `it comes from ${module}` };
}

/** Looks a dotted name up in a module; undefined when it does not exist. */
export async function followPath(
  reader: ModuleReader,
  home: ModuleSource,
  path: readonly string[],
  depth = 0,
): Promise<Meaning | undefined> {
  const [first = '', ...rest] = path;
  let meaning = await lookUp(reader, home, first, depth);
  for (const name of rest) {
    if (meaning === undefined) return undefined;
    switch (meaning.kind) {
      case 'module': {
        const module = meaning.name;
        const source = await reader.read(module);
        meaning =
          source === undefined
            ? { kind: 'opaque', why: `it comes from ${module}` }
            : await lookUp(reader, source, name, depth + 1);
        break;
      }
      case 'class':
        meaning = await findMember(reader, meaning, name, depth + 1);
        break;
      case 'function':
        return undefined;
      case 'value':
      case 'opaque':
        return { kind: 'opaque', why: `${path.join('.')} is made when the program runs` };
    }
  }
  return meaning;
}

/** A member of a class or of its bases. A base that cannot be read may have anything. */
export async function findMember(
  reader: ModuleReader,
  { record, home }: ClassPlace,
  name: string,
  depth = 0,
): Promise<Meaning | undefined> {
  if (depth > DEEPEST) return undefined;
  const own = pick(record.body, name);
  if (own?.kind === 'function' || own?.kind === 'class')
    return { kind: own.kind, record: own, home } as Meaning;
  if (own !== undefined) {
    return own.kind === 'value' && own.plain
      ? { kind: 'value', record: own, home }
      : { kind: 'opaque', why: `${record.name}.${name} is made when the class is` };
  }
  let unknown: Meaning | undefined;
  for (const base of await readBases(reader, { record, home })) {
    const found =
      base.kind === 'class'
        ? await findMember(reader, base, name, depth + 1)
        : { kind: 'opaque' as const, why: `${record.name} inherits from ${base.name}` };
    if (found !== undefined && found.kind !== 'opaque') return found;
    unknown ??= found;
  }
  return unknown;
}

/** Bases without influence on what a class can be asked for. */
const BARE_BASES = /^(object|ABC|Generic|Protocol)$/;

/** The bases of a class: those of the project with their source, others by name. */
export async function readBases(
  reader: ModuleReader,
  { record, home }: ClassPlace,
): Promise<
  readonly (({ readonly kind: 'class' } & ClassPlace) | { readonly kind: 'other'; readonly name: string })[]
> {
  const bases = [];
  for (const text of record.bases) {
    const name = /^[\p{L}_][\p{L}\p{N}_.]*/u.exec(text)?.[0] ?? text;
    if (BARE_BASES.test(name.split('.').at(-1) ?? name)) continue;
    const meaning = await followPath(reader, home, name.split('.'));
    bases.push(meaning?.kind === 'class' ? meaning : ({ kind: 'other', name } as const));
  }
  return bases;
}

/** A target that exists. */
export interface Resolved {
  readonly target: Target;
  /** The module to import from, as the user named it. */
  readonly module: string;
  readonly path: readonly string[];
  readonly meaning: Exclude<Meaning, { kind: 'module' }>;
  /** The class that a method was asked of; undefined for functions and when the class cannot be read. */
  readonly owner: ClassPlace | undefined;
}

/** Finds what a target names; `workload-missing` with the name that was probably meant when it does not exist. */
export async function resolveTarget(reader: ModuleReader, target: Target): Promise<Resolved> {
  let source = await reader.read(target.module);
  if (source === undefined) throw await missingModule(reader, target.module);
  let { path } = target;
  let meaning = await followPath(reader, source, path);
  // `pkg:mod.function`: the name of a module in front of the colon is one step too short.
  for (
    let first = await followPath(reader, source, path.slice(0, 1));
    first?.kind === 'module' && path.length > 1;
  ) {
    const inner = await reader.read(first.name);
    if (inner === undefined) break;
    source = inner;
    path = path.slice(1);
    meaning = await followPath(reader, source, path);
    first = await followPath(reader, source, path.slice(0, 1));
  }
  if (meaning === undefined) throw missingName(source, path);
  if (meaning.kind === 'module') throw notCallable(source, `'${path.join('.')}' is a module`);
  if (meaning.kind === 'value' && meaning.record.plain) {
    throw notCallable(source, `'${path.join('.')}' is a value and cannot be called`, meaning.record.line);
  }
  const owner = path.length > 1 ? await followPath(reader, source, path.slice(0, -1)) : undefined;
  return { target, module: source.name, path, meaning, owner: owner?.kind === 'class' ? owner : undefined };
}

/** The callables of a module as they would be written behind the colon. */
function callablesOf(source: ModuleSource): readonly string[] {
  return (source.records ?? []).flatMap((record) => {
    if (record.kind === 'function') return [record.name];
    if (record.kind !== 'class') return [];
    const methods = record.body.flatMap((member) =>
      member.kind === 'function' && !/^__/.test(member.name) ? [`${record.name}.${member.name}`] : [],
    );
    return [record.name, ...methods];
  });
}

function missingName(source: ModuleSource, path: readonly string[]): StropError {
  const known = [...new Set(callablesOf(source))];
  const name = path.join('.');
  // `total` where only `Basket.total` exists.
  const meant = suggestDotted(name, known) ?? known.find((one) => one.endsWith(`.${name}`));
  const some = known.slice(0, 20);
  return new StropError({
    code: 'workload-missing',
    problem: `${source.name} has no '${name}'`,
    where: source.file,
    remedy:
      meant !== undefined
        ? `Did you mean ${source.name}:${meant}?`
        : known.length > 0
          ? 'Name one of the functions of this module.'
          : `${source.name} defines no function: name the module that does.`,
    ...(meant === undefined && known.length > 0
      ? { detail: `It has ${some.join(', ')}${known.length > some.length ? ' …' : ''}.` }
      : {}),
  });
}

function notCallable(source: ModuleSource, problem: string, line?: number): StropError {
  const known = callablesOf(source);
  return new StropError({
    code: 'bad-request',
    problem,
    where: line === undefined ? source.file : `${source.file}:${line}`,
    remedy: 'Name a function, a method or a class.',
    ...(known.length === 0 ? {} : { detail: `It has ${known.slice(0, 20).join(', ')}.` }),
  });
}
