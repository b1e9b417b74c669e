import { posix } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { parse, TomlError } from 'smol-toml';
import type { Evidence, Fact } from './evidence.ts';
import { readIni } from './ini.ts';
import type { IniDocument, IniValue } from './ini.ts';
import { tryRead } from './readable.ts';
import { findTomlLines, lineOfKey } from './toml-lines.ts';
import type { TomlLines } from './toml-lines.ts';

/** A TOML file with what is needed to say where each value stands. */
export interface TomlDocument {
  /** Relative to the project root. */
  readonly file: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly lines: TomlLines;
}

/** An INI file of the project. */
export interface IniFile {
  readonly file: string;
  readonly sections: IniDocument;
}

/** Joins a relative file name to a folder as an absolute path with `/`. */
export function joinPath(folder: string, ...parts: readonly string[]): string {
  return posix.join(folder.replaceAll('\\', '/'), ...parts);
}

/**
 * Reads a TOML file of the project; undefined when it does not exist, `bad-config` with the line when it is
 * broken.
 */
export async function readToml(host: Host, root: string, file: string): Promise<TomlDocument | undefined> {
  const text = await host.files.readText(joinPath(root, file));
  if (text === undefined) return undefined;
  const plain = text.replace(/^\uFEFF/, '');
  try {
    return { file, data: parse(plain), lines: findTomlLines(plain) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = (error.message.split('\n')[0] ?? '').replace('Invalid TOML document: ', '');
    throw new StropError({
      code: 'bad-config',
      problem: `this is no valid TOML: ${reason}`,
      where: `${file}:${error.line}`,
      remedy: `Correct line ${error.line} of ${file}.`,
      detail: error.codeblock,
    });
  }
}

/** Reads an INI file of the project; undefined when it does not exist. */
export async function readIniFile(host: Host, root: string, file: string): Promise<IniFile | undefined> {
  const text = await tryRead(host, joinPath(root, file));
  return text === undefined ? undefined : { file, sections: readIni(text) };
}

/** The value under a path of keys and indexes, or undefined where the path ends early. */
export function tomlValue(
  document: TomlDocument | undefined,
  ...path: readonly (string | number)[]
): unknown {
  let value: unknown = document?.data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.hasOwn(value, key) ? (value as Record<string | number, unknown>)[key] : undefined;
  }
  return value;
}

/** The table under a path, or undefined when there is none. */
export function tomlTable(
  document: TomlDocument | undefined,
  ...path: readonly (string | number)[]
): Readonly<Record<string, unknown>> | undefined {
  const value = tomlValue(document, ...path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The text under a path, or undefined when there is none. */
export function tomlText(
  document: TomlDocument | undefined,
  ...path: readonly (string | number)[]
): string | undefined {
  const value = tomlValue(document, ...path);
  return typeof value === 'string' ? value : undefined;
}

/**
 * The texts of the list under a path (a single text counts as a list of one), or undefined when there is none.
 */
export function tomlTexts(
  document: TomlDocument | undefined,
  ...path: readonly (string | number)[]
): readonly string[] | undefined {
  const value = tomlValue(document, ...path);
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return undefined;
  return value.filter((entry): entry is string => typeof entry === 'string');
}

/** Where a key of the document stands. */
export function tomlEvidence(document: TomlDocument, ...path: readonly (string | number)[]): Evidence {
  const line = lineOfKey(document.lines, path);
  return line === undefined ? { file: document.file } : { file: document.file, line };
}

/** The text under a path together with its place. */
export function tomlFact(
  document: TomlDocument | undefined,
  ...path: readonly (string | number)[]
): Fact<string> | undefined {
  const value = tomlText(document, ...path);
  if (value === undefined || document === undefined) return undefined;
  return { value, evidence: tomlEvidence(document, ...path) };
}

/** A value of an INI file, or undefined. */
export function iniValue(ini: IniFile | undefined, section: string, key: string): IniValue | undefined {
  return ini?.sections.get(section)?.values.get(key);
}
