import { join } from 'node:path';
import { parse as parseVersion, satisfies } from '@renovatebot/pep440';
import type { Host } from '#host';
import { compareLocks, EMPTY_LOCK, LOCK_FILE, normalName, readLock } from './locks.ts';
import type { Lock } from './locks.ts';

/** What one side wants installed besides what the project's environment has. */
export interface SideWish {
  /** Exactly pinned: installed without their dependencies, which the lock pins as well. */
  readonly pinned: readonly string[];
  /** Other requirements: installed with their dependencies. */
  readonly loose: readonly string[];
  /** Only in the lock of one side and not installed here: perhaps of another platform, so it may fail. */
  readonly optional: readonly string[];
}

/** What differs between the dependencies of the sides. */
export interface DependencyChange {
  /** Lock files that differ, relative to the project or to the top of the checkout. */
  readonly files: readonly string[];
  readonly a: SideWish;
  readonly b: SideWish;
  /** `rich 13.7.0 -> 13.8.1`, for people. */
  readonly changes: readonly string[];
  /** Differences that cannot be rebuilt, each with its reason. */
  readonly unresolved: readonly string[];
}

/** The folders of one side in which lock files are looked for. */
export interface LockPlaces {
  readonly root: string;
  readonly project: string;
}

/** Lists of what only documents, checks or publishes the project: no workload runs with them. */
const BESIDE_THE_CODE =
  /(^|[-_.])(docs?|lint(ing)?|typing|mypy|style|format|build|release|publish|ci|pre-?commit)[-_.]/;

/** What runs the tests, checks the code or publishes it. */
const RUNNERS = /^(pytest|pytest-.*|tox|nox|flake8|flake8-.*|coverage|pre-commit|twine)$/;

/**
 * What runs the tests is the yardstick, the same for both sides: that of the project's environment, whatever each side
 * asks for (an old one may not even start with this Python). Only a plugin of pytest that is not there yet is installed.
 */
function staysTheSame(name: string, installed: Installed): boolean {
  return RUNNERS.test(name) && (installed[name] !== undefined || !name.startsWith('pytest-'));
}

/** Lists of what the project can do without: who has not installed it measures without it. */
const EXTRAS = /(^|[-_.])(optional|extras?)[-_.]/;

async function listLocks(host: Host, places: LockPlaces): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const take = async (folder: string, shown: string, wanted: RegExp): Promise<void> => {
    for (const entry of await host.files.list(folder)) {
      if (entry.kind === 'file' && wanted.test(entry.name) && !BESIDE_THE_CODE.test(entry.name))
        found.set(shown + entry.name, join(folder, entry.name));
    }
  };
  await take(places.project, '', LOCK_FILE);
  await take(join(places.project, 'requirements'), 'requirements/', /\.txt$/);
  // A workspace has one lock at its top.
  if (places.root !== places.project) await take(places.root, '/', /^(uv|poetry|pdm)\.lock$/);
  return found;
}

/** The lock files whose content differs, with the text of each side; `undefined` where the side has no such file. */
export async function findChangedLocks(
  host: Host,
  a: LockPlaces,
  b: LockPlaces,
): Promise<
  readonly { readonly file: string; readonly a: string | undefined; readonly b: string | undefined }[]
> {
  const inA = await listLocks(host, a);
  const inB = await listLocks(host, b);
  const changed: { file: string; a: string | undefined; b: string | undefined }[] = [];
  // Lists of requirements come last: they are often exported from a real lock.
  const rank = (file: string): string => (file.endsWith('.txt') ? '1' : '0') + file;
  const files = [...new Set([...inA.keys(), ...inB.keys()])];
  for (const file of files.sort((one, other) => (rank(one) < rank(other) ? -1 : 1))) {
    const pathA = inA.get(file);
    const pathB = inB.get(file);
    const textA = pathA === undefined ? undefined : await host.files.readText(pathA);
    const textB = pathB === undefined ? undefined : await host.files.readText(pathB);
    if (textA !== textB) changed.push({ file, a: textA, b: textB });
  }
  return changed;
}

/** Collects what one side wants. */
class Wishes implements SideWish {
  readonly pinned: string[] = [];
  readonly loose: string[] = [];
  readonly optional: string[] = [];
}

type Installed = Readonly<Record<string, string>>;

/** `rich>=13,<14 ; python_version > "3.8"` taken apart, as far as it is a plain requirement. */
function readLoose(line: string): { readonly name: string; readonly range: string } | undefined {
  const match = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*((?:[<>=!~][^;@]*)?)\s*(?:;.*)?$/.exec(line);
  return match?.[1] === undefined
    ? undefined
    : { name: normalName(match[1]), range: (match[2] ?? '').trim() };
}

function isMet(line: { readonly name: string; readonly range: string }, installed: Installed): boolean {
  const version = installed[line.name];
  if (version === undefined) return false;
  return line.range === '' || (parseVersion(version) !== null && satisfies(version, line.range));
}

/** Lines that say where to look, not what to install. */
const OPTION_LINE = /^-(?!e\b|-editable\b)/;

function addLoose(
  wishes: Wishes,
  lines: readonly string[],
  installed: Installed,
  passedOver: (name: string) => boolean,
  unresolved: string[],
): void {
  for (const text of lines) {
    if (OPTION_LINE.test(text)) continue;
    const line = readLoose(text);
    if (line === undefined) unresolved.push(`${text} (not from an index)`);
    else if (!passedOver(line.name) && !isMet(line, installed)) wishes.loose.push(text);
  }
}

function addPinned(
  wishes: Wishes,
  name: string,
  wanted: readonly string[],
  other: readonly string[],
  installed: Installed,
  unresolved: string[],
): void {
  const present = installed[name];
  const [version] = wanted;
  if (version === undefined || (present !== undefined && wanted.includes(present))) return;
  if (wanted.length > 1) {
    if (present !== undefined) unresolved.push(`${name} (locked at ${wanted.join(' and ')})`);
  } else if (present !== undefined) wishes.pinned.push(`${name}==${version}`);
  // Locked at some version on both sides and not installed: the package of another platform or of an unused extra.
  else if (other.length === 0) wishes.optional.push(`${name}==${version}`);
}

/**
 * What has to be installed for each side so that it runs with its own locked versions: only what differs between the
 * locks and from what the project's environment has. Everything else stays the project's, the same for both.
 */
export function planDependencies(
  locks: readonly { readonly file: string; readonly a: string | undefined; readonly b: string | undefined }[],
  installed: Installed,
): DependencyChange {
  const a = new Wishes();
  const b = new Wishes();
  const changes: string[] = [];
  const unresolved: string[] = [];
  const seen = new Set<string>();
  for (const lock of locks) {
    const name = lock.file.slice(lock.file.lastIndexOf('/') + 1);
    const read = (text: string | undefined): Lock | undefined =>
      text === undefined ? EMPTY_LOCK : readLock(name, text);
    const lockA = read(lock.a);
    const lockB = read(lock.b);
    if (lockA === undefined || lockB === undefined) {
      unresolved.push(`${lock.file} (cannot be read)`);
      continue;
    }
    const difference = compareLocks(lockA, lockB);
    const passedOver = (each: string): boolean =>
      staysTheSame(each, installed) || (EXTRAS.test(name) && installed[each] === undefined);
    for (const entry of difference.packages) {
      // The same package in another lock file: the first one counts, as uv's is read before an exported list.
      if (seen.has(entry.name) || passedOver(entry.name)) continue;
      seen.add(entry.name);
      addPinned(a, entry.name, entry.a, entry.b, installed, unresolved);
      addPinned(b, entry.name, entry.b, entry.a, installed, unresolved);
      if (installed[entry.name] !== undefined) {
        changes.push(`${entry.name} ${entry.a.join('/') || 'none'} -> ${entry.b.join('/') || 'none'}`);
      }
    }
    if (name.endsWith('.txt')) {
      const inA = new Set(lockA.others);
      const inB = new Set(lockB.others);
      addLoose(
        a,
        lockA.others.filter((text) => !inB.has(text)),
        installed,
        passedOver,
        unresolved,
      );
      addLoose(
        b,
        lockB.others.filter((text) => !inA.has(text)),
        installed,
        passedOver,
        unresolved,
      );
    } else {
      unresolved.push(
        ...difference.others.map((text) => `${text.split(' ')[0] ?? text} (not from an index)`),
      );
    }
  }
  return {
    files: locks.map((lock) => lock.file.replace(/^\//, '')),
    a,
    b,
    changes,
    unresolved: [...new Set(unresolved)],
  };
}
