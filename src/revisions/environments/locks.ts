import { parse as parseToml } from 'smol-toml';

/** What a lock file says, as far as it can be installed without the tool that wrote it. */
export interface Lock {
  /** Versions of packages from an index, by normalised name (PEP 503); several where the lock holds one for each platform or Python. */
  readonly pins: ReadonlyMap<string, readonly string[]>;
  /** Other entries (from git, a folder or an address; unpinned lines), as text to compare. */
  readonly others: readonly string[];
}

/** Names of the files that fix the versions of dependencies. */
export const LOCK_FILE =
  /^(uv\.lock|poetry\.lock|pdm\.lock|Pipfile\.lock|pylock(\.[^.]+)?\.toml|requirements[^/]*\.txt)$/;

/** Normalised name of a distribution (PEP 503). */
export function normalName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

class Collector {
  readonly pins = new Map<string, string[]>();
  readonly others: string[] = [];

  pin(name: string, version: string): void {
    const key = normalName(name);
    const versions = this.pins.get(key) ?? [];
    if (!versions.includes(version)) versions.push(version);
    this.pins.set(key, versions);
  }
}

/** Keys under which a locked package says that it does not come from an index. */
const ELSEWHERE = ['git', 'vcs', 'url', 'path', 'directory', 'archive', 'editable', 'virtual'];

function readTomlLock(text: string, into: Collector): void {
  const document = parseToml(text);
  // uv, poetry and pdm write [[package]], pylock.toml (PEP 751) [[packages]].
  const packages: unknown = document['package'] ?? document['packages'];
  if (!Array.isArray(packages)) return;
  for (const entry of packages as readonly unknown[]) {
    if (!isTable(entry) || typeof entry['name'] !== 'string') continue;
    const source = isTable(entry['source']) ? entry['source'] : entry;
    // The project itself and its workspace are the side's source, not a dependency.
    if (source['editable'] !== undefined || source['virtual'] !== undefined) continue;
    const elsewhere =
      ELSEWHERE.some((key) => source[key] !== undefined) ||
      ['git', 'directory', 'file', 'url'].includes(String(source['type']));
    if (elsewhere || typeof entry['version'] !== 'string') {
      into.others.push(`${entry['name']} ${JSON.stringify(source)}`);
    } else {
      into.pin(entry['name'], entry['version']);
    }
  }
}

function readPipfileLock(text: string, into: Collector): void {
  const document: unknown = JSON.parse(text);
  if (!isTable(document)) return;
  for (const group of ['default', 'develop']) {
    const entries = document[group];
    if (!isTable(entries)) continue;
    for (const [name, entry] of Object.entries(entries)) {
      const version = isTable(entry) ? entry['version'] : undefined;
      if (typeof version === 'string' && version.startsWith('==')) into.pin(name, version.slice(2));
      else into.others.push(`${name} ${JSON.stringify(entry)}`);
    }
  }
}

function readRequirements(text: string, into: Collector): void {
  // A line that ends with a backslash goes on; hashes and comments say nothing about versions.
  for (const raw of text.replace(/\\\r?\n/g, ' ').split(/\r?\n/)) {
    const line = raw
      .replace(/(^|\s)#.*$/, '')
      .replace(/\s--hash[= ]\S+/g, '')
      .trim();
    if (line === '') continue;
    const exact = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*==\s*([^\s;,*]+)\s*(;.*)?$/.exec(line);
    if (exact?.[1] !== undefined && exact[3] !== undefined) into.pin(exact[1], exact[3]);
    else if (!/^(-e|--editable)?\s*\.(\[[^\]]*\])?$/.test(line)) into.others.push(line);
  }
}

/** Reads a lock file by its name; undefined when it is damaged. */
export function readLock(file: string, text: string): Lock | undefined {
  const collector = new Collector();
  try {
    if (file.endsWith('.txt')) readRequirements(text, collector);
    else if (file === 'Pipfile.lock') readPipfileLock(text, collector);
    else readTomlLock(text, collector);
  } catch {
    return undefined;
  }
  return { pins: collector.pins, others: [...collector.others].sort() };
}

/** What differs between the locks of the two sides. */
export interface LockChange {
  /** Packages locked at other versions: what each side wants, empty where it does not have the package. */
  readonly packages: readonly {
    readonly name: string;
    readonly a: readonly string[];
    readonly b: readonly string[];
  }[];
  /** Entries that differ and name no version. */
  readonly others: readonly string[];
}

/** Compares two locks; a missing file locks nothing. */
export function compareLocks(a: Lock, b: Lock): LockChange {
  const names = [...new Set([...a.pins.keys(), ...b.pins.keys()])].sort();
  const packages = names
    .map((name) => ({ name, a: a.pins.get(name) ?? [], b: b.pins.get(name) ?? [] }))
    .filter((entry) => [...entry.a].sort().join() !== [...entry.b].sort().join());
  const inB = new Set(b.others);
  const inA = new Set(a.others);
  const others = [...a.others.filter((text) => !inB.has(text)), ...b.others.filter((text) => !inA.has(text))];
  return { packages, others };
}

/** A lock that holds nothing. */
export const EMPTY_LOCK: Lock = { pins: new Map(), others: [] };
