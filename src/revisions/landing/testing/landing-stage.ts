import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import { finishLandings, land, openRun, prepareCommit } from '#revisions';
import type { CommitRequest, FileWrite, FinishedLanding, Landed, PreparedCommit } from '#revisions';
import { GIT_ENVIRONMENT, openStage } from '../../testing/stage.ts';
import type { Stage } from '../../testing/stage.ts';

/** A repository with one commit, in which changes are frozen, prepared and landed. */
export interface LandingStage extends Stage {
  /** What is read of the program's output, trimmed at the end. */
  status(): Promise<readonly string[]>;
  /** Freezes the working tree and prepares a commit of it. */
  prepareChange(
    options?: Partial<CommitRequest> & { readonly host?: OpenHost; readonly root?: string },
  ): Promise<PreparedCommit>;
  landChange(prepared: PreparedCommit, files?: readonly FileWrite[]): Promise<Landed>;
  finish(): Promise<readonly FinishedLanding[]>;
  /** Another host in the same folders, with other variables. */
  otherHost(env: Readonly<Record<string, string | undefined>>): OpenHost;
  hook(name: string, script: string): Promise<void>;
  /** Files in the git folder that a landing may have forgotten. */
  leftovers(): Promise<readonly string[]>;
}

export const LOG = 'OPTIMIZATION_LOG.md';

export async function openLandingStage(): Promise<LandingStage> {
  const stage = await openStage();
  await stage.write({
    'pyproject.toml': '[project]\nname = "pkg"\nversion = "1"\n',
    'src/pkg/__init__.py': 'VALUE = 1\n',
    'src/pkg/core.py': 'def work():\n    return 1\n',
    'src/pkg/old.py': 'OLD = 1\n',
    [LOG]: '# Log\n',
  });
  await stage.commit('one');
  const hosts: OpenHost[] = [];
  return {
    ...stage,
    status: async () => {
      const text = await stage.git('-c', 'core.quotePath=false', 'status', '--porcelain');
      return text === '' ? [] : text.split('\n').map((line) => line.trim());
    },
    prepareChange: async ({ host = stage.host, root = stage.repo, ...more } = {}) => {
      const run = await openRun(stage.host);
      const sides = await stage.prepare(undefined, { run, project: root });
      return prepareCommit(host, {
        project: { root },
        side: sides.b,
        expectedHead: sides.a.revision.commit,
        message: 'Faster work\n\n12 % less time.\n',
        leaveOut: [],
        runFolder: run.folder,
        ...more,
      });
    },
    landChange: (prepared, files = []) =>
      land(stage.host, { project: { root: stage.repo }, prepared, files, note: { step: 1 } }),
    finish: () => finishLandings(stage.host, { root: stage.repo }),
    otherHost: (env) => {
      const host = createHost({
        cwd: stage.repo,
        env: { ...process.env, ...GIT_ENVIRONMENT, STROP_HOME: join(stage.folder, 'strop home'), ...env },
      });
      hosts.push(host);
      return host;
    },
    hook: async (name, script) => {
      const path = join(stage.repo, '.git/hooks', name);
      await fs.mkdir(join(stage.repo, '.git/hooks'), { recursive: true });
      await fs.writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    },
    leftovers: async () => {
      const found: string[] = [];
      for (const name of await fs.readdir(join(stage.repo, '.git'), { recursive: true })) {
        if (/\.lock$|strop/.test(name)) found.push(name);
      }
      const data = join(stage.host.folders.data, 'landings');
      return [...found, ...(await fs.readdir(data).catch(() => []))];
    },
    close: async () => {
      for (const host of hosts) await host.close();
      await stage.close();
    },
  };
}
