import { afterEach, describe, expect, it } from 'vitest';
import { openTrees } from '../testing/two-trees.ts';
import type { TwoTrees } from '../testing/two-trees.ts';
import { addFindings, findChangedExamples } from './examples.ts';

const TEXT = 'Shop\n====\n\n>>> total(5)\n10\n\nMore.\n';

let trees: TwoTrees;

afterEach(async () => {
  await trees.close();
});

async function find(after: string, files = ['docs/usage.rst'], before = TEXT): Promise<readonly string[]> {
  trees = await openTrees({ 'docs/usage.rst': before }, { 'docs/usage.rst': after });
  const changed = await trees.changed();
  return findChangedExamples(trees.host, { sides: trees.sides, changed, docstrings: ['src/a.py'], files });
}

describe('examples that the tests of A run', () => {
  it.each([
    ['another answer', TEXT.replace('10', '7')],
    ['a removed example', TEXT.replace('>>> total(5)\n10\n', '')],
    ['a new one before it', TEXT.replace('>>> total', '>>> total = len\n\n>>> total')],
  ])('have changed by %s', async (_, after) => {
    expect(await find(after)).toEqual(['docs/usage.rst']);
  });

  it('are the same where only words change, or examples follow', async () => {
    expect(await find(`${TEXT.replace('Shop', 'Store')}\n>>> total(0)\n0\n`)).toEqual([]);
  });

  it('may be blocks of code, and any change counts where none is known', async () => {
    const fenced = 'Text\n\n```python\nassert total(5) == 10\n\nassert total(1) == 0\n```\n';
    expect(await find(fenced.replace('== 0', '== 7'), undefined, fenced)).toEqual(['docs/usage.rst']);
    await trees.close();
    expect(await find(fenced.replace('Text', 'Word'), undefined, fenced)).toEqual([]);
    await trees.close();
    expect(await find('total: 7\n', undefined, 'total: 10\n')).toEqual(['docs/usage.rst']);
  });

  it('are those of files in which A has tests', async () => {
    expect(await find(TEXT.replace('10', '7'), [])).toEqual([]);
    await trees.close();
    expect(await find(TEXT, ['src/a.py'])).toEqual(['src/a.py']);
  });

  it('fail the yardstick gate, or are excused', () => {
    const report = {
      gate: 'yardstick',
      outcome: 'passed',
      summary: 'all as on A',
      details: ['more'],
      reason: null,
    } as const;
    expect(addFindings(report, [], 'examples changed', 'why')).toBe(report);
    const failed = {
      outcome: 'failed',
      summary: 'examples changed',
      details: ['x.rst', 'more'],
      reason: null,
    };
    expect(addFindings(report, ['x.rst'], 'examples changed', null)).toMatchObject(failed);
    const excused = { outcome: 'excused', reason: 'why' };
    expect(addFindings(report, ['x.rst'], 'examples changed', 'why')).toMatchObject(excused);
  });
});
