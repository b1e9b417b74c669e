import { checkCampaign, passesCheck } from '#campaign';
import { openCampaign } from '../campaign.ts';
import { openProjectFolder } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import type { CheckResult } from './schema.ts';

/** Holds the campaign against the checklist: reads the history, git and the log; nothing is run. */
export async function check(context: Context): Promise<CheckResult> {
  const project = await openProjectFolder(context);
  const { facts } = await openCampaign(context, project);
  const lines = checkCampaign(facts);
  return {
    kind: 'check',
    version: 1,
    project: project.root,
    holds: passesCheck(lines),
    lines: [...lines],
  };
}
