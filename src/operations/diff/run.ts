import { StropError } from '#base';
import { compareProfiles } from '#profiles';
import { loadRecordings } from '../loaded-recordings.ts';
import type { Context } from '../operation.ts';
import type { DiffInput, DiffResult } from './schema.ts';

/** Compares two profiles in absolute amounts. Errors: `bad-request` where they cannot be compared, those of `loadRecordings`. */
export async function diff(context: Context, input: DiffInput): Promise<DiffResult> {
  const [a, b] = await Promise.all([load(context, input.before), load(context, input.after)]);
  const found = compareProfiles(a.recordings, b.recordings, input.about);
  if ('problem' in found) {
    const where = `${input.before} ${input.after}`;
    throw new StropError(
      found.problem === 'units-differ'
        ? {
            code: 'bad-request',
            problem: 'one profile holds times and the other samples whose rate nobody knows',
            where,
            remedy: 'Give two files of one format.',
          }
        : {
            code: 'bad-request',
            problem: `nothing about ${input.about} is in one of the profiles`,
            where,
            remedy: 'Ask with --about for what both recorded.',
          },
    );
  }
  const { frames, a: before, b: after, ...rest } = found;
  return {
    kind: 'profile-diff',
    version: 1,
    ...rest,
    a: { ...before, tools: [...before.tools], files: [...before.files] },
    b: { ...after, tools: [...after.tools], files: [...after.files] },
    frames: frames.slice(0, input.top).map((frame) => ({ ...frame })),
    hidden: Math.max(0, frames.length - input.top),
    doubts: [...found.doubts],
  };
}

/** Commas part several recordings of one side, unless a file of this very name exists. */
async function load(context: Context, named: string): ReturnType<typeof loadRecordings> {
  const { host } = context;
  const path = /^([\\/]|\w:)/.test(named) ? named : `${host.cwd}/${named}`;
  const isFile = (await host.files.kind(path)) !== undefined;
  return loadRecordings(context, {
    profiles: isFile ? [named] : named.split(',').filter((one) => one !== ''),
  });
}
