// Writes the border table and the picture of the real imports into ARCHITECTURE.md, between its markers.
// `npm run arch`; with --check it changes nothing and fails when the page is stale.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { MODULES, TESTS } from '../architecture.mjs';
import { cruiseSource } from './cruise.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = `${ROOT}ARCHITECTURE.md`;
const RINGS = [
  ['offering', 'offering'],
  ['keeping', 'keeping'],
  ['doing', 'doing: reaches the world only through host'],
  ['thinking', 'thinking: pure, no Node'],
];

/** Everybody imports these, so that arrows to them would hide the others. */
const UBIQUITOUS = ['base', 'host'];

const NODE = { none: [], pure: ["Node's pure modules"], all: ['Node'] };

function table(existing) {
  const rows = MODULES.map(({ name, what, mayImport, node, packages }, index) => {
    const refused = MODULES.slice(0, index)
      .map((module) => module.name)
      .filter((other) => !mayImport.includes(other));
    const many = mayImport.length > 2 * refused.length && mayImport.length > 4;
    const inner = many
      ? `all above${refused.length === 0 ? '' : ` but ${refused.join(', ')}`}`
      : mayImport.join(', ');
    const outer = [...NODE[node], ...packages].join(', ');
    const title = existing.has(name) ? `\`${name}\`` : `\`${name}\` (to come)`;
    return `| ${title} | ${what} | ${inner || 'nothing'} | ${outer || 'nothing'} |`;
  });
  return ['| module | what it is | may import | from outside |', '|---|---|---|---|', ...rows].join('\n');
}

function picture(edges, existing) {
  const drawn = new Map();
  for (const { from, to, typeOnly } of edges) {
    const [source, target] = [moduleOf(from), moduleOf(to)];
    if (new RegExp(TESTS).test(from) || source === undefined || target === undefined || source === target)
      continue;
    if (UBIQUITOUS.includes(target)) continue;
    const key = `${source} ${target}`;
    drawn.set(key, (drawn.get(key) ?? true) && typeOnly);
  }
  const rings = RINGS.flatMap(([ring, title]) => {
    const names = MODULES.filter((module) => module.ring === ring && existing.has(module.name));
    return names.length === 0
      ? []
      : [`  subgraph ${ring}["${title}"]`, ...names.map(({ name }) => `    ${name}`), '  end'];
  });
  const arrows = [...drawn]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, typeOnly]) => `  ${key.replace(' ', typeOnly ? ' -.-> ' : ' --> ')}`);
  return ['```mermaid', 'flowchart TD', '  main', ...rings, ...arrows, '```'].join('\n');
}

function moduleOf(path) {
  return path === 'src/main.ts' ? 'main' : /^src\/([^/]+)\//.exec(path)?.[1];
}

/** The page with the text between the markers of this name replaced. */
function fill(page, name, text) {
  const [start, end] = [`<!-- ${name}: made by npm run arch -->`, `<!-- end of ${name} -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`ARCHITECTURE.md has no markers for ${name}`);
  return `${page.slice(0, from + start.length)}\n${text}\n${page.slice(to)}`;
}

const { files, edges } = await cruiseSource(ROOT);
const existing = new Set(files.map(moduleOf));
const before = await readFile(PAGE, 'utf8');
const after = fill(fill(before, 'table', table(existing)), 'picture', picture(edges, existing));
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error('ARCHITECTURE.md does not show the code as it is: run npm run arch');
    process.exitCode = 1;
  }
} else if (after !== before) {
  await writeFile(PAGE, after);
}
