import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRun, removeHalfWritten, removeLeftovers } from '#revisions';
import { describeOwner } from './owner.ts';
import { openStage, writeFiles } from './testing/stage.ts';
import type { Stage } from './testing/stage.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage(false);
});

afterEach(async () => {
  await stage.close();
});

async function names(): Promise<readonly string[]> {
  return (await fs.readdir(stage.host.folders.runs)).sort();
}

/** A run as a strop would have left it. */
async function leave(token: string, owner: object): Promise<string> {
  const folder = join(stage.host.folders.runs, `run-${token}`);
  await writeFiles(folder, { 'a/project/file.py': '' });
  await fs.writeFile(`${folder}.json`, JSON.stringify(owner));
  return folder;
}

async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0']);
  await once(child, 'exit');
  return child.pid ?? 0;
}

describe('a run folder', () => {
  it('has a path of the same length every time, and two at once do not meet', async () => {
    const one = await openRun(stage.host);
    const two = await openRun(stage.host);
    expect(one.folder).toHaveLength(two.folder.length);
    expect(one.folder).not.toBe(two.folder);
    await one.dispose();
    expect((await fs.stat(two.folder)).isDirectory()).toBe(true);
    await two.dispose();
    await two.dispose();
    expect(await names()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')('takes what still runs in it along when it is removed', async () => {
    const run = await openRun(stage.host);
    const child = spawn('/bin/sleep', ['1000'], {
      cwd: run.folder,
      env: {},
      detached: true,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    await run.dispose();
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('is removed by the keeper when strop ends without doing so', async () => {
    const run = await openRun(stage.host);
    await writeFiles(run.folder, { 'a/file': '' });
    await stage.host.close();
    await expect(fs.stat(run.folder)).rejects.toThrow();
  });
});

describe('removeLeftovers', () => {
  it('removes the run of an owner that has ended and leaves that of a living one', async () => {
    const living = await openRun(stage.host);
    const self = await describeOwner(stage.host);
    const dead = await leave('00000000000000aa', { ...self, pid: await endedPid() });
    expect(await removeLeftovers(stage.host)).toEqual([dead]);
    expect(await names()).toEqual([
      living.folder.slice(dirname(living.folder).length + 1),
      `${living.folder.slice(dirname(living.folder).length + 1)}.json`,
    ]);
  });

  it('is not deceived by a later process with the same number, nor by one of before the last start', async () => {
    const self = await describeOwner(stage.host);
    await leave('00000000000000aa', { ...self, processStart: '1' });
    await leave('00000000000000bb', { ...self, boot: 'another boot' });
    expect(await removeLeftovers(stage.host)).toHaveLength(2);
    expect(await names()).toEqual([]);
  });

  it('leaves the run of another machine or container alone for a week', async () => {
    const self = await describeOwner(stage.host);
    const away = { ...self, machine: 'another', pid: await endedPid() };
    const fresh = await leave('00000000000000aa', away);
    const old = await leave('00000000000000bb', { ...away, started: '2001-01-01T00:00:00.000Z' });
    expect(await removeLeftovers(stage.host)).toEqual([old]);
    expect((await fs.stat(fresh)).isDirectory()).toBe(true);
  });

  it('removes a folder whose owner file is gone, an owner file without a folder, and nothing else', async () => {
    const runs = stage.host.folders.runs;
    await writeFiles(runs, { 'run-00000000000000aa/file': '', 'notes.txt': '', 'run-other/file': '' });
    const self = await describeOwner(stage.host);
    await fs.writeFile(
      join(runs, 'run-00000000000000bb.json'),
      JSON.stringify({ ...self, processStart: '1' }),
    );
    await fs.writeFile(join(runs, 'run-00000000000000cc.json'), 'not of this version');
    expect(await removeLeftovers(stage.host)).toEqual([join(runs, 'run-00000000000000aa')]);
    expect(await names()).toEqual(['notes.txt', 'run-00000000000000cc.json', 'run-other']);
  });

  it.runIf(process.platform === 'linux')(
    'ends what still runs there, also with an empty environment and a session of its own',
    async () => {
      const self = await describeOwner(stage.host);
      const dead = await leave('00000000000000aa', { ...self, pid: await endedPid() });
      const start = (cwd: string, env: NodeJS.ProcessEnv) => {
        const child = spawn('/bin/sleep', ['1000'], { cwd, env, detached: true, stdio: 'ignore' });
        return { child, ended: once(child, 'exit') };
      };
      const left = [
        start(join(dead, 'a/project'), {}),
        start('/', { TMPDIR: `${dead}/tmp` }),
        start(stage.host.folders.runs, {}),
      ];
      const [inside, marked, beside] = left.map(({ child }) => child);
      try {
        await removeLeftovers(stage.host);
        await Promise.all(left.slice(0, 2).map(({ ended }) => ended));
        expect([inside?.signalCode, marked?.signalCode, beside?.signalCode]).toEqual([
          'SIGKILL',
          'SIGKILL',
          null,
        ]);
      } finally {
        for (const { child } of left) child.kill('SIGKILL');
      }
    },
  );

  it('does nothing on a machine where strop never ran', async () => {
    expect(await removeLeftovers(stage.host)).toEqual([]);
  });
});

describe('removeHalfWritten', () => {
  it('removes what a strop that has ended did not write to its end, there and one folder below', async () => {
    const folder = join(stage.folder, 'history');
    const half = `.strop-${await endedPid()}-0123456789ab.tmp`;
    await writeFiles(folder, { [half]: '', [`steps/${half}`]: '', 'steps/a/b': '', [`steps/a/${half}`]: '' });
    await writeFiles(folder, { 'notes.tmp': '', '.strop-mine.tmp': '', [`steps/${half}.json`]: '' });
    await removeHalfWritten(stage.host, folder);
    expect((await fs.readdir(folder)).sort()).toEqual(['.strop-mine.tmp', 'notes.tmp', 'steps']);
    expect((await fs.readdir(join(folder, 'steps'))).sort()).toEqual([`${half}.json`, 'a']);
    expect(await fs.readdir(join(folder, 'steps/a'))).toEqual(['b', half].sort());
    await removeHalfWritten(stage.host, join(folder, 'none'));
  });

  it('leaves a file that is being written', async () => {
    const folder = join(stage.folder, 'history');
    const content = Buffer.alloc(64 * 1024 * 1024);
    let seen: string | undefined;
    // Again, should the write be over before anybody looks.
    while (seen === undefined) {
      const state = { over: false };
      const writing = stage.host.files.writeAtomically(join(folder, 'large'), content).then(() => {
        state.over = true;
      });
      while (!state.over && seen === undefined) {
        seen = (await fs.readdir(folder).catch(() => [])).find((name) => name.endsWith('.tmp'));
      }
      await removeHalfWritten(stage.host, folder);
      await writing;
      expect(await fs.readdir(folder)).toEqual(['large']);
      await fs.rm(folder, { recursive: true });
    }
    expect(seen).toMatch(new RegExp(`^\\.strop-${process.pid}-[0-9a-f]+\\.tmp$`));
  });
});
