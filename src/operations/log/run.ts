import { StropError } from '#base';
import { logRows, renderLog, summariseLog } from '#campaign';
import { parseRevisions } from '#revisions';
import { LOG_FILE } from '../campaign-files.ts';
import { openCampaign } from '../campaign.ts';
import type { OpenedCampaign } from '../campaign.ts';
import { measureRevisions } from '../measured-revisions.ts';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import type { LogInput, LogResult } from './schema.ts';

/** Tells the campaign so far; on request measures the start against HEAD, and writes the log anew. */
export async function log(context: Context, input: LogInput): Promise<LogResult> {
  const opened = await openProject(context, input.python);
  let campaign = await openCampaign(context, opened.project);
  if (input.direct) {
    const baseline = requireBaseline(campaign);
    await context.takeMachine?.();
    const measured = await measureRevisions(
      context,
      opened,
      parseRevisions(`${baseline.revision.commit}..HEAD`),
      { ...baseline.selection, budget: input.budget },
    );
    for (const { text } of measured.doubts.filter(({ code }) => code === 'not-kept'))
      context.progress({ kind: 'step', text });
    campaign = await openCampaign(context, opened.project, measured);
  }
  const written = input.write ? await writeLog(context, campaign) : null;
  const { facts, baseline } = campaign;
  const summary = summariseLog(facts, facts.lastDirect, facts.headContent);
  const effects =
    summary.lead === null
      ? summary.workloads
      : [summary.lead, ...summary.workloads.filter((each) => each !== summary.lead)];
  return {
    kind: 'log',
    version: 1,
    project: campaign.project.root,
    baseline:
      baseline === undefined
        ? null
        : { id: baseline.id, name: baseline.name, date: baseline.date, commit: baseline.revision.commit },
    rows: logRows(facts, campaign.log).map(
      ({ number, optimization, id, title, date, outcome, reason, lead, attempt, alpha, commit }) => ({
        ...{ number, optimization, id, title, date, outcome, reason, attempt, alpha, commit },
        lead: lead === null ? null : pick(lead),
      }),
    ),
    kept: summary.kept,
    dropped: summary.dropped,
    undecided: summary.undecided,
    withdrawn: summary.withdrawn,
    effects: effects.map(({ agreement, ...effect }) => ({
      ...effect,
      agreement: agreement?.sentence ?? null,
    })),
    direct: summary.direct,
    directDate: summary.directDate,
    written,
  };
}

type Row = ReturnType<typeof logRows>[number];

function pick({ id, meter, unit, verdict, ratio, low, high, before, after, pairs }: Row['lead'] & object) {
  return { id, meter, unit, verdict, ratio, low, high, before, after, pairs };
}

function requireBaseline({ baseline }: OpenedCampaign) {
  if (baseline !== undefined) return baseline;
  throw new StropError({
    code: 'bad-request',
    problem: 'there is no baseline to measure from',
    remedy: 'Run `strop baseline` before the first change.',
  });
}

async function writeLog({ host }: Context, { project, facts, log: before }: OpenedCampaign): Promise<string> {
  const path = `${project.root}/${LOG_FILE}`;
  const text = renderLog(before, facts);
  if (text !== before) await host.files.writeAtomically(path, text);
  return LOG_FILE;
}
