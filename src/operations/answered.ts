import { relative } from 'node:path';
import type { Doubt } from '#base';
import { answer } from '#profiles';
import type { AnswerOptions, Gain } from '#profiles';
import type { AnswerDocument } from '#store';
import type { Loaded } from './loaded-recordings.ts';
import type { Context } from './operation.ts';
import { seesChosenOnly } from './profile-words.ts';

/** Files whose lines are shown at most. */
const MOST_FILES = 50;

/**
 * Answers from recordings, with the text of the lines as it stands in the project now: what `strop top` prints, and every
 * profile ends with.
 */
export async function answerRecordings(
  context: Context,
  loaded: Loaded,
  options: AnswerOptions,
): Promise<AnswerDocument> {
  const found = answer(loaded.recordings, options);
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
 * The lines of a file that a profile names; undefined when it is not there. Profiles come from anywhere: beside the files of the
 * project only Python source is read for them.
 */
export async function readSource(
  { host }: Context,
  { root }: { readonly root: string },
  file: string,
): Promise<readonly string[] | undefined> {
  const path = /^([\\/]|\w:)/.test(file) ? file : `${root}/${file}`;
  if (!PYTHON_SOURCE.test(path) && !(await liesIn(host, path, root))) return undefined;
  return (await host.files.readText(path))?.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** Whether a file lies in a folder, with all links followed. */
async function liesIn({ files }: Context['host'], file: string, folder: string): Promise<boolean> {
  const [real, top] = await Promise.all([files.real(file), files.real(folder)]);
  if (real === undefined || top === undefined) return false;
  return !/^(\.\.([\\/]|$)|[\\/]|\w:)/.test(relative(top, real));
}
