import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Host } from '#host';
import { describeOwner } from '../owner.ts';
import { openStage, writeFiles } from '../testing/stage.ts';
import type { Stage } from '../testing/stage.ts';
import { environmentKey, findEnvironment, keepEnvironment, pythonOf } from './environment-store.ts';

let stage: Stage;
let store: string;

beforeEach(async () => {
  stage = await openStage(false);
  store = join(stage.host.folders.cache, 'environments');
});

afterEach(async () => {
  await stage.close();
});

/** The same world some days later. */
function later(days: number): Host {
  const date = new Date(Date.now() + days * 24 * 3600 * 1000).toISOString();
  return { ...stage.host, clock: { ...stage.host.clock, date: () => date } };
}

async function keep(host: Host, key: string): Promise<string> {
  const kept = await keepEnvironment(host, key, async (folder) => {
    await writeFiles(folder, { [pythonOf(host, '')]: 'an interpreter' });
    return { sitePackages: [], notes: [] };
  });
  return kept.folder;
}

async function exists(path: string): Promise<boolean> {
  return fs.stat(path).then(
    () => true,
    () => false,
  );
}

it('makes keys of one length that tell contents apart', () => {
  expect(environmentKey({ a: 1 })).toMatch(/^[0-9a-f]{32}$/);
  expect(environmentKey({ a: 1 })).not.toBe(environmentKey({ a: 2 }));
});

it('finds what was kept, and nothing for another key or without its interpreter', async () => {
  const key = environmentKey('one');
  const folder = await keep(stage.host, key);
  expect((await findEnvironment(stage.host, key))?.folder).toBe(folder);
  expect(await findEnvironment(stage.host, environmentKey('two'))).toBeUndefined();
  await fs.rm(pythonOf(stage.host, folder));
  expect(await findEnvironment(stage.host, key)).toBeUndefined();
});

it('removes what has not been used for a month, and keeps what has', async () => {
  const [old, used] = [
    await keep(stage.host, environmentKey('old')),
    await keep(stage.host, environmentKey('used')),
  ];
  await findEnvironment(later(20), environmentKey('used'));
  await keep(later(40), environmentKey('new'));
  expect(await exists(old)).toBe(false);
  expect(await exists(used)).toBe(true);
});

it('keeps no more than a limited number, but all of the last day', async () => {
  const folders: string[] = [];
  for (let at = 0; at < 27; at += 1) folders.push(await keep(stage.host, environmentKey(at)));
  for (const folder of folders) expect(await exists(folder)).toBe(true);
  await keep(later(2), environmentKey('new'));
  expect((await fs.readdir(store)).filter((name) => name.endsWith('.json'))).toHaveLength(25);
});

it('removes what a broken-off build left, and leaves a build that goes on', async () => {
  const self = await describeOwner(stage.host);
  const name = (letter: string): string => `${letter.repeat(32)}-${letter.repeat(16)}`;
  await writeFiles(store, {
    [`${name('a')}/half`]: '',
    [`${name('a')}.owner`]: JSON.stringify({ ...self, processStart: '1' }),
    [`${name('b')}/half`]: '',
    [`${name('b')}.owner`]: JSON.stringify(self),
  });
  await keep(stage.host, environmentKey('new'));
  expect(await exists(join(store, name('a')))).toBe(false);
  expect(await exists(join(store, name('b'), 'half'))).toBe(true);
});

it('lets a twin that was replaced live for a day, since its maker may still use it', async () => {
  const first = await keep(stage.host, environmentKey('same'));
  const second = await keep(stage.host, environmentKey('same'));
  await keep(stage.host, environmentKey('other'));
  expect(await exists(first)).toBe(true);
  await keep(later(2), environmentKey('third'));
  expect(await exists(first)).toBe(false);
  expect(await exists(second)).toBe(true);
});
