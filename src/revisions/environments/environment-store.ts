import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Host } from '#host';
import { z } from 'zod';
import { describeOwner, isGone, readOwner } from '../owner.ts';

const RecordSchema = z.object({
  version: z.literal(1),
  /** Name of the folder beside the record. */
  folder: z.string().regex(/^[0-9a-f]{32}-[0-9a-f]{16}$/),
  /** Absolute folders in which the environment's own packages lie. */
  sitePackages: z.array(z.string()),
  /** Name of the project's `.dist-info` folder, when the project was built into it. */
  distribution: z.string().optional(),
  /** Reservations that came up while it was built. */
  notes: z.array(z.string()),
  /** Last use, ISO 8601. */
  used: z.string(),
});

/** What is kept about a finished environment. */
export type EnvironmentRecord = z.infer<typeof RecordSchema>;

/** A finished environment. */
export interface KeptEnvironment {
  readonly folder: string;
  readonly python: string;
  readonly record: EnvironmentRecord;
}

/** Every edit of a project with compiled modules makes a new environment, so only some are kept. */
const MOST_KEPT = 24;

/** Another strop that still measures may be using what was asked for this recently. */
const IN_USE_MS = 24 * 3600 * 1000;

const UNUSED_MS = 30 * 24 * 3600 * 1000;

function storeFolder(host: Host): string {
  return join(host.folders.cache, 'environments');
}

/** The interpreter of an environment. */
export function pythonOf(host: Host, folder: string): string {
  return host.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/** A key of fixed length for everything that decides what is in an environment. */
export function environmentKey(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

async function readRecord(host: Host, path: string): Promise<EnvironmentRecord | undefined> {
  const text = await host.files.readText(path);
  if (text === undefined) return undefined;
  try {
    return RecordSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** The finished environment for a key; undefined when there is none or its interpreter is gone. */
export async function findEnvironment(host: Host, key: string): Promise<KeptEnvironment | undefined> {
  const store = storeFolder(host);
  const record = await readRecord(host, join(store, `${key}.json`));
  if (record === undefined) return undefined;
  const folder = join(store, record.folder);
  const python = pythonOf(host, folder);
  if ((await host.files.real(python)) === undefined) return undefined;
  await host.files.writeAtomically(
    join(store, `${key}.json`),
    JSON.stringify({ ...record, used: host.clock.date() }),
  );
  return { folder, python, record };
}

/**
 * Builds an environment in a folder of its own and enters it under its key when it is finished, so that nobody ever
 * sees half of one. Two strops that build the same one do so side by side, each uses its own, and the later entry stays.
 */
export async function keepEnvironment(
  host: Host,
  key: string,
  build: (folder: string) => Promise<Omit<EnvironmentRecord, 'version' | 'folder' | 'used'>>,
): Promise<KeptEnvironment> {
  const store = storeFolder(host);
  await prune(host, store);
  await host.files.makeFolder(store);
  const name = `${key}-${host.random.token(8)}`;
  const folder = join(store, name);
  const owner = join(store, `${name}.owner`);
  await host.files.writeAtomically(owner, JSON.stringify(await describeOwner(host)));
  host.processes.guardFolder(folder);
  try {
    const built = await build(folder);
    const record: EnvironmentRecord = { ...built, version: 1, folder: name, used: host.clock.date() };
    await host.files.writeAtomically(join(store, `${key}.json`), JSON.stringify(record));
    return { folder, python: pythonOf(host, folder), record };
  } catch (error) {
    await host.files.remove(folder);
    throw error;
  } finally {
    host.processes.releaseFolder(folder);
    await host.files.remove(owner);
  }
}

/** Removes environments that have not been used for long, and what broken-off builds left. */
async function prune(host: Host, store: string): Promise<void> {
  const now = Date.parse(host.clock.date());
  const records: { readonly path: string; readonly folder: string; readonly ageMs: number }[] = [];
  for (const entry of await host.files.list(store)) {
    if (!/^[0-9a-f]{32}\.json$/.test(entry.name)) continue;
    const path = join(store, entry.name);
    const record = await readRecord(host, path);
    if (record === undefined) await host.files.remove(path);
    else records.push({ path, folder: record.folder, ageMs: now - Date.parse(record.used) });
  }
  records.sort((one, other) => one.ageMs - other.ageMs);
  const kept = new Set<string>();
  for (const [index, record] of records.entries()) {
    const old = record.ageMs > UNUSED_MS || (index >= MOST_KEPT && record.ageMs > IN_USE_MS);
    if (!old) {
      kept.add(record.folder);
    } else {
      // The entry goes first: who finds it may rely on the folder.
      await host.files.remove(record.path);
      await host.files.remove(join(store, record.folder));
    }
  }
  for (const entry of await host.files.list(store)) {
    if (!/^[0-9a-f]{32}-[0-9a-f]{16}$/.test(entry.name) || kept.has(entry.name)) continue;
    const ownerFile = join(store, `${entry.name}.owner`);
    const owner = await readOwner(host, ownerFile);
    if (owner !== undefined && !(await isGone(host, owner))) continue;
    // Without an entry and without a builder: replaced by a twin that was finished later, which its maker may still use.
    if (owner === undefined && !(await isForgotten(host, store, entry.name, now))) continue;
    await host.files.remove(join(store, entry.name));
    await host.files.remove(ownerFile);
  }
}

/** A finished environment without an entry gets a mark, and is forgotten when the mark is older than a day. */
async function isForgotten(host: Host, store: string, name: string, now: number): Promise<boolean> {
  const mark = join(store, name, 'strop-unused-since');
  const since = await host.files.readText(mark);
  if (since === undefined) await host.files.writeAtomically(mark, host.clock.date());
  return since !== undefined && now - Date.parse(since) > IN_USE_MS;
}
