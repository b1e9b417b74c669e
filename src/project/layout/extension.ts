import type { Host } from '#host';
import { joinPath, tomlEvidence, tomlTable, tomlTexts, tomlValue } from '../documents.ts';
import type { Evidence } from '../evidence.ts';
import { lineAt, readScript } from '../sources.ts';
import type { Backend, PackagingFiles, ScriptText } from '../sources.ts';
import { walkFiles } from '../walk.ts';

/** How compiled modules come about. */
export type ExtensionKind =
  | 'setuptools'
  | 'cython'
  | 'cffi'
  | 'mypyc'
  | 'cmake'
  | 'maturin'
  | 'setuptools-rust'
  | 'meson-python'
  | 'scikit-build'
  | 'hatch-hook'
  | 'poetry-script';

/** The project builds compiled modules. */
export interface Extension {
  readonly kind: ExtensionKind;
  readonly evidence: Evidence;
  /** The build goes on without the compiled part, or it is built only on demand: the pure source runs too. */
  readonly optional: boolean;
  /** Import names of the compiled modules, where they are written out. */
  readonly names: readonly string[];
}

const SCRIPT_SIGNS: readonly (readonly [RegExp, ExtensionKind])[] = [
  [/\bmypycify\s*\(/, 'mypyc'],
  [/\bcythonize\s*\(/, 'cython'],
  [/\bRustExtension\s*\(|\brust_extensions\s*=/, 'setuptools-rust'],
  [/\bfrom\s+skbuild\b|\bimport\s+skbuild\b/, 'scikit-build'],
  [/\bcffi_modules\s*=\s*(?!\[\s*\]|None\b)/, 'cffi'],
  [/\bCMakeExtension\s*\(/, 'cmake'],
  [
    /\bext_modules\s*=\s*(?!\[\s*\]|None\b)|\bext_modules\.(?:append|extend)\(|['"]ext_modules['"]\s*[:\]]/,
    'setuptools',
  ],
  [/\b(?:Pybind11)?Extension\s*\(/, 'setuptools'],
];

/** A switch in the environment decides whether it is built at all. */
const SWITCH_NAME = String.raw`['"]\w*(?:USE|WITH|ENABLE|DISABLE|SKIP|PURE|NO_|MYPYC|SPEEDUPS|EXTENSION|BUILD_EXT)\w*['"]`;
const SWITCH_SIGNS = new RegExp(
  String.raw`(?:environ|getenv)[^\n]*${SWITCH_NAME}|${SWITCH_NAME}\s+(?:not\s+)?in\s+(?:os\.)?environ`,
);
/** The build survives a compiler that fails. */
const OPTIONAL_SIGNS =
  /\boptional\s*=\s*True|BuildFailed|ve_build_ext|optional_build_ext|except\s+\(?[^\n]*(?:CCompilerError|CompileError|ext_errors|BuildExtError|DistutilsPlatformError)/;

function inScript(script: ScriptText): Extension | undefined {
  for (const [sign, kind] of SCRIPT_SIGNS) {
    const match = sign.exec(script.text);
    if (match === null) continue;
    const names = [...script.text.matchAll(/\bExtension\(\s*(?:name\s*=\s*)?['"]([\w.]*\w)['"]/g)].map(
      (found) => found[1] ?? '',
    );
    return {
      kind,
      evidence: { file: script.file, line: lineAt(script.text, match.index) },
      optional: OPTIONAL_SIGNS.test(script.text) || SWITCH_SIGNS.test(script.text),
      names,
    };
  }
  return undefined;
}

function inPyproject(files: PackagingFiles, backend: Backend | undefined): Extension | undefined {
  const document = files.pyproject;
  if (document === undefined) return undefined;
  const found = (kind: ExtensionKind, ...path: readonly (string | number)[]): Extension => ({
    kind,
    evidence: tomlEvidence(document, ...path),
    optional: false,
    names: [],
  });
  if (
    backend?.family === 'maturin' ||
    backend?.family === 'meson-python' ||
    backend?.family === 'scikit-build'
  ) {
    return found(backend.family, 'build-system', 'build-backend');
  }
  const table = ['tool', 'setuptools', 'ext-modules'];
  const list = tomlValue(document, ...table);
  if (Array.isArray(list) && list.length > 0) {
    const names = list.flatMap((_, index) => tomlTexts(document, ...table, index, 'name') ?? []);
    return { ...found('setuptools', ...table), names };
  }
  if (tomlTable(document, 'tool', 'setuptools-rust') !== undefined) {
    return found('setuptools-rust', 'tool', 'setuptools-rust');
  }
  for (const path of [
    ['tool', 'hatch', 'build', 'targets', 'wheel', 'hooks'],
    ['tool', 'hatch', 'build', 'hooks'],
  ]) {
    const hook = Object.keys(tomlTable(document, ...path) ?? {}).find((name) =>
      /cython|mypyc|cffi|cmake|rust/.test(name),
    );
    if (hook !== undefined) {
      const off = tomlValue(document, ...path, hook, 'enable-by-default') === false;
      return { ...found('hatch-hook', ...path, hook), optional: off };
    }
  }
  return undefined;
}

/** The build script that poetry runs, when it builds something. */
async function inPoetryScript(
  host: Host,
  root: string,
  files: PackagingFiles,
): Promise<Extension | undefined> {
  const document = files.pyproject;
  const value = tomlValue(document, 'tool', 'poetry', 'build');
  const file = typeof value === 'string' ? value : tomlTable(document, 'tool', 'poetry', 'build')?.['script'];
  if (typeof file !== 'string') return undefined;
  const script = await readScript(host, root, file);
  const found = script === undefined ? undefined : inScript(script);
  return found === undefined ? undefined : { ...found, kind: 'poetry-script' };
}

/** Cython sources inside the modules, for builds that say nothing in a form that can be read. */
async function inSources(
  host: Host,
  root: string,
  folders: readonly string[],
): Promise<Extension | undefined> {
  for (const folder of folders) {
    for await (const file of walkFiles(host, joinPath(root, folder), { depth: 5, entries: 5000 })) {
      if (!file.name.endsWith('.pyx')) continue;
      const evidence = { file: folder === '' ? file.path : `${folder}/${file.path}` };
      return { kind: 'cython', evidence, optional: false, names: [] };
    }
  }
  return undefined;
}

/**
 * Whether the project builds compiled modules, and what says so. `folders` are its packages, relative to the
 * project.
 */
export async function findExtension(
  host: Host,
  root: string,
  files: PackagingFiles,
  backend: Backend | undefined,
  folders: readonly string[],
): Promise<Extension | undefined> {
  const setup = files.setupPy === undefined ? undefined : inScript(files.setupPy);
  return (
    inPyproject(files, backend) ??
    setup ??
    (await inPoetryScript(host, root, files)) ??
    (await inSources(host, root, folders))
  );
}
