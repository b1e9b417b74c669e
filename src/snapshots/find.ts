import { basename, dirname, isAbsolute, join } from 'node:path';
import { StropError, suggestWord } from '#base';
import type { Host } from '#host';
import type { ProjectRoot } from '#project';
import { parseSnapshot } from './format.ts';
import type { Snapshot, SnapshotPlace } from './snapshot.ts';
import { findStorage } from './storage.ts';

/** How many snapshots an error message lists. */
const SHOWN = 6;

/** What a path says about the snapshot in it. */
export function placeOf(file: string, machine: string | undefined): SnapshotPlace {
  const stem = basename(file).replace(/\.json$/, '');
  const [, digits, name] = /^(\d{4,})_(.+)$/s.exec(stem) ?? [];
  return { file, number: digits === undefined ? undefined : Number(digits), name: name ?? stem, machine };
}

function isNumbered(place: SnapshotPlace): boolean {
  return place.number !== undefined;
}

/**
 * The saved snapshots of a project, oldest number first, of all machine folders; empty when there are none or when they
 * are kept by a service. Only names are read.
 */
export async function findSnapshots(host: Host, project: ProjectRoot): Promise<readonly SnapshotPlace[]> {
  const storage = await findStorage(host, project);
  if (storage.kind === 'service') return [];
  const found: SnapshotPlace[] = [];
  for (const entry of await host.files.list(storage.folder)) {
    const path = join(storage.folder, entry.name);
    if (entry.kind === 'file') found.push(placeOf(path, undefined));
    // A folder may be a link to where a team keeps its snapshots.
    else if (entry.kind === 'folder' || entry.kind === 'link') {
      for (const inner of await host.files.list(path).catch(() => [])) {
        if (inner.kind === 'file') found.push(placeOf(join(path, inner.name), entry.name));
      }
    }
  }
  return found
    .filter((place) => place.file.endsWith('.json') && isNumbered(place))
    .sort((one, other) => (one.number ?? 0) - (other.number ?? 0));
}

function stemOf(place: SnapshotPlace): string {
  return basename(place.file).replace(/\.json$/, '');
}

/** Snapshots that a word may mean: `0001_name`, else a number, else a name; `MACHINE/…` for one machine folder only. */
function matching(places: readonly SnapshotPlace[], wanted: string): readonly SnapshotPlace[] {
  const slash = wanted.search(/[\\/][^\\/]*$/);
  const machine = slash < 0 ? undefined : wanted.slice(0, slash);
  const word = wanted.slice(slash + 1);
  const there = places.filter((place) => machine === undefined || place.machine === machine);
  const whole = there.filter((place) => stemOf(place) === word.replace(/\.json$/, ''));
  if (whole.length > 0) return whole;
  const numbered = /^\d+$/.test(word) ? there.filter((place) => place.number === Number(word)) : [];
  return numbered.length > 0 ? numbered : there.filter((place) => place.name === word);
}

async function load(host: Host, place: SnapshotPlace): Promise<Snapshot | undefined> {
  const content = await host.files.readText(place.file);
  return content === undefined ? undefined : parseSnapshot(place, content);
}

/** The newest in each machine folder: numbers are counted in each by itself. */
function newestOfEach(places: readonly SnapshotPlace[]): readonly SnapshotPlace[] {
  const byMachine = new Map<string | undefined, SnapshotPlace>();
  for (const place of places) byMachine.set(place.machine, place);
  return [...byMachine.values()];
}

function missing(wanted: string, places: readonly SnapshotPlace[], folder: string): StropError {
  const near = suggestWord(wanted, [
    ...new Set([...places.map((place) => place.name), ...places.map(stemOf)]),
  ]);
  const list = places.slice(-SHOWN).map(stemOf).join(', ');
  return new StropError({
    code: 'bad-snapshot',
    problem:
      places.length === 0
        ? `there is no snapshot in ${folder}`
        : 'there is no snapshot of this name or number',
    where: wanted,
    remedy:
      near !== undefined
        ? `Did you mean ${near}?`
        : places.length > 0
          ? `There is: ${list}.`
          : 'Save one with pytest --benchmark-only --benchmark-save=NAME, or name the file of one.',
  });
}

/**
 * Reads one snapshot by what a user would type: its number (`1`, `0001`), its name (the newest of that name), both
 * (`0001_baseline`), one of these behind a machine folder, or a path. Where several interpreters have one, that of
 * `python` (`3.13`) is taken, else the one taken last. Throws `bad-snapshot` when there is none, with a suggestion, and
 * for a file that is no whole snapshot.
 */
export async function readSnapshot(
  host: Host,
  project: ProjectRoot,
  wanted: string,
  python?: string,
): Promise<Snapshot> {
  if (/[\\/]|\.json$/.test(wanted)) {
    const path = isAbsolute(wanted) ? wanted : join(host.cwd, wanted);
    if ((await host.files.kind(path)) === 'file' || /\.json$/.test(wanted)) {
      const read = await load(host, placeOf(path, basename(dirname(path))));
      if (read !== undefined) return read;
    }
  }
  const storage = await findStorage(host, project);
  if (storage.kind === 'service') {
    throw new StropError({
      code: 'bad-snapshot',
      problem: `the snapshots of this project are kept at ${storage.url}, which strop does not read`,
      where: wanted,
      remedy: 'Write the run to a file with --benchmark-json=PATH and name that file.',
    });
  }
  const places = await findSnapshots(host, project);
  const candidates = newestOfEach(matching(places, wanted));
  const own = candidates.filter(
    (place) => python !== undefined && place.machine?.includes(`-CPython-${python}-`) === true,
  );
  const chosen = own.length > 0 ? own : candidates;
  const read: Snapshot[] = [];
  for (const place of chosen) {
    const snapshot = await load(host, place);
    if (snapshot !== undefined) read.push(snapshot);
  }
  const newest = read.sort((one, other) => ((one.date ?? '') < (other.date ?? '') ? -1 : 1)).at(-1);
  if (newest === undefined) throw missing(wanted, places, storage.folder);
  return newest;
}
