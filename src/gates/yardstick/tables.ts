import { posix } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { StropError } from '#base';
import type { Host } from '#host';
import { readIni, readToml, tomlValue } from '#project';

/** What has changed in a file of which only some tables belong to the yardstick, as names of tables. */
export interface TableChange {
  /** Tables on which tests or measurements depend. */
  readonly yardstick: readonly string[];
  /** All others. */
  readonly others: readonly string[];
}

type Tables = ReadonlyMap<string, unknown>;

const isTable = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** Tables of tools that run the tests, measure their coverage, or are strop's own; and plugins that pytest would load. */
const TOML_YARDSTICK =
  /^(tool\.(pytest|coverage|strop|tox|nox)|tool\.hatch\.envs$|project\.entry-points\.pytest11$)/;
const INI_YARDSTICK = /^(tool:pytest|pytest|coverage:|tox:|testenv)/;

async function readTomlTables(host: Host, path: string): Promise<Tables | undefined> {
  try {
    const document = await readToml(host, posix.dirname(path), posix.basename(path));
    const tables = new Map<string, unknown>();
    const spread = (name: string, value: unknown): void => {
      // These hold tables of several owners.
      if (/^(tool|project|tool\.hatch|project\.entry-points)$/.test(name) && isTable(value)) {
        for (const [key, inner] of Object.entries(value)) spread(`${name}.${key}`, inner);
      } else tables.set(name, value);
    };
    for (const key of Object.keys(document?.data ?? {})) spread(key, tomlValue(document, key));
    return tables;
  } catch (error) {
    if (error instanceof StropError && error.code === 'bad-config') return undefined;
    throw error;
  }
}

async function readIniTables(host: Host, path: string): Promise<Tables> {
  const text = (await host.files.readText(path)) ?? '';
  return new Map(
    [...readIni(text)].map(([name, section]) => [
      name,
      Object.fromEntries([...section.values].map(([key, value]) => [key, value.text])),
    ]),
  );
}

/**
 * Compares a pyproject.toml or setup.cfg by its values: comments, order and layout do not count. A file that is missing
 * has no tables; one that cannot be parsed counts as changed yardstick, since what would be read of it is unknown.
 */
export async function compareTables(host: Host, pathA: string, pathB: string): Promise<TableChange> {
  const toml = pathA.endsWith('.toml');
  const read = async (path: string): Promise<Tables | undefined> =>
    toml ? readTomlTables(host, path.replaceAll('\\', '/')) : readIniTables(host, path);
  const [a, b] = [await read(pathA), await read(pathB)];
  if (a === undefined || b === undefined) return { yardstick: ['not valid TOML'], others: [] };
  const changed = [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => !isDeepStrictEqual(a.get(name), b.get(name)))
    .sort();
  const relevant = toml ? TOML_YARDSTICK : INI_YARDSTICK;
  return {
    yardstick: changed.filter((name) => relevant.test(name)),
    others: changed.filter((name) => !relevant.test(name)),
  };
}
