import { createHash } from 'node:crypto';
import { StropError } from '#base';
import type { Host } from '#host';
import { z } from 'zod';
import { comparisonDocument } from './documents/comparison.ts';
import type { ComparisonDocument } from './documents/comparison.ts';

/** What the history of one project holds, in files that anybody can read: the files are the truth, there is no index. */
export interface History {
  /** Folder of this project's history, outside of the project. */
  readonly folder: string;
  /**
   * Keeps a comparison with its raw samples (one JSON value a line) and answers the document with the samples' file in it.
   * Throws `disk` when nothing can be written.
   */
  saveComparison(document: ComparisonDocument, samples: readonly unknown[]): Promise<ComparisonDocument>;
  /** The newest comparison, or undefined without one. Throws `store` naming a file that cannot be read. */
  latestComparison(): Promise<ComparisonDocument | undefined>;
}

const COMPARISONS = 'comparisons';

/** Every document says what it is before anything else is believed of it. */
const envelope = z.object({ kind: z.string(), version: z.number().int() });

function corrupt(path: string, problem: string): StropError {
  return new StropError({
    code: 'store',
    problem,
    where: path,
    remedy: 'Move the file away; strop never changes or removes a history file by itself.',
  });
}

function parseComparison(path: string, text: string): ComparisonDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(path, 'this history file is no JSON: it was cut off or edited');
  }
  const head = envelope.safeParse(value);
  if (!head.success || head.data.kind !== 'comparison')
    throw corrupt(path, 'this history file holds no comparison');
  if (head.data.version > 1) {
    throw new StropError({
      code: 'store',
      problem: `this history file was written by a newer strop (format ${String(head.data.version)}, known: 1)`,
      where: path,
      remedy: 'Update strop, or look at the file with the version that wrote it.',
    });
  }
  const parsed = comparisonDocument.safeParse(value);
  if (!parsed.success)
    throw corrupt(path, `this history file has not its form: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
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
  const comparisons = `${folder}/${COMPARISONS}`;
  return {
    folder,
    async saveComparison(document, samples) {
      // Two strops may end within the same second: the random part keeps their files apart.
      const name = `${document.date.replace(/[^\dTZ]/g, '')}-${host.random.token(4)}`;
      await host.files.makeFolder(comparisons);
      const path = `${comparisons}/${name}.samples.jsonl`;
      await host.files.writeAtomically(path, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
      const kept = { ...document, samples: path };
      await host.files.writeAtomically(
        `${comparisons}/${name}.json`,
        `${JSON.stringify(kept, undefined, 1)}\n`,
      );
      return kept;
    },
    async latestComparison() {
      const names = (await host.files.list(comparisons)).map((entry) => entry.name);
      const newest = names
        .filter((name) => name.endsWith('.json'))
        .sort()
        .at(-1);
      if (newest === undefined) return undefined;
      const path = `${comparisons}/${newest}`;
      const text = await host.files.readText(path);
      return text === undefined ? undefined : parseComparison(path, text);
    },
  };
}
