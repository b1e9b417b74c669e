import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PINNED, findPythons, testVenv } from '../../scripts/pythons.mjs';
import { StropError } from '#base';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { openStage } from '../revisions/testing/stage.ts';
import type { Stage } from '../revisions/testing/stage.ts';
import { proposeCandidates } from './candidates.ts';
import { profileTests } from './first-profile.ts';
import { openProject } from './opened-project.ts';
import type { Context } from './operation.ts';

const SHOP = {
  'pyproject.toml':
    '[project]\nname = "shop"\nversion = "1"\n[tool.pytest.ini_options]\naddopts = "-n 4 --cov=shop -x"\n',
  '.gitignore': '__pycache__\n',
  'shop/__init__.py': '',
  'shop/cart.py': `
import functools


def _spin(n):
    total = 0
    for i in range(n):
        total += i
    return total


def decorated(function):
    @functools.wraps(function)
    def inner(*args):
        return function(*args)
    return inner


class Cart:
    @decorated
    def total(self):
        return sum(_spin(300) for _ in range(200))


def quick():
    return [_spin(300) for _ in range(20)]


def forever():
    while True:
        _spin(100)
`,
};

const TESTS = `
from shop.cart import Cart, quick

def test_total():
    for _ in range(10):
        assert Cart().total()

def test_quick():
    for _ in range(10):
        assert quick()
`;

let python = '';
let bare = '';
let stage: Stage;

beforeAll(async () => {
  const newest = findPythons().at(-1);
  bare = newest?.python ?? 'python3';
  python = (await testVenv(newest?.version ?? '', [PINNED.pytest, PINNED.pytestBenchmark])).python;
});
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

function context(): Context {
  return { host: stage.host, signal: new AbortController().signal, progress: () => undefined };
}

interface Wish {
  readonly seconds?: number;
  readonly reuse?: boolean;
  readonly with?: string;
}

async function profiled(files: Readonly<Record<string, string>>, wish: Wish = {}): Promise<ProfileDocument> {
  await stage.write({ ...SHOP, ...files });
  await stage.commit();
  return again(wish);
}

async function again({
  seconds = 60,
  reuse = false,
  with: own = python,
}: Wish = {}): Promise<ProfileDocument> {
  const opened = await openProject(context(), own);
  return profileTests(context(), opened, { seconds, reuse });
}

const targets = (document: ProfileDocument) => proposeCandidates(document, []).map(({ target }) => target);
const codes = (document: ProfileDocument) => document.doubts.map(({ code }) => code);

describe('a first profile of the tests', () => {
  it('names the functions of the project, without plugins that would disturb, and is kept', async () => {
    const document = await profiled({ 'tests/test_cart.py': TESTS });
    expect(targets(document)).toEqual(['shop.cart:Cart.total', 'shop.cart:quick']);
    const named = document.table.find((row) => row.function === '_spin');
    expect(named).toMatchObject({
      module: 'shop.cart',
      qualname: '_spin',
      file: 'shop/cart.py',
      line: 5,
      origin: 'mine',
      calls: 2200,
    });
    // A decorated function begins for Python at its decorator.
    expect(document.table.find((row) => row.qualname === 'Cart.total')?.line).toBe(20);
    expect(document).toMatchObject({
      project: stage.repo,
      workload: 'python -m pytest',
      content: await stage.git('rev-parse', 'HEAD^{tree}'),
      commit: await stage.git('rev-parse', 'HEAD'),
      left: 0,
    });
    expect(codes(document)).not.toContain('tests-failed');
    expect(await openHistory(stage.host, stage.repo).profiles.latest()).toEqual(document);
    expect(await stage.git('status', '--porcelain', '--ignored')).toBe('');
  });

  it('is used again for the same content only', async () => {
    const first = await profiled({ 'tests/test_cart.py': TESTS });
    expect((await again({ reuse: true })).date).toBe(first.date);
    await stage.write({ 'shop/more.py': '' });
    const second = await again({ reuse: true });
    expect(second.date).not.toBe(first.date);
    expect(second.content).not.toBe(first.content);
    expect((await again({ reuse: true })).date).toBe(second.date);
  });

  it('ends in time and keeps what was seen, even within one test that never ends', async () => {
    const document = await profiled(
      {
        'tests/test_cart.py': `${TESTS}\ndef test_forever():\n    from shop.cart import forever\n    forever()\n`,
      },
      { seconds: 1 },
    );
    expect(codes(document)).toContain('profile-cut-short');
    expect(targets(document)[0]).toBe('shop.cart:forever');
  });

  it('ends in time although a pool of processes waits for its work, and says how many tests ended', async () => {
    const pool = `
import concurrent.futures
import time
import unittest

def sleep():
    time.sleep(600)

class T(unittest.TestCase):
    def test_parts(self):
        for part in range(5):
            with self.subTest(part=part):
                self.assertGreaterEqual(part, 0)

def test_wait():
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        pool.submit(sleep).result()
`;
    const tests = { 'tests/test_cart.py': TESTS, 'tests/test_pool.py': pool };
    const document = await profiled(tests, { seconds: 2 });
    expect(document.doubts.map(({ text }) => text).join()).toContain('Only 3 tests ended in 2 s');
  });

  it('goes on after a test that fails, and leaves benchmarks alone', async () => {
    const document = await profiled({
      'tests/test_a.py':
        'def test_broken():\n    assert False\n\ndef test_bench(benchmark):\n    benchmark(forever)\n',
      'tests/test_broken.py': 'import nowhere_at_all\n',
      'tests/test_cart.py': TESTS,
    });
    expect(codes(document)).toContain('tests-failed');
    expect(targets(document)).toContain('shop.cart:quick');
  });

  it('runs tests of unittest where there is no pytest', async () => {
    const document = await profiled(
      {
        'pyproject.toml': '[project]\nname = "shop"\nversion = "1"\n',
        'tests/__init__.py': '',
        'tests/test_cart.py': `import unittest\n${TESTS}\nclass T(unittest.TestCase):\n    def test_all(self):\n        test_total()\n        test_quick()\n`,
      },
      { with: bare },
    );
    expect(document.workload).toBe('python -m unittest');
    expect(targets(document)).toEqual(['shop.cart:Cart.total', 'shop.cart:quick']);
  });

  it.each([
    ['there are no tests', {}, /no tests/],
    ['no test is found', { 'tests/test_cart.py': 'def check(): pass\n' }, /no test ran/],
    [
      'the tests end Python',
      { 'tests/test_cart.py': 'def test():\n    import os\n    os._exit(3)\n' },
      /exit code 3/,
    ],
  ])('says what to name instead where %s', async (_, files, problem) => {
    const failure: unknown = await profiled(files).catch((error: unknown) => error);
    if (!(failure instanceof StropError)) throw new Error('no StropError came');
    expect(failure.facts.problem).toMatch(problem);
    expect(failure.facts.remedy).toContain('strop scaffold module:function');
    expect(await openHistory(stage.host, stage.repo).profiles.latest()).toBeUndefined();
  });
});
