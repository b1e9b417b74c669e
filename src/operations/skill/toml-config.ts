import { canonicalJson } from './jsonc.ts';
import { ENTRY } from './json-config.ts';
import { lineEndOf } from './text-edit.ts';
import type { Piece } from './text-edit.ts';

/** Reads TOML into plain data; undefined for what is no TOML. */
export type ParseToml = (text: string) => Promise<Readonly<Record<string, unknown>> | undefined>;

/** Around what strop writes, so that it can be found and taken out again. */
const BEGIN = '# strop: begin (written by `strop skill install`, taken out by `strop skill remove`)';
const END = '# strop: end';

/** The block by its marks, with its line end and one blank line before it. */
const BLOCK = /(?:(?<=\n)\r?\n)?^# strop: begin\b[^\n]*\n[^]*?^# strop: end[ \t]*(?:\r?\n|$)/m;

/** The comment of a line: behind what is no text in quotes. */
const COMMENT = /(?<=^(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*')*)#.*$/;

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a text says: strop's entry and all the rest; undefined when it is no TOML or its servers are no table. */
export async function readTomlConfig(
  text: string,
  table: string,
  parse: ParseToml,
): Promise<{ readonly entry: unknown; readonly rest: string } | undefined> {
  const data = await parse(text);
  if (data === undefined) return undefined;
  const { [table]: servers = {}, ...top } = data;
  if (!isTable(servers)) return undefined;
  const { [ENTRY]: entry, ...others } = servers;
  return { entry, rest: canonicalJson(Object.keys(others).length === 0 ? top : { ...top, [table]: others }) };
}

/** The lines of the entry; its values are texts, numbers and lists of texts, which TOML writes as JSON does. */
export function tomlLines(table: string, entry: Readonly<Record<string, unknown>>): readonly string[] {
  return [
    `[${table}.${ENTRY}]`,
    ...Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
  ];
}

function blockOf(table: string, entry: Readonly<Record<string, unknown>>, eol: string): string {
  return [BEGIN, ...tomlLines(table, entry), END, ''].join(eol);
}

/** How strop's entry gets behind the end of a text: headers of TOML name their whole path, so that this is always allowed. */
export function addToToml(
  text: string,
  table: string,
  entry: Readonly<Record<string, unknown>>,
): readonly Piece[] {
  const eol = lineEndOf(text);
  const gap = text === '' || /\n\r?\n$/.test(text) ? '' : text.endsWith('\n') ? eol : eol + eol;
  return [{ at: text.length, text: gap + blockOf(table, entry, eol) }];
}

/** The text with another value in strop's block; undefined when the block is not to be found. */
export function replaceInToml(
  text: string,
  table: string,
  entry: Readonly<Record<string, unknown>>,
): string | undefined {
  const match = BLOCK.exec(text);
  if (match === null) return undefined;
  const gap = /^(?:\r?\n)?/.exec(match[0])?.[0] ?? '';
  const end = match.index + match[0].length;
  return text.slice(0, match.index) + gap + blockOf(table, entry, lineEndOf(text)) + text.slice(end);
}

/** Lines that somebody else wrote into strop's block: comments. What else is in it is the entry, or is no strop entry. */
export function commentsInBlock(text: string): readonly string[] {
  const lines = BLOCK.exec(text)?.[0].split(/\r?\n/) ?? [];
  return lines
    .map((line) => COMMENT.exec(line)?.[0].trimEnd() ?? '')
    .filter((comment) => comment !== '' && !/^# strop: (begin\b|end$)/.test(comment));
}

/**
 * The text without strop's block; as it is when the block is not to be found. `pieces` are those that put it there: a
 * last line that they had to end is open again, where nobody wrote behind it.
 */
export function removeFromToml(text: string, pieces: readonly Piece[]): string {
  const match = BLOCK.exec(text);
  if (match === null) return text;
  const before = text.slice(0, match.index);
  const behind = text.slice(match.index + match[0].length);
  const endedLine = /^\r?\n\r?\n/.test(pieces[0]?.text ?? '');
  return endedLine && behind === '' ? before.replace(/\r?\n$/, '') : before + behind;
}
