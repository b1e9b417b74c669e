import type { CampaignFacts, DirectComparison, Step } from '#campaign';
import { isInHistory, readHistory, readSettings } from '#project';
import type { PastCommit, PastCommits, ProjectRoot } from '#project';
import { openHistory } from '#store';
import type { BaselineDocument, ComparisonDocument, History, StepDocument } from '#store';
import { fewestPairs } from '#verdict';
import { LOG_FILE, findPages, isRecord, pathsInProject } from './campaign-files.ts';
import { logged } from './comparison.ts';
import type { Context } from './operation.ts';
import { firstDateSince, hotnessIn, wholeProfiles } from './whole-profiles.ts';

/** Text for people alone: no test and no measurement depends on it. */
const PROSE = /(\.(md|rst|adoc)|(^|\/)(LICENSE|LICENCE|COPYING|AUTHORS|CHANGELOG|NOTICE)[^/]*)$/i;

/** A step as the present history shows it: what was accepted may be withdrawn since. */
export type CampaignStep = Omit<StepDocument, 'outcome'> & Pick<Step, 'outcome'>;

/** The campaign that goes on in a project: the newest baseline and the steps since. */
export interface OpenedCampaign {
  readonly project: ProjectRoot;
  readonly history: History;
  readonly baseline: BaselineDocument | undefined;
  /** Steps of this campaign, oldest first. */
  readonly steps: readonly CampaignStep[];
  /** Text of OPTIMIZATION_LOG.md. */
  readonly log: string | undefined;
  readonly facts: CampaignFacts;
}

/**
 * Reads everything that is known about the campaign of a project; nothing is run or written. `measured` is a comparison of
 * its start with now that may not be in the history.
 */
export async function openCampaign(
  { host }: Context,
  project: ProjectRoot,
  measured?: ComparisonDocument,
): Promise<OpenedCampaign> {
  const history = openHistory(host, project.root);
  const { fpr = 0.01 } = await readSettings(host, project.root);
  const baseline = await history.baselines.latest();
  const all = (await history.steps.all()).map(({ document }) => document);
  const steps = all.filter((step) => step.baseline === baseline?.id);
  const earlier = all.filter((step) => step.baseline !== baseline?.id && step.outcome === 'accepted');
  const log = await host.files.readText(`${project.root}/${LOG_FILE}`);
  const top = project.gitTop;
  const past =
    top === undefined || baseline === undefined
      ? { commits: null, headTree: null, uncommitted: null }
      : await readHistory(host, top, baseline.revision.commit);
  const isCode = codeIn(project);
  const commits = past.commits?.filter(({ files }) => files.some(({ path }) => isCode(path))) ?? null;
  const own = commitsOf(
    steps.filter(({ outcome }) => outcome === 'accepted'),
    commits ?? [],
    isCode,
  );
  const known: CampaignStep[] = [];
  for (const step of steps) {
    const commit = own.get(step.id)?.commit ?? step.commit;
    const isLost =
      commits !== null && step.outcome === 'accepted' && commit !== null && own.get(step.id) === undefined;
    const isThere =
      isLost &&
      (holdsFiles(commits, step, isCode) || (top !== undefined && (await isInHistory(host, top, commit))));
    if (isLost && !isThere)
      known.push(withdraw(step, `its commit ${commit.slice(0, 9)} is not in the history of HEAD`));
    else if (step.outcome === 'accepted' && commit === null && isTakenBack(step, past, isCode))
      known.push(withdraw(step, 'its change is neither committed nor in the working tree any more'));
    else known.push({ ...step, commit });
  }
  const accepted = known.filter(({ outcome }) => outcome === 'accepted');
  const isStep = new Set([...own.values()].map(({ commit }) => commit));
  const last = accepted.at(-1);
  const uncommitted = past.uncommitted?.filter(isCode);
  const pages = await findPages(host, top ?? project.root, uncommitted ?? []);
  const open = uncommitted?.filter((path) => !pages.has(path)) ?? null;
  const since = filesSince(last === undefined ? undefined : own.get(last.id), commits, isCode);
  const present = contentsNow(past, isCode);
  const now = [...(last === undefined ? [] : [last.b.content]), ...present];
  const direct =
    measured ?? (baseline === undefined ? undefined : await findDirect(history, baseline, all, now));
  return {
    project,
    history,
    baseline,
    steps: known,
    log,
    facts: {
      baseline,
      steps: known,
      // A profile of an earlier campaign says nothing of the code that its steps have left.
      firstProfileDate: await firstDateSince(history, earlier.at(-1)?.date),
      shares: await sharesOf(history, accepted),
      commits: commits?.map(({ commit, title }) => ({ commit, title, isStep: isStep.has(commit) })) ?? null,
      headContent: past.headTree,
      codeSinceLastStep: since === null ? null : [...new Set([...since, ...(open ?? [])])],
      uncommitted: open,
      log,
      lastDirect:
        direct === undefined
          ? undefined
          : directOf(direct, present.includes(direct.b.content) ? past.headTree : null),
      wholePrograms: baseline?.workloads.filter(({ kind }) => kind === 'command').map(({ id }) => id) ?? [],
      fewestPairs: fewestPairs({ alpha: fpr, margin: 0.01, method: 'near-normal' }),
    },
  };
}

/**
 * The newest comparison of the start with what is there now that is not the evidence of a step; without any, the newest with
 * another state.
 */
async function findDirect(
  { comparisons }: History,
  { revision }: BaselineDocument,
  steps: readonly StepDocument[],
  now: readonly string[],
): Promise<ComparisonDocument | undefined> {
  let other: ComparisonDocument | undefined;
  const evidence = new Set(steps.map(({ comparison }) => comparison));
  for (const name of [...(await comparisons.names())].reverse()) {
    if (evidence.has(name)) continue;
    const found = await comparisons.get(name);
    // The record of a step may be missing, where it could not land.
    if (found?.step !== undefined) continue;
    if (found?.a.content !== revision.content || found.b.content === revision.content) continue;
    if (now.includes(found.b.content)) return found;
    other ??= found;
  }
  return other;
}

function targetsOf({ workloads }: CampaignStep): readonly string[] {
  return workloads.filter(({ role }) => role === 'target').map(({ id }) => id);
}

/** Share of the newest profiles before each step that its changed definitions had. */
async function sharesOf(
  history: History,
  accepted: readonly CampaignStep[],
): Promise<Readonly<Record<string, number | null>>> {
  const shares: Record<string, number | null> = {};
  for (const step of accepted) {
    const profiles = await wholeProfiles(history, { changed: step.b.content, before: step.id });
    const [most] = hotnessIn(profiles, step.changed, targetsOf(step));
    shares[step.id] = most?.share ?? null;
  }
  return shares;
}

/** Whether a path of the repository is code of the project: everything in it but the records of the campaign and prose. */
function codeIn(project: ProjectRoot): (path: string) => boolean {
  const inProject = pathsInProject(project.gitTop ?? project.root, project.root);
  return (path) => {
    const own = inProject(path);
    // What lies beside the project in its repository is another one's.
    return own !== undefined && !PROSE.test(path) && !isRecord(own);
  };
}

/** A step whose change is no part of the present. */
function withdraw(step: StepDocument, why: string): CampaignStep {
  return { ...step, outcome: 'withdrawn', reason: `it was accepted (${step.reason}), and ${why}` };
}

/** Whether the change of a step that has no commit is gone: its files are those of HEAD, which has other contents. */
function isTakenBack(step: StepDocument, past: PastCommits, isCode: (path: string) => boolean): boolean {
  const { commits, uncommitted } = past;
  if (commits === null || uncommitted === null || step.files.length === 0) return false;
  return !step.files.some(({ path }) => uncommitted.includes(path)) && !holdsFiles(commits, step, isCode);
}

/** Contents of the repository with the code of HEAD: a commit of the log or of prose changes nothing that was measured. */
function contentsNow(
  { commits, headTree }: PastCommits,
  isCode: (path: string) => boolean,
): readonly string[] {
  const contents = headTree === null ? [] : [headTree];
  for (const { tree, files } of [...(commits ?? [])].reverse()) {
    contents.push(tree);
    if (files.some(({ path }) => isCode(path))) break;
  }
  return contents;
}

/**
 * The commit of each step: the one that it was accepted with, else one that changes the same files to the same contents, since a step
 * may be committed by hand, and amending or rebasing leaves a kept hash behind. A commit belongs to one step, the newest.
 */
function commitsOf(
  steps: readonly StepDocument[],
  commits: readonly PastCommit[],
  isCode: (path: string) => boolean,
): ReadonlyMap<string, PastCommit> {
  const spell = (files: PastCommit['files']) =>
    files
      .filter(({ path }) => isCode(path))
      .map(({ path, blob }) => `${path}\0${blob ?? ''}`)
      .sort()
      .join('\n');
  const own = new Map<string, PastCommit>();
  for (const step of steps) {
    const named = commits.find(({ commit }) => commit === step.commit);
    if (named !== undefined) own.set(step.id, named);
  }
  const taken = new Set(own.values());
  for (const step of [...steps].reverse()) {
    if (own.has(step.id)) continue;
    const wanted = spell(step.files);
    const equal = commits.find((commit) => !taken.has(commit) && spell(commit.files) === wanted);
    if (equal === undefined) continue;
    own.set(step.id, equal);
    taken.add(equal);
  }
  return own;
}

/** Whether HEAD has the files of a step as the step left them, in whatever commit they came. */
function holdsFiles(
  commits: readonly PastCommit[],
  { files }: StepDocument,
  isCode: (path: string) => boolean,
): boolean {
  const now = new Map(commits.flatMap((commit) => commit.files.map(({ path, blob }) => [path, blob])));
  return files.filter(({ path }) => isCode(path)).every(({ path, blob }) => now.get(path) === blob);
}

/** Files of code that commits after this one touch; null where the commit is not known. */
function filesSince(
  commit: PastCommit | undefined,
  commits: readonly PastCommit[] | null,
  isCode: (path: string) => boolean,
): readonly string[] | null {
  if (commit === undefined || commits === null) return null;
  const later = commits.slice(commits.indexOf(commit) + 1);
  return [...new Set(later.flatMap(({ files }) => files.map(({ path }) => path).filter(isCode)))];
}

/** `content`: that of the present, where the measured one has the same code; else null. */
function directOf(document: ComparisonDocument, content: string | null): DirectComparison {
  return {
    date: document.date,
    a: document.a.commit,
    b: content ?? document.b.content,
    workloads: document.workloads.map((workload) => logged(workload, 'target')),
  };
}
