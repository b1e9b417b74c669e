import { posix } from 'node:path';
import type { Host } from '#host';
import type { Interpreter } from '#project';
import { readToml, tomlValue } from '#project';
import { z } from 'zod';
import { runParser } from '../parser-shim.ts';

/** How the project's tests are written. */
export interface TestStyle {
  /** Tests stand in classes; false when the project's tests are all plain functions. */
  readonly classes: boolean;
  readonly quote: '"' | "'";
  /** One step of indentation. */
  readonly unit: string;
  readonly width: number;
  /** `from __future__ import annotations` at the top. */
  readonly future: boolean;
  /** Tests are annotated with `-> None`. */
  readonly hints: boolean;
  /** `from package.module import name`, or `import package.module`. */
  readonly imports: 'from' | 'module';
}

const Counts = z.array(
  z.object({
    file: z.string(),
    single: z.number(),
    double: z.number(),
    indent: z.string().nullable(),
    future: z.boolean(),
    functions: z.number(),
    methods: z.number(),
    hinted: z.number(),
    unhinted: z.number(),
    imports: z.array(z.string()),
    fromImports: z.array(z.string()),
  }),
);
type Count = z.infer<typeof Counts>[number];

/** What the settings of formatters say; it goes before what is counted. */
interface Configured {
  readonly quote: '"' | "'" | undefined;
  readonly unit: string | undefined;
  readonly width: number | undefined;
  readonly future: boolean;
}

/** Fewer tests without any class say nothing about a preference. */
const FEWEST_FUNCTIONS = 3;
/** The width of the common formatters. */
const USUAL_WIDTH = 88;

async function readConfigured(host: Host, root: string): Promise<Configured> {
  const pyproject = await readToml(host, root, 'pyproject.toml');
  const ruff = (await readToml(host, root, 'ruff.toml')) ?? (await readToml(host, root, '.ruff.toml'));
  const read = (...path: readonly string[]): unknown =>
    ruff === undefined ? tomlValue(pyproject, 'tool', 'ruff', ...path) : tomlValue(ruff, ...path);
  const quotes =
    read('format', 'quote-style') ??
    read('lint', 'flake8-quotes', 'inline-quotes') ??
    read('flake8-quotes', 'inline-quotes');
  const black = tomlValue(pyproject, 'tool', 'black');
  const kept =
    tomlValue(pyproject, 'tool', 'black', 'skip-string-normalization') === true ||
    tomlValue(pyproject, 'tool', 'black', 'skip_string_normalization') === true;
  const width = [
    read('line-length'),
    tomlValue(pyproject, 'tool', 'black', 'line-length'),
    tomlValue(pyproject, 'tool', 'black', 'line_length'),
    await readFlake8Width(host, root),
  ].find((value) => typeof value === 'number');
  const required = read('lint', 'isort', 'required-imports') ?? read('isort', 'required-imports');
  return {
    quote:
      quotes === 'single' ? "'" : quotes === 'double' || (black !== undefined && !kept) ? '"' : undefined,
    unit: read('format', 'indent-style') === 'tab' ? '\t' : undefined,
    width,
    future: Array.isArray(required) && required.includes('from __future__ import annotations'),
  };
}

/** flake8 keeps its settings in whatever INI file there is. */
async function readFlake8Width(host: Host, root: string): Promise<number | undefined> {
  for (const file of ['.flake8', 'setup.cfg', 'tox.ini']) {
    const text = (await host.files.readText(posix.join(root, file))) ?? '';
    const section = /^\[flake8\][^\n]*\n((?:(?!\[)[^\n]*\n?)*)/m.exec(text)?.[1] ?? '';
    const width = Number(/^max[-_]line[-_]length\s*[=:]\s*(\d+)/m.exec(section)?.[1]);
    if (width >= 40) return width;
  }
  return undefined;
}

const sum = (counts: readonly Count[], one: (count: Count) => number): number =>
  counts.reduce((total, count) => total + one(count), 0);

/** The indentation of most files. */
function commonest(texts: readonly string[]): string | undefined {
  const counted = new Map<string, number>();
  for (const text of texts) counted.set(text, (counted.get(text) ?? 0) + 1);
  return [...counted].sort((a, b) => b[1] - a[1])[0]?.[0];
}

/**
 * How tests are written here: formatter settings first, then what the test files themselves do. `files` are absolute,
 * `modules` the project's own; where nothing says anything, the usual form is taken.
 */
export async function readTestStyle(
  host: Host,
  python: Interpreter,
  root: string,
  files: readonly string[],
  modules: readonly string[],
): Promise<TestStyle> {
  const configured = await readConfigured(host, root);
  const counts =
    files.length === 0 ? [] : Counts.parse(await runParser(host, python.executable, 'style.py', files));
  const own = (module: string): boolean =>
    modules.some((name) => module === name || module.startsWith(`${name}.`));
  const single = sum(counts, (count) => count.single);
  const double = sum(counts, (count) => count.double);
  const hinted = sum(counts, (count) => count.hinted);
  const withFuture = sum(counts, (count) => Number(count.future));
  const whole = sum(counts, (count) => count.imports.filter(own).length);
  const names = sum(counts, (count) => count.fromImports.filter(own).length);
  const functions = sum(counts, (count) => count.functions);
  return {
    classes: sum(counts, (count) => count.methods) > 0 || functions < FEWEST_FUNCTIONS,
    quote: configured.quote ?? (single > double ? "'" : '"'),
    unit:
      configured.unit ??
      commonest(counts.flatMap((count) => (count.indent === null ? [] : [count.indent]))) ??
      '    ',
    width: configured.width ?? USUAL_WIDTH,
    future: configured.future || withFuture * 2 > counts.length,
    hints: hinted > sum(counts, (count) => count.unhinted),
    imports: whole > names ? 'module' : 'from',
  };
}
