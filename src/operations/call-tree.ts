import { StropError } from '#base';
import { growTree, guessQuestion } from '#profiles';
import type { CallTree, NoTree, TreeRequest } from '#profiles';
import { z } from 'zod';
import { sayAsked } from './asked-question.ts';
import { loadRecordings } from './loaded-recordings.ts';
import type { Context, Style } from './operation.ts';
import { clean, keepEnd, percent, shorten, withInterval, wrap } from './profile-words.ts';
import { shellCommand } from './shell-words.ts';

/** What all questions about who calls whom can be asked with. */
export const treeFlags = {
  profile: z
    .array(z.string())
    .default([])
    .meta({ title: 'file' })
    .describe('Files of profilers, or names of kept profiles; default: the newest that strop keeps'),
  root: z
    .string()
    .optional()
    .meta({ title: 'path' })
    .describe('Begin farther down: names of functions parted by /, as --json gives them in `path`'),
  lines: z.int().min(1).max(5000).default(40).describe('Rows at most, dearest first'),
  about: z
    .enum(['time', 'memory', 'allocations'])
    .optional()
    .describe('What is asked (default: time where it was recorded, else memory)'),
  workload: z.string().optional().describe('Only kept profiles of this workload'),
};

/** A part of who calls whom, as it is printed. */
export const treeResult = z.object({
  kind: z.literal('call-tree'),
  version: z.literal(1),
  question: z.enum(['time', 'memory', 'allocations']),
  direction: z.enum(['down', 'up']).describe('down: what was called; up: who called.'),
  name: z.string().nullable().describe('The function that was asked about; null for the whole program.'),
  asked: z
    .string()
    .nullable()
    .optional()
    .describe('What the kept recordings were asked: cpu, wall, memory, leaks …; null for files.'),
  deeper: z
    .string()
    .nullable()
    .optional()
    .describe('A command that shows more of the dearest place that is cut short; null where nothing is.'),
  tool: z.string(),
  distorted: z.boolean().describe('The tool ran inside the program and changed its times.'),
  oneLevel: z.boolean().describe('The tool knows neighbours only, so that there are no deeper rows.'),
  rows: z
    .array(
      z.object({
        path: z.string().describe('What --root takes to begin here.'),
        depth: z.int(),
        function: z.string(),
        file: z.string().nullable().describe('Null for compiled code.'),
        line: z.number().nullable().describe('Its first line; null where the tool does not tell.'),
        origin: z.enum(['mine', 'dependency', 'stdlib', 'native', 'unknown']),
        share: z
          .number()
          .describe('Part of the whole with everything called; upwards the part that came through here.'),
        low: z.number().nullable().describe('99 % interval; null where the tool takes no samples.'),
        high: z.number().nullable(),
        self: z.number().nullable().describe('Part of the whole in the function itself at this place.'),
        calls: z.number().nullable(),
        hidden: z
          .object({ count: z.int(), share: z.number() })
          .describe('Neighbours that are not listed: ask with --root, --depth or --lines.'),
      }),
    )
    .describe('A parent before its children.'),
  doubts: z.array(z.object({ code: z.string(), text: z.string() })),
});

/** See {@link treeResult}. */
export type TreeResult = z.infer<typeof treeResult>;

/** What an operation of this family was asked. */
export interface TreeQuestion {
  readonly profile: readonly string[];
  readonly root?: string | undefined;
  readonly lines: number;
  readonly depth: number;
  readonly about?: TreeRequest['question'] | undefined;
  readonly workload?: string | undefined;
  readonly name?: string | undefined;
  /** Who is asked, where it is not simply the direction. */
  readonly command?: 'callees';
}

/** Answers who calls whom. Errors: `bad-request` with what was probably meant, and those of `loadRecordings`. */
export async function askTree(
  context: Context,
  direction: TreeRequest['direction'],
  asked: TreeQuestion,
): Promise<TreeResult> {
  const { profile, workload, name, root, depth, lines, about } = asked;
  const loaded = await loadRecordings(context, {
    profiles: profile,
    workload,
    ...(about === undefined ? {} : { about: [about] }),
  });
  const question = about ?? loaded.question ?? guessQuestion(loaded.recordings);
  const found = growTree(loaded.recordings, { question, direction, name, root, depth, most: lines });
  if ('problem' in found) throw explain(found, question);
  return {
    kind: 'call-tree',
    version: 1,
    question,
    direction,
    name: name ?? null,
    asked: loaded.asked,
    deeper: commandDeeper(direction, asked, found.rows),
    tool: found.tool,
    distorted: found.distorted,
    oneLevel: found.oneLevel,
    rows: found.rows.map((row) => ({ ...row, hidden: { ...row.hidden } })),
    doubts: [...loaded.doubts, ...found.doubts],
  };
}

/** Less is not worth another look. */
const LEAST_HIDDEN = 0.005;
/** What the commands show by themselves. */
const MOST_LINES = 5000;
const MOST_DEPTH = 1000;

/** The same question about the place that hides most. */
function commandDeeper(
  direction: TreeRequest['direction'],
  { profile, workload, name, root, depth, lines, about, command }: TreeQuestion,
  rows: CallTree['rows'],
): string | null {
  const [deepest] = [...rows].sort((a, b) => b.hidden.share - a.hidden.share);
  if (deepest === undefined || deepest.hidden.share < LEAST_HIDDEN) return null;
  // Where the beginning itself hides most, only more levels or rows show it.
  const isStart = deepest.path === (root ?? '');
  const more =
    rows.length > lines
      ? ['--lines', String(Math.min(MOST_LINES, lines * 2))]
      : ['--depth', String(Math.min(MOST_DEPTH, depth * 2))];
  const words = [
    ...['strop', command ?? (direction === 'up' ? 'callers' : 'tree')],
    ...(name === undefined ? [] : [name]),
    ...profile.flatMap((file) => ['--profile', file]),
    ...(workload === undefined ? [] : ['--workload', workload]),
    ...(about === undefined ? [] : ['--about', about]),
    ...(isStart ? [...(root === undefined ? [] : ['--root', root]), ...more] : ['--root', deepest.path]),
  ];
  return shellCommand(words);
}

function explain(found: NoTree, about: string): StropError {
  switch (found.problem) {
    case 'no-stacks':
      return new StropError({
        code: 'bad-request',
        problem:
          found.tool === undefined
            ? `nothing about ${about} was recorded`
            : `${found.tool} records no stacks, and a tree made of anything else would be invented`,
        remedy:
          found.tool === undefined
            ? 'Ask with --about for what was recorded.'
            : 'Use `strop top`, or `strop callers NAME` and `strop callees NAME` where calls were recorded; or record with a sampler.',
      });
    case 'no-such-function':
      return new StropError({
        code: 'bad-request',
        problem: 'no function of this name is in the profile',
        where: found.name,
        remedy:
          found.meant === undefined
            ? 'A sampler misses what takes next to no time; `strop tree` shows what it saw.'
            : `Did you mean ${clean(found.meant)}?`,
      });
    case 'ambiguous':
      return new StropError({
        code: 'bad-request',
        problem: 'several functions have this name',
        where: found.name,
        remedy: 'Name one with its file.',
        detail: found.candidates.map((one) => `  ${clean(one)}`).join('\n'),
      });
    case 'no-such-path':
      return new StropError({
        code: 'bad-request',
        problem: 'the tree has no such path',
        where: found.at,
        remedy:
          found.known.length === 0
            ? 'Nothing was called there.'
            : 'Go on with one of these, or from farther up.',
        detail: found.known.map((one) => `  ${clean(one)}`).join('\n'),
      });
  }
}

/** Bytes of a whole tree as text, unless more was asked for. */
const MOST_BYTES = 2000;
const DEFAULT_LINES = 40;

/** Who calls whom as text: at most 100 columns, and 2 kB as long as no more than the usual lines were asked for. */
export function treeText(result: TreeResult, style: Style): readonly string[] {
  const width = Math.max(40, Math.min(style.width, 100));
  const { rows } = result;
  const meant = sayAsked(result.asked);
  const head = `${result.name === null ? 'all' : clean(result.name)}: ${result.direction === 'up' ? 'who called it' : 'what it called'}, share of all ${result.question}${meant === undefined ? '' : ` (${meant})`}, ${clean(result.tool)}${result.distorted ? ' (distorted)' : ''}`;
  const lines = rows.flatMap((row) =>
    row.depth === 0 && row.path === '' ? [] : [rowText(row, width, style)],
  );
  // Cut off it would be another command; a name that steers the terminal cannot be copied from it.
  const { deeper = null } = result;
  const foot = [
    ...(deeper !== null && clean(deeper) === deeper ? [style.dim(`deeper: ${deeper}`)] : []),
    ...(result.oneLevel ? [style.dim('this tool knows neighbours only: no deeper levels')] : []),
    ...result.doubts.flatMap(({ text }) =>
      wrap(`! ${clean(text)}`, width, 2).map((line) => style.warn(line)),
    ),
  ];
  const compose = (count: number): readonly string[] => {
    const left = lines.length - count;
    return [
      shorten(head, width),
      ...lines.slice(0, count),
      ...(left > 0 ? [style.dim(`… ${String(left)} more rows: --json, --root`)] : []),
      ...foot,
    ];
  };
  let count = lines.length;
  const isPlain = style.bold('x') === 'x';
  while (
    isPlain &&
    rows.length <= DEFAULT_LINES &&
    count > 1 &&
    Buffer.byteLength(compose(count).join('\n')) >= MOST_BYTES
  ) {
    count -= 1;
  }
  return compose(count);
}

function rowText(row: TreeResult['rows'][number], width: number, style: Style): string {
  const head = withInterval(row.share, row.low, row.high).padEnd(11);
  const indent = '  '.repeat(Math.min(row.depth, 20));
  const self = row.self === null || row.self < 0.005 ? '' : `  self ${percent(row.self)}`;
  const calls = row.calls === null ? '' : `  ${String(row.calls)} calls`;
  const more =
    row.hidden.count === 0 || row.hidden.share < 0.001
      ? ''
      : `  +${String(row.hidden.count)} (${percent(row.hidden.share)})`;
  const at = row.line === null ? '' : `:${String(row.line)}`;
  const file = row.file === null ? '' : `  ${keepEnd(`${clean(row.file)}${at}`, 28)}`;
  const text = shorten(`${head}${indent}${clean(row.function)}${file}${self}${calls}${more}`, width);
  return row.origin === 'mine' ? text : style.dim(text);
}
