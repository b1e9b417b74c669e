// Scaffolds an extension: its folder with code and a test, and its line in the parent's list.
// `npm run new <operation|reader|rule|profiler> <name>`; writes over nothing.
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TEMPLATES = join(ROOT, 'scripts', 'templates');

/**
 * Where each kind lives, its list, and what its line says. `parent` is made from a template of its own when the first
 * extension comes before the module.
 */
const KINDS = {
  operation: {
    folder: 'src/operations',
    list: /(readonly OperationEntry\[\] = \[)([^\]]*)(\];)/,
    line: ({ kebab }) =>
      `{ name: '${kebab}', phase: 'find', summary: 'Say in one line what ${kebab} does', ` +
      `load: async () => (await import('./${kebab}/operation.ts')).operation }`,
    next: 'choose its phase and summary in src/operations/index.ts',
  },
  reader: {
    folder: 'src/profiles/readers',
    list: /(readonly Reader\[\] = \[)([^\]]*)(\];)/,
    line: ({ camel }) => camel,
    imports: ({ kebab, camel }) => `import { ${camel} } from './${kebab}/reader.ts';`,
    next: 'put real files of the format into fixtures/ and the way to make them again into make.py',
  },
  rule: {
    folder: 'src/hints/rules',
    parent: { folder: 'src/hints', template: 'hints' },
    list: /(readonly Rule\[\] = \[)([^\]]*)(\];)/,
    line: ({ camel }) => camel,
    imports: ({ kebab, camel }) => `import { ${camel} } from './${kebab}/rule.ts';`,
    next: 'write slow.py and fast.py so that both print the same',
  },
  profiler: {
    folder: 'src/profilers',
    list: /(readonly Profiler\[\] = \[)([^\]]*)(\];)/,
    line: ({ camel }) => camel,
    imports: ({ kebab, camel }) => `import { ${camel} } from './${kebab}/profiler.ts';`,
    next: 'say what the tool distorts, and cut its own frames off',
  },
};

const [kindName, name, ...surplus] = process.argv.slice(2);
const kind = Object.hasOwn(KINDS, kindName ?? '') ? KINDS[kindName] : undefined;
if (kind === undefined || name === undefined || surplus.length > 0) {
  refuse(`usage: npm run new <${Object.keys(KINDS).join('|')}> <name>`);
}
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
  refuse(
    `'${name}' is no name for an extension: lower case letters, digits and single dashes, as in 'hot-lines'`,
  );
}
const words = {
  kebab: name,
  camel: name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()),
  title: `${name[0].toUpperCase()}${name.slice(1).replaceAll('-', ' ')}`,
};
if (!isIdentifier(words.camel)) refuse(`'${name}' is a word of the language: choose another`);

const target = join(kind.folder, name);
if (existsSync(join(ROOT, target))) refuse(`${target} exists already`);
const index = `${kind.folder}/index.ts`;
const files = fillTemplate(kindName, target);
if (kind.parent !== undefined && !existsSync(join(ROOT, kind.parent.folder))) {
  Object.assign(files, fillTemplate(kind.parent.template, kind.parent.folder));
}
const list = await addLine(files[index] ?? readFileSync(join(ROOT, index), 'utf8'));

for (const [path, text] of Object.entries(files)) {
  if (path === index) continue;
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), await formatted(path, text), { flag: 'wx' });
  console.log(`made     ${path}`);
}
writeFileSync(join(ROOT, index), list);
console.log(`changed  ${index}`);
console.log(
  `\nNext: ${kind.next};\nthen npx vitest run --project unit ${kind.folder}, and npm run arch if a module is new.`,
);

/** The files of a template below a folder, path from the root to text, with the words of this extension. */
function fillTemplate(template, folder) {
  const from = join(TEMPLATES, template);
  const names = readdirSync(from, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath ?? entry.path, entry.name)
        .slice(from.length + 1)
        .replaceAll('\\', '/'),
    );
  return Object.fromEntries(
    names.map((path) => [`${folder}/${fillWords(path)}`, fillWords(readFileSync(join(from, path), 'utf8'))]),
  );
}

function fillWords(text) {
  return text
    .replaceAll('example-name', words.kebab)
    .replaceAll('exampleName', words.camel)
    .replaceAll('Example name', words.title);
}

/** The list with one line more, and the import that the line needs. */
async function addLine(text) {
  const found = kind.list.exec(text);
  if (found === null) refuse(`${index} has no list to add to: ${kind.list}`);
  const [whole, start, entries, end] = found;
  const before = entries.trim() === '' ? '' : `${entries.trimEnd().replace(/,$/, '')}, `;
  const filled = text.replace(whole, () => `${start}${before}${kind.line(words)}${end}`);
  if (kind.imports === undefined) return await formatted(index, filled);
  // After the last import of a neighbour, else before everything.
  const neighbours = [...filled.matchAll(/^import [^;]*? from '\.\/[^']*';\n/gm)];
  const at = neighbours.length === 0 ? 0 : neighbours.at(-1).index + neighbours.at(-1)[0].length;
  return await formatted(index, `${filled.slice(0, at)}${kind.imports(words)}\n${filled.slice(at)}`);
}

async function formatted(path, text) {
  if (!path.endsWith('.ts')) return text;
  return await format(text, { ...(await resolveConfig(join(ROOT, path))), filepath: path });
}

/** Whether this word may name a variable in a module. */
function isIdentifier(word) {
  try {
    new Function(`'use strict'; let ${word}; async () => { await 0; }`);
    return word !== 'await';
  } catch {
    return false;
  }
}

function refuse(problem) {
  console.error(problem);
  process.exit(2);
}
