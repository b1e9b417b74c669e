import type { Host } from '#host';
import { readToml } from '#project';
import { StropError } from '#base';
import type { ConfigPlace } from './agents.ts';
import {
  addToJson,
  commentsGoing,
  isEmptyJson,
  newJsonConfig,
  readJsonConfig,
  removeFromJson,
  replaceInJson,
} from './json-config.ts';
import { canonicalJson } from './jsonc.ts';
import {
  addToToml,
  commentsInBlock,
  readTomlConfig,
  removeFromToml,
  replaceInToml,
  tomlLines,
} from './toml-config.ts';
import { insertPieces } from './text-edit.ts';
import type { Piece } from './text-edit.ts';

/** What an agent's settings say: strop's entry in {@link canonicalJson}, and all the rest. */
export interface ConfigContent {
  readonly entry: string | undefined;
  readonly rest: string;
}

/** Settings with strop's entry in them. */
export interface AddedEntry {
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly tableMade: boolean;
}

async function parseToml(host: Host, text: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const files = { ...host.files, readText: () => Promise.resolve(text) };
  try {
    return (await readToml({ ...host, files }, '', 'config.toml'))?.data;
  } catch (error) {
    if (error instanceof StropError && error.code === 'bad-config') return undefined;
    throw error;
  }
}

/** Reads settings; undefined for a text that cannot be understood or has something else in the place of the servers. */
export async function readConfig(
  host: Host,
  { format, table }: ConfigPlace,
  text: string,
): Promise<ConfigContent | undefined> {
  // A file that was made and not filled yet is fine for editors, whatever the format says.
  if (text.trim() === '') return { entry: undefined, rest: '{}' };
  const read =
    format === 'json'
      ? readJsonConfig(text, table)
      : await readTomlConfig(text, table, (given) => parseToml(host, given));
  if (read === undefined) return undefined;
  return { entry: read.entry === undefined ? undefined : canonicalJson(read.entry), rest: read.rest };
}

/** The entry as strop writes it. */
export function wantedEntry({ entry }: ConfigPlace): string {
  return canonicalJson(entry);
}

/** Whether a changed text says what the former one said, with this entry: the last guard before anything is written. */
async function isSound(
  host: Host,
  config: ConfigPlace,
  before: string,
  after: string,
  entry: string | undefined,
): Promise<boolean> {
  const [former, now] = [await readConfig(host, config, before), await readConfig(host, config, after)];
  return now !== undefined && now.rest === former?.rest && now.entry === entry;
}

/** Adds the entry to settings that have none; undefined where that is not possible without rewriting them. */
export async function addEntry(
  host: Host,
  config: ConfigPlace,
  text: string,
): Promise<AddedEntry | undefined> {
  const { format, table, entry } = config;
  const added =
    format === 'json'
      ? addToJson(text, table, entry)
      : { pieces: addToToml(text, table, entry), tableMade: false };
  if (added === undefined) return undefined;
  const after = insertPieces(text, added.pieces);
  const sound = await isSound(host, config, text, after, wantedEntry(config));
  return sound ? { text: after, ...added } : undefined;
}

/** Puts the wanted entry in the place of another one of strop's. */
export async function replaceEntry(
  host: Host,
  config: ConfigPlace,
  text: string,
): Promise<string | undefined> {
  const { format, table, entry } = config;
  const after = format === 'json' ? replaceInJson(text, table, entry) : replaceInToml(text, table, entry);
  if (after === undefined) return undefined;
  return (await isSound(host, config, text, after, wantedEntry(config))) ? after : undefined;
}

/** Takes the entry out; undefined where that is not possible without changing something else. */
export async function removeEntry(
  host: Host,
  config: ConfigPlace,
  text: string,
  made: Pick<AddedEntry, 'tableMade' | 'pieces'>,
): Promise<string | undefined> {
  const after =
    config.format === 'json'
      ? removeFromJson(text, config.table, made.tableMade)
      : removeFromToml(text, made.pieces);
  return (await isSound(host, config, text, after, undefined)) ? after : undefined;
}

/** Comments of others that would be lost with the entry. */
export function commentsWithEntry(
  { format, table }: ConfigPlace,
  text: string,
  tableMade: boolean,
): readonly string[] {
  return format === 'json' ? commentsGoing(text, table, tableMade) : commentsInBlock(text);
}

/** Whether settings say nothing at all. */
export function isEmptyConfig({ format }: ConfigPlace, text: string): boolean {
  return format === 'json' ? isEmptyJson(text) : text.trim() === '';
}

/** What a user puts into settings that strop does not change. */
export function entryToPaste({
  format,
  table,
  entry,
}: Pick<ConfigPlace, 'format' | 'table' | 'entry'>): string {
  return format === 'json' ? newJsonConfig(table, entry).trimEnd() : tomlLines(table, entry).join('\n');
}
