import * as fs from 'node:fs/promises';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import type { Side } from '#revisions';
import { shareBytecode } from '../../../scripts/pythons.mjs';

/** A temporary run folder with one or two checkouts that were never in a repository. */
export interface SuiteStage {
  readonly host: OpenHost;
  /** Holds everything; removed at the end. */
  readonly folder: string;
  readonly runFolder: string;
  /** The user's own tree, of which the sides are said to be checkouts. */
  readonly original: string;
  /** Writes the files of a side and describes it. */
  side(label: 'A' | 'B', files: Readonly<Record<string, string>>, more?: Partial<Side>): Promise<Side>;
  write(folder: string, files: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

/** Opens a stage for test suites that are run by this interpreter. */
export async function openSuiteStage(
  python: string,
  env: Readonly<Record<string, string>> = {},
): Promise<SuiteStage> {
  const folder = await fs.realpath(await fs.mkdtemp(join(os.tmpdir(), 'strop suite-')));
  const runFolder = join(folder, 'run');
  const original = join(folder, 'own', 'project');
  await fs.mkdir(original, { recursive: true });
  shareBytecode(join(folder, 'home'));
  const host = createHost({
    cwd: original,
    env: { ...process.env, STROP_HOME: join(folder, 'home'), PYTHONPATH: undefined, ...env },
  });
  const write: SuiteStage['write'] = async (below, files) => {
    for (const [path, text] of Object.entries(files)) {
      await fs.mkdir(dirname(join(below, path)), { recursive: true });
      await fs.writeFile(join(below, path), text);
    }
  };
  return {
    host,
    folder,
    runFolder,
    original,
    write,
    side: async (label, files, more = {}) => {
      const root = join(runFolder, label.toLowerCase(), 'project');
      await fs.mkdir(root, { recursive: true });
      await write(root, files);
      const content = JSON.stringify(files);
      return {
        label,
        revision: { kind: 'commit', name: `rev-${label}`, commit: label, contentId: content, clean: true },
        root,
        original,
        project: root,
        sourceRoots: [root],
        modules: ['pkg'],
        python,
        ownFolders: [],
        ...more,
      };
    },
    close: async () => {
      await host.close();
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}
