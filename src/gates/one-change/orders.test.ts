import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConcerns } from '#campaign';
import type { DefinitionChange } from '#campaign';
import { checkYardstick } from '../yardstick/yardstick.ts';
import { openTrees } from '../testing/two-trees.ts';
import type { TwoTrees } from '../testing/two-trees.ts';
import { findChangedDefinitions } from './changed-definitions.ts';
import { checkOneChange } from './one-change.ts';
import type { OneChangeCheck } from './one-change.ts';

const execute = promisify(execFile);
const PROJECTS = join(import.meta.dirname, '../../../fixtures/projects');
const PATCHES = readdirSync(join(PROJECTS, 'orders.patches')).filter((name) => name.endsWith('.patch'));

let trees: TwoTrees;
const changes = new Map<string, readonly DefinitionChange[]>();

/** Side B is the order desk with these changes. */
async function apply(...patches: readonly string[]): Promise<void> {
  const { root } = trees.sides.b;
  await fs.rm(root, { recursive: true });
  await fs.cp(join(PROJECTS, 'orders'), root, { recursive: true });
  const paths = patches.map((patch) => join(PROJECTS, 'orders.patches', patch));
  await execute('git', ['apply', '-p1', ...paths], { cwd: root });
}

async function check(...patches: readonly string[]): Promise<OneChangeCheck> {
  await apply(...patches);
  const { sides } = trees;
  const { code } = await checkYardstick(trees.host, { sides, changed: await trees.changed(), reason: null });
  return checkOneChange(trees.host, { sides, code, reason: null });
}

beforeAll(async () => {
  trees = await openTrees({}, {}, { modules: ['orderdesk'] });
  await fs.cp(join(PROJECTS, 'orders'), trees.sides.a.root, { recursive: true });
  await fs.mkdir(trees.sides.b.root, { recursive: true });
  for (const patch of PATCHES) {
    await apply(patch);
    const { found } = await findChangedDefinitions(trees.host, trees.sides, await trees.changed());
    changes.set(
      patch,
      found.map(({ change }) => change),
    );
  }
});

afterAll(async () => {
  await trees.close();
});

describe('the changes to the order desk', () => {
  it('are 25', () => {
    expect(PATCHES).toHaveLength(25);
  });

  it.each(PATCHES)('are each one concern: %s', (patch) => {
    expect(findConcerns(changes.get(patch) ?? [])).toHaveLength(1);
  });

  it('are two concerns wherever two of different files come together', () => {
    const merged: string[] = [];
    let pairs = 0;
    for (const one of PATCHES) {
      for (const other of PATCHES) {
        const [first = [], second = []] = [changes.get(one), changes.get(other)];
        if (one >= other || first[0]?.file === second[0]?.file) continue;
        pairs += 1;
        if (findConcerns([...first, ...second]).length < 2) merged.push(`${one} + ${other}`);
      }
    }
    expect(pairs).toBeGreaterThan(200);
    // The parser makes the objects that get slots.
    expect(merged).toEqual(['20-tuple-of-empty-words.patch + 33-slots-on-lines.patch']);
  });

  it('fail the gate together, and pass it alone with what is to be doubted', async () => {
    const together = await check('02-cheapest-by-min.patch', '03-payments-by-order.patch');
    expect(together.report.outcome).toBe('failed');
    expect(together.report.details.map((line) => line.split(' (')[0])).toEqual([
      'src/orderdesk/catalog.py: Catalog.cheapest_offer',
      'src/orderdesk/reconcile.py: reconcile',
    ]);
    const alone = await check('06-cache-zones.patch');
    expect(alone.report).toMatchObject({ outcome: 'passed', summary: '2 definitions in 1 file' });
    expect(alone.doubts.map(({ code }) => code)).toEqual(['adds-cache']);
  });
});
