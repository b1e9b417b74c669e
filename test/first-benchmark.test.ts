import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PINNED, findPythons, testVenv } from '../scripts/pythons.mjs';
import { comparisonDocument, profileDocument } from '#store';
import { Stage, expectRefusal } from './support/stage.ts';

/** A small project with tests and without a benchmark: nearly all of its time goes into one private helper. */
const FILES = {
  'pyproject.toml':
    '[project]\nname = "shop"\nversion = "1.0"\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\nmarkers = ["slow: takes long"]\n',
  'shop/__init__.py': '',
  'shop/prices.py': `def _round(cents: int) -> int:
    total = 0
    for step in range(400):
        total += (cents * step) % 7
    return total


def total(count: int) -> int:
    return sum(_round(cents) for cents in range(count))


def label(name: str) -> str:
    return name.title()
`,
  'tests/test_prices.py': `from shop.prices import label, total


def test_total():
    for count in range(100):
        assert total(count) >= 0


def test_label():
    assert label("small bag") == "Small Bag"
`,
};

const candidates = z.array(
  z.object({ number: z.number(), target: z.string(), gain: z.number(), bound: z.number().nullable() }),
);
const status = z.object({
  kind: z.literal('status'),
  candidates,
  phase: z.string(),
  next: z.object({ command: z.string() }),
});
const scaffold = z.object({
  kind: z.literal('scaffold'),
  candidates,
  written: z.array(z.string()),
  workloads: z.array(z.string()),
  next: z.string(),
});

describe('a project without a benchmark', () => {
  const stage = new Stage('shop');
  let env: Readonly<Record<string, string>> = {};

  beforeAll(async () => {
    const newest = findPythons().at(-1);
    if (newest === undefined) throw new Error('no supported Python was found');
    const venv = await testVenv(newest.version, [PINNED.pytest, PINNED.pytestBenchmark]);
    env = { VIRTUAL_ENV: venv.folder };
    stage.commit(FILES);
  });
  afterAll(() => {
    stage.close();
  });

  const strop = (...words: readonly string[]) => stage.strop(words, { env });
  const read = (path: string): string => readFileSync(join(stage.repo, path), 'utf8');

  it('is profiled once by bare strop, which proposes what to measure and touches nothing', async () => {
    const first = await strop('--json');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain('running the tests under cProfile');
    const answer = status.parse(JSON.parse(first.stdout));
    expect(answer).toMatchObject({ phase: 'baseline', next: { command: 'strop scaffold --pick 1' } });
    expect(answer.candidates[0]).toMatchObject({ number: 1, target: 'shop.prices:total' });
    expect(answer.candidates[0]?.gain).toBeGreaterThan(0.5);

    const again = await strop();
    expect(again.stderr).not.toContain('running the tests');
    expect(again.stdout).toMatch(/^ +1 {2}shop\.prices:total .*of your code/m);
    expect(again.stdout).toContain('next: strop scaffold --pick 1');
    expect(stage.git('status', '--porcelain')).toBe('');
    expect(stage.leftRuns()).toEqual([]);
  });

  it('gets the same proposal from scaffold, from the kept profile', async () => {
    const ended = await strop('scaffold', '--json');
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).not.toContain('running the tests');
    const answer = scaffold.parse(JSON.parse(ended.stdout));
    expect(answer.candidates[0]?.target).toBe('shop.prices:total');
    expect(answer).toMatchObject({ written: [], next: 'strop scaffold --pick 1' });
    expectRefusal(await strop('scaffold', '--pick', '99'), 'there is no candidate 99');
    expectRefusal(await strop('scaffold', '--pick', '1', '--top', '1'), 'exclude each other');
    expect(stage.git('status', '--porcelain')).toBe('');
  });

  it('gets a benchmark for what was picked, which compare measures, and never loses a file', async () => {
    const ended = await strop('scaffold', '--pick', '1', '--json');
    expect(ended.code, ended.stderr).toBe(0);
    const answer = scaffold.parse(JSON.parse(ended.stdout));
    expect(answer.written).toEqual(['tests/test_benchmark_total.py']);
    const content = read('tests/test_benchmark_total.py');
    expect(content).toContain('from shop.prices import total');

    expectRefusal(await strop('scaffold', '--pick', '1'), 'never overwritten');
    expect(read('tests/test_benchmark_total.py')).toBe(content);

    const now = status.parse(JSON.parse((await strop('--json')).stdout));
    expect(now.candidates).toEqual([]);
    expect(now.next.command).not.toContain('scaffold');

    const compared = await strop('compare', '--json', '--budget', '2s', '--meter', 'cpu');
    expect([0, 3], compared.stderr).toContain(compared.code);
    const document = comparisonDocument.parse(JSON.parse(compared.stdout));
    expect(document.workloads.map(({ id }) => id)).toEqual(answer.workloads);
  });

  it('prints a profile as the document that it keeps, with every function', async () => {
    const ended = await strop(
      'profile',
      '--stmt',
      'total(20)',
      '--setup',
      'from shop.prices import total',
      '--json',
    );
    expect(ended.code, ended.stderr).toBe(0);
    const value: unknown = JSON.parse(ended.stdout);
    const document = profileDocument.parse(value);
    expect(document).toEqual(value);
    expect(document.table.find((row) => row.qualname === '_round')).toMatchObject({
      module: 'shop.prices',
      file: 'shop/prices.py',
      line: 1,
    });
    const picked = scaffold.parse(
      JSON.parse(
        (await strop('scaffold', '--pick', '1', '--dry-run', '--output', 'tests/other.py', '--json')).stdout,
      ),
    );
    expect(picked.candidates.map(({ target }) => target)).toEqual(['shop.prices:total']);
  });
});
