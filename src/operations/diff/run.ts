import { StropError } from '#base';
import { compareProfiles } from '#profiles';
import type { Recording } from '#profiles';
import { loadRecordings } from '../loaded-recordings.ts';
import type { Context } from '../operation.ts';
import { profileRevisions } from './profile-revisions.ts';
import { readDiffRequest } from './request.ts';
import type { DiffInput, DiffResult } from './schema.ts';

/**
 * Compares two profiles in absolute amounts, or profiles two revisions for that. Errors: `bad-request` where they cannot
 * be compared, those of `loadRecordings`, of preparing revisions and of profiling.
 */
export async function diff(context: Context, given: DiffInput): Promise<DiffResult> {
  const input: DiffInput = given.memory ? { ...given, about: 'memory' } : given;
  const request = readDiffRequest(input);
  if (request.kind === 'profiles') {
    const { before, after } = request;
    const [a, b] = await Promise.all([load(context, before), load(context, after)]).catch(
      (error: unknown) => {
        if (!(error instanceof StropError) || error.code !== 'bad-request') throw error;
        const remedy = `${error.facts.remedy} Revisions are written as ${before}..${after}.`;
        throw new StropError({ ...error.facts, remedy });
      },
    );
    return describe(input, a, b, `${before} ${after}`);
  }
  await context.takeMachine?.();
  const made = await profileRevisions(context, input, request.revisions);
  // Read as they are kept, so that the same profiles named again give the same answer.
  const [a, b] = [
    await loadRecordings(context, { profiles: made.a.names }),
    await loadRecordings(context, { profiles: made.b.names }),
  ];
  const found = describe(input, a.recordings, b.recordings, made.workload);
  const { workload, why, proof } = made;
  return {
    ...found,
    a: { ...found.a, revision: made.a.revision },
    b: { ...found.b, revision: made.b.revision },
    ...{ workload, why, proof },
    doubts: [...found.doubts, ...made.doubts].filter(
      (doubt, index, all) => all.findIndex(({ code }) => code === doubt.code) === index,
    ),
  };
}

function describe(
  input: DiffInput,
  a: readonly Recording[],
  b: readonly Recording[],
  where: string,
): DiffResult {
  const found = compareProfiles(a, b, input.about);
  if ('problem' in found) {
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
  const { frames, quiet, doubts, a: before, b: after, ...rest } = found;
  return {
    kind: 'profile-diff',
    version: 1,
    ...rest,
    a: { ...before, tools: [...before.tools], files: [...before.files], revision: null },
    b: { ...after, tools: [...after.tools], files: [...after.files], revision: null },
    frames: [...frames],
    shown: input.top,
    quiet: { ...quiet, frames: [...quiet.frames] },
    workload: null,
    why: null,
    proof: 'strop compare',
    doubts: [...doubts],
  };
}

/** Commas part several recordings of one side, unless a file of this very name exists. */
async function load(context: Context, named: string): Promise<readonly Recording[]> {
  const { host } = context;
  const path = /^([\\/]|\w:)/.test(named) ? named : `${host.cwd}/${named}`;
  const isFile = (await host.files.kind(path)) !== undefined;
  const profiles = isFile ? [named] : named.split(',').filter((one) => one !== '');
  return (await loadRecordings(context, { profiles })).recordings;
}
