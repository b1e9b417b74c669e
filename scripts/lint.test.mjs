import { ESLint } from 'eslint';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Where the variable CI is set the parser reads each file but once, from the disk, and cannot name a type of a text that
 * replaces it (the compiler throws).
 */
const linter = () =>
  new ESLint({
    cwd: ROOT,
    overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } },
  });

/** Each mistake: the rule that has to report it, and code as it could stand in an operation. */
const MISTAKES = [
  [
    '@typescript-eslint/no-floating-promises',
    'async function measure() {}\nexport function run() { measure(); }',
  ],
  [
    '@typescript-eslint/no-floating-promises',
    "import type { Host } from '#host';\nexport function run(host: Host) { host.files.remove('/x'); }",
  ],
  [
    '@typescript-eslint/no-misused-promises',
    'export function run(list: string[]) { list.forEach(async (item) => { await Promise.resolve(item); }); }',
  ],
  ['@typescript-eslint/await-thenable', 'export async function run() { await 1; }'],
  [
    '@typescript-eslint/switch-exhaustiveness-check',
    "export function run(way: 'up' | 'down') { switch (way) { case 'up': return 1; } return 2; }",
  ],
  ['@typescript-eslint/no-explicit-any', 'export function run(value: any): unknown { return value; }'],
  ['@typescript-eslint/consistent-type-imports', "import { Host } from '#host';\nexport type Mine = Host;"],
  ['no-console', "export function run() { console.log('done'); }"],
  ['max-lines', `export const lines = [\n${'  1,\n'.repeat(400)}];`],
];

describe('the linter', () => {
  let reported;

  beforeAll(async () => {
    const eslint = linter();
    reported = [];
    for (const [, code] of MISTAKES) {
      // Rules that ask for types need a file that the compiler knows; only its text is replaced.
      const [{ messages }] = await eslint.lintText(`${code}\n`, { filePath: 'src/operations/index.ts' });
      reported.push(messages.map(({ ruleId, message }) => ruleId ?? message));
    }
  });

  it.each(MISTAKES.map(([rule], index) => [rule, index]))('reports %s in mistake %i', (rule, index) => {
    expect(reported[index]).toContain(rule);
  });

  it('reports a promise that a script forgets', async () => {
    const code = "import { readFile } from 'node:fs/promises';\nreadFile('x');\n";
    const [{ messages }] = await linter().lintText(code, { filePath: 'scripts/arch.mjs' });
    expect(messages.map(({ ruleId }) => ruleId)).toEqual(['@typescript-eslint/no-floating-promises']);
  });
});
