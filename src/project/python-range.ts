import { satisfies, validRange } from '@renovatebot/pep440';
import type { Host } from '#host';
import {
  iniValue,
  joinPath,
  readIniFile,
  readToml,
  tomlEvidence,
  tomlFact,
  tomlTexts,
  tomlValue,
} from './documents.ts';
import type { Fact } from './evidence.ts';
import { lineAt } from './sources.ts';
import type { PackagingFiles, ScriptText } from './sources.ts';
import { tryRead } from './readable.ts';

/** Which Python versions a project says it runs on. */
export interface PythonRange {
  /** The requirement as written: `>=3.9,<4`, poetry's `^3.9`, or an expression of a setup.py that only running it would tell. */
  readonly requires: Fact<string> | undefined;
  /** The version that a tool is told to write for or to assume: ruff, black, mypy, pyright. */
  readonly targets: readonly (Fact<string> & { readonly tool: string })[];
  /** The version pinned for development, by `.python-version` or Pipfile. */
  readonly pinned: Fact<string> | undefined;
  /**
   * Minor versions of Python 3 that the requirement allows, from 3.0 up; undefined without a requirement that
   * can be read.
   */
  readonly minors: readonly number[] | undefined;
}

/** Newest minor version of Python 3 that is looked at. */
const NEWEST_MINOR = 16;

/**
 * poetry's `^3.9` and `~3.9` in the words of PEP 440; https://python-poetry.org/docs/dependency-specification/
 */
function plainSpecifier(part: string): string {
  const text = part.trim();
  const match = /^([\^~])\s*(\d+)(?:\.(\d+))?/.exec(text);
  if (text.startsWith('~=') || match === null) {
    if (text === '*' || text === '') return '>=2';
    return /^\d/.test(text) ? `==${text}` : text;
  }
  const [, sign, major = '3', minor] = match;
  const least = text.slice(1).trim();
  const next = sign === '^' || minor === undefined ? `${Number(major) + 1}` : `${major}.${Number(minor) + 1}`;
  return `>=${least},<${next}`;
}

/**
 * Minor versions of Python 3 that a specifier allows in any of their releases; undefined when it is not
 * understood.
 */
export function listMinors(specifier: string): readonly number[] | undefined {
  const alternatives = specifier.split('||').map((part) => part.split(',').map(plainSpecifier).join(','));
  if (!alternatives.every((part) => validRange(part))) return undefined;
  const minors: number[] = [];
  for (let minor = 0; minor <= NEWEST_MINOR; minor += 1) {
    // A bound may lie inside a minor version (`>=3.9.1`, `!=3.9.7`).
    const releases = [0, 1, 7, 20, 50].map((micro) => `3.${minor}.${micro}`);
    if (alternatives.some((part) => releases.some((release) => satisfies(release, part)))) minors.push(minor);
  }
  return minors;
}

/** Whether a version is allowed; undefined when the specifier is not understood. */
export function allowsVersion(
  specifier: string,
  version: readonly [number, number, number],
): boolean | undefined {
  const alternatives = specifier.split('||').map((part) => part.split(',').map(plainSpecifier).join(','));
  if (!alternatives.every((part) => validRange(part))) return undefined;
  return alternatives.some((part) => satisfies(version.join('.'), part));
}

/** One string literal, or several that Python joins; in parentheses or not. */
const LITERAL = String.raw`\(?\s*((?:(?:'[^'\n]*'|"[^"\n]*")\s*)+)`;

/** Literals that stand side by side are one text. */
function joinLiterals(source: string): string {
  return [...source.matchAll(/'([^'\n]*)'|"([^"\n]*)"/g)].map((match) => match[1] ?? match[2] ?? '').join('');
}

/** `python_requires` of a setup.py: a text, the name of a constant, or else the expression as it stands, which nobody can read. */
function findInScript({ file, text }: ScriptText): Fact<string> | undefined {
  const match = /\bpython_requires\s*=(?!=)\s*([^\n,]*)/.exec(text);
  if (match === null) return undefined;
  const evidence = { file, line: lineAt(text, match.index) };
  const given = new RegExp(String.raw`^python_requires\s*=\s*${LITERAL}`).exec(text.slice(match.index));
  if (given !== null) return { value: joinLiterals(given[1] ?? ''), evidence };
  const whole = (match[1] ?? '').trim();
  const expression = /^(\w+)\s*\)?$/.exec(whole)?.[1];
  if (expression === undefined) return { value: whole, evidence };
  const places = [...text.matchAll(new RegExp(String.raw`^[ \t]*${expression}\s*(?::[^=\n]*)?=(?!=)`, 'gm'))];
  const constant = new RegExp(String.raw`^${expression}\s*(?::[^=\n]*)?=\s*${LITERAL}`, 'm').exec(text);
  // Set twice, it depends on what is true where it runs.
  if (constant === null || places.length !== 1) return { value: expression, evidence };
  return { value: joinLiterals(constant[1] ?? ''), evidence: { file, line: lineAt(text, constant.index) } };
}

async function findRequires(
  host: Host,
  root: string,
  files: PackagingFiles,
): Promise<Fact<string> | undefined> {
  const inPyproject =
    tomlFact(files.pyproject, 'project', 'requires-python') ??
    tomlFact(files.pyproject, 'tool', 'poetry', 'dependencies', 'python') ??
    tomlFact(files.pyproject, 'tool', 'poetry', 'dependencies', 'python', 'version') ??
    tomlFact(files.pyproject, 'tool', 'flit', 'metadata', 'requires-python');
  if (inPyproject !== undefined) return inPyproject;
  const inCfg =
    iniValue(files.setupCfg, 'options', 'python_requires') ??
    iniValue(files.setupCfg, 'options', 'python-requires');
  if (inCfg !== undefined) return { value: inCfg.text, evidence: { file: 'setup.cfg', line: inCfg.line } };
  const inScript = files.setupPy === undefined ? undefined : findInScript(files.setupPy);
  if (inScript !== undefined) return inScript;
  for (const file of ['environment.yml', 'environment.yaml']) {
    const text = await tryRead(host, joinPath(root, file));
    const found = /^\s*-\s*["']?python\s*([=<>!~][^"'\s#]*)/m.exec(text ?? '');
    if (text === undefined || found === null) continue;
    // conda's single `=` means any release of that version.
    const value = (found[1] ?? '').replace(/^=(?!=)(.*?)(\.\*)?$/, '==$1.*');
    return { value, evidence: { file, line: lineAt(text, found.index + 1) } };
  }
  return undefined;
}

async function findTargets(host: Host, root: string, files: PackagingFiles): Promise<PythonRange['targets']> {
  const targets: (Fact<string> & { tool: string })[] = [];
  for (const file of ['ruff.toml', '.ruff.toml']) {
    const fact = tomlFact(await readToml(host, root, file), 'target-version');
    if (fact !== undefined) targets.push({ tool: 'ruff', ...fact });
  }
  const document = files.pyproject;
  for (const [tool, key] of [
    ['ruff', 'target-version'],
    ['black', 'target-version'],
    ['mypy', 'python_version'],
    ['pyright', 'pythonVersion'],
  ] as const) {
    const value = tomlTexts(document, 'tool', tool, key);
    const number = tomlValue(document, 'tool', tool, key);
    if (document === undefined || number === undefined) continue;
    const text = typeof number === 'number' ? String(number) : (value ?? []).join(', ');
    if (text !== '') targets.push({ tool, value: text, evidence: tomlEvidence(document, 'tool', tool, key) });
  }
  for (const [file, section] of [
    ['mypy.ini', 'mypy'],
    ['.mypy.ini', 'mypy'],
    ['setup.cfg', 'mypy'],
  ] as const) {
    const value = iniValue(await readIniFile(host, root, file), section, 'python_version');
    if (value !== undefined)
      targets.push({ tool: 'mypy', value: value.text, evidence: { file, line: value.line } });
  }
  return targets;
}

async function findPinned(host: Host, root: string): Promise<Fact<string> | undefined> {
  const text = await tryRead(host, joinPath(root, '.python-version'));
  for (const [index, line] of (text ?? '').split(/\r?\n/).entries()) {
    const value = line.replace(/#.*/, '').trim();
    if (value !== '') return { value, evidence: { file: '.python-version', line: index + 1 } };
  }
  const pipfile = await readToml(host, root, 'Pipfile');
  return (
    tomlFact(pipfile, 'requires', 'python_full_version') ?? tomlFact(pipfile, 'requires', 'python_version')
  );
}

/** Reads which Python versions the project is for. */
export async function readPythonRange(host: Host, root: string, files: PackagingFiles): Promise<PythonRange> {
  const requires = await findRequires(host, root, files);
  return {
    requires,
    targets: await findTargets(host, root, files),
    pinned: await findPinned(host, root),
    minors: requires === undefined ? undefined : listMinors(requires.value),
  };
}
