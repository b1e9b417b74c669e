import { join } from 'node:path';
import { StropError } from '#base';
import { renderLog } from '#campaign';
import { FilesChanged, land, prepareCommit } from '#revisions';
import type { PreparedCommit, Run, Side } from '#revisions';
import type { BaselineDocument, History, StepDocument } from '#store';
import { LOG_FILE } from '../campaign-files.ts';
import { openCampaign } from '../campaign.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { messageOf } from './message.ts';
import type { StepInput } from './schema.ts';

const MOST_TRIES = 3;

/** An accepted step on its way into the project. */
export interface Landing {
  readonly opened: OpenedProject;
  readonly run: Run;
  readonly side: Side;
  readonly history: History;
  readonly baseline: BaselineDocument;
  readonly step: StepDocument;
  readonly input: StepInput;
  /** Changed files that are no part of the change, relative to the project. */
  readonly records: readonly string[];
}

/**
 * Lands an accepted step as one transaction: the commit, if one was asked for, the log, and the record in the history.
 * Answers the step as it was recorded.
 */
export async function landStep(context: Context, landing: Landing): Promise<StepDocument> {
  const { input } = landing;
  const prepared = input.commit ? await makeCommit(context, landing) : undefined;
  const step: StepDocument = {
    ...landing.step,
    commit: prepared?.commit ?? landing.step.commit,
    doubts: [...landing.step.doubts, ...(prepared?.doubts ?? [])],
  };
  for (let tries = 1; ; tries += 1) {
    try {
      await landOnce(context, landing, step, prepared);
      return step;
    } catch (error) {
      // The log was edited while it was being written: it is made again on top of the edit.
      if (error instanceof FilesChanged && tries < MOST_TRIES) continue;
      // These say that nothing has landed.
      const refused =
        error instanceof StropError && ['bad-tree', 'commit-refused'].includes(error.facts.code);
      if (refused) await keepUndecided(landing, error);
      throw error;
    }
  }
}

async function landOnce(
  context: Context,
  { opened, baseline, history }: Landing,
  step: StepDocument,
  prepared: PreparedCommit | undefined,
): Promise<void> {
  const { host } = context;
  // Those of this campaign, as the present history shows them.
  const { steps } = (await openCampaign(context, opened.project)).facts;
  const path = join(opened.project.root, LOG_FILE);
  const before = await host.files.readText(path);
  await land(host, {
    project: opened.project,
    prepared,
    files: [
      { path, text: renderLog(before, { baseline, steps: [...steps, step] }), before },
      { ...history.steps.fileOf(step), before: undefined },
    ],
    note: step.id,
  });
}

async function makeCommit(context: Context, landing: Landing): Promise<PreparedCommit> {
  const { opened, run, side, step, input } = landing;
  context.progress({ kind: 'step', text: 'committing' });
  try {
    return await prepareCommit(context.host, {
      project: opened.project,
      side,
      expectedHead: step.a.commit,
      message: messageOf(step, input.description ?? null),
      leaveOut: landing.records,
      runFolder: run.folder,
      signal: context.signal,
    });
  } catch (error) {
    if (error instanceof StropError) await keepUndecided(landing, error);
    throw error;
  }
}

/** What was measured is kept: the next attempt on the same change goes on from it. */
async function keepUndecided({ history, step }: Landing, error: StropError): Promise<void> {
  const reason = `every gate holds, but it could not be recorded: ${error.facts.problem}`;
  await history.steps.save({ ...step, outcome: 'undecided', reason });
}
