import { iniValue, tomlEvidence, tomlTable, tomlTexts } from '../documents.ts';
import type { IniFile, TomlDocument } from '../documents.ts';
import type { Evidence } from '../evidence.ts';
import { iniList } from '../ini.ts';
import { lineAt } from '../sources.ts';
import type { PackagingFiles, ScriptText } from '../sources.ts';
import { plainFolder, UNDECLARED } from './declaration.ts';
import type { Declared } from './declaration.ts';

/** What one of the three files says, before the three are joined. */
interface Said {
  /** Package to folder; the key '' is the root of all. */
  packageDir: ReadonlyMap<string, string>;
  /** Roots that a search for packages starts from. */
  where: readonly string[];
  packages: readonly string[];
  pyModules: readonly string[];
  include: readonly string[];
  exclude: readonly string[];
  /** It asks for a search of packages. */
  finds: boolean;
  evidence: Evidence | undefined;
}

function fromPyproject(document: TomlDocument): Said {
  const base = ['tool', 'setuptools'];
  const find =
    tomlTable(document, ...base, 'packages', 'find') === undefined ? [] : [...base, 'packages', 'find'];
  const table = tomlTable(document, ...base, 'package-dir') ?? {};
  const packageDir = new Map(
    Object.entries(table).flatMap(([name, folder]) =>
      typeof folder === 'string' ? [[name, plainFolder(folder)] as const] : [],
    ),
  );
  const read = (key: string): readonly string[] =>
    find.length === 0 ? [] : (tomlTexts(document, ...find, key) ?? []);
  const said = tomlTable(document, ...base) !== undefined;
  const packages = tomlTexts(document, ...base, 'packages') ?? [];
  return {
    packageDir,
    where: read('where').map(plainFolder),
    packages,
    pyModules: tomlTexts(document, ...base, 'py-modules') ?? [],
    include: read('include'),
    exclude: read('exclude'),
    finds: find.length > 0,
    evidence: said ? tomlEvidence(document, ...base) : undefined,
  };
}

function fromSetupCfg(ini: IniFile): Said {
  const list = (section: string, key: string): readonly string[] => {
    const value = iniValue(ini, section, key);
    return value === undefined ? [] : iniList(value);
  };
  const option = (key: string): readonly string[] => {
    const dashed = list('options', key);
    return dashed.length > 0 ? dashed : list('options', key.replace('_', '-'));
  };
  const packageDir = new Map(
    option('package_dir').flatMap((entry) => {
      const [name = '', folder] = entry.split('=').map((part) => part.trim());
      return folder === undefined ? [] : [[name, plainFolder(folder)] as const];
    }),
  );
  const find = 'options.packages.find';
  const value =
    iniValue(ini, 'options', 'package_dir') ??
    iniValue(ini, find, 'where') ??
    iniValue(ini, 'options', 'packages');
  const modules = iniValue(ini, 'options', 'py_modules');
  const line = value?.line ?? modules?.line;
  return {
    packageDir,
    where: list(find, 'where').map(plainFolder),
    packages: option('packages').filter((name) => !/^find(_namespace)?:$/.test(name)),
    pyModules: option('py_modules'),
    include: list(find, 'include'),
    exclude: list(find, 'exclude'),
    finds: option('packages').some((name) => name.startsWith('find')),
    evidence: line === undefined ? undefined : { file: ini.file, line },
  };
}

function stringsIn(text: string): readonly string[] {
  return [...text.matchAll(/(['"])((?:(?!\1).)*)\1/g)].map((match) => match[2] ?? '');
}

/** A list of texts behind `key=`, written out there or behind the variable that stands there. */
function findList(text: string, key: string): RegExpExecArray | null {
  const direct = new RegExp(`\\b${key}\\s*=\\s*[[(]([^\\])]*)[\\])]`).exec(text);
  if (direct !== null) return direct;
  const variable = new RegExp(`\\b${key}\\s*=\\s*([A-Za-z_]\\w*)\\s*[,)\\n]`).exec(text)?.[1];
  return variable === undefined
    ? null
    : new RegExp(`^${variable}\\s*=\\s*[[(]([^\\])]*)[\\])]`, 'm').exec(text);
}

/**
 * The mapping behind `package_dir=`, written out there or behind the variable that stands there. A folder that the script
 * chooses by the version of Python is that of Python 3.
 */
function findMapping(text: string): { readonly inside: string; readonly index: number } | undefined {
  const direct = /\bpackage_dir\s*=\s*\{([^}]*)\}/.exec(text);
  const variable = /\bpackage_dir\s*=\s*([A-Za-z_]\w*)\s*[,)\n]/.exec(text)?.[1];
  const assigned =
    variable === undefined
      ? []
      : [...text.matchAll(new RegExp(`^[ \\t]*${variable}\\s*=\\s*\\{([^}]*)\\}`, 'gm'))];
  const found =
    variable === undefined ? direct : (assigned.find((match) => /3['"]/.test(match[1] ?? '')) ?? assigned[0]);
  if (found === undefined || found === null) return undefined;
  const inside = (found[1] ?? '').replace(
    /(['"])([^'"]*)%[sd]([^'"]*)\1\s*%\s*\(?\s*sys\.version_info(?:\[0\]|\.major)[\s,]*\)?/g,
    (_, quote: string, before: string, after: string) => `${quote}${before}3${after}${quote}`,
  );
  return { inside, index: found.index };
}

/** setup.py is a program; only arguments that are written out can be read without running it. */
function fromSetupPy(script: ScriptText): Said {
  const { text } = script;
  const directories = findMapping(text);
  const packageDir = new Map(
    [...(directories?.inside ?? '').matchAll(/['"]([^'"]*)['"]\s*:\s*['"]([^'"]*)['"]/g)].map(
      (match) => [match[1] ?? '', plainFolder(match[2] ?? '')] as const,
    ),
  );
  const find = /\bfind_(?:namespace_)?packages\(([^()]*)\)/.exec(text);
  const where = /^\s*(?:where\s*=\s*)?['"]([^'"]+)['"]|\bwhere\s*=\s*['"]([^'"]+)['"]/.exec(find?.[1] ?? '');
  const argument = (name: string): readonly string[] =>
    stringsIn(new RegExp(`\\b${name}\\s*=\\s*[[(]([^\\])]*)[\\])]`).exec(find?.[1] ?? '')?.[1] ?? '');
  const packages = findList(text, 'packages');
  const modules = findList(text, 'py_modules');
  const place = (directories ?? find ?? packages ?? modules)?.index;
  return {
    packageDir,
    where: where === null ? [] : [plainFolder(where[1] ?? where[2] ?? '')],
    packages: stringsIn(packages?.[1] ?? ''),
    pyModules: stringsIn(modules?.[1] ?? ''),
    include: argument('include'),
    exclude: argument('exclude'),
    finds: find !== null,
    evidence: place === undefined ? undefined : { file: script.file, line: lineAt(text, place) },
  };
}

function globFilter(patterns: readonly string[]): (name: string) => boolean {
  const expressions = patterns.map((pattern) => {
    // A pattern for sub-packages (`tests.*`) says nothing about the top, except through its first part.
    const body = pattern
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${body}$`);
  });
  return (name) => expressions.some((expression) => expression.test(name));
}

/** A filter for top-level names from the `include` and `exclude` patterns of a package search. */
function makeFilter(said: Said): ((name: string) => boolean) | undefined {
  if (said.include.length === 0 && said.exclude.length === 0) return undefined;
  // `include = ["foo.*"]` or `["google.cloud"]` needs the top-level folder too.
  const include =
    said.include.length === 0
      ? () => true
      : globFilter(said.include.flatMap((name) => [name, name.split('.')[0] ?? name]));
  const exclude = globFilter(said.exclude);
  return (name) => include(name) && !exclude(name);
}

/**
 * Joins pyproject.toml, setup.cfg and setup.py as setuptools does: for each question the first that answers it.
 */
export function declareSetuptools(files: PackagingFiles): Declared {
  const said: Said[] = [];
  if (files.pyproject !== undefined) said.push(fromPyproject(files.pyproject));
  if (files.setupCfg !== undefined) said.push(fromSetupCfg(files.setupCfg));
  if (files.setupPy !== undefined) said.push(fromSetupPy(files.setupPy));
  const packageDir = said.find((one) => one.packageDir.size > 0)?.packageDir ?? new Map<string, string>();
  const top = packageDir.get('');
  const where = said.find((one) => one.where.length > 0)?.where ?? [];
  const packages = said.find((one) => one.packages.length > 0)?.packages ?? [];
  const pyModules = said.find((one) => one.pyModules.length > 0)?.pyModules ?? [];
  const roots = new Set<string>(top === undefined ? where : [top, ...where]);
  const renamed: { module: string; folder: string }[] = [];
  for (const [name, folder] of packageDir) {
    if (name === '') continue;
    const path = name.replaceAll('.', '/');
    if (folder === path || folder.endsWith(`/${path}`)) {
      roots.add(plainFolder(folder.slice(0, folder.length - path.length)));
    } else if (!name.includes('.')) renamed.push({ module: name, folder });
  }
  const names = new Set<string>(topNames([...packages, ...pyModules]));
  const evidence = said.find((one) => one.evidence !== undefined)?.evidence;
  if (roots.size === 0 && names.size === 0 && renamed.length === 0 && evidence === undefined)
    return UNDECLARED;
  const searching = said.find((one) => one.include.length > 0 || one.exclude.length > 0);
  return {
    roots: [...roots],
    names: [...names].filter((name) => !renamed.some((entry) => entry.module === name)),
    search: said.some((one) => one.finds) ? 'packages' : names.size === 0 ? 'all' : 'none',
    renamed,
    filter: searching === undefined ? undefined : makeFilter(searching),
    evidence,
  };
}

/** The outermost of a list of packages: `a`, not `a.b`; a namespace whose top is not listed keeps its dots. */
function topNames(listed: readonly string[]): readonly string[] {
  // `bs4/builder` is how old setup scripts write `bs4.builder`.
  const packages = listed.map((name) => name.replaceAll('/', '.').replace(/\.__init__$/, ''));
  return packages.filter((name) => {
    const parts = name.split('.');
    return !parts.some((_, index) => index > 0 && packages.includes(parts.slice(0, index).join('.')));
  });
}
