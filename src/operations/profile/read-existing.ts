import { StropError } from '#base';
import type { Doubt } from '#base';
import { cprofile, profilers } from '#profilers';
import type { Profiler } from '#profilers';
import type { Profile, Roots } from '#profiles';
import { readProfile } from '#readers';
import type { ProfileDocument } from '#store';
import { makeReadable } from '../memray-recording.ts';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { summarise } from '../profile-summary.ts';
import { rootsOf, sideInPlace } from '../profiled-side.ts';
import type { ProfileInput } from './schema.ts';

/** Reads a profile that exists. Nothing is kept of a file that somebody else made: nobody knows what code it speaks of. */
export async function readExisting(
  context: Context,
  input: ProfileInput,
  file: string,
): Promise<ProfileDocument> {
  const { host } = context;
  const path = /^([\\/]|\w:)/.test(file) ? file : `${host.cwd}/${file}`;
  const bytes = await host.files.readBytes(path);
  if (bytes === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: 'this file does not exist',
      where: file,
      remedy: 'Name a profile file, for example one written by `python -m cProfile -o FILE`.',
    });
  }
  const doubts: Doubt[] = [];
  let roots: Roots = { project: [host.cwd], dependencies: [], stdlib: [] };
  let project: string | null = null;
  try {
    const opened = await openProject(context, input.python);
    roots = rootsOf(await sideInPlace(host, opened), opened.interpreter);
    project = opened.project.root;
  } catch (error) {
    // The file can be read anywhere; only whose code a line is needs the project.
    if (!(error instanceof StropError)) throw error;
    doubts.push({
      code: 'interpreter-guessed',
      text: `Own code is told apart by the current folder only: ${error.message}.`,
    });
  }
  const known = await makeReadable(context, { bytes, name: path, path }, input);
  const read = readProfile(known.bytes, known.name);
  const summary = summarise(
    read,
    {
      profiler: profilerOf(read),
      roots,
      workload: file,
      revision: undefined,
      loops: undefined,
      wallNs: undefined,
      cpuNs: undefined,
      bareCpuNs: undefined,
    },
    input,
  );
  return {
    ...summary,
    date: host.clock.date(),
    project,
    command: null,
    commit: null,
    content: null,
    python: null,
    machine: null,
    doubts: [...summary.doubts, ...doubts],
  };
}

/** The tool that made a file, as well as the file says. */
function profilerOf(profile: Profile): Profiler {
  const tool = profile.source?.tool;
  return (
    profilers.find((one) => one.tool === tool) ??
    profilers.find((one) => one.format === profile.format) ??
    cprofile
  );
}
