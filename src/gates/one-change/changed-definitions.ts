import { posix, relative, sep } from 'node:path';
import type { DefinitionChange, DefinitionText } from '#campaign';
import type { Host } from '#host';
import type { ChangedPath, Side } from '#revisions';
import { readDefinitions } from '../definitions.ts';
import type { ReadDefinition, ReadFile, ReadImport } from '../definitions.ts';

/** Both sides of a change. */
export interface Sides {
  readonly a: Side;
  readonly b: Side;
}

/** A changed definition with what the shim recorded on each side, for those who look closer than {@link DefinitionChange}. */
export interface FoundChange {
  readonly change: DefinitionChange;
  readonly a: readonly ReadDefinition[];
  readonly b: readonly ReadDefinition[];
  /** What imports of the file bind on side B: name to the dotted name that it stands for. */
  readonly aliases: ReadonlyMap<string, string>;
}

/** Everything that differs in the code. */
export interface FoundChanges {
  readonly found: readonly FoundChange[];
  /** Files that cannot be parsed on a side: `src/x.py:3 of B cannot be parsed: invalid syntax`. */
  readonly problems: readonly string[];
  /** Files with changed examples in docstrings, which doctest runs. */
  readonly examples: readonly string[];
}

/** Files that describe the project: a new version or dependency follows from other changes. */
const PACKAGING =
  /^(pyproject\.toml|setup\.cfg|setup\.py|MANIFEST\.in|Pipfile|environment\.ya?ml|pixi\.toml|meson\.build|CMakeLists\.txt|.*requirements.*\.(txt|in)|.*\.lock)$/;

/** A relative import, or a module of the project, is its own; everything else came from outside. */
function isOwn(side: Side, { module, level }: ReadImport): boolean {
  return level > 0 || side.modules.includes(module.split('.')[0] ?? '');
}

interface Imports {
  readonly imported: Record<string, string>;
  readonly foreign: string[];
}

function sortImports(side: Side, definitions: readonly ReadDefinition[]): Imports {
  const imports: Imports = { imported: {}, foreign: [] };
  for (const entry of definitions.flatMap((definition) => definition.imports)) {
    if (isOwn(side, entry)) {
      imports.imported[entry.name] = entry.original ?? entry.module.split('.').at(-1) ?? entry.name;
    } else if (entry.name !== '*') imports.foreign.push(entry.name);
  }
  return imports;
}

/** Several definitions of one name (overloads, a property and its setter, branches) told as one. */
function mergeTexts(definitions: readonly ReadDefinition[], imports: Imports): DefinitionText | null {
  const [first] = definitions;
  if (first === undefined) return null;
  const uses: Record<string, number> = {};
  const binds: Record<string, string> = {};
  for (const definition of definitions) {
    for (const [name, count] of Object.entries(definition.uses)) uses[name] = (uses[name] ?? 0) + count;
    for (const [name, value] of Object.entries(definition.binds)) binds[name] = (binds[name] ?? '') + value;
  }
  const all = (read: (definition: ReadDefinition) => readonly string[]): readonly string[] => [
    ...new Set(definitions.flatMap(read)),
  ];
  return {
    first: Math.min(...definitions.map((definition) => definition.first)),
    last: Math.max(...definitions.map((definition) => definition.last)),
    uses,
    binds,
    words: all((definition) => definition.words),
    locals: all((definition) => definition.locals),
    bases: all((definition) => definition.bases),
    imported:
      first.kind === 'import'
        ? Object.fromEntries(
            definitions.flatMap(({ imports: own }) =>
              own.map(({ name, original, module }) => [name, original ?? module.split('.').at(-1) ?? name]),
            ),
          )
        : imports.imported,
    foreign: imports.foreign,
  };
}

function groupByName(definitions: readonly ReadDefinition[]): Map<string, ReadDefinition[]> {
  const groups = new Map<string, ReadDefinition[]>();
  for (const definition of definitions) {
    // Statements have no name: each is told apart by its text. `import a.b` and `import a.c` bind one name.
    const key =
      definition.kind === 'statement' || definition.kind === 'import'
        ? `${definition.kind} ${definition.name} ${definition.fingerprint}`
        : definition.name;
    groups.set(key, [...(groups.get(key) ?? []), definition]);
  }
  return groups;
}

const textOf = (definitions: readonly ReadDefinition[]): string =>
  definitions.map(({ fingerprint }) => fingerprint).join(' ');

function aliasesOf(definitions: readonly ReadDefinition[]): ReadonlyMap<string, string> {
  const aliases = new Map<string, string>();
  for (const { name, module, original } of definitions.flatMap((definition) => definition.imports)) {
    aliases.set(name, original === null ? module : `${module}.${original}`);
  }
  return aliases;
}

function compareFile(
  sides: Sides,
  file: string,
  a: readonly ReadDefinition[],
  b: readonly ReadDefinition[],
  wholeFile: boolean,
): readonly FoundChange[] {
  const [before, after] = [groupByName(a), groupByName(b)];
  const [importsA, importsB] = [sortImports(sides.a, a), sortImports(sides.b, b)];
  const aliases = aliasesOf(b);
  const found: FoundChange[] = [];
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(key) ?? [], after.get(key) ?? []];
    const [first] = now.length > 0 ? now : old;
    if (first === undefined || textOf(old) === textOf(now)) continue;
    const change: DefinitionChange = {
      file,
      name: first.name,
      kind: first.kind,
      change: old.length === 0 ? 'added' : now.length === 0 ? 'removed' : 'changed',
      wholeFile,
      a: mergeTexts(old, importsA),
      b: mergeTexts(now, importsB),
    };
    found.push({ change, a: old, b: now, aliases });
  }
  return found;
}

/** Names of files and modules in a text that is not Python: what it includes. */
function quotedWords(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/["'<]([\w./-]{1,80})["'>]/g)].map((match) => match[1] ?? ''))];
}

/** Larger files are data: what they name is not searched. */
const LARGEST_TEXT = 500_000;

async function wholeText(host: Host, path: string): Promise<DefinitionText | null> {
  if ((await host.files.kind(path)) === undefined) return null;
  const text = await host.files.readText(path).catch(() => undefined);
  const words = text === undefined || text.length > LARGEST_TEXT ? [] : quotedWords(text);
  const nothing = { uses: {}, binds: {}, locals: [], bases: [], imported: {}, foreign: [] };
  return { first: 1, last: text?.split('\n').length ?? 1, words, ...nothing };
}

async function readWhole(
  host: Host,
  sides: Sides,
  { path, kind }: ChangedPath,
  file: string,
): Promise<FoundChange> {
  const packaging = PACKAGING.test(posix.basename(file));
  const change: DefinitionChange = {
    file,
    name: '<file>',
    kind: packaging ? 'packaging' : 'file',
    change: kind,
    wholeFile: kind !== 'changed',
    a: kind === 'added' ? null : await wholeText(host, `${sides.a.root}/${path}`),
    b: kind === 'removed' ? null : await wholeText(host, `${sides.b.root}/${path}`),
  };
  return { change, a: [], b: [], aliases: new Map() };
}

const problemOf = (read: ReadFile | undefined, file: string, label: string): string | undefined => {
  if (read === undefined || !('problem' in read)) return undefined;
  return `${file}${read.line === null ? '' : `:${read.line}`} of ${label} cannot be parsed: ${read.problem}`;
};

/**
 * The definitions that differ between the sides. Comments, docstrings and layout are no difference; a file that is not
 * Python, or cannot be parsed, is one definition `<file>`. `code`: paths relative to the repository, the yardstick left
 * out. Both sides are parsed by side A's interpreter; fails with `no-python` when it does not answer.
 */
export async function findChangedDefinitions(
  host: Host,
  sides: Sides,
  code: readonly ChangedPath[],
): Promise<FoundChanges> {
  const prefix = relative(sides.a.root, sides.a.project).split(sep).join('/');
  const isPython = ({ path }: ChangedPath): boolean =>
    /\.pyi?$/.test(path) && !PACKAGING.test(posix.basename(path));
  const files = code
    .filter(isPython)
    .flatMap(({ path, kind }): [string, string][] => [
      ...(kind === 'added' ? [] : [[`a ${path}`, `${sides.a.root}/${path}`] satisfies [string, string]]),
      ...(kind === 'removed' ? [] : [[`b ${path}`, `${sides.b.root}/${path}`] satisfies [string, string]]),
    ]);
  const read = await readDefinitions(host, sides.a.python, files);
  const result = { found: [] as FoundChange[], problems: [] as string[], examples: [] as string[] };
  for (const entry of code) {
    const file = posix.relative(prefix, entry.path);
    const [a, b] = [read.get(`a ${entry.path}`), read.get(`b ${entry.path}`)];
    const problems = [problemOf(a, file, 'A'), problemOf(b, file, 'B')].filter((text) => text !== undefined);
    result.problems.push(...problems);
    if (!isPython(entry) || problems.length > 0) {
      result.found.push(await readWhole(host, sides, entry, file));
      continue;
    }
    const [old, now] = [definitionsOf(a), definitionsOf(b)];
    result.found.push(...compareFile(sides, file, old, now, entry.kind !== 'changed'));
    // New examples are new tests; former ones that are other or gone judge the change by another yardstick.
    const examples = examplesOf(b);
    if (!examplesOf(a).every((example) => examples.includes(example))) result.examples.push(file);
  }
  return result;
}

const definitionsOf = (read: ReadFile | undefined): readonly ReadDefinition[] =>
  read !== undefined && 'definitions' in read ? read.definitions : [];

function examplesOf(read: ReadFile | undefined): readonly string[] {
  if (read === undefined || 'problem' in read) return [];
  const places = [{ name: '<module>', examples: read.examples }, ...read.definitions];
  return places.flatMap(({ name, examples }) => (examples === null ? [] : [`${name} ${examples}`]));
}
