import { addAtEnd, lineEndOf } from './toml-marker.ts';

/** The marks that make a line a comment for pytest's reader. */
const COMMENT = /^\s*[#;]/;

interface Line {
  readonly text: string;
  readonly start: number;
}

function splitLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    lines.push({ text: line.replace(/\r$/, ''), start });
    start += line.length + 1;
  }
  return lines;
}

const isContent = (line: Line): boolean => line.text.trim() !== '' && !COMMENT.test(line.text);

/** The indentation of continued lines in this file. */
function usualIndent(lines: readonly Line[]): string {
  const continued = lines.find((line) => /^[ \t]+\S/.test(line.text) && !COMMENT.test(line.text));
  return /^[ \t]*/.exec(continued?.text ?? '')?.[0] || '    ';
}

function insertBehind(text: string, line: Line, added: readonly string[]): string {
  const at = line.start + line.text.length;
  const end = lineEndOf(text);
  return text.slice(0, at) + added.map((one) => `${end}${one}`).join('') + text.slice(at);
}

/**
 * Adds a line to `markers` of a section of an INI text, and makes value and section where they are missing. Every other
 * byte stays.
 */
export function addIniMarker(text: string, section: string, entry: string): string {
  const lines = splitLines(text);
  const indent = usualIndent(lines);
  const header = lines.findIndex((line) => line.text.replace(/^\uFEFF/, '').startsWith(`[${section}]`));
  if (header === -1) return addAtEnd(text, `[${section}]`, ['markers =', `${indent}${entry}`]);
  const next = lines.findIndex((line, index) => index > header && line.text.startsWith('['));
  const body = lines.slice(header + 1, next === -1 ? undefined : next);
  const key = body.findIndex((line) => /^markers\s*[=:]/.test(line.text));
  if (key === -1) {
    const last = body.findLast(isContent) ?? lines[header];
    return last === undefined ? text : insertBehind(text, last, ['markers =', `${indent}${entry}`]);
  }
  const first = body[key];
  if (first === undefined) return text;
  let last = first;
  for (const line of body.slice(key + 1)) {
    if (!isContent(line)) continue;
    if (!/^[ \t]/.test(line.text)) break;
    last = line;
  }
  const own = last === first ? indent : (/^[ \t]*/.exec(last.text)?.[0] ?? indent);
  return insertBehind(text, last, [`${own}${entry}`]);
}
