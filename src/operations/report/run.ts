import { StropError, formatNumberOf } from '#base';
import { renderReport, reportDocument } from '#campaign';
import type { ReportFacts } from '#campaign';
import { openCampaign } from '../campaign.ts';
import { openProjectFolder } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { reportData } from './schema.ts';
import type { ReportResult } from './schema.ts';

/** Makes the report of the campaign from the history; nothing is run or written. */
export async function report(context: Context): Promise<ReportResult> {
  const project = await openProjectFolder(context);
  const { facts, steps, baseline } = await openCampaign(context, project);
  if (baseline === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: 'there is no campaign to report: no baseline was saved',
      remedy: 'Run `strop baseline`, then `strop step` for each change.',
    });
  }
  const places = [baseline, ...steps];
  const reported: ReportFacts = {
    baseline,
    steps,
    direct: facts.lastDirect,
    contentNow: facts.headContent,
    log: facts.log,
    conditions: {
      machines: places.map(
        ({ machine }) => `${machine.system}, ${machine.cpu}, ${formatNumberOf(machine.cores, 'core')}`,
      ),
      pythons: places.map(({ python }) => `Python ${python.version}`),
      margins: steps.map(({ rule }) => rule.margin),
    },
  };
  return {
    kind: 'report',
    version: 1,
    project: project.root,
    date: context.host.clock.date(),
    markdown: renderReport(reported),
    // A kept document has more in it than a report says.
    report: reportData.parse(reportDocument(reported)),
  };
}
