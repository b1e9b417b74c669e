import { canonicalJson, readJsonc } from './jsonc.ts';
import type { JsonDocument, JsonMember, JsonNode } from './jsonc.ts';
import { lineEndOf } from './text-edit.ts';
import type { Piece } from './text-edit.ts';

/** The name of strop's entry. */
export const ENTRY = 'strop';

type JsonObject = Extract<JsonNode, { kind: 'object' }>;

function memberOf(node: JsonNode | undefined, key: string): JsonMember | undefined {
  return node?.kind === 'object' ? node.members.find((member) => member.key === key) : undefined;
}

function objectAt(document: JsonDocument | undefined, table: string): JsonObject | undefined {
  const value = memberOf(document?.root, table)?.value;
  return value?.kind === 'object' ? value : undefined;
}

/** What a text says: strop's entry and all the rest; undefined when it is no JSON with an object at the top. */
export function readJsonConfig(
  text: string,
  table: string,
): { readonly entry: unknown; readonly rest: string } | undefined {
  const document = readJsonc(text);
  if (document?.root.kind !== 'object') return undefined;
  const top = document.value as Record<string, unknown>;
  const servers = memberOf(document.root, table)?.value;
  if (servers !== undefined && servers.kind !== 'object') return undefined;
  const { [ENTRY]: entry, ...others } = (top[table] ?? {}) as Record<string, unknown>;
  // A table with nothing in it says the same as none.
  const { [table]: _servers, ...rest } = top;
  return {
    entry,
    rest: canonicalJson(Object.keys(others).length === 0 ? rest : { ...rest, [table]: others }),
  };
}

/** The whole text of a new file. */
export function newJsonConfig(table: string, entry: unknown): string {
  return `${JSON.stringify({ [table]: { [ENTRY]: entry } }, undefined, 2)}\n`;
}

function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

function startsLine(text: string, offset: number): boolean {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === '';
}

/** One step of indentation in this text. */
function unitOf(text: string): string {
  const first = /^[ \t]+(?=["}\]])/m.exec(text)?.[0];
  return first === undefined ? '  ' : first.startsWith('\t') ? '\t' : first;
}

/** Behind spaces and comments that follow on the same line; the offset itself when code follows there. */
function endOfLineOr(text: string, offset: number): number {
  const match = /^(?:[ \t]|\/\*(?:[^*\r\n]|\*(?!\/))*\*\/|\/\/[^\r\n]*)*(?=\r?\n|$)/.exec(text.slice(offset));
  return match === null || match[0].trim() === '' ? offset : offset + match[0].length;
}

function render(value: unknown, unit: string, indent: string, eol: string): string {
  return JSON.stringify(value, undefined, unit).split('\n').join(`${eol}${indent}`);
}

/** The pieces that add one member behind the last one of an object, laid out as its neighbours are. */
function appendMember(text: string, object: JsonObject, key: string, value: unknown): readonly Piece[] {
  const eol = lineEndOf(text);
  const unit = unitOf(text);
  const last = object.members.at(-1);
  const first = object.members[0];
  if (last === undefined || first === undefined) {
    const outer = lineIndent(text, object.start);
    const inner = outer + unit;
    const member = `${eol}${inner}${JSON.stringify(key)}: ${render(value, unit, inner, eol)}`;
    const open = text.slice(object.start + 1, object.end - 1);
    const at = endOfLineOr(text, object.start + 1);
    return [{ at, text: /\n/.test(open) ? member : `${member}${eol}${outer}` }];
  }
  const behind = (last.comma ?? last.value.end - 1) + 1;
  const comma = last.comma === undefined ? [{ at: last.value.end, text: ',' }] : [];
  const shift = comma.length;
  const trailing = last.comma === undefined ? '' : ',';
  if (!startsLine(text, first.start)) {
    const compact = !/[:,]\s/.test(text.slice(object.start, object.end));
    const flat = JSON.stringify({ [key]: value }, undefined, compact ? undefined : 1)
      .replace(/\n\s*/g, compact ? '' : ' ')
      .slice(1, -1)
      .trim();
    return [...comma, { at: behind + shift, text: `${compact ? '' : ' '}${flat}${trailing}` }];
  }
  const indent = lineIndent(text, startsLine(text, last.start) ? last.start : first.start);
  const member = `${eol}${indent}${JSON.stringify(key)}: ${render(value, unit, indent, eol)}${trailing}`;
  return [...comma, { at: endOfLineOr(text, behind) + shift, text: member }];
}

/** How strop's entry gets into a text that has none; `table` is missing when there was no table for it either. */
export function addToJson(
  text: string,
  table: string,
  entry: unknown,
): { readonly pieces: readonly Piece[]; readonly tableMade: boolean } | undefined {
  const document = readJsonc(text);
  if (document === undefined) {
    return text.trim() === ''
      ? { pieces: [{ at: text.length, text: newJsonConfig(table, entry) }], tableMade: true }
      : undefined;
  }
  const servers = objectAt(document, table);
  if (servers !== undefined) return { pieces: appendMember(text, servers, ENTRY, entry), tableMade: false };
  if (document.root.kind !== 'object') return undefined;
  return { pieces: appendMember(text, document.root, table, { [ENTRY]: entry }), tableMade: true };
}

/** The text with another value in the place of strop's entry. */
export function replaceInJson(text: string, table: string, entry: unknown): string {
  const member = memberOf(objectAt(readJsonc(text), table), ENTRY);
  if (member === undefined) return text;
  const written = text.slice(member.value.start, member.value.end);
  const value = written.includes('\n')
    ? render(entry, unitOf(text), lineIndent(text, member.start), lineEndOf(text))
    : JSON.stringify(entry);
  return text.slice(0, member.value.start) + value + text.slice(member.value.end);
}

function removeMember(text: string, object: JsonObject, key: string): string {
  const index = object.members.findIndex((member) => member.key === key);
  const member = object.members[index];
  if (member === undefined) return text;
  const former = object.members[index - 1];
  const ownLine = startsLine(text, member.start);
  // With the line break in front of it, or with the blanks when it stands behind something else.
  const line = text.slice(0, member.start).replace(/[ \t]+$/, '');
  let start = ownLine ? line.replace(/\r?\n$/, '').length : line.length;
  let end = (member.comma ?? member.value.end - 1) + 1;
  if (!ownLine && former === undefined) {
    start = member.start;
    end += /^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0;
  }
  const rest = text.slice(end);
  if (member.comma !== undefined || former?.comma === undefined) return text.slice(0, start) + rest;
  return text.slice(0, former.comma) + text.slice(former.comma + 1, start) + rest;
}

/** The text without strop's entry, and without the table when that was made for it and holds nothing else. */
export function removeFromJson(text: string, table: string, tableMade: boolean): string {
  const document = readJsonc(text);
  const servers = objectAt(document, table);
  if (document?.root.kind !== 'object' || servers === undefined) return text;
  const alone = tableMade && servers.members.every(({ key }) => key === ENTRY);
  return alone ? removeMember(text, document.root, table) : removeMember(text, servers, ENTRY);
}

/** Whether nothing is left in the text, so that a file that strop made can go; a comment is something. */
export function isEmptyJson(text: string): boolean {
  return text.replace(/^\uFEFF/, '').replace(/\s/g, '') === '{}' || text.trim() === '';
}

/** Comments that would go with strop's entry, or with the table that was made for it. */
export function commentsGoing(text: string, table: string, tableMade: boolean): readonly string[] {
  const after = removeFromJson(text, table, tableMade);
  const left = commentsOf(after);
  return commentsOf(text).filter((comment) => {
    const at = left.indexOf(comment);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

/** Strings are matched, too, so that nothing in them is taken for a comment. */
function commentsOf(text: string): string[] {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"|(\/\/[^\r\n]*|\/\*[^]*?\*\/)/g)].flatMap(([, comment]) =>
    comment === undefined ? [] : [comment.trimEnd()],
  );
}
