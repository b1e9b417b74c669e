import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHost } from '#host';
import type { Host } from '#host';
import { afterAll, afterEach } from 'vitest';

/** Content of a file, a program to make executable, or a link to somewhere. */
type Content = string | { readonly program: string } | { readonly link: string };

/** A real world with real folders for one test file. */
export interface Trees {
  readonly host: Host;
  /** The same world with another environment on top, or another folder to stand in. */
  with(env: Readonly<Record<string, string | undefined>>): Host;
  /** Writes a project into a new temporary folder and answers its real path. */
  tree(files: Readonly<Record<string, Content>>): string;
}

/** Variables of whoever runs the tests that would decide which interpreter is found. */
const QUIET = {
  VIRTUAL_ENV: undefined,
  CONDA_PREFIX: undefined,
  CONDA_DEFAULT_ENV: undefined,
  GIT_DIR: undefined,
};

/** Makes real project folders and removes them after each test; the host is closed at the end of the file. */
export function useTrees(): Trees {
  const folders: string[] = [];
  const hosts: { close(): Promise<void> }[] = [];
  const open = (env: Readonly<Record<string, string | undefined>>): Host => {
    const host = createHost({ env: { ...process.env, ...QUIET, ...env } });
    hosts.push(host);
    return host;
  };
  const host = open({});
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  afterAll(async () => {
    await Promise.all(hosts.map((one) => one.close()));
  });
  return {
    host,
    with: open,
    tree: (files) => {
      const root = realpathSync(mkdtempSync(join(tmpdir(), 'strop project é-')));
      folders.push(root);
      for (const [name, content] of Object.entries(files)) {
        const path = join(root, name);
        mkdirSync(dirname(path), { recursive: true });
        if (typeof content === 'string') writeFileSync(path, content);
        else if ('program' in content) {
          writeFileSync(path, content.program);
          chmodSync(path, 0o755);
        } else symlinkSync(content.link, path);
      }
      return root;
    },
  };
}
