import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createHost } from '#host';
import { chooseFolders } from './folders.ts';
import { until } from './real-children.ts';

const { machine } = createHost();

describe('the machine', () => {
  it('tells its facts', () => {
    expect(machine.cores).toBeGreaterThan(0);
    expect(machine.memoryBytes).toBeGreaterThan(2 ** 20);
    expect(machine.cpuModel).not.toBe('');
    expect(machine.system).toMatch(/^\S+ \d/);
    if (process.platform !== 'win32') expect(machine.load()).toBeGreaterThanOrEqual(0);
  });

  it.runIf(process.platform === 'linux')('counts the CPU time of all threads from outside', async () => {
    // The main thread waits while another one works.
    const script = `
      const { Worker } = require('worker_threads');
      new Worker('console.log("on"); for (;;);', { eval: true });
      setInterval(() => {}, 1000);
    `;
    const child = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    const start = await machine.processTimes(child.pid!);
    expect(start?.runDelayNs).toBeGreaterThanOrEqual(0);
    await until(async () => ((await machine.processTimes(child.pid!))?.cpuNs ?? 0) > start!.cpuNs + 50e6);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await machine.processTimes(child.pid!)).toBeUndefined();
  });
});

describe.runIf(process.platform === 'linux')('the times of a process', () => {
  /** Runs a script that says "on" when all is done that is to be counted, and then waits. */
  async function timesAfter(script: string) {
    const child = spawn(process.execPath, ['--eval', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    const times = await machine.processTimes(child.pid!);
    child.kill('SIGKILL');
    await once(child, 'exit');
    return times;
  }
  const spin = 'const until = performance.now() + 300; while (performance.now() < until);';

  it('keep what threads have spent that are gone', async () => {
    const times = await timesAfter(`
      const { Worker } = require('worker_threads');
      new Worker(${JSON.stringify(spin)}, { eval: true }).on('exit', () => console.log('on'));
      setInterval(() => {}, 1000);
    `);
    // Half of it at least, however busy the machine is.
    expect(times?.cpuNs).toBeGreaterThan(0.1e9);
    expect(times?.coarse).toBe(true);
  });

  it('hold those of living children beside its own', async () => {
    const times = await timesAfter(`
      const child = require('child_process').spawn(process.execPath, ['--eval',
        ${JSON.stringify(`${spin} console.log(1); setInterval(() => {}, 1000); process.stdin.on('end', () => process.exit()).resume();`)}]);
      child.stdout.once('data', () => console.log('on'));
    `);
    expect(times?.descendantsNs).toBeGreaterThan(0.1e9);
  });
});

describe('folders', () => {
  it('follow STROP_HOME, then the custom of the platform', () => {
    const kept = (env: Record<string, string>, platform: NodeJS.Platform) => {
      const { cache, data, runs } = chooseFolders(env, platform, '/here');
      return [cache, data, runs];
    };
    expect(kept({ STROP_HOME: '/s', HOME: '/h' }, 'linux')).toEqual(['/s/cache', '/s/data', '/s/runs']);
    expect(kept({ STROP_HOME: 'mine' }, 'darwin')).toEqual([
      '/here/mine/cache',
      '/here/mine/data',
      '/here/mine/runs',
    ]);
    expect(kept({ HOME: '/h', STROP_HOME: '' }, 'linux')).toEqual([
      '/h/.cache/strop',
      '/h/.local/share/strop',
      '/h/.cache/strop/runs',
    ]);
    expect(kept({ HOME: '/h', XDG_CACHE_HOME: '/c', XDG_DATA_HOME: 'relative' }, 'linux')).toEqual([
      '/c/strop',
      '/h/.local/share/strop',
      '/c/strop/runs',
    ]);
    expect(kept({ HOME: '/h' }, 'darwin')[1]).toBe('/h/Library/Application Support/strop');
    expect(kept({ USERPROFILE: '/u', LOCALAPPDATA: '/l' }, 'win32')[0]).toBe(join('/l', 'strop', 'cache'));
  });

  it('find the shims of the package', () => {
    const { shims } = createHost().folders;
    expect(basename(shims)).toBe('python');
    expect(existsSync(join(shims, '..', 'package.json'))).toBe(true);
  });
});
