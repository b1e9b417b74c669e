import { readStatements, skipComment, skipValue } from './toml-statements.ts';
import type { TomlHeader, TomlPair, TomlStatement } from './toml-statements.ts';

/** Puts a text into another one. */
function insert(text: string, at: number, added: string): string {
  return text.slice(0, at) + added + text.slice(at);
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.join('\0') === b.join('\0');

/** The line end of a file: that of its first line. */
export function lineEndOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** The offset of the end of the line, before its line end. */
function endOfLine(text: string, at: number): number {
  const end = skipComment(text, at);
  return text[end - 1] === '\r' ? end - 1 : end;
}

function indentOf(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, at))?.[0] ?? '';
}

/**
 * Adds an entry to the list `markers` of a table of a TOML text, in the way in which the list is written, and makes
 * list and table where they are missing. Every other byte stays. The entry must need no escaping.
 */
export function addTomlMarker(text: string, table: readonly string[], entry: string): string {
  const statements = readStatements(text);
  const pairs = statements.filter((one) => one.kind === 'pair');
  const markers = pairs.find((pair) => same(pair.path, [...table, 'markers']));
  if (markers !== undefined) return addToValue(text, markers, entry);
  const list = `["${entry}"]`;
  const whole = pairs.find((pair) => same(pair.path, table) && text[pair.valueStart] === '{');
  if (whole !== undefined) return addToInlineTable(text, whole, `markers = ${list}`);
  const header = statements.find((one): one is TomlHeader => one.kind === 'header' && same(one.path, table));
  if (header !== undefined) return addBehind(text, lastOfTable(statements, header), `markers = ${list}`);
  const dotted = pairs.findLast(
    (pair) => pair.table.length < table.length && same(pair.path.slice(0, table.length), table),
  );
  if (dotted !== undefined) {
    return addBehind(text, dotted, `${table.slice(dotted.table.length).join('.')}.markers = ${list}`);
  }
  return addAtEnd(text, `[${table.join('.')}]`, [`markers = ${list}`]);
}

/** Adds a section with its lines at the end of a file, after an empty line. */
export function addAtEnd(text: string, header: string, lines: readonly string[]): string {
  const end = lineEndOf(text);
  const gap = text.trim() === '' ? '' : text.endsWith('\n') ? (/\n\s*\n$/.test(text) ? '' : end) : end + end;
  return `${text}${gap}${[header, ...lines].join(end)}${end}`;
}

/** The last statement between a header and the next one. */
function lastOfTable(statements: readonly TomlStatement[], header: TomlHeader): TomlStatement {
  let last: TomlStatement = header;
  for (const one of statements.slice(statements.indexOf(header) + 1)) {
    if (one.kind === 'header') break;
    last = one;
  }
  return last;
}

function addBehind(text: string, statement: TomlStatement, line: string): string {
  const at = endOfLine(text, statement.kind === 'header' ? statement.end : statement.valueEnd);
  return insert(text, at, `${lineEndOf(text)}${indentOf(text, statement.start)}${line}`);
}

function addToInlineTable(text: string, pair: TomlPair, item: string): string {
  const inner = text.slice(pair.valueStart + 1, pair.valueEnd - 1);
  const at = pair.valueStart + 1 + inner.trimEnd().length;
  return insert(text, at, inner.trim() === '' ? ` ${item} ` : `, ${item}`);
}

function addToValue(text: string, pair: TomlPair, entry: string): string {
  const value = text.slice(pair.valueStart, pair.valueEnd);
  if (value.startsWith('[')) return addToArray(text, pair, entry);
  const triple = /^("""|''')/.exec(value)?.[0];
  if (triple !== undefined) {
    const inner = value.slice(3, -3);
    const at = pair.valueStart + 3 + inner.trimEnd().length;
    const last = inner.trimEnd().split('\n').at(-1) ?? '';
    return insert(text, at, `${lineEndOf(text)}${/^[ \t]*/.exec(last)?.[0] ?? ''}${entry}`);
  }
  // One text with one marker a line: a basic string can hold another line, a literal one cannot.
  const changed = value.startsWith('"') ? `${value.slice(0, -1)}\\n${entry}"` : `[${value}, "${entry}"]`;
  return text.slice(0, pair.valueStart) + changed + text.slice(pair.valueEnd);
}

/** The elements of the array and the offset behind the comma after the last one, when there is such a comma. */
function readElements(
  text: string,
  pair: TomlPair,
): { starts: number[]; ends: number[]; comma: number | undefined } {
  const starts: number[] = [];
  const ends: number[] = [];
  let comma: number | undefined;
  for (let at = pair.valueStart + 1; at < pair.valueEnd - 1;) {
    const char = text[at] ?? '';
    if (char === '#') at = skipComment(text, at);
    else if (char === ',') {
      at += 1;
      comma = at;
    } else if (/\s/.test(char)) at += 1;
    else {
      comma = undefined;
      starts.push(at);
      at = skipValue(text, at);
      ends.push(at);
    }
  }
  return { starts, ends, comma };
}

function addToArray(text: string, pair: TomlPair, entry: string): string {
  const { starts, ends, comma } = readElements(text, pair);
  const lastStart = starts.at(-1);
  const lastEnd = ends.at(-1);
  if (lastStart === undefined || lastEnd === undefined)
    return insert(text, pair.valueStart + 1, `"${entry}"`);
  const quote = text[lastStart] === "'" ? "'" : '"';
  const item = `${quote}${entry}${quote}`;
  const indent = indentOf(text, lastStart);
  const ownLine = text.slice(text.lastIndexOf('\n', lastStart - 1) + 1, lastStart).trim() === '';
  if (!ownLine) {
    return comma === undefined ? insert(text, lastEnd, `, ${item}`) : insert(text, comma, ` ${item},`);
  }
  // Behind a comment on the line of the last element, but inside the brackets.
  const line = endOfLine(text, comma ?? lastEnd);
  const at = line < pair.valueEnd ? line : (comma ?? lastEnd);
  const added = `${lineEndOf(text)}${indent}${item}${comma === undefined ? '' : ','}`;
  const longer = insert(text, at, added);
  return comma === undefined ? insert(longer, lastEnd, ',') : longer;
}
