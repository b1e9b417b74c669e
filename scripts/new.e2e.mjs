import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruiseSource } from './cruise.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MADE = [
  ['operation', 'planted-export', 'src/operations'],
  ['reader', 'planted-format', 'src/profiles/readers'],
  ['rule', 'planted-pattern', 'src/hints/rules'],
  ['profiler', 'planted-tool', 'src/profilers'],
];
const FOLDERS = MADE.map(([, name, parent]) => `${parent}/${name}/`);
const LISTS = MADE.map(([, , parent]) => `${parent}/index.ts`);

let copy;

function run(...words) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: copy, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

/** The lines of an output about what was made. */
function aboutMade(output) {
  return output.split('\n').filter((line) => [...FOLDERS, ...LISTS].some((path) => line.includes(path)));
}

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'strop-new-'));
  for (const name of [
    'src',
    'scripts',
    'package.json',
    'tsconfig.json',
    'tsconfig.scripts.json',
    'vitest.config.ts',
  ])
    cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  for (const name of ['architecture.mjs', '.dependency-cruiser.mjs', 'eslint.config.mjs', '.prettierrc.json'])
    cpSync(join(ROOT, name), join(copy, name));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'), 'dir');
});

afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

describe('npm run new', () => {
  it.each([
    [[], 'usage: npm run new <operation|reader|rule|profiler> <name>'],
    [['surface', 'web'], 'usage: npm run new'],
    [['operation'], 'usage: npm run new'],
    [['operation', 'Two Words'], "'Two Words' is no name for an extension"],
    [['operation', '../../up'], "'../../up' is no name for an extension"],
    [['reader', 'import'], "'import' is a word of the language"],
    [['reader', 'cprofile'], 'src/profiles/readers/cprofile exists already'],
  ])('refuses %j', (words, message) => {
    const { status, output } = run('scripts/new.mjs', ...words);
    expect(output).toContain(message);
    expect(status).toBe(2);
  });

  it.each(MADE)('makes one %s and never twice', (kind, name, parent) => {
    const before = readListed(parent);
    expect(run('scripts/new.mjs', kind, name)).toMatchObject({ status: 0 });
    expect(existsSync(join(copy, parent, name))).toBe(true);
    expect(readListed(parent).replaceAll(/\s/g, '').length).toBeGreaterThan(
      before.replaceAll(/\s/g, '').length,
    );
    expect(run('scripts/new.mjs', kind, name)).toMatchObject({ status: 2 });
  });

  function readListed(parent) {
    const path = join(copy, parent, 'index.ts');
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }
});

describe('what it made', () => {
  it('is understood by the compiler', () => {
    expect(aboutMade(run('node_modules/typescript/bin/tsc', '--noEmit', '-p', '.').output)).toEqual([]);
  });

  it('crosses no border', async () => {
    const { files, violations } = await cruiseSource(copy);
    for (const folder of FOLDERS) expect(files.some((path) => path.startsWith(folder))).toBe(true);
    expect(violations.filter(({ from }) => aboutMade(from).length > 0)).toEqual([]);
  });

  it('is formatted and pleases the linter', async () => {
    const paths = [...FOLDERS, ...LISTS];
    expect(run('node_modules/prettier/bin/prettier.cjs', '--check', ...paths)).toMatchObject({ status: 0 });
    const results = await new ESLint({ cwd: copy }).lintFiles(paths);
    expect(results.flatMap(({ messages }) => messages.map(({ message }) => message))).toEqual([]);
  });

  it('passes its own tests and the contract tests of its kind', () => {
    const contracts = ['src/operations/operations.test.ts', 'src/profiles/readers/contract.test.ts'];
    const words = [
      'run',
      '--project',
      'unit',
      ...FOLDERS,
      ...contracts,
      'src/hints',
      'src/profilers/contract.test.ts',
    ];
    const { status, output } = run('node_modules/vitest/vitest.mjs', ...words);
    expect(status, output).toBe(0);
  });
});
