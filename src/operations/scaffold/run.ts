import { join } from 'node:path';
import { StropError, formatDuration } from '#base';
import { parseDuration } from '#project';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { findBenchmarkFiles } from '#workloads';
import { proposeCandidates } from '../candidates.ts';
import type { BenchmarkSource, Candidate } from '../candidates.ts';
import { profileTests } from '../first-profile.ts';
import { openProject } from '../opened-project.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { latestWhole } from '../whole-profiles.ts';
import type { ScaffoldInput, ScaffoldResult } from './schema.ts';
import { readTargets } from './targets.ts';
import { writeBenchmarks } from './write-benchmarks.ts';

/** How long the tests may run for a first profile. */
const LIMIT_SECONDS = 60;
/** Doubts about a profile that matter for the choice of a benchmark. */
const TELLING = new Set(['profile-cut-short', 'tests-failed', 'profile-too-short', 'children-missed']);

/** Writes benchmarks for what was named or picked; proposes what to pick when nothing was. */
export async function scaffold(context: Context, input: ScaffoldInput): Promise<ScaffoldResult> {
  const targets = readTargets(input.targets);
  const seconds = readLimit(input.limit);
  const opened = await openProject(context, input.python);
  if (targets.length > 0) {
    return { ...(await writeBenchmarks(context, opened, targets, input)), candidates: [], profile: null };
  }
  const profile =
    input.pick === undefined
      ? await profileTests(context, opened, { seconds, reuse: input.limit === undefined })
      : await keptProfile(context, opened);
  const candidates = proposeCandidates(profile, await readBenchmarks(context, opened));
  const chosen = choose(candidates, input);
  const { date, workload, commit } = profile;
  const found = { candidates: [...candidates], profile: { date, workload, commit } };
  if (chosen.length === 0) return { ...propose(profile, candidates, input.dryRun), ...found };
  const picked = readTargets(chosen.map(({ target }) => target));
  return { ...(await writeBenchmarks(context, opened, picked, input)), ...found };
}

function readLimit(limit: string | undefined): number {
  const ns = limit === undefined ? LIMIT_SECONDS * 1e9 : parseDuration(limit);
  if (ns !== undefined) return ns / 1e9;
  throw new StropError({
    code: 'bad-request',
    problem: `--limit '${limit ?? ''}' is no duration`,
    remedy: 'Write it as in 90s or 5m.',
  });
}

/** The numbers of a proposal are those of the newest profile, whatever has changed in the files since. */
async function keptProfile(context: Context, { project }: OpenedProject): Promise<ProfileDocument> {
  const kept = await latestWhole(openHistory(context.host, project.root));
  if (kept !== undefined) return kept;
  throw new StropError({
    code: 'bad-request',
    problem: 'no profile is kept for this project, so nothing has been proposed yet',
    remedy: 'Run strop scaffold, and pick from what it proposes.',
  });
}

async function readBenchmarks(
  { host }: Context,
  { project }: OpenedProject,
): Promise<readonly BenchmarkSource[]> {
  const paths = await findBenchmarkFiles(host, project.root);
  return Promise.all(
    paths.map(async (path) => ({ path, text: (await host.files.readText(join(project.root, path))) ?? '' })),
  );
}

function choose(candidates: readonly Candidate[], { pick, top }: ScaffoldInput): readonly Candidate[] {
  if (top !== undefined) return candidates.slice(0, top);
  const numbers = pick === undefined ? [] : pick.split(',').map(Number);
  return numbers.map((number) => {
    const found = candidates.find((one) => one.number === number);
    if (found !== undefined) return found;
    throw new StropError({
      code: 'bad-request',
      problem: `there is no candidate ${String(number)}`,
      where: '--pick',
      remedy:
        candidates.length === 0
          ? 'The newest profile has no candidates: strop scaffold proposes others, or name a function.'
          : `Pick from 1 to ${String(candidates.length)}; strop scaffold lists them.`,
    });
  });
}

function propose(
  profile: ProfileDocument,
  candidates: readonly Candidate[],
  dryRun: boolean,
): Omit<ScaffoldResult, 'candidates' | 'profile'> {
  const first = candidates.find(({ benchmark }) => benchmark === null);
  const whole = profile.metric.unit === 'ns' ? `${formatDuration(profile.total)} of ` : '';
  return {
    kind: 'scaffold',
    version: 1,
    dryRun,
    files: [],
    written: [],
    workloads: [],
    notes: [
      candidates.length === 0
        ? `No function of yours that can be called by name stands out in ${profile.workload ?? 'the profile'}.`
        : `Shares are of ${whole}${profile.workload ?? 'the profile'} under ${profile.tool}, private helpers counted for who calls them.`,
      ...profile.doubts.filter(({ code }) => TELLING.has(code)).map(({ text }) => text),
    ],
    next:
      candidates.length === 0
        ? 'strop scaffold module:function'
        : first === undefined
          ? 'strop baseline'
          : `strop scaffold --pick ${String(first.number)}`,
  };
}
