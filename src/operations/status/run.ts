import { checkCampaign, isCurrent, passesCheck } from '#campaign';
import { listNewFiles, readGitState, readHistory, readSettings } from '#project';
import type { BaselineDocument, ComparisonDocument } from '#store';
import { findBenchmarkFiles } from '#workloads';
import { pathsInProject, withoutOwnFiles } from '../campaign-files.ts';
import { openCampaign } from '../campaign.ts';
import type { OpenedCampaign } from '../campaign.ts';
import { openProjectFolder } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { findPlaceholder } from '../placeholder-remark.ts';
import { profilable } from '../profilable.ts';
import { quoteWord } from '../shell-words.ts';
import { findCandidates, NOTHING } from './first-benchmark.ts';
import { chooseNext } from './next.ts';
import type { CampaignSituation } from './next.ts';
import type { Status } from './schema.ts';

/** Files in which pytest is configured. */
const SETTINGS = ['pyproject.toml', 'pytest.ini', 'setup.cfg', 'tox.ini', 'conftest.py'];

/** Looks at files and git. Only where there is no benchmark the tests may run once, to find what is worth one. */
export async function status(context: Context): Promise<Status> {
  const { host } = context;
  const project = await openProjectFolder(context);
  const settings = await readSettings(host, project.root);
  const git = project.gitTop === undefined ? undefined : await readGitState(host, project.gitTop);
  const benchmarkFiles = await findBenchmarkFiles(host, project.root);
  const campaign = await openCampaign(context, project);
  const last = await campaign.history.comparisons.latest();
  const lastName = (await campaign.history.comparisons.names()).at(-1);
  const uncommitted =
    git?.commit === undefined ? null : (await readHistory(host, git.top, 'HEAD')).uncommitted;
  const changed =
    uncommitted === null
      ? (git?.changed ?? 0) + (git?.untracked ?? 0)
      : (await withoutOwnFiles(host, project, uncommitted)).length;
  const inProject = pathsInProject(git?.top ?? project.root, project.root);
  const newFiles = new Set((git === undefined ? [] : await listNewFiles(host, git.top)).map(inProject));
  const isNew = (file: string): boolean => newFiles.has(file);
  const newBenchmarkFiles = benchmarkFiles.filter(isNew);
  const open = new Set((uncommitted ?? []).map((path) => inProject(path)));
  // What a scaffold writes beside a benchmark: without the marker there, pytest warns or refuses.
  const changedSupportFiles = SETTINGS.filter((file) => open.has(file));
  const changedBenchmarkFiles = benchmarkFiles.filter((file) => open.has(file) && !isNew(file));
  const placeholders: string[] = [];
  for (const file of [...newBenchmarkFiles, ...changedBenchmarkFiles])
    if (findPlaceholder((await host.files.readText(`${project.root}/${file}`)) ?? '') !== undefined)
      placeholders.push(file);
  const step = campaign.steps.find(({ comparison }) => comparison !== null && comparison === lastName);
  const workloads = settings.workloads.map((each) => each.name);
  const hasCommit = git?.commit !== undefined;
  const measurable = benchmarkFiles.length > 0 || workloads.length > 0;
  const found = measurable ? NOTHING : await findCandidates(context, project, hasCommit);
  return {
    kind: 'status',
    version: 1,
    project: project.root,
    revision: git?.branch ?? git?.commit?.slice(0, 12) ?? null,
    changed,
    benchmarkFiles: [...benchmarkFiles],
    workloads,
    ...found,
    last: newestOf(last, step, campaign.steps.at(-1)),
    campaign: summaryOf(campaign),
    ...chooseNext({
      hasGit: git !== undefined,
      hasCommit,
      trouble: git?.trouble,
      changed: campaign.facts.uncommitted?.length ?? changed,
      commit: git?.commit,
      benchmarkFiles,
      newBenchmarkFiles,
      changedSupportFiles,
      changedBenchmarkFiles,
      placeholders,
      workloads,
      candidates: found.candidates.map(({ target }) => target),
      campaign: await situationOf(campaign, inProject),
    }),
  };
}

type KnownStep = OpenedCampaign['steps'][number];

/** The last comparison with the step that it is the evidence of, or a later step that a gate refused before anything was measured. */
function newestOf(
  last: ComparisonDocument | undefined,
  step: KnownStep | undefined,
  attempt: KnownStep | undefined,
): Status['last'] {
  const told = ({ title, outcome }: KnownStep) => ({ title, outcome });
  if (attempt?.comparison === null && !(last !== undefined && last.date > attempt.date)) {
    const { date, a, b } = attempt;
    const none = { verdict: 'undecided' as const, workloads: 0, verdicts: {} };
    return { date, a: a.revision, b: b.revision, ...none, step: told(attempt) };
  }
  if (last === undefined) return null;
  return {
    date: last.date,
    a: last.a.revision,
    b: last.b.revision,
    verdict: last.verdict,
    workloads: last.workloads.length,
    verdicts: countVerdicts(last),
    step: step === undefined ? null : told(step),
  };
}

function summaryOf({ baseline, steps }: OpenedCampaign): Status['campaign'] {
  if (baseline === undefined) return null;
  const count = (outcome: (typeof steps)[number]['outcome']) =>
    steps.filter((step) => step.outcome === outcome).length;
  return {
    baseline: { name: baseline.name, date: baseline.date, commit: baseline.revision.commit },
    kept: count('accepted'),
    dropped: count('rejected'),
    undecided: count('undecided'),
    withdrawn: count('withdrawn'),
  };
}

function countVerdicts({ workloads }: ComparisonDocument): NonNullable<Status['last']>['verdicts'] {
  const counts: NonNullable<Status['last']>['verdicts'] = {};
  for (const { verdict } of workloads) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

/** The words that judge a step again: its title, and its targets where they are others than the workloads of the baseline. */
function commandOf({ title, workloads }: KnownStep, baseline: BaselineDocument): string {
  const targets = workloads.filter(({ role }) => role === 'target').map(({ id }) => id);
  const isWhole = baseline.workloads.every(({ id }) => targets.includes(id));
  const named = isWhole ? [] : targets.flatMap((id) => ['--workload', quoteWord(id)]);
  return ['strop step', quoteWord(title), ...named].join(' ');
}

async function situationOf(
  { baseline, steps, history, facts }: OpenedCampaign,
  inProject: (path: string) => string | undefined,
): Promise<CampaignSituation | undefined> {
  if (baseline === undefined) return undefined;
  const accepted = steps.filter(({ outcome }) => outcome === 'accepted');
  const since = accepted.at(-1)?.date ?? baseline.date;
  const profile = await history.profiles.latest();
  const last = steps.at(-1);
  return {
    profiled: profile !== undefined && profile.date > since,
    workload: profilable(baseline.workloads[0]),
    kept: accepted.length,
    direct: facts.lastDirect !== undefined && isCurrent(facts.lastDirect, facts, facts.headContent),
    complete: passesCheck(checkCampaign(facts)),
    last:
      last === undefined
        ? undefined
        : {
            commit: last.a.commit,
            workingTree: last.b.revision === 'working tree',
            outcome: last.outcome,
            command: commandOf(last, baseline),
            title: last.title,
            // `:/` counts from the top of the repository.
            files: last.files.map(({ path }) => inProject(path) ?? `:/${path}`),
          },
  };
}
