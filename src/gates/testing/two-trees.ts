import * as fs from 'node:fs/promises';
import os from 'node:os';
import { dirname, join } from 'node:path';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import { changedPaths } from '#revisions';
import type { ChangedPath, Side } from '#revisions';
import { shareBytecode } from '../../../scripts/pythons.mjs';

/** Two checkouts in a temporary folder, with a real host. */
export interface TwoTrees {
  readonly host: OpenHost;
  /** Holds everything; removed at the end. */
  readonly folder: string;
  readonly sides: { readonly a: Side; readonly b: Side };
  changed(): Promise<readonly ChangedPath[]>;
  close(): Promise<void>;
}

/** Files by path relative to the repository. */
export type Tree = Readonly<Record<string, string>>;

/** Writes files below a folder. */
async function writeTree(folder: string, tree: Tree): Promise<void> {
  for (const [path, text] of Object.entries(tree)) {
    await fs.mkdir(dirname(join(folder, path)), { recursive: true });
    await fs.writeFile(join(folder, path), text);
  }
}

/**
 * Opens two trees: B is A with the entries of `change` written over it, or removed where they are null. `prefix`: where
 * the project lies in the repository.
 */
export async function openTrees(
  a: Tree,
  change: Readonly<Record<string, string | null>>,
  options: {
    readonly prefix?: string;
    readonly modules?: readonly string[];
    readonly sourceRoot?: string;
    /** Executable of both sides; without, the python3 on PATH. */
    readonly python?: string;
  } = {},
): Promise<TwoTrees> {
  const folder = await fs.realpath(await fs.mkdtemp(join(os.tmpdir(), 'strop gate ß-')));
  await writeTree(join(folder, 'a'), a);
  await writeTree(join(folder, 'b'), a);
  for (const [path, text] of Object.entries(change)) {
    if (text === null) await fs.rm(join(folder, 'b', path));
    else await writeTree(join(folder, 'b'), { [path]: text });
  }
  shareBytecode(join(folder, 'home'));
  const host = createHost({
    cwd: folder,
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', STROP_HOME: join(folder, 'home') },
  });
  const python = options.python ?? (await host.processes.find('python3'));
  if (python === undefined) throw new Error('these tests need python3 on PATH');
  const side = (label: 'A' | 'B'): Side => {
    const root = join(folder, label.toLowerCase());
    const project = join(root, options.prefix ?? '');
    return {
      label,
      revision: { kind: 'commit', name: label, commit: label, contentId: label, clean: true },
      root,
      project,
      sourceRoots: [join(project, options.sourceRoot ?? 'src')],
      modules: options.modules ?? ['pkg'],
      python,
      ownFolders: [],
    };
  };
  const sides = { a: side('A'), b: side('B') };
  return {
    host,
    folder,
    sides,
    changed: () => changedPaths(host, sides.a, sides.b),
    close: async () => {
      await host.close();
      await fs.rm(folder, { recursive: true, force: true });
    },
  };
}
