import { posix } from 'node:path';
import { tomlEvidence, tomlTable, tomlText, tomlTexts, tomlValue } from '../documents.ts';
import type { TomlDocument } from '../documents.ts';
import type { Backend, PackagingFiles } from '../sources.ts';
import { plainFolder, UNDECLARED } from './declaration.ts';
import type { Declared } from './declaration.ts';
import { declareSetuptools } from './setuptools.ts';

/** `google/cloud` or `six.py` as import names; what follows a wildcard does not count. */
function nameOfPath(path: string): string {
  const parts = plainFolder(path).split('/');
  const wild = parts.findIndex((part) => /[*?[]/.test(part));
  const solid = wild === -1 ? parts : parts.slice(0, wild);
  return solid
    .map((part) => part.replace(/\.pyi?$/, ''))
    .filter((part) => part !== '' && part !== '__init__')
    .join('.');
}

function unique(list: readonly string[]): readonly string[] {
  return [...new Set(list)];
}

function declarePoetry(document: TomlDocument): Declared {
  const list = tomlValue(document, 'tool', 'poetry', 'packages');
  if (!Array.isArray(list)) return UNDECLARED;
  const roots: string[] = [];
  const names: string[] = [];
  for (const [index] of list.entries()) {
    const entry = tomlTable(document, 'tool', 'poetry', 'packages', index);
    const include = entry?.['include'];
    const formats = tomlTexts(document, 'tool', 'poetry', 'packages', index, 'format');
    // What goes only into the source archive (mostly tests) is no module of the project.
    if (typeof include !== 'string' || (formats !== undefined && !formats.includes('wheel'))) continue;
    const from = entry?.['from'];
    roots.push(plainFolder(typeof from === 'string' ? from : ''));
    names.push(nameOfPath(include));
  }
  const evidence = tomlEvidence(document, 'tool', 'poetry', 'packages');
  const plain = unique(names.filter((name) => name !== ''));
  return {
    roots: unique(roots),
    names: plain,
    search: plain.length === 0 ? 'all' : 'none',
    renamed: [],
    evidence,
  };
}

/** hatch keeps the same tables in pyproject.toml and, one level up, in hatch.toml. */
function declareHatch(document: TomlDocument, base: readonly string[]): Declared {
  for (const path of [
    [...base, 'build', 'targets', 'wheel'],
    [...base, 'build'],
  ]) {
    const packages = tomlTexts(document, ...path, 'packages');
    const sources = tomlValue(document, ...path, 'sources');
    const only = tomlTexts(document, ...path, 'only-include');
    const dev = tomlTexts(document, ...path, 'dev-mode-dirs');
    if (packages !== undefined && packages.length > 0) {
      // Only the last part of a package's path is shipped.
      const folders = packages.map(plainFolder);
      return {
        roots: unique(folders.map((folder) => plainFolder(posix.dirname(folder)))),
        names: unique(folders.map((folder) => nameOfPath(posix.basename(folder)))),
        search: 'none',
        renamed: [],
        evidence: tomlEvidence(document, ...path, 'packages'),
      };
    }
    if (Array.isArray(sources)) {
      const roots = (tomlTexts(document, ...path, 'sources') ?? []).map(plainFolder);
      return { ...UNDECLARED, roots, evidence: tomlEvidence(document, ...path, 'sources') };
    }
    const table = tomlTable(document, ...path, 'sources');
    if (table !== undefined) {
      return { ...declareMapped(table), evidence: tomlEvidence(document, ...path, 'sources') };
    }
    if (only !== undefined && only.length > 0) {
      const names = unique(only.map(nameOfPath).filter((name) => name !== ''));
      const evidence = tomlEvidence(document, ...path, 'only-include');
      return { roots: [''], names, search: 'none', renamed: [], evidence };
    }
    if (dev !== undefined && dev.length > 0) {
      const evidence = tomlEvidence(document, ...path, 'dev-mode-dirs');
      return { ...UNDECLARED, roots: dev.map(plainFolder), evidence };
    }
  }
  return UNDECLARED;
}

/** hatch `sources` as a table: folder in the project to folder in the wheel. */
function declareMapped(table: Readonly<Record<string, unknown>>): Declared {
  const roots: string[] = [];
  const names: string[] = [];
  const renamed: { module: string; folder: string }[] = [];
  for (const [from, to] of Object.entries(table)) {
    if (typeof to !== 'string') continue;
    const folder = plainFolder(from);
    const target = plainFolder(to);
    if (target === '') roots.push(folder);
    else if (folder === target || folder.endsWith(`/${target}`)) {
      roots.push(plainFolder(folder.slice(0, folder.length - target.length)));
      names.push(nameOfPath(target));
    } else renamed.push({ module: nameOfPath(target), folder });
  }
  return { roots: unique(roots), names: unique(names), search: names.length === 0 ? 'all' : 'none', renamed };
}

/** flit, pdm, uv, maturin and scikit-build: a root, a module name, or both, under fixed keys. */
function declareByKeys(
  document: TomlDocument,
  roots: readonly string[][],
  names: readonly string[][],
): Declared {
  const rootKey = roots.find((path) => tomlTexts(document, ...path) !== undefined);
  const nameKey = names.find((path) => tomlTexts(document, ...path) !== undefined);
  const key = rootKey ?? nameKey;
  if (key === undefined) return UNDECLARED;
  return {
    roots: rootKey === undefined ? [] : (tomlTexts(document, ...rootKey) ?? []).map(plainFolder),
    names: nameKey === undefined ? [] : (tomlTexts(document, ...nameKey) ?? []),
    search: nameKey === undefined ? 'all' : 'none',
    renamed: [],
    evidence: tomlEvidence(document, ...key),
  };
}

function declareScikit(document: TomlDocument): Declared {
  const packages = tomlTexts(document, 'tool', 'scikit-build', 'wheel', 'packages');
  if (packages === undefined || packages.length === 0) return UNDECLARED;
  const folders = packages.map(plainFolder);
  return {
    roots: unique(folders.map((folder) => plainFolder(posix.dirname(folder)))),
    names: unique(folders.map((folder) => posix.basename(folder))),
    search: 'none',
    renamed: [],
    evidence: tomlEvidence(document, 'tool', 'scikit-build', 'wheel', 'packages'),
  };
}

/**
 * Backends of one distribution, one module: without a word in their tables the module has the distribution's
 * name. Where no such module exists, the search in the folders goes on.
 */
function declareByName(document: TomlDocument, roots: readonly string[]): Declared {
  const key = [
    ['project', 'name'],
    ['tool', 'poetry', 'name'],
    ['tool', 'flit', 'metadata', 'dist-name'],
  ].find((path) => tomlText(document, ...path) !== undefined);
  if (key === undefined) return UNDECLARED;
  const name = (tomlText(document, ...key) ?? '').replaceAll(/[-.]+/g, '_');
  return {
    roots,
    names: [...new Set([name, name.toLowerCase()])],
    search: 'none',
    renamed: [],
    evidence: tomlEvidence(document, ...key),
  };
}

/** The first of several that says something. */
function firstDeclared(...list: readonly Declared[]): Declared {
  return list.find((declared) => declared !== UNDECLARED) ?? UNDECLARED;
}

const FLIT_NAMES = [
  ['tool', 'flit', 'module', 'name'],
  ['tool', 'flit', 'metadata', 'module'],
];

/** What the tables of the project's own build backend say; tables of other backends do not count. */
export function readDeclared(
  files: PackagingFiles,
  hatch: TomlDocument | undefined,
  backend: Backend | undefined,
): Declared {
  const document = files.pyproject;
  if (backend?.family === 'hatchling' && hatch !== undefined) {
    const own = declareHatch(hatch, []);
    if (own !== UNDECLARED) return own;
  }
  if (document === undefined) return declareSetuptools(files);
  switch (backend?.family) {
    case 'poetry':
      return firstDeclared(declarePoetry(document), declareByName(document, ['', 'src']));
    case 'hatchling':
      return firstDeclared(declareHatch(document, ['tool', 'hatch']), declareByName(document, ['', 'src']));
    case 'flit':
      return firstDeclared(declareByKeys(document, [], FLIT_NAMES), declareByName(document, ['', 'src']));
    case 'pdm':
      return declareByKeys(document, [['tool', 'pdm', 'build', 'package-dir']], []);
    case 'uv':
      return firstDeclared(
        declareByKeys(
          document,
          [['tool', 'uv', 'build-backend', 'module-root']],
          [['tool', 'uv', 'build-backend', 'module-name']],
        ),
        declareByName(document, ['src', '']),
      );
    case 'maturin':
      return declareByKeys(document, [['tool', 'maturin', 'python-source']], []);
    case 'scikit-build':
      return declareScikit(document);
    case 'meson-python':
      return UNDECLARED;
    case 'setuptools':
    case 'other':
    case undefined:
      return declareSetuptools(files);
  }
}
