import { posix } from 'node:path';
import type { Host } from '#host';
import { markerNames, readPytestConfig } from '#project';
import type { ProjectRoot, PytestConfig } from '#project';
import { addIniMarker } from './ini-marker.ts';
import { addTomlMarker } from './toml-marker.ts';

/** The marker of benchmarks. */
export const MARKER = 'slow';
/** Without `#`, `;` and `%`, which mean something in INI files. */
const MARKER_LINE = `${MARKER}: benchmarks and other tests that take long`;

/** A file of the project before and after a change; `before` is undefined for a new one. */
export interface FileEdit {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly before: Uint8Array | undefined;
  readonly beforeText: string;
  readonly afterText: string;
  readonly after: Uint8Array;
}

/** What it takes to make the marker known to pytest. */
export interface Registration {
  readonly edit: FileEdit | undefined;
  /** One sentence on what was done or is left to do; undefined when there is nothing to say. */
  readonly note: string | undefined;
}

/** Text in a form in which every byte comes back: UTF-8, and for anything else one character a byte. */
function decode(bytes: Uint8Array): { readonly text: string; encode(text: string): Uint8Array } {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { text, encode: (changed) => new TextEncoder().encode(changed) };
  } catch {
    return {
      text: Buffer.from(bytes).toString('latin1'),
      encode: (changed) => Buffer.from(changed, 'latin1'),
    };
  }
}

/** Where pytest's settings are to be changed: in its own file, else in pyproject.toml, else in a new pytest.ini. */
function placeOf(
  config: PytestConfig | undefined,
  hasPyproject: boolean,
): { readonly file: string; change(text: string): string } {
  const file = config?.evidence.file ?? (hasPyproject ? 'pyproject.toml' : 'pytest.ini');
  const style = config?.style ?? (hasPyproject ? 'toml' : 'ini');
  const name = posix.basename(file);
  if (style === 'ini') {
    const section = name === 'setup.cfg' ? 'tool:pytest' : 'pytest';
    return { file, change: (text) => addIniMarker(text, section, MARKER_LINE) };
  }
  const table =
    style === 'toml'
      ? ['tool', 'pytest', 'ini_options']
      : name === 'pyproject.toml'
        ? ['tool', 'pytest']
        : ['pytest'];
  return { file, change: (text) => addTomlMarker(text, table, MARKER_LINE) };
}

/** A conftest.py may register the marker while pytest starts. */
async function isRegisteredInCode(host: Host, root: string, benchmark: string): Promise<boolean> {
  for (let folder = posix.dirname(benchmark); ; folder = posix.dirname(folder)) {
    const text = (await host.files.readText(posix.join(root, folder, 'conftest.py'))) ?? '';
    if (/addinivalue_line\(\s*(['"])markers\1\s*,\s*[rRbBuUfF]*(['"])slow\b/.test(text)) return true;
    if (folder === '.' || folder === posix.dirname(folder)) return false;
  }
}

/** Whether the changed settings say what the former ones said, and the marker: the last guard before anything is written. */
async function isSound(
  host: Host,
  project: ProjectRoot,
  path: string,
  text: string,
  before: PytestConfig | undefined,
): Promise<boolean> {
  const readText = (asked: string): Promise<string | undefined> =>
    asked.replaceAll('\\', '/') === path ? Promise.resolve(text) : host.files.readText(asked);
  try {
    const after = await readPytestConfig({ ...host, files: { ...host.files, readText } }, project);
    const values = (config: PytestConfig | undefined): string =>
      JSON.stringify([
        config?.addopts?.value,
        config?.testpaths?.value,
        config?.pythonFiles?.value,
        config?.pythonFunctions?.value,
        config?.pythonClasses?.value,
      ]);
    const expected = [...(before?.markers ?? []).map((marker) => marker.value), MARKER_LINE];
    const found = (after?.markers ?? []).map((marker) => marker.value);
    return values(before) === values(after) && found.join('\0') === expected.join('\0');
  } catch {
    return false;
  }
}

/**
 * Works out how the marker becomes known to pytest, without writing anything: not at all when it is known already, else
 * by the smallest change of the file that pytest reads. A file that cannot be changed safely is left alone, and the
 * note says what to add by hand.
 */
export async function planRegistration(
  host: Host,
  project: ProjectRoot,
  config: PytestConfig | undefined,
  benchmark: string,
): Promise<Registration> {
  if (markerNames(config).includes(MARKER)) return { edit: undefined, note: undefined };
  if (await isRegisteredInCode(host, project.root, benchmark)) return { edit: undefined, note: undefined };
  const root = project.root.replaceAll('\\', '/');
  const hasPyproject = (await host.files.kind(posix.join(root, 'pyproject.toml'))) !== undefined;
  const { file, change } = placeOf(config, hasPyproject);
  const path = posix.join(root, file);
  const before = await host.files.readBytes(path);
  const { text, encode } = decode(before ?? new Uint8Array());
  const afterText = change(text);
  if (!(await isSound(host, project, path, afterText, config))) {
    return {
      edit: undefined,
      note: `${file} is written in a way that strop does not change: add '${MARKER_LINE}' to its pytest markers by hand.`,
    };
  }
  const where =
    before === undefined
      ? `${file}, a new file, since the project has no settings of pytest yet`
      : config === undefined
        ? `${file}, which had no settings of pytest yet`
        : file;
  return {
    edit: { path: file, before, beforeText: text, afterText, after: encode(afterText) },
    note: `The marker '${MARKER}' is registered in ${where}.`,
  };
}
