import { StropError, suggestWord } from '#base';
import { answer } from '#profiles';
import type { Answer, Gain } from '#profiles';
import { readSource } from '../answered.ts';
import { loadRecordings } from '../loaded-recordings.ts';
import type { Loaded } from '../loaded-recordings.ts';
import type { Context } from '../operation.ts';
import { findFunctions, listFunctions } from './find-function.ts';
import type { Range } from './find-function.ts';
import type { SourceInput, SourceResult } from './schema.ts';

/** Lines shown before and after a costly one. */
const AROUND = 2;
const ALL = Number.MAX_SAFE_INTEGER;

/** Annotates a file or a function. Errors: `bad-request` with what was probably meant, and those of `loadRecordings`. */
export async function source(context: Context, input: SourceInput): Promise<SourceResult> {
  const { profile: profiles, workload } = input;
  const loaded = await loadRecordings(context, { profiles, workload, about: ['time', 'memory'] });
  const { recordings, repeats } = loaded;
  const time = answer(recordings, { question: 'time', most: ALL, repeats });
  const memory = answer(recordings, { question: 'memory', most: ALL, repeats });
  const colon = /^(.*[^\\/]):([^\\/:]+)$/.exec(input.target);
  const [named, name] = colon === null ? [input.target, undefined] : [colon[1] ?? '', colon[2]];
  const { file, text } = await findFile(context, loaded, named, [time, memory]);
  const inFile = (found: Answer): readonly Gain[] => found.lines.filter((gain) => gain.file === file);
  const costs = byLine(inFile(time));
  const bytes = byLine(inFile(memory));
  const range = name === undefined ? { from: 1, to: text.length } : findRange(text, name, file, costs);
  const wanted = chooseLines(range, costs, bytes, input.lines);
  const shown = new Set(wanted);
  const left = [...costs].filter(([line]) => line >= range.from && line <= range.to && !shown.has(line));
  const size = memory.sources.find(({ ranks }) => ranks)?.total ?? 0;
  return {
    kind: 'annotated-source',
    version: 1,
    file,
    function: name ?? null,
    lines: wanted.map((line) => {
      const gain = costs.get(line);
      const allocated = bytes.get(line);
      return {
        line,
        code: text[line - 1] ?? '',
        share: gain?.share ?? null,
        low: gain?.low ?? null,
        high: gain?.high ?? null,
        self: gain?.self ?? null,
        withCallees: gain?.withCallees ?? null,
        hits: gain?.hits ?? null,
        allocated: allocated === undefined ? null : Math.round(allocated.share * size),
        sources: (gain?.sources ?? []).map(({ tool, share, distorted }) => ({ tool, share, distorted })),
        doubts: [...(gain?.doubts ?? [])],
      };
    }),
    left: {
      lines: range.to - range.from + 1 - wanted.length,
      share: Math.min(
        1,
        left.reduce((sum, [, gain]) => sum + gain.share, 0),
      ),
    },
    asked: [...new Set(recordings.flatMap(({ asked }) => asked ?? []))],
    tools: [...new Set([...time.sources, ...memory.sources].map(({ tool }) => tool))],
    doubts: [...loaded.doubts, ...(time.sources.length > 0 ? time : memory).doubts].filter(
      // Here a recording of memory beside one of time is what was wanted.
      ({ code }) => code !== 'question-not-recorded',
    ),
  };
}

function byLine(gains: readonly Gain[]): ReadonlyMap<number, Gain> {
  return new Map(gains.flatMap((gain) => (gain.line === null ? [] : [[gain.line, gain] as const])));
}

/** The file that is meant, by its whole path or its end, among those that a recording or the project knows. */
async function findFile(
  context: Context,
  loaded: Loaded,
  named: string,
  answers: readonly Answer[],
): Promise<{ readonly file: string; readonly text: readonly string[] }> {
  const known = [...new Set(answers.flatMap(({ lines }) => lines.map(({ file }) => file)))];
  const wanted = named.replaceAll('\\', '/').replace(/^\.\//, '');
  // As workloads are named: shop.report is shop/report.py, or shop/report/__init__.py.
  const module = wanted.replaceAll('.', '/');
  const spellings = [wanted, ...(/^[\w.]+$/.test(wanted) ? [`${module}.py`, `${module}/__init__.py`] : [])];
  const found =
    spellings
      .flatMap((one) => [
        known.filter((file) => file === one),
        known.filter((file) => file.endsWith(`/${one}`)),
      ])
      .find((files) => files.length > 0) ?? [];
  const [file, ...others] = found;
  const where = named;
  if (file === undefined) {
    const meant =
      suggestWord(wanted, known) ??
      suggestWord(
        wanted,
        known.map((one) => one.replace(/^.*\//, '')),
      );
    throw new StropError({
      code: 'bad-request',
      problem:
        known.length === 0
          ? 'these profiles know no lines of the project'
          : 'no line of this file is in the profiles',
      where,
      remedy:
        known.length === 0
          ? 'Record with a tool that knows lines, for example py-spy.'
          : meant === undefined
            ? `Files with costs: ${known.slice(0, 5).join(', ')}.`
            : `Did you mean ${meant}?`,
    });
  }
  if (others.length > 0) {
    throw new StropError({
      code: 'bad-request',
      problem: 'several files end so',
      where,
      remedy: 'Give more of the path.',
      detail: found.map((one) => `  ${one}`).join('\n'),
    });
  }
  // Without the text of then, that of now shows at least the function; a doubt says that the code has changed.
  const text =
    (await readSource(context, loaded, file)) ??
    (await readSource(context, { ...loaded, text: { kind: 'now' } }, file));
  if (text !== undefined) return { file, text };
  throw new StropError({
    code: 'bad-request',
    problem: 'this file was profiled, but it is not here any more',
    where: file,
    remedy: 'Run strop in the folder of the project, on the code that was profiled.',
  });
}

function findRange(
  text: readonly string[],
  name: string,
  file: string,
  costs: ReadonlyMap<number, Gain>,
): Range {
  const found = findFunctions(text, name);
  const cost = ({ from, to }: Range): number =>
    [...costs].reduce((sum, [line, { share }]) => sum + (line >= from && line <= to ? share : 0), 0);
  const [dearest] = [...found].sort((a, b) => cost(b) - cost(a));
  if (dearest !== undefined) return dearest;
  const meant = suggestWord(name.replace(/^.*\./, ''), listFunctions(text));
  throw new StropError({
    code: 'bad-request',
    problem: 'no function of this name is in the file',
    where: `${file}:${name}`,
    remedy: meant === undefined ? 'Leave the function away for the whole file.' : `Did you mean ${meant}?`,
  });
}

/** All where there is room; else the dearest with what stands around them. */
function chooseLines(
  { from, to }: Range,
  costs: ReadonlyMap<number, Gain>,
  bytes: ReadonlyMap<number, Gain>,
  most: number,
): readonly number[] {
  if (to - from < most) return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const shareOf = (line: number): number =>
    Math.max(costs.get(line)?.share ?? 0, bytes.get(line)?.share ?? 0);
  const ranked = [...new Set([...costs.keys(), ...bytes.keys()])]
    .filter((line) => line >= from && line <= to)
    .sort((a, b) => shareOf(b) - shareOf(a) || a - b);
  const chosen = new Set<number>();
  for (const line of ranked) {
    const around = Array.from({ length: 2 * AROUND + 1 }, (_, index) => line - AROUND + index);
    const added = around.filter((one) => one >= from && one <= to && !chosen.has(one));
    if (chosen.size + added.length > most) break;
    for (const one of added) chosen.add(one);
  }
  // Not even the surroundings of one line fit.
  if (chosen.size === 0) for (const line of ranked.slice(0, most)) chosen.add(line);
  return [...chosen].sort((a, b) => a - b);
}
