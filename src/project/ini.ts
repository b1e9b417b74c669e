/**
 * Reads setup.cfg, tox.ini and pytest.ini as Python's configparser does (no inline comments, no interpolation),
 * keeping the line of every value. Where configparser would raise (a key before any section, a line that is no
 * key), the line is passed over: a fact that cannot be read must not hide the others.
 * Syntax: https://docs.python.org/3/library/configparser.html#supported-ini-file-structure
 */

/** One value with the line of its key, counted from 1. */
export interface IniValue {
  /** Lines joined by newlines, each without blanks at its ends, without comment lines. */
  readonly text: string;
  readonly line: number;
}

/** A section: keys in lower case, as configparser folds them. A key without a delimiter has an empty text. */
export interface IniSection {
  readonly line: number;
  readonly values: ReadonlyMap<string, IniValue>;
}

/** Sections by name; names keep their case. */
export type IniDocument = ReadonlyMap<string, IniSection>;

interface Open {
  readonly values: Map<string, IniValue>;
  readonly key: string;
  readonly line: number;
  readonly lines: string[];
}

function closeValue(open: Open | undefined): void {
  if (open === undefined) return;
  const lines = [...open.lines];
  while (lines.length > 1 && lines.at(-1) === '') lines.pop();
  open.values.set(open.key, { text: lines.join('\n'), line: open.line });
}

/** Reads an INI text; never fails. */
export function readIni(text: string): IniDocument {
  const sections = new Map<string, { line: number; values: Map<string, IniValue> }>();
  let section: { line: number; values: Map<string, IniValue> } | undefined;
  let open: Open | undefined;
  let keyIndent = 0;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const plain = raw.trim();
    if (plain.startsWith('#') || plain.startsWith(';')) continue;
    if (plain === '') {
      open?.lines.push('');
      continue;
    }
    const indent = raw.length - raw.trimStart().length;
    if (open !== undefined && indent > keyIndent) {
      open.lines.push(plain);
      continue;
    }
    closeValue(open);
    open = undefined;
    keyIndent = indent;
    const header = /^\[(.+)\]/.exec(plain);
    if (header !== null) {
      const name = header[1] ?? '';
      section = sections.get(name) ?? { line: index + 1, values: new Map() };
      sections.set(name, section);
      continue;
    }
    const pair = /^(.*?)\s*(?:[=:]\s*(.*))?$/.exec(plain);
    const key = (pair?.[1] ?? '').toLowerCase();
    if (section === undefined || key === '') continue;
    open = { values: section.values, key, line: index + 1, lines: [pair?.[2] ?? ''] };
  }
  closeValue(open);
  return sections;
}

/**
 * The entries of a value that lists one a line or separated by commas, as setuptools reads them, each with its
 * own words only.
 */
export function iniList(value: IniValue): readonly string[] {
  return value.text
    .split(/[\n,]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
