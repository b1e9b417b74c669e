import { posix, relative, sep } from 'node:path';
import type { Host } from '#host';
import { foldersUpwards } from './candidates.ts';
import {
  iniValue,
  readIniFile,
  readToml,
  tomlEvidence,
  tomlTable,
  tomlText,
  tomlTexts,
} from './documents.ts';
import type { Evidence, Fact } from './evidence.ts';
import type { ProjectRoot } from './root.ts';

/**
 * pytest's settings, from the one file that pytest would take. Lists are empty and texts undefined where
 * nothing is set.
 */
export interface PytestConfig {
  readonly evidence: Evidence;
  /**
   * `ini`: text values, one entry a line. `toml`: `[tool.pytest.ini_options]`. `native-toml`: real lists,
   * pytest 9.
   */
  readonly style: 'ini' | 'toml' | 'native-toml';
  readonly addopts: Fact<string> | undefined;
  /** Registered markers as written: `slow: takes long`. */
  readonly markers: readonly Fact<string>[];
  readonly testpaths: Fact<readonly string[]> | undefined;
  /** Patterns of files, functions and classes that hold tests, where they differ from pytest's own. */
  readonly pythonFiles: Fact<readonly string[]> | undefined;
  readonly pythonFunctions: Fact<readonly string[]> | undefined;
  readonly pythonClasses: Fact<readonly string[]> | undefined;
}

/** The files that pytest looks at, in its order; https://docs.pytest.org/en/stable/reference/customize.html */
const PLACES: readonly (
  | { readonly file: string; readonly style: 'ini'; readonly section: string; readonly always: boolean }
  | { readonly file: string; readonly style: 'toml' | 'native-toml'; readonly path: readonly string[] }
)[] = [
  { file: 'pytest.toml', style: 'native-toml', path: ['pytest'] },
  { file: '.pytest.toml', style: 'native-toml', path: ['pytest'] },
  // An empty pytest.ini counts too.
  { file: 'pytest.ini', style: 'ini', section: 'pytest', always: true },
  { file: '.pytest.ini', style: 'ini', section: 'pytest', always: true },
  { file: 'pyproject.toml', style: 'native-toml', path: ['tool', 'pytest'] },
  { file: 'pyproject.toml', style: 'toml', path: ['tool', 'pytest', 'ini_options'] },
  { file: 'tox.ini', style: 'ini', section: 'pytest', always: false },
  { file: 'setup.cfg', style: 'ini', section: 'tool:pytest', always: false },
];

const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

async function fromIni(
  host: Host,
  folder: string,
  place: { readonly file: string; readonly section: string; readonly always: boolean },
): Promise<PytestConfig | undefined> {
  const ini = await readIniFile(host, folder, place.file);
  const section = ini?.sections.get(place.section);
  if (ini === undefined || (section === undefined && !place.always)) return undefined;
  const fact = <T>(key: string, read: (text: string) => T): Fact<T> | undefined => {
    const value = iniValue(ini, place.section, key);
    return value === undefined
      ? undefined
      : { value: read(value.text), evidence: { file: place.file, line: value.line } };
  };
  const markers = iniValue(ini, place.section, 'markers');
  const lines = markers === undefined ? [] : markers.text.split('\n');
  return {
    evidence: { file: place.file, line: section?.line },
    style: 'ini',
    addopts: fact('addopts', (text) => words(text).join(' ')),
    markers: lines.flatMap((text) =>
      text === '' ? [] : [{ value: text, evidence: { file: place.file, line: markers?.line } }],
    ),
    testpaths: fact('testpaths', words),
    pythonFiles: fact('python_files', words),
    pythonFunctions: fact('python_functions', words),
    pythonClasses: fact('python_classes', words),
  };
}

async function fromToml(
  host: Host,
  folder: string,
  place: { readonly file: string; readonly style: 'toml' | 'native-toml'; readonly path: readonly string[] },
): Promise<PytestConfig | undefined> {
  const document = await readToml(host, folder, place.file);
  const table = tomlTable(document, ...place.path);
  if (document === undefined || table === undefined) return undefined;
  // `[tool.pytest]` also exists as the mere parent of `[tool.pytest.ini_options]`.
  if (place.path.at(-1) === 'pytest' && Object.keys(table).every((key) => key === 'ini_options'))
    return undefined;
  const at = (key: string): Evidence => tomlEvidence(document, ...place.path, key);
  const list = (key: string): Fact<readonly string[]> | undefined => {
    const text = tomlText(document, ...place.path, key);
    const value = text === undefined ? tomlTexts(document, ...place.path, key) : words(text);
    return value === undefined ? undefined : { value, evidence: at(key) };
  };
  const addopts = tomlTexts(document, ...place.path, 'addopts');
  const markers = tomlTexts(document, ...place.path, 'markers') ?? [];
  return {
    evidence: tomlEvidence(document, ...place.path),
    style: place.style,
    addopts:
      addopts === undefined
        ? undefined
        : { value: words(addopts.join(' ')).join(' '), evidence: at('addopts') },
    markers: markers
      .flatMap((text) => text.split('\n'))
      .map((text) => text.trim())
      .filter((text) => text !== '')
      .map((text, index) => ({
        value: text,
        evidence: tomlEvidence(document, ...place.path, 'markers', index),
      })),
    testpaths: list('testpaths'),
    pythonFiles: list('python_files'),
    pythonFunctions: list('python_functions'),
    pythonClasses: list('python_classes'),
  };
}

function moveEvidence(config: PytestConfig, up: string): PytestConfig {
  if (up === '') return config;
  const move = <F extends { readonly evidence: Evidence }>(fact: F): F => ({
    ...fact,
    evidence: { ...fact.evidence, file: posix.join(up, fact.evidence.file) },
  });
  const maybe = <F extends { readonly evidence: Evidence }>(fact: F | undefined): F | undefined =>
    fact === undefined ? undefined : move(fact);
  return {
    ...move(config),
    addopts: maybe(config.addopts),
    markers: config.markers.map(move),
    testpaths: maybe(config.testpaths),
    pythonFiles: maybe(config.pythonFiles),
    pythonFunctions: maybe(config.pythonFunctions),
    pythonClasses: maybe(config.pythonClasses),
  };
}

/**
 * The settings that pytest takes when it is started in the project: from the nearest folder upwards that has
 * any, up to the git top.
 */
export async function readPytestConfig(host: Host, project: ProjectRoot): Promise<PytestConfig | undefined> {
  for (const folder of foldersUpwards(project)) {
    for (const place of PLACES) {
      const config =
        place.style === 'ini' ? await fromIni(host, folder, place) : await fromToml(host, folder, place);
      if (config !== undefined) {
        return moveEvidence(config, relative(project.root, folder).split(sep).join('/'));
      }
    }
  }
  return undefined;
}

/** The names of registered markers: `slow` of `slow: takes long`, `limit` of `limit(n): …`. */
export function markerNames(config: PytestConfig | undefined): readonly string[] {
  return (config?.markers ?? []).map((marker) => /^[^:(\s]*/.exec(marker.value)?.[0] ?? marker.value);
}
