import { StropError } from '#base';
import type { Host } from '#host';
import { z } from 'zod';

/** A kind of document as a collection knows it. */
export interface DocumentKind<T> {
  /** The value of the field `kind`, and how errors call it. */
  readonly kind: string;
  /** Folder below the project's history. */
  readonly folder: string;
  readonly schema: z.ZodType<T>;
}

/** A kept document with the name of its file. */
export interface Kept<T> {
  /** File name without ending; sorts by time. */
  readonly name: string;
  readonly document: T;
}

/** All documents of one kind of one project, oldest first. Files are the truth: there is no index. */
export interface Collection<T> {
  /**
   * Keeps a document and answers it as kept. With samples they lie beside it (one JSON value a line) and the document
   * names their file in `samples`. Throws `disk` when nothing can be written.
   */
  save(document: T, samples?: readonly unknown[]): Promise<Kept<T>>;
  /** The file that {@link save} would write without samples, for a caller that writes several files as one. */
  fileOf(document: T): { readonly path: string; readonly text: string };
  /** The newest, or undefined without one. Throws `store` naming a file that cannot be read. */
  latest(): Promise<T | undefined>;
  /** Names of all, oldest first: each begins with its date, as {@link History.newId} writes it. */
  names(): Promise<readonly string[]>;
  /** One by its name, or undefined. Throws `store` when the file cannot be read. */
  get(name: string): Promise<T | undefined>;
  /** All, oldest first. Throws `store` naming a file that cannot be read. */
  all(): Promise<readonly Kept<T>[]>;
  /** The raw samples kept beside a document; empty when they are gone. */
  samples(name: string): Promise<readonly unknown[]>;
}

/** The newest version of every kind of document. */
const VERSION = 1;

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

function parseDocument<T>(kind: DocumentKind<T>, path: string, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw corrupt(path, 'this history file is no JSON: it was cut off or edited');
  }
  const head = envelope.safeParse(value);
  if (!head.success || head.data.kind !== kind.kind)
    throw corrupt(path, `this history file holds no ${kind.kind}`);
  if (head.data.version > VERSION) {
    throw new StropError({
      code: 'store',
      problem: `this history file was written by a newer strop (format ${String(head.data.version)}, known: ${String(VERSION)})`,
      where: path,
      remedy: 'Update strop, or look at the file with the version that wrote it.',
    });
  }
  const parsed = kind.schema.safeParse(value);
  if (!parsed.success)
    throw corrupt(path, `this history file has not its form: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** Two strops may end within the same second: the random part keeps their files apart. */
export function newId(host: Host, date: string): string {
  return `${date.replace(/[^\dTZ]/g, '')}-${host.random.token(4)}`;
}

/** Opens one kind of document below the history of a project; nothing is created before something is saved. */
export function openCollection<T extends { readonly date: string; readonly id?: string }>(
  host: Host,
  history: string,
  kind: DocumentKind<T>,
): Collection<T> {
  const folder = `${history}/${kind.folder}`;
  const pathOf = (name: string) => `${folder}/${name}.json`;
  const samplesOf = (name: string) => `${folder}/${name}.samples.jsonl`;
  const names = async () =>
    (await host.files.list(folder))
      .map((entry) => entry.name)
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .sort();
  const read = async (name: string): Promise<T | undefined> => {
    const text = await host.files.readText(pathOf(name));
    return text === undefined ? undefined : parseDocument(kind, pathOf(name), text);
  };
  const textOf = (document: T) => `${JSON.stringify(document, undefined, 1)}\n`;
  const write = (name: string, document: T) => host.files.writeAtomically(pathOf(name), textOf(document));
  const nameOf = (document: T) => document.id ?? newId(host, document.date);
  return {
    async save(document, samples) {
      const name = nameOf(document);
      await host.files.makeFolder(folder);
      if (samples === undefined) {
        await write(name, document);
        return { name, document };
      }
      const path = samplesOf(name);
      await host.files.writeAtomically(path, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
      const kept = { ...document, samples: path };
      await write(name, kept);
      return { name, document: kept };
    },
    fileOf: (document) => ({ path: pathOf(nameOf(document)), text: textOf(document) }),
    names,
    get: read,
    async latest() {
      const newest = (await names()).at(-1);
      return newest === undefined ? undefined : read(newest);
    },
    async all() {
      const found: Kept<T>[] = [];
      for (const name of await names()) {
        const document = await read(name);
        if (document !== undefined) found.push({ name, document });
      }
      return found;
    },
    async samples(name) {
      const text = (await host.files.readText(samplesOf(name))) ?? '';
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line));
    },
  };
}
