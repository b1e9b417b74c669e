import type { Host } from '#host';
import { joinPath, readIniFile, readToml, tomlFact, tomlTable } from './documents.ts';
import type { IniFile, TomlDocument } from './documents.ts';
import type { Fact } from './evidence.ts';
import { tryRead } from './readable.ts';

/** A Python file read as text: comments are blanked, so that searches do not find code that is switched off. */
export interface ScriptText {
  readonly file: string;
  readonly text: string;
}

/** The files in which a project says how it is packaged; each undefined when it does not exist. */
export interface PackagingFiles {
  readonly pyproject: TomlDocument | undefined;
  readonly setupCfg: IniFile | undefined;
  readonly setupPy: ScriptText | undefined;
}

/** Blanks whole-line comments and keeps every line where it is. */
function blankComments(text: string): string {
  return text.replace(/^[ \t]*#.*$/gm, '');
}

/** Reads a Python file of the project as searchable text. */
export async function readScript(host: Host, root: string, file: string): Promise<ScriptText | undefined> {
  const text = await tryRead(host, joinPath(root, file));
  return text === undefined ? undefined : { file, text: blankComments(text) };
}

/** The line, counted from 1, of a place in a text. */
export function lineAt(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < place; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Reads the packaging files of a project folder; broken TOML is `bad-config`. */
export async function readPackaging(host: Host, root: string): Promise<PackagingFiles> {
  return {
    pyproject: await readToml(host, root, 'pyproject.toml'),
    setupCfg: await readIniFile(host, root, 'setup.cfg'),
    setupPy: await readScript(host, root, 'setup.py'),
  };
}

/** The families of build backends that say in their own tables where the modules lie. */
export type BackendFamily =
  | 'setuptools'
  | 'poetry'
  | 'hatchling'
  | 'flit'
  | 'pdm'
  | 'uv'
  | 'maturin'
  | 'meson-python'
  | 'scikit-build'
  | 'other';

/** The build backend: its name as written, and the family that decides which tables count. */
export interface Backend extends Fact<string> {
  readonly family: BackendFamily;
}

const FAMILIES: readonly (readonly [RegExp, BackendFamily])[] = [
  [/^setuptools|^_distutils|^distutils/, 'setuptools'],
  [/^poetry/, 'poetry'],
  [/^hatchling/, 'hatchling'],
  [/^flit/, 'flit'],
  [/^pdm/, 'pdm'],
  [/^uv_build|^uv\b/, 'uv'],
  [/^maturin/, 'maturin'],
  [/^mesonpy/, 'meson-python'],
  [/^scikit_build|^skbuild/, 'scikit-build'],
];

/** The build backend of a project, or undefined when nothing builds it. */
export function findBackend(files: PackagingFiles): Backend | undefined {
  const declared = tomlFact(files.pyproject, 'build-system', 'build-backend');
  if (declared !== undefined) {
    const family = FAMILIES.find(([pattern]) => pattern.test(declared.value))?.[1] ?? 'other';
    return { ...declared, family };
  }
  if (files.setupPy !== undefined) {
    return { value: 'setuptools (setup.py)', family: 'setuptools', evidence: { file: files.setupPy.file } };
  }
  if (files.setupCfg?.sections.has('metadata') === true) {
    const line = files.setupCfg.sections.get('metadata')?.line;
    return { value: 'setuptools (setup.cfg)', family: 'setuptools', evidence: { file: 'setup.cfg', line } };
  }
  if (files.pyproject !== undefined && tomlTable(files.pyproject, 'tool', 'poetry') !== undefined) {
    return { value: 'poetry', family: 'poetry', evidence: { file: 'pyproject.toml' } };
  }
  if (files.pyproject !== undefined && tomlTable(files.pyproject, 'build-system') !== undefined) {
    return { value: 'setuptools', family: 'setuptools', evidence: { file: 'pyproject.toml' } };
  }
  return undefined;
}
