import { relative } from 'node:path';
import type { Doubt } from '#base';
import { answer, knowsOf } from '#profiles';
import type { AnswerOptions, Gain, Question, Recording } from '#profiles';
import type { AnswerDocument } from '#store';
import type { Loaded } from './loaded-recordings.ts';
import type { Context } from './operation.ts';
import { seesChosenOnly } from './profile-words.ts';
import { readRecorded } from './recorded-state.ts';

/** Files whose lines are shown at most. */
const MOST_FILES = 50;

/**
 * Answers from recordings, with the text of the lines as it was when they were recorded, as far as it is known: what
 * `strop top` prints, and every profile ends with.
 */
export async function answerRecordings(
  context: Context,
  loaded: Loaded,
  options: AnswerOptions,
): Promise<AnswerDocument> {
  const question = options.question ?? loaded.question;
  const found = answer(loaded.recordings, {
    ...options,
    ...(question === undefined ? {} : { question }),
    repeats: loaded.repeats,
  });
  const files = [...new Set([...found.lines, ...found.functions].map(({ file }) => file))];
  const texts = new Map<string, readonly string[]>();
  for (const file of files.slice(0, MOST_FILES)) {
    const text = await readSource(context, loaded, file);
    if (text !== undefined) texts.set(file, text);
  }
  // Lines and functions may be ranked by different tools.
  const partial = [...found.lines, ...found.functions].map(rankingTool).find(seesChosenOnly);
  const show = (gain: Gain): AnswerDocument['lines'][number] => ({
    ...gain,
    ...(seesChosenOnly(rankingTool(gain)) ? { bound: null } : {}),
    code: (gain.line === null ? undefined : texts.get(gain.file)?.[gain.line - 1]?.trim()) ?? null,
    sources: [...gain.sources],
    doubts: [...gain.doubts],
  });
  return {
    ...found,
    workload: loaded.workload,
    commit: loaded.commit,
    asked: loaded.asked,
    deeper: whatIsDeeper(loaded, found.question),
    lines: found.lines.map(show),
    functions: found.functions.map(show),
    sources: found.sources.map((source) => ({
      ...source,
      files: [...source.files],
      otherMetrics: [...source.otherMetrics],
    })),
    doubts: [...loaded.doubts, ...found.doubts, ...(partial === undefined ? [] : [sawChosenOnly(partial)])],
  };
}

const QUESTIONS = ['time', 'memory'] as const;

/** What else these recordings can be asked. */
function whatIsDeeper(
  { recordings, named }: Loaded,
  question: Question,
): NonNullable<AnswerDocument['deeper']> {
  const able = recordings.filter(({ profile }) => knowsOf(profile, question));
  return {
    profiles: [...named],
    tree: able.some(({ profile }) => profile.shape === 'stacks'),
    callers: able.some(knowsCallers),
    about: QUESTIONS.filter(
      (other) => other !== question && recordings.some(({ profile }) => knowsOf(profile, other)),
    ),
  };
}

function knowsCallers({ profile }: Recording): boolean {
  return profile.shape === 'stacks' || (profile.shape === 'call-graph' && profile.edges.length > 0);
}

function rankingTool({ sources }: Gain): string {
  return sources[0]?.tool ?? '';
}

function sawChosenOnly(tool: string): Doubt {
  return {
    code: 'chosen-functions-only',
    text: `${tool} watched the functions that it was told of: shares by it are of their time, and say nothing of what the whole could gain.`,
  };
}

const PYTHON_SOURCE = /\.(py|pyi|pyw|pyx|pxd)$/i;

/**
 * The lines of a file that a profile names, as they were then; undefined when that is not known. Profiles come from anywhere: beside the files of the
 * project only Python source is read for them.
 */
export async function readSource(
  { host }: Context,
  { root, text }: Pick<Loaded, 'root' | 'text'>,
  file: string,
): Promise<readonly string[] | undefined> {
  const isOwn = !/^([\\/]|\w:)/.test(file);
  if (isOwn && text.kind === 'gone') return undefined;
  if (isOwn && text.kind === 'tree') return linesOf(await readRecorded(host, text, file));
  const path = isOwn ? `${root}/${file}` : file;
  if (!PYTHON_SOURCE.test(path) && !(await liesIn(host, path, root))) return undefined;
  return linesOf(await host.files.readText(path));
}

function linesOf(text: string | undefined): readonly string[] | undefined {
  return text?.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** Whether a file lies in a folder, with all links followed. */
async function liesIn({ files }: Context['host'], file: string, folder: string): Promise<boolean> {
  const [real, top] = await Promise.all([files.real(file), files.real(folder)]);
  if (real === undefined || top === undefined) return false;
  return !/^(\.\.([\\/]|$)|[\\/]|\w:)/.test(relative(top, real));
}
