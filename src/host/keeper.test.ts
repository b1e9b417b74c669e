import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import { isAlive, until } from './real-children.ts';

const LINUX = process.platform === 'linux';
let folder = '';
let guarded = '';
let count = 0;
/** What a failed test may leave behind. */
const started: number[] = [];

/*
 * A small strop of its own that can be killed: guards a folder, starts a run and a worker that never end. The worker has
 * a child that only its group tells, a daemon that only the mark tells, and one that only the guarded folder tells. Says
 * their pids, and then does what it was told.
 */
const DRIVER = `
  import { createHost } from './index.ts';
  import { readdirSync, readFileSync } from 'node:fs';
  const [guarded, task] = process.argv.slice(2);
  const host = createHost();
  host.processes.guardFolder(guarded);
  const script = \`
    const start = (detached, env) =>
      require('child_process').spawn('/bin/sleep', ['1000'], { detached, env, stdio: 'ignore' }).pid;
    const inGroup = start(false, {});
    const marked = start(true, process.env);
    const inFolder = start(true, { PLACE: process.cwd() + '/deep' });
    new (require('net').Socket)({ fd: 3 }).write(JSON.stringify([process.pid, inGroup, marked, inFolder]) + '\\\\n');
    setInterval(() => {}, 1000);
  \`;
  const worker = host.processes.startWorker({ argv: [process.execPath, '--eval', script], cwd: guarded, env: host.env });
  void host.processes.run({ argv: ['sh', '-c', 'echo > "$1"; exec sleep 1000', 'sh', guarded + '/running'] });
  const reply = await worker.receive(20000);
  console.log(reply.line);
  if (task === 'close') await host.close();
  if (task === 'release') host.processes.releaseFolder(guarded);
  if (task === 'exit' || task === 'close') process.exit(0);
  if (task === 'throw') throw new Error('a mistake');
  console.log('waiting');
`;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'strop-keeper-')));
  await build({
    stdin: { contents: DRIVER, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(folder, 'driver.mjs'),
    logLevel: 'warning',
  });
  for (const name of ['keeper.mjs', 'marked.mjs']) {
    await copyFile(join(import.meta.dirname, name), join(folder, name));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  count += 1;
  guarded = join(folder, `zu räumen ${count}`);
  await mkdir(join(guarded, 'deep'), { recursive: true });
  await writeFile(join(guarded, 'deep', 'file'), '');
});

afterEach(() => {
  for (const pid of started.splice(0).filter(isAlive)) process.kill(pid, 'SIGKILL');
});

interface Driver {
  readonly process: ChildProcess;
  /** Of the worker, its child and its daemons. */
  readonly pids: readonly number[];
  readonly keeper: number;
}

async function startDriver(task: string): Promise<Driver> {
  const process = spawn(globalThis.process.execPath, [join(folder, 'driver.mjs'), guarded, task], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines: string[] = [];
  createInterface({ input: process.stdout }).on('line', (line) => lines.push(line));
  await until(() => lines.length > 0);
  if (task === 'wait' || task === 'release') await until(() => lines.length > 1);
  const pids = JSON.parse(lines[0]!) as number[];
  started.push(...pids, process.pid!);
  return { process, pids, keeper: LINUX ? await keeperOf(process.pid!) : 0 };
}

/** The keeper is the child whose command line names it; 0 when it has gone. */
async function keeperOf(parent: number): Promise<number> {
  const path = `/proc/${parent}/task/${parent}/children`;
  const children = (await readFile(path, 'utf8').catch(() => '')).trim().split(' ');
  for (const child of children) {
    const command = await readFile(`/proc/${child}/cmdline`, 'utf8').catch(() => '');
    if (command.includes('keeper.mjs')) return Number(child);
  }
  return 0;
}

async function exists(path: string): Promise<boolean> {
  return (await createHost().files.kind(path)) !== undefined;
}

describe('when strop ends', () => {
  it('by kill -9, no child of it survives and guarded folders go', async () => {
    const driver = await startDriver('wait');
    await until(() => exists(join(guarded, 'running')));
    expect(driver.pids.filter(isAlive)).toEqual(driver.pids);
    driver.process.kill('SIGKILL');
    // Elsewhere than on Linux a daemon cannot be found.
    const mortal = LINUX ? driver.pids : driver.pids.slice(0, 2);
    await until(() => !mortal.some(isAlive));
    await until(async () => !(await exists(guarded)));
    if (LINUX) await until(() => !isAlive(driver.keeper));
  });

  it.each(['exit', 'throw'])('by %s without a farewell, the same holds', async (task) => {
    const driver = await startDriver(task);
    const mortal = LINUX ? driver.pids : driver.pids.slice(0, 2);
    await until(() => !mortal.some(isAlive));
    await until(async () => !(await exists(guarded)));
  });

  it('in an orderly way, the same holds and the keeper is gone before strop is', async () => {
    const driver = await startDriver('close');
    await new Promise((resolve) => driver.process.once('exit', resolve));
    expect(isAlive(driver.keeper)).toBe(false);
    expect(await exists(guarded)).toBe(false);
    const mortal = LINUX ? driver.pids : driver.pids.slice(0, 2);
    await until(() => !mortal.some(isAlive));
  });

  it('a released folder stays', async () => {
    const driver = await startDriver('release');
    driver.process.kill('SIGKILL');
    await until(() => !isAlive(driver.pids[0]!));
    if (LINUX) await until(() => !isAlive(driver.keeper));
    expect(await exists(join(guarded, 'deep', 'file'))).toBe(true);
  });

  it.runIf(LINUX)('by kill -9 after its keeper was killed, another keeper has taken over', async () => {
    const driver = await startDriver('wait');
    process.kill(driver.keeper, 'SIGKILL');
    await until(async () => {
      const next = await keeperOf(driver.process.pid!);
      return next !== 0 && next !== driver.keeper;
    });
    driver.process.kill('SIGKILL');
    await until(() => !driver.pids.some(isAlive));
    await until(async () => !(await exists(guarded)));
  });

  it.runIf(LINUX)('the signals of a terminal pass the keeper by', async () => {
    const driver = await startDriver('wait');
    const group = Number((await readFile(`/proc/${driver.keeper}/stat`, 'utf8')).split(' ')[4]);
    expect(group).toBe(driver.keeper);
    // Node installs its handlers a moment after the start.
    const handled = async (): Promise<bigint> => {
      const status = await readFile(`/proc/${driver.keeper}/status`, 'utf8');
      return BigInt(`0x${/^SigCgt:\s+([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
    };
    const asked = (1n << (2n - 1n)) | (1n << (15n - 1n)) | (1n << (1n - 1n));
    await until(async () => ((await handled()) & asked) === asked);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(driver.keeper, signal);
    driver.process.kill('SIGKILL');
    await until(async () => !(await exists(guarded)));
  });
});

describe('guarding a folder', () => {
  it('refuses what nobody can want to lose', async () => {
    const home = homedir();
    const host = createHost();
    for (const path of ['/', '/tmp', 'relative/folder', home, join(home, '..'), `${home}/x/../../x/..`]) {
      expect(() => host.processes.guardFolder(path), path).toThrow('cannot be a guarded folder');
    }
    await host.close();
  });
});
