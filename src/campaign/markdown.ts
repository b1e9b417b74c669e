/*
 * Titles, reasons and ids come from people and from test suites. In Markdown they must stay on their line and in their
 * cell, and must not become markup.
 */

/** One line without control characters and halves of characters (which a file in UTF-8 could not hold). */
function flatten(text: string): string {
  return text
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[\s\p{Cc}\u2028\u2029\u0085\uFEFF]+/gu, ' ')
    .trim();
}

/**
 * Plain text on one line in which nothing is markup: no table cell ends early, no code span, no link, no HTML comment
 * begins or ends. Underscores within a word are left alone: they mean nothing there, and names are full of them.
 */
export function escapeText(text: string): string {
  return flatten(text)
    .replace(/[\\`*[\]<>|~]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/&(?=#?\w+;)/g, '&amp;')
    .replace(/(?<![^ ])#+$/, '\\$&');
}

/** A name or a hash as a code span on one line; `|` is escaped as the cell of a table wants it. */
export function codeSpan(text: string): string {
  const flat = flatten(text).replaceAll('|', '\\|');
  if (flat === '') return '(none)';
  const runs = flat.match(/`+/g)?.map((run) => run.length) ?? [];
  if (runs.length === 0) return `\`${flat}\``;
  const fence = '`'.repeat(Math.max(...runs) + 1);
  return `${fence} ${flat} ${fence}`;
}

/** A row of a table; the cells are ready Markdown. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** The head of a table and the line below, with dashes as wide as the names. */
export function tableHead(names: readonly string[]): readonly string[] {
  return [tableRow(names), `|${names.map((name) => '-'.repeat(name.length + 2)).join('|')}|`];
}
