import { posix } from 'node:path';
import type { Evidence } from '../evidence.ts';

/**
 * What the packaging files say about where modules lie. Everything is relative to the project; '' is the
 * project itself.
 */
export interface Declared {
  /** Folders that go on the import path; empty when nothing is said. */
  readonly roots: readonly string[];
  /** Import names that are written out (dotted inside a namespace). */
  readonly names: readonly string[];
  /** What else counts: everything that lies in the roots, its packages only, or nothing beyond `names`. */
  readonly search: 'all' | 'packages' | 'none';
  /** Packages whose folder has another name, so that no import path can find them. */
  readonly renamed: readonly { readonly module: string; readonly folder: string }[];
  /** Which top-level names a search may take; all when absent. */
  readonly filter?: ((name: string) => boolean) | undefined;
  readonly evidence?: Evidence | undefined;
}

/** Nothing is said. */
export const UNDECLARED: Declared = { roots: [], names: [], search: 'all', renamed: [] };

/** `./src/` and `src` are the same folder, `.` is ''. */
export function plainFolder(folder: string): string {
  const plain = posix.normalize(folder.replaceAll('\\', '/')).replace(/\/$/, '');
  return plain === '.' ? '' : plain;
}
