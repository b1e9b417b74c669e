import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import { startWatch } from './watch.ts';

/** A sampler that never notices the end of its process; what it does when it is interrupted differs. */
const SAMPLERS = {
  writes: `
    process.on('SIGINT', () => {
      console.log('Stopped sampling because Control-C pressed');
      fs.writeFileSync(output, 'what it has');
      process.exit(0);
    });`,
  deaf: `process.on('SIGINT', () => {});`,
  busyWriting: `
    console.log('Stopped sampling because process exited');
    process.on('SIGINT', () => process.exit(1));
    setTimeout(() => {
      fs.writeFileSync(output, 'all of it');
      process.exit(0);
    }, 400);`,
};

/** Gone for sure: above the highest number that Linux gives. */
const GONE = 4_194_305;

describe.skipIf(process.platform === 'win32')('a sampler that does not end with its process', () => {
  let folder: string;
  let host: OpenHost;
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'strop-watch-')));
    host = createHost();
  });
  afterEach(() => {
    rmSync(join(folder, 'out'), { force: true });
  });
  afterAll(async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const watch = (sampler: keyof typeof SAMPLERS, pid: number) => {
    const script = join(folder, `${sampler}.cjs`);
    const output = join(folder, 'out');
    writeFileSync(
      script,
      `const fs = require('node:fs');
       const output = ${JSON.stringify(output)};
       fs.writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid));
       setInterval(() => {}, 1000);
       ${SAMPLERS[sampler]}
       console.log('Sampling process 250 times a second');`,
    );
    const launch = { argv: [process.execPath, script] as const, output };
    return startWatch(host, 'fake', launch, pid, { stopMs: 100, writeMs: 20_000 });
  };
  const isThere = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  it('is interrupted, and writes what it has', async () => {
    const text = await (await watch('writes', GONE)).end();
    expect(text).toContain('Control-C pressed');
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('what it has');
  });

  it('is interrupted before its time when the process that it should watch for long has gone', async () => {
    const target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const watching = await watch('writes', target.pid ?? 0);
    let isOver = false;
    const end = watching.end(600).finally(() => {
      isOver = true;
    });
    await host.clock.sleep(1);
    expect(isOver).toBe(false);
    target.kill('SIGKILL');
    await expect(end).resolves.toContain('Stopped sampling');
  });

  it('is stopped while its process still runs, and has written what it has before that goes', async () => {
    const target = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    const watching = await watch('writes', target.pid ?? 0);
    await watching.stop();
    expect(await watching.isOver()).toBe(true);
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('what it has');
    expect(isThere(target.pid ?? 0)).toBe(true);
    target.kill('SIGKILL');
    await expect(watching.end()).resolves.toContain('Control-C pressed');
  });

  it('is ended by force when that does not help, and the error says what happened', async () => {
    const watching = await watch('deaf', GONE);
    await expect(watching.end()).rejects.toMatchObject({
      code: 'tool-failed',
      facts: { problem: expect.stringContaining('fake did not end') as string },
    });
    expect(isThere(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBe(false);
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('is left alone while it writes', async () => {
    await (await watch('busyWriting', GONE)).end();
    expect(readFileSync(join(folder, 'out'), 'utf8')).toBe('all of it');
  });
});
