import { ALONE, HTML, SCRIPT, escapeHtml } from './page.ts';
import type { Page } from './page.ts';
import type { FlatTable } from './table.ts';

/** What stands above the table. */
export interface TableWords {
  readonly title: string;
  /** Sentences: why there is no flame graph, and what to doubt. */
  readonly notes: readonly string[];
}

const STYLE = `:root { color-scheme: light dark; font: 14px/1.45 system-ui, sans-serif; }
body { margin: 1.5rem; }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; }
p { max-width: 50rem; margin: .3rem 0; }
input { font: inherit; padding: .2rem .4rem; margin: .8rem 0; width: 20rem; }
table { border-collapse: collapse; }
th { position: sticky; top: 0; background: Canvas; text-align: left; border-bottom: 2px solid; }
th button { font: inherit; font-weight: 600; background: none; border: 0; padding: .3rem .5rem; color: inherit; cursor: pointer; }
td { padding: .2rem .5rem; border-bottom: 1px solid color-mix(in srgb, CanvasText 15%, Canvas); vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td:not(.number) { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
ul { margin: .2rem 0; padding-left: 1.2rem; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
`;

/** Orders by a column and hides rows without the text that was typed; without it the table is still there to read. */
const BEHAVIOUR = `const table = document.querySelector('table');
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
heads.forEach((head, column) => {
  head.querySelector('button').addEventListener('click', () => {
    const isNumber = head.classList.contains('number');
    const down = head.getAttribute('aria-sort') === (isNumber ? null : 'ascending') || (isNumber && head.getAttribute('aria-sort') !== 'descending');
    heads.forEach((other) => other.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const order = (row) => row.cells[column].dataset.order;
    const compare = isNumber ? (a, b) => order(a) - order(b) : (a, b) => order(a).localeCompare(order(b));
    body.append(...[...body.rows].sort((a, b) => (down ? -compare(a, b) : compare(a, b))));
  });
});
const search = document.querySelector('input');
search.hidden = false;
search.addEventListener('input', () => {
  const wanted = search.value.toLowerCase();
  for (const row of body.rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
});
`;

/** A table of what a profile without stacks says. */
export function makeTablePage(table: FlatTable, words: TableWords): Page {
  const index = render(
    table,
    words,
    ['<script src="strop-alive.js"></script>'],
    '<script src="table.js"></script>',
  );
  return {
    kind: 'table',
    inlineScripts: false,
    files: new Map([
      ['index.html', { type: HTML, content: index }],
      ['table.js', { type: SCRIPT, content: BEHAVIOUR }],
    ]),
    single: () => render(table, words, [ALONE], `<script>${BEHAVIOUR}</script>`),
  };
}

function render(
  table: FlatTable,
  { title, notes }: TableWords,
  head: readonly string[],
  script: string,
): string {
  const classOf = (column: number): string =>
    table.columns[column]?.isNumber === true ? ' class="number"' : '';
  const heads = table.columns.map(
    (column, index) =>
      `<th scope="col"${classOf(index)}><button type="button">${escapeHtml(column.title)}</button></th>`,
  );
  const rows = table.rows.map(({ cells, neighbours }) => {
    const [first, ...rest] = cells.map((cell, index) => ({
      ...cell,
      start: `<td${classOf(index)} data-order="${escapeHtml(String(cell.order))}">`,
    }));
    const name = escapeHtml(first?.text ?? '');
    const lists = [
      list('called by', neighbours?.callers ?? []),
      list('calls', neighbours?.callees ?? []),
    ].join('');
    const shown = lists === '' ? name : `<details><summary>${name}</summary>${lists}</details>`;
    return `<tr>${first?.start ?? '<td>'}${shown}</td>${rest.map((cell) => `${cell.start}${escapeHtml(cell.text)}</td>`).join('')}</tr>`;
  });
  return [
    '<!doctype html>',
    '<html lang="en"><head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    ...head,
    `<style>${STYLE}</style>`,
    '</head><body>',
    `<h1>${escapeHtml(title)}</h1>`,
    ...notes.map((note) => `<p>${escapeHtml(note)}</p>`),
    '<input type="search" placeholder="only rows with …" aria-label="only rows with this text" hidden>',
    `<table><thead><tr>${heads.join('')}</tr></thead>`,
    '<tbody>',
    ...rows,
    '</tbody></table>',
    ...(table.left > 0 ? [`<p>${String(table.left)} cheaper rows are not shown.</p>`] : []),
    script,
    '</body></html>',
    '',
  ].join('\n');
}

function list(title: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  return `<div>${title}<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul></div>`;
}
