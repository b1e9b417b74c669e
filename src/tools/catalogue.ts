import { StropError, suggestWord } from '#base';
import type { CatalogueEntry, Pin, ToolName, ToolPython } from './tool.ts';

const MIB = 2 ** 20;

/**
 * Every tool with the release that strop was tried with. Pinned exactly: pip falls back to releases of years ago
 * where it finds no wheel, without a word, and their options and files are others.
 */
export const TOOLS: readonly CatalogueEntry[] = [
  {
    name: 'griffe',
    why: 'compares the public API of both sides by reading their sources',
    roughBytes: 2 * MIB,
    pins: [
      { version: '1.14.0', since: 9 },
      { version: '2.3.0', since: 10 },
      { version: '2.4.1', since: 11 },
    ],
    anyPython: true,
  },
  {
    name: 'line_profiler',
    why: 'counts and times single lines of chosen functions',
    roughBytes: 7 * MIB,
    pins: [
      { version: '5.0.2', since: 9 },
      { version: '5.1.0', since: 10 },
    ],
    anyPython: false,
  },
  {
    name: 'py-spy',
    why: 'samples a program from outside, with hardly any disturbance',
    roughBytes: 8 * MIB,
    pins: [{ version: '0.4.3', since: 9 }],
    anyPython: false,
  },
  {
    name: 'scalene',
    why: 'tells Python, native and system time of lines apart, and their memory',
    roughBytes: 100 * MIB,
    pins: [{ version: '2.4.0', since: 9 }],
    anyPython: false,
  },
  {
    name: 'memray',
    why: 'records every allocation with its stack',
    roughBytes: 50 * MIB,
    pins: [{ version: '1.20.0', since: 9 }],
    platforms: ['linux', 'darwin'],
    anyPython: false,
  },
  {
    name: 'pyinstrument',
    why: 'samples call trees, and what asynchronous code waits for',
    roughBytes: MIB,
    pins: [{ version: '5.1.3', since: 9 }],
    anyPython: false,
  },
];

/** The entry of a tool by its name. Case and `_` or `-` do not matter; an unknown name is a StropError `bad-request`. */
export function toolNamed(name: string): CatalogueEntry {
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '-');
  const entry = TOOLS.find((tool) => plain(tool.name) === plain(name));
  if (entry !== undefined) return entry;
  const names = TOOLS.map((tool) => tool.name);
  const meant = suggestWord(name, names);
  throw new StropError({
    code: 'bad-request',
    problem: `'${name}' is no tool that strop installs`,
    remedy: meant === undefined ? `The tools are ${names.join(', ')}.` : `Did you mean ${meant}?`,
  });
}

/** The release of a tool for this Python, or undefined when there is none. */
export function pinFor(entry: CatalogueEntry, python: Pick<ToolPython, 'version'>): Pin | undefined {
  const [major, minor] = python.version;
  return major === 3 ? entry.pins.findLast((pin) => minor >= pin.since) : undefined;
}

/** What is asked of the package index: `griffe==2.4.1`. */
export function requirementOf(name: ToolName, version: string): string {
  return `${name}==${version}`;
}
