import type { Doubt } from '#base';
import type { Host } from '#host';
import type { TableRow } from '#profiles';
import { findLayout } from '#project';
import type { Interpreter, Layout, Settings } from '#project';
import { z } from 'zod';
import { runParser } from './parser-shim.ts';

const Answer = z.record(z.string(), z.array(z.tuple([z.number(), z.string(), z.boolean()])));

/** Files whose source is read: own functions beyond these cost next to nothing. */
const MOST_FILES = 200;

/** Names in a doubt. */
const MOST_NAMED = 3;

const slashed = (path: string): string => path.replaceAll('\\', '/').replace(/\/+$/, '');

/** The import name of a project's file (`src/shop/cart.py` is `shop.cart`), or undefined for a file of no module. */
export function moduleOf(
  file: string,
  root: string,
  layout: Pick<Layout, 'sourceRoots' | 'modules' | 'renamed'>,
): string | undefined {
  const path = `${slashed(root)}/${slashed(file)}`;
  const places = [
    ...layout.renamed.map((one) => ({
      folder: `${slashed(root)}/${slashed(one.folder)}`,
      prefix: one.module,
    })),
    ...layout.sourceRoots.map((folder) => ({ folder: slashed(folder), prefix: '' })),
  ].sort((a, b) => b.folder.length - a.folder.length);
  for (const { folder, prefix } of places) {
    const inside = path.startsWith(`${folder}/`) && path.endsWith('.py') ? path.slice(folder.length + 1) : '';
    if (inside === '') continue;
    const parts = inside.replace(/(^|\/)__init__\.py$|\.py$/, '').split('/');
    const name = [prefix, ...parts].filter((part) => part !== '').join('.');
    const isOwn = layout.modules.some((module) => name === module || name.startsWith(`${module}.`));
    if (isOwn && name.split('.').every((part) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(part))) return name;
  }
  return undefined;
}

/** Where the functions of a table were run from. */
export interface NamedIn {
  /** Absolute folder of the project, in a checkout or in place. */
  readonly root: string;
  readonly interpreter: Interpreter;
  readonly settings: Settings;
}

/** Adds to own functions the module that they are imported from and their qualified name. Nothing of the project runs. */
export async function nameFunctions<Row extends TableRow>(
  host: Host,
  { root, interpreter, settings }: NamedIn,
  table: readonly Row[],
): Promise<readonly Row[]> {
  const layout = await findLayout(host, root, settings.sourceRoots);
  const isSource = (row: Row): boolean => row.origin === 'mine' && row.file?.endsWith('.py') === true;
  const files = [...new Set(table.flatMap((row) => (isSource(row) ? [row.file ?? ''] : [])))];
  const names = await readNames(host, interpreter, root, files.slice(0, MOST_FILES));
  return table.map((row) => {
    if (row.file === null || !isSource(row)) return row;
    const alike = (names.get(row.file) ?? []).filter(([, name]) => ends(name, row.function));
    // Samplers do not say where a function begins: its name has to be the only one in the file.
    const [found, ...others] =
      row.line === null ? alike : alike.filter(([line]) => line === row.line).slice(0, 1);
    const only = others.length === 0 ? found : undefined;
    return {
      ...row,
      module: moduleOf(row.file, root, layout) ?? null,
      qualname: only?.[1] ?? null,
      line: row.line ?? only?.[0] ?? null,
      ...(only?.[2] === true ? { resumes: true as const } : {}),
    };
  });
}

/** Says which of the dearest own functions have calls that a tracer counts again whenever they go on. */
export function doubtResumed(table: readonly TableRow[]): readonly Doubt[] {
  const names = table.flatMap(({ resumes, calls, qualname }) =>
    resumes === true && calls !== null && qualname !== null ? [qualname] : [],
  );
  if (names.length === 0) return [];
  const shown = names.slice(0, MOST_NAMED).join(', ');
  const more = names.length > MOST_NAMED ? ` and ${String(names.length - MOST_NAMED)} more` : '';
  return [
    {
      code: 'resumptions-counted',
      text: `Generators and coroutines are counted each time they go on, not only when they are called: ${shown}${more}.`,
    },
  ];
}

/** Profilers of newer Pythons may give the qualified name, others the last part of it. */
function ends(qualname: string, name: string): boolean {
  return qualname === name || qualname.endsWith(`.${name}`);
}

async function readNames(
  host: Host,
  interpreter: Interpreter,
  root: string,
  files: readonly string[],
): Promise<ReadonlyMap<string, readonly (readonly [line: number, name: string, resumes: boolean])[]>> {
  if (files.length === 0) return new Map();
  const paths = files.map((file) => `${slashed(root)}/${file}`);
  const answer = Answer.parse(await runParser(host, interpreter.executable, 'qualnames.py', paths));
  return new Map(files.map((file, index) => [file, answer[paths[index] ?? ''] ?? []]));
}
