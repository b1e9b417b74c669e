import type { Host } from '#host';
import { joinPath } from './documents.ts';
import { lineAt } from './sources.ts';
import type { WalkedFile } from './walk.ts';
import { tryRead } from './readable.ts';

/** A Python file of the project that may hold tests, benchmarks or scripts. */
export interface PythonFile {
  /** Relative to the project, with `/`. */
  readonly path: string;
  readonly text: string;
}

const TELLING_FOLDER =
  /(^|\/)(tests?|testing|(asv_?)?bench\w*|perf\w*|profil\w*|timings?|scripts?|tools|examples?)\//i;
const TELLING_NAME = /test|bench|perf|prof|timeit|timing|speed|conftest|noxfile/i;
/** More than this is generated, or data. */
const LONGEST_FILE = 1_000_000;
const MOST_FILES = 3000;

/**
 * Reads the Python files that may hold tests, benchmarks or measuring scripts: those whose name or folder says
 * so, and all at the top of the project. Modules of the project itself are not read: they are many, and `import
 * timeit` means nothing there.
 */
export async function readTellingFiles(
  host: Host,
  root: string,
  walked: readonly WalkedFile[],
): Promise<readonly PythonFile[]> {
  const files: PythonFile[] = [];
  for (const { path, name } of walked) {
    if (!name.endsWith('.py') || files.length >= MOST_FILES) continue;
    if (path.includes('/') && !TELLING_FOLDER.test(path) && !TELLING_NAME.test(name)) continue;
    const text = await tryRead(host, joinPath(root, path));
    if (text !== undefined && text.length <= LONGEST_FILE) files.push({ path, text });
  }
  return files;
}

/** The line of the first match, or undefined. */
export function lineOfMatch(text: string, pattern: RegExp): number | undefined {
  const match = pattern.exec(text);
  return match === null ? undefined : lineAt(text, match.index);
}
