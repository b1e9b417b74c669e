import { parseRevisions } from '#revisions';
import type { ComparisonDocument } from '#store';
import { measureRevisions } from '../measured-revisions.ts';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import type { CompareInput } from './schema.ts';
import { compareSnapshot } from './snapshot.ts';

/** Compares two revisions on one or more workloads; measures only, changes nothing of the user's. */
export async function compare(context: Context, input: CompareInput): Promise<ComparisonDocument> {
  if (input.snapshot.length > 0) return compareSnapshot(context, input);
  const opened = await openProject(context, input.python);
  return measureRevisions(context, opened, parseRevisions(input.revisions), input);
}
