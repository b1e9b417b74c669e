import type { Host } from '#host';
import { unifiedDiff } from '../unified-diff.ts';
import type { ConfigPlace } from './agents.ts';
import {
  addEntry,
  commentsWithEntry,
  entryToPaste,
  isEmptyConfig,
  readConfig,
  removeEntry,
  replaceEntry,
  wantedEntry,
} from './config-file.ts';
import { exactHash } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { lookAt, pathOf } from './places.ts';
import { bytesOf, textOf } from './plan.ts';
import type { Change, Kept, Refusal } from './plan.ts';
import { takePieces } from './text-edit.ts';

type ConfigRecord = NonNullable<Manifest['config']>;

/** What an agent's settings need. */
type ConfigPlan =
  | { readonly refusal: Refusal }
  | {
      readonly change: Change | undefined;
      /** What the manifest is to say; null for an entry that is there already and not strop's. */
      readonly record: ConfigRecord | null;
    };

function refuse(config: ConfigPlace, problem: string): { readonly refusal: Refusal } {
  const detail = `To do it by hand, put this into the file and run the same command again:\n${entryToPaste(config)}`;
  return { refusal: { place: config.place, problem, detail } };
}

function pretty(entry: string): string {
  return `${JSON.stringify(JSON.parse(entry), undefined, 2)}\n`;
}

/** The text as it was before strop wrote, where nobody else has written since. */
function undo(record: ConfigRecord, text: string): string | undefined {
  return record.after === exactHash(text) ? takePieces(text, record.pieces) : undefined;
}

async function write(
  host: Host,
  config: ConfigPlace,
  before: Uint8Array | undefined,
  base: { readonly text: string; readonly fileMade: boolean; readonly foldersMade: number },
): Promise<ConfigPlan> {
  const added = await addEntry(host, config, base.text);
  if (added === undefined) return refuse(config, 'strop cannot add its entry without rewriting the file');
  return {
    change: { place: config.place, before, after: bytesOf(added.text) },
    record: {
      entries: [wantedEntry(config)],
      fileMade: base.fileMade,
      tableMade: added.tableMade,
      foldersMade: base.foldersMade,
      after: exactHash(added.text),
      pieces: [...added.pieces],
    },
  };
}

/** Works out how strop's entry gets into an agent's settings; `record` is what the manifest says about an earlier time. */
export async function planEntry(
  host: Host,
  config: ConfigPlace,
  record: ConfigRecord | null,
): Promise<ConfigPlan> {
  const found = await lookAt(host, config.place, 'file');
  if (found.kind === 'refused')
    return refuse({ ...config, place: found.part }, `a ${found.what} is in the way`);
  const foldersMade = Math.max(record?.foldersMade ?? 0, found.kind === 'missing' ? found.foldersToMake : 0);
  if (found.kind === 'missing')
    return write(host, config, undefined, { text: '', fileMade: true, foldersMade });

  const before = await host.files.readBytes(pathOf(config.place));
  const text = before === undefined ? undefined : textOf(before);
  const content = text === undefined ? undefined : await readConfig(host, config, text);
  if (before === undefined || text === undefined || content === undefined) {
    return refuse(config, `this is no ${config.format.toUpperCase()} that strop understands`);
  }
  const wanted = wantedEntry(config);
  const fileMade = record?.fileMade ?? false;
  if (content.entry === undefined) return write(host, config, before, { text, fileMade, foldersMade });
  const ours = record?.entries.includes(content.entry) ?? false;
  if (content.entry === wanted)
    return { change: undefined, record: ours && record !== null ? { ...record, entries: [wanted] } : null };
  if (!ours || record === null) {
    const diff = unifiedDiff('strop', pretty(content.entry), pretty(wanted));
    const problem =
      record === null
        ? 'there is an entry named strop that strop did not write'
        : "strop's entry was changed since strop wrote it";
    return {
      refusal: {
        place: config.place,
        problem,
        detail: `The entry as it is (-) and as strop would write it (+):\n${diff}`,
      },
    };
  }
  const base = undo(record, text);
  if (base !== undefined) return write(host, config, before, { text: base, fileMade, foldersMade });
  const [comment] = commentsWithEntry(config, text, false);
  if (comment !== undefined) return refuse(config, `strop did not write a comment in its entry (${comment})`);
  const replaced = await replaceEntry(host, config, text);
  if (replaced === undefined)
    return refuse(config, 'strop cannot change its entry without rewriting the file');
  return {
    change: { place: config.place, before, after: bytesOf(replaced) },
    record: { ...record, entries: [wanted], foldersMade, after: null, pieces: [] },
  };
}

/** A file that strop made goes away with the last that stands in it. */
function takenOut(
  config: ConfigPlace,
  before: Uint8Array,
  after: string,
  { fileMade }: ConfigRecord,
): Change {
  const gone = fileMade && isEmptyConfig(config, after);
  return { place: config.place, before, after: gone ? undefined : bytesOf(after) };
}

/** Works out how strop's entry gets out of an agent's settings again. */
export async function planEntryRemoval(
  host: Host,
  config: ConfigPlace,
  record: ConfigRecord | null,
): Promise<{ readonly change?: Change; readonly kept?: Kept }> {
  const { place } = config;
  const found = await lookAt(host, place, 'file');
  if (found.kind === 'missing') return {};
  if (found.kind === 'refused')
    return record === null ? {} : { kept: { place, why: `a ${found.what} is in the way` } };
  const before = await host.files.readBytes(pathOf(place));
  const text = before === undefined ? undefined : textOf(before);
  const content = text === undefined ? undefined : await readConfig(host, config, text);
  if (before === undefined || text === undefined || content === undefined) {
    const why = `this is no ${config.format.toUpperCase()} that strop understands`;
    return record === null ? {} : { kept: { place, why } };
  }
  if (content.entry === undefined) return {};
  if (record === null) return { kept: { place, why: 'strop did not write its entry' } };
  if (!record.entries.includes(content.entry))
    return { kept: { place, why: 'its entry was changed since strop wrote it' } };

  const exact = undo(record, text);
  const former = exact === undefined ? undefined : await readConfig(host, config, exact);
  const sound = former?.rest === content.rest && former.entry === undefined;
  if (exact !== undefined && sound) return { change: takenOut(config, before, exact, record) };
  // A table that strop made stays when somebody wrote a comment into it.
  const tableMade = record.tableMade && commentsWithEntry(config, text, true).length === 0;
  const [comment] = commentsWithEntry(config, text, tableMade);
  if (comment !== undefined)
    return { kept: { place, why: `strop did not write a comment in its entry (${comment})` } };
  const after = await removeEntry(host, config, text, { tableMade, pieces: record.pieces });
  if (after === undefined) return { kept: { place, why: 'strop cannot take its entry out safely' } };
  return { change: takenOut(config, before, after, record) };
}
