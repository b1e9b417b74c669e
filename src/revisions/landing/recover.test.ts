import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Host } from '#host';
import { finishLandings, land } from '#revisions';
import type { FileWrite, FinishedLanding, PreparedCommit } from '#revisions';
import { GIT_ENVIRONMENT } from '../testing/stage.ts';
import { LOG, openLandingStage } from './testing/landing-stage.ts';
import type { LandingStage } from './testing/landing-stage.ts';
import { readBytes, readState } from './testing/repository-state.ts';

/*
 * One prepared commit, landed again and again in copies of one repository, and stopped in all kinds of ways. The
 * repository has all that git can hold: staged, changed, untracked, deleted and stashed files.
 */
let stage: LandingStage;
let prepared: PreparedCommit;
let bytesBefore: readonly string[];
let stateAfter: unknown;
let copies = 0;

beforeAll(async () => {
  stage = await openLandingStage();
  await stage.write({ 'src/pkg/core.py': 'stashed\n' });
  await stage.git('stash', 'push', '--quiet');
  await stage.write({ 'src/pkg/core.py': 'faster\n', 'src/pkg/new.py': '', [LOG]: '# Log\nmine\n' });
  await fs.rm(join(stage.repo, 'src/pkg/old.py'));
  await stage.git('add', LOG, 'src/pkg/core.py');
  await fs.rm(join(stage.repo, '.git/hooks'), { recursive: true });
  prepared = await stage.prepareChange({ leaveOut: [LOG] });
  await stage.write({ 'src/pkg/core.py': 'edited since\n', 'later.py': '' });
  const repo = await copyRepository();
  bytesBefore = await readBytes(repo);
  await landIn(stage.host, repo);
  stateAfter = await readState(repo);
  expect(stateAfter).toMatchObject({
    refs: expect.stringContaining(`refs/heads/main ${prepared.commit}`),
    stray: [],
  });
  await fs.rm(repo, { recursive: true });
});
afterAll(() => stage.close());

async function copyRepository(): Promise<string> {
  copies += 1;
  const repo = join(stage.folder, `copy ${copies}`);
  await fs.cp(stage.repo, repo, { recursive: true, verbatimSymlinks: true });
  return repo;
}

function logIn(repo: string): FileWrite {
  return { path: join(repo, LOG), text: '# Log\nmine\n\n## Faster work\n', before: '# Log\nmine\n' };
}

function landIn(host: Host, repo: string) {
  return land(host, { project: { root: repo }, prepared, files: [logIn(repo)], note: { copy: repo } });
}

/** Whether the repository is as before or as after, which are all that may be; and that nobody is left in it. */
async function judge(repo: string, moment: string): Promise<'before' | 'after'> {
  await untilNobodyIn(repo);
  const landings = await fs.readdir(join(stage.host.folders.data, 'landings'));
  expect(landings, moment).toEqual([]);
  const head = (await fs.readFile(join(repo, '.git/refs/heads/main'), 'utf8')).trim();
  if (head === prepared.commit) expect(await readState(repo), moment).toEqual(stateAfter);
  else expect(await readBytes(repo), moment).toEqual(bytesBefore);
  await fs.rm(repo, { recursive: true });
  return head === prepared.commit ? 'after' : 'before';
}

/** Waits until no process has its working folder in the repository (Linux; elsewhere it cannot be told). */
async function untilNobodyIn(repo: string): Promise<void> {
  if (process.platform !== 'linux') return;
  const deadline = performance.now() + 20_000;
  for (;;) {
    const found: string[] = [];
    for (const pid of (await fs.readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const cwd = await fs.readlink(`/proc/${pid}/cwd`).catch(() => '');
      if (cwd === repo || cwd.startsWith(`${repo}/`)) found.push(pid);
    }
    if (found.length === 0) return;
    if (performance.now() > deadline) throw new Error(`orphans: ${found.join(' ')}`);
    await wait(5);
  }
}

class Dead extends Error {}

/** A host whose strop dies before one of its calls: that one and all later ones fail. */
function mortalHost(host: Host, callsToLive: number): { readonly host: Host; made(): number } {
  let made = 0;
  const mortal = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]): unknown => {
          made += 1;
          if (made > callsToLive) throw new Dead(String(name));
          return Reflect.apply(member, target, args);
        };
      },
    });
  return {
    host: { ...host, files: mortal(host.files), processes: mortal(host.processes) },
    made: () => made,
  };
}

/** How many calls a landing makes before its journal. */
async function countUntilJournal(): Promise<number> {
  const repo = await copyRepository();
  let before: number | undefined;
  const { writeAtomically } = stage.host.files;
  const files = {
    ...stage.host.files,
    writeAtomically: async (path: string, content: string | Uint8Array) => {
      before ??= mortal.made() - 1;
      await writeAtomically(path, content);
    },
  };
  const mortal = mortalHost({ ...stage.host, files }, Infinity);
  await landIn(mortal.host, repo);
  await fs.rm(repo, { recursive: true });
  return before!;
}

/** Makes the journals say that their strop is another process, which has ended. */
async function buryOwner(): Promise<void> {
  const folder = join(stage.host.folders.data, 'landings');
  for (const name of await fs.readdir(folder)) {
    if (!name.endsWith('.json')) continue;
    const journal = JSON.parse(await fs.readFile(join(folder, name), 'utf8'));
    journal.owner.processStart = '1';
    await fs.writeFile(join(folder, name), JSON.stringify(journal));
  }
}

const finish = (repo: string): Promise<readonly FinishedLanding[]> =>
  finishLandings(stage.host, { root: repo });

describe('a strop that dies', () => {
  it('before any of its steps leaves all or nothing after the next start', async () => {
    const outcomes: string[] = [];
    // Before the journal is written there is nothing to leave.
    for (let calls = await countUntilJournal(); ; calls += 1) {
      const repo = await copyRepository();
      const mortal = mortalHost(stage.host, calls);
      const died = await landIn(mortal.host, repo).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Dead)) throw error;
          return true;
        },
      );
      // While it lives, nobody touches its landing.
      if (died) expect(await finish(repo)).toEqual([]);
      await buryOwner();
      const finished = await finish(repo);
      const outcome = await judge(repo, `call ${calls}`);
      if (finished.length > 0) {
        expect(finished, `call ${calls}`).toEqual([
          {
            outcome: outcome === 'after' ? 'completed' : 'undone',
            commit: prepared.commit,
            note: { copy: repo },
            left: [],
          },
        ]);
      }
      outcomes.push(outcome);
      if (!died) break;
    }
    // First never landed, then always.
    const turn = outcomes.indexOf('after');
    expect(turn).toBeGreaterThan(9);
    expect(outcomes.length - turn).toBeGreaterThan(5);
    expect(new Set(outcomes.slice(turn))).toEqual(new Set(['after']));
  });

  it('by kill -9 at any of 50 moments leaves all or nothing after the next start', async () => {
    const driver = await buildDriver();
    const counts = { before: 0, after: 0 };
    const random = seeded(4);
    const { tookMs } = await runDriver(driver, await copyRepository(), 'never');
    for (let index = 0; index < 50; index += 1) {
      // Half of the moments lie in the preparation, the other half begin with the first thing that cannot be called back.
      const moment =
        index % 2 === 0
          ? { event: 'begin' as const, afterMs: random() * tookMs }
          : { event: 'claim' as const, afterMs: random() ** 2 * 50 };
      const repo = await copyRepository();
      await runDriver(driver, repo, moment);
      const finished = await finish(repo);
      expect(finished.length).toBeLessThanOrEqual(1);
      counts[await judge(repo, JSON.stringify(moment))] += 1;
    }
    expect(counts.before, JSON.stringify(counts)).toBeGreaterThan(5);
    expect(counts.after, JSON.stringify(counts)).toBeGreaterThan(5);
  });
});

/** A program that lands in one repository, and says when it begins and when it has done. */
async function buildDriver(): Promise<string> {
  const file = join(stage.folder, 'driver.mjs');
  await build({
    stdin: {
      contents: `
        import { createHost } from '#host';
        import { land } from './land.ts';
        const host = createHost();
        const request = JSON.parse(process.argv[2]);
        console.log('begin');
        await land(host, request);
        console.log('done');
        process.exit(0);
      `,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: file,
    logLevel: 'warning',
  });
  for (const name of ['keeper.mjs', 'marked.mjs']) {
    await fs.copyFile(join(import.meta.dirname, '../../host', name), join(stage.folder, name));
  }
  return file;
}

async function runDriver(
  driver: string,
  repo: string,
  kill: { readonly event: 'begin' | 'claim'; readonly afterMs: number } | 'never',
): Promise<{ readonly tookMs: number }> {
  const request = { project: { root: repo }, prepared, files: [logIn(repo)], note: 0 };
  const child = spawn(process.execPath, [driver, JSON.stringify(request)], {
    cwd: stage.folder,
    env: { ...process.env, ...GIT_ENVIRONMENT, STROP_HOME: join(stage.folder, 'strop home') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('begin');
  const begun = performance.now();
  if (kill === 'never') {
    expect((await lines.next()).value).toBe('done');
  } else {
    while (kill.event === 'claim' && child.exitCode === null && !isClaimed()) await wait(1);
    await wait(kill.afterMs);
    child.kill('SIGKILL');
  }
  const tookMs = performance.now() - begun;
  await ended;
  return { tookMs };
}

/** Whether the script of a landing has begun. */
function isClaimed(): boolean {
  const folder = join(stage.host.folders.data, 'landings');
  return readdirSync(folder).some((name) => existsSync(join(folder, name, 'claim')));
}

/** Pseudo-random numbers in [0, 1) from a seed (mulberry32), so that a failing moment can be met again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('when the script is killed', () => {
  /** A host in which one program kills the shell that calls it, and itself. */
  async function withKiller(program: string, condition: string) {
    const bin = join(stage.folder, `bin-${program}`);
    await fs.mkdir(bin, { recursive: true });
    await fs.writeFile(
      join(bin, program),
      `#!/bin/sh\n${condition} && { kill -9 $PPID; exit 1; }\nPATH=\${PATH#*:}\nexec ${program} "$@"\n`,
      { mode: 0o755 },
    );
    return stage.otherHost({ PATH: `${bin}:${process.env['PATH'] ?? ''}` });
  }

  it('after the branch has moved, the index follows', async () => {
    const repo = await copyRepository();
    const marker = join(stage.folder, 'killed once');
    const host = await withKiller('mv', `[ ! -e '${marker}' ] && : > '${marker}'`);
    expect(await landIn(host, repo)).toEqual({ left: [] });
    await fs.stat(marker);
    expect(await judge(repo, 'mv')).toBe('after');
  });

  it('after the branch has moved, and somebody removed the lock by hand, the index follows', async () => {
    const repo = await copyRepository();
    const lock = `'${join(repo, '.git/index.lock')}'`;
    const host = await withKiller('mv', `[ -e ${lock} ] && rm ${lock}`);
    expect(await landIn(host, repo)).toEqual({ left: [] });
    expect(await judge(repo, 'lock removed')).toBe('after');
  });

  it('before the branch has moved, the lock goes', async () => {
    const repo = await copyRepository();
    const host = await withKiller('git', '[ "$1" = update-ref ]');
    await expect(landIn(host, repo)).rejects.toMatchObject({ code: 'commit-refused' });
    expect(await judge(repo, 'git')).toBe('before');
  });

  it.each([
    ['with git alone', ''],
    ['with git', '$(ps -o ppid= -p $PPID)'],
  ])('%s in the middle of moving the branch, the locks of refs go as well', async (_name, shell) => {
    const repo = await copyRepository();
    const hook = join(repo, '.git/hooks/reference-transaction');
    await fs.mkdir(join(repo, '.git/hooks'), { recursive: true });
    await fs.writeFile(hook, `#!/bin/sh\n[ "$1" = prepared ] && kill -9 ${shell} $PPID\n`, { mode: 0o755 });
    await expect(landIn(stage.host, repo)).rejects.toMatchObject({ code: 'commit-refused' });
    await fs.rm(hook);
    expect(await judge(repo, 'hook')).toBe('before');
  });
});

it('a start in another project of the repository finishes the landing and keeps the note for its own', async () => {
  const repo = await copyRepository();
  let calls = 0;
  // Dies right after the script has run.
  const host: Host = {
    ...stage.host,
    processes: {
      ...stage.host.processes,
      run: async (command) => {
        if (calls > 0) throw new Dead();
        if (command.argv[0] === 'sh') calls += 1;
        return stage.host.processes.run(command);
      },
    },
    files: {
      ...stage.host.files,
      writeAtomically: async (path, text) => {
        if (path.endsWith(LOG)) throw new Dead();
        await stage.host.files.writeAtomically(path, text);
      },
    },
  };
  await expect(landIn(host, repo)).rejects.toBeInstanceOf(Dead);
  await buryOwner();
  expect(await finish(stage.folder)).toEqual([]);
  expect(await finish(join(repo, 'src'))).toEqual([]);
  expect(await readState(repo)).toEqual(stateAfter);
  expect(await finish(repo)).toMatchObject([{ outcome: 'completed', note: { copy: repo } }]);
  expect(await judge(repo, 'other project')).toBe('after');
});

it('an edit of the log after the death is kept and told', async () => {
  const repo = await copyRepository();
  const { path } = logIn(repo);
  const host: Host = {
    ...stage.host,
    files: {
      ...stage.host.files,
      writeAtomically: async (at, text) => {
        if (at === path) throw new Dead();
        await stage.host.files.writeAtomically(at, text);
      },
    },
  };
  await expect(landIn(host, repo)).rejects.toBeInstanceOf(Dead);
  await fs.writeFile(path, 'my own words\n');
  await buryOwner();
  expect(await finish(repo)).toMatchObject([{ outcome: 'completed', left: [path] }]);
  expect(await fs.readFile(path, 'utf8')).toBe('my own words\n');
  await fs.rm(repo, { recursive: true });
});

it('half a file beside the log is removed', async () => {
  const repo = await copyRepository();
  const { path, text } = logIn(repo);
  const half = join(repo, '.strop-4000000-0123456789ab.tmp');
  const other = join(repo, '.strop-4000000-ba9876543210.tmp');
  const host: Host = {
    ...stage.host,
    files: {
      ...stage.host.files,
      writeAtomically: async (at, content) => {
        if (at !== path) {
          await stage.host.files.writeAtomically(at, content);
          return;
        }
        await fs.writeFile(half, text.slice(0, 9));
        await fs.writeFile(other, 'something else');
        throw new Dead();
      },
    },
  };
  await expect(landIn(host, repo)).rejects.toBeInstanceOf(Dead);
  await buryOwner();
  expect(await finish(repo)).toMatchObject([{ outcome: 'completed' }]);
  await expect(fs.stat(half)).rejects.toThrow();
  await fs.rm(other);
  expect(await judge(repo, 'half')).toBe('after');
});
