import { createHash } from 'node:crypto';
import type { Host } from '#host';
import { newId, openCollection } from './collection.ts';
import type { Collection } from './collection.ts';
import { baselineDocument } from './documents/baseline.ts';
import type { BaselineDocument } from './documents/baseline.ts';
import { comparisonDocument } from './documents/comparison.ts';
import type { ComparisonDocument } from './documents/comparison.ts';
import { profileDocument } from './documents/profile.ts';
import type { ProfileDocument } from './documents/profile.ts';
import { openRecordings } from './recordings.ts';
import type { Recordings } from './recordings.ts';
import { stepDocument } from './documents/step.ts';
import type { StepDocument } from './documents/step.ts';

/** What the history of one project holds, in files that anybody can read. */
export interface History {
  /** Folder of this project's history, outside of the project. */
  readonly folder: string;
  readonly comparisons: Collection<ComparisonDocument>;
  readonly baselines: Collection<BaselineDocument>;
  readonly profiles: Collection<ProfileDocument>;
  readonly steps: Collection<StepDocument>;
  /** What profilers wrote, beside the documents about it. */
  readonly recordings: Recordings;
  /** Throws `disk` when nothing can be written here: to know it before the work whose result is to be kept. */
  requireWritable(): Promise<void>;
  /** A name for a new document of this date (ISO 8601): sorts by time, unique. */
  newId(date: string): string;
}

/** The project's folder name in the store: readable, and unique by the full path. */
function projectKey(root: string): string {
  const name = root.split(/[\\/]/).findLast((part) => part !== '') ?? 'project';
  const plain = name.replace(/[^\w.-]+/g, '_').slice(0, 40);
  return `${plain}-${createHash('sha256').update(root).digest('hex').slice(0, 10)}`;
}

/** Opens the history of the project at an absolute path; nothing is created before something is saved. */
export function openHistory(host: Host, root: string): History {
  const folder = `${host.folders.data}/projects/${projectKey(root)}`;
  return {
    folder,
    comparisons: openCollection(host, folder, {
      kind: 'comparison',
      folder: 'comparisons',
      schema: comparisonDocument,
    }),
    baselines: openCollection(host, folder, {
      kind: 'baseline',
      folder: 'baselines',
      schema: baselineDocument,
    }),
    profiles: openCollection(host, folder, { kind: 'profile', folder: 'profiles', schema: profileDocument }),
    steps: openCollection(host, folder, { kind: 'step', folder: 'steps', schema: stepDocument }),
    recordings: openRecordings(host, folder),
    async requireWritable() {
      const probe = `${folder}/probe-${host.random.token(4)}`;
      await host.files.writeAtomically(probe, '');
      await host.files.remove(probe);
    },
    newId: (date) => newId(host, date),
  };
}
