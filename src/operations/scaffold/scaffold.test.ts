import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import type { Problem } from '#base';
import type { Host } from '#host';
import { PINNED, findPythons, testVenv } from '../../../scripts/pythons.mjs';
import { useTrees } from '../../project/testing/project-trees.ts';
import { findPlaceholder } from '../placeholder-remark.ts';
import { scaffold } from './run.ts';
import { input, result as resultSchema } from './schema.ts';
import type { ScaffoldResult } from './schema.ts';
import { scaffoldText } from './text.ts';

const { host, tree, with: withEnv } = useTrees();
const pythons = findPythons();
const python = pythons.at(-1)?.python ?? 'python3';

const SHOP = {
  'pyproject.toml':
    '[project]\nname = "shop"\nversion = "1"\n[tool.pytest.ini_options]\npythonpath = ["src"]\nmarkers = ["slow: x"]\n',
  'src/shop/__init__.py': 'from .cart import Cart\nfrom .cart import total as sum_up\n',
  'src/shop/cart.py': `
from __future__ import annotations
import functools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum


class Colour(Enum):
    RED = 1


@dataclass
class Item:
    name: str
    cents: int
    colour: Colour
    tags: list[str] = field(default_factory=list)


class Base:
    def __init__(self, owner: str, *, limit: int | None = None) -> None:
        self.owner = owner

    def shared(self, count: int) -> int:
        return count


class Cart(Base):
    @property
    def worth(self) -> int:
        return 1

    def add(self, item: Item, *, times: int) -> None:
        pass

    @staticmethod
    def parse(text: str) -> Cart:
        return Cart(text)

    @classmethod
    def empty(cls, owner: str) -> Cart:
        return cls(owner)

    def __call__(self, x: float):
        return x


def total(items: Iterable[Item], currency: str = 'EUR', *rest, rounding: bool, **more) -> int:
    return sum(item.cents for item in items)


def words(text: str):
    yield from text.split()


async def fetch(url: str) -> str:
    return url


async def pages(url: str):
    yield url


@contextmanager
def session(name: str) -> Iterator[str]:
    yield name


@functools.lru_cache(maxsize=None)
def cached(number: int) -> int:
    return number


VAT = 19
add_all = functools.partial(total)
`,
};

interface Wish {
  readonly output?: string;
  readonly dryRun?: boolean;
  readonly cwd?: string;
  readonly world?: Host;
  readonly python?: string;
}

async function run(root: string, targets: readonly string[], wish: Wish = {}): Promise<ScaffoldResult> {
  const { world = host, cwd = root, ...rest } = wish;
  const context = {
    host: { ...world, cwd },
    signal: new AbortController().signal,
    progress: () => undefined,
  };
  const answer = await scaffold(context, input.parse({ targets, python, ...rest }));
  return resultSchema.parse(answer);
}

async function problemOf(root: string, targets: readonly string[], wish: Wish = {}): Promise<Problem> {
  try {
    await run(root, targets, wish);
  } catch (error) {
    if (error instanceof StropError) return error.facts;
    throw error;
  }
  throw new Error('no error came');
}

/** Every file of a folder with its content. */
function snapshot(root: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(root, path)).isFile())
      .map((path) => [path, readFileSync(join(root, path), 'latin1')]),
  );
}

function benchmarkOf(answer: ScaffoldResult): { path: string; content: string } {
  const file = answer.files.at(-1);
  if (file?.action !== 'created') throw new Error('no benchmark file was created');
  return file;
}

describe('a scaffolded benchmark', () => {
  it('is marked slow, prepares outside of the measured call, and states rounds and iterations', async () => {
    const root = tree(SHOP);
    const before = snapshot(root);
    const answer = await run(root, ['shop.cart:total']);
    const { path, content } = benchmarkOf(answer);
    expect(path).toBe('benchmarks/test_benchmark_total.py');
    expect(content).toBe(`import pytest

from shop.cart import Colour, Item, total


@pytest.mark.slow
class TestPerformance:
    def test_total(self, benchmark):
        # Setup, outside of what is measured.
        # TODO: real data (Iterable[Item])
        items = [Item(name="text", cents=1000, colour=Colour.RED) for _ in range(1000)]
        rounding = True  # TODO: real data (bool)

        benchmark.pedantic(
            total,
            args=(items,),
            kwargs={"rounding": rounding},
            rounds=10,
            iterations=100,
        )
`);
    expect(answer.workloads).toEqual(['benchmarks/test_benchmark_total.py::TestPerformance::test_total']);
    expect(snapshot(root)).toEqual({ ...before, [path]: content });
  });

  it('says of an object that its method uses up that it has to be made anew', async () => {
    const iterator =
      'class Tokens:\n    def __iter__(self):\n        return self\n\n    def __next__(self):\n        raise StopIteration\n\n    def rest(self):\n        return list(self)\n';
    const root = tree({ ...SHOP, 'src/shop/tokens.py': iterator });
    const { content } = benchmarkOf(await run(root, ['shop.tokens:Tokens.rest']));
    expect(content).toMatch(/# TODO: an iterator is used up by the first calls/);
  });

  it('says of an object that is made without anything that its method may find nothing to do', async () => {
    const empty =
      'class Pile:\n    def __init__(self):\n        self.things = []\n\n    def sum_up(self):\n        return sum(self.things)\n\n    def add(self, count):\n        self.things.append(count)\n';
    const root = tree({ ...SHOP, 'src/shop/pile.py': empty });
    const { content } = benchmarkOf(await run(root, ['shop.pile:Pile.sum_up']));
    expect(content).toContain('# TODO: a real object: as it is made here, it may hold nothing\n');
    expect(findPlaceholder(content)).toBeGreaterThan(0);
    const given = benchmarkOf(
      await run(root, ['shop.pile:Pile.add'], { output: 'benchmarks/test_benchmark_add.py' }),
    ).content;
    expect(given).toContain('pile = Pile()\n');
  });

  it('makes an object for a method, and none for what needs none', async () => {
    const root = tree(SHOP);
    const answer = await run(root, [
      'shop:Cart.add',
      'shop:Cart.parse',
      'shop:Cart.empty',
      'shop:Cart.shared',
      'shop:Cart.__call__',
      'shop:Cart',
    ]);
    const { path, content } = benchmarkOf(answer);
    expect(path).toBe('benchmarks/test_benchmark_shop.py');
    expect(content).toContain('from shop import Cart\n');
    expect(content).toContain(
      '        cart = Cart(owner="text")  # TODO: a real object\n        # TODO: real data (Item)\n        item = Item(',
    );
    expect(content).toContain('cart.add, args=(item,), kwargs={"times": times}, rounds=10');
    expect(content).toContain('benchmark.pedantic(Cart.parse, args=(text,), rounds');
    expect(content).toContain('benchmark.pedantic(Cart.empty, args=(owner,), rounds');
    expect(content).toContain('benchmark.pedantic(cart.shared, args=(count,), rounds');
    expect(content).toContain('benchmark.pedantic(cart, args=(x,), rounds');
    expect(content).toContain('benchmark.pedantic(Cart, args=(owner,), rounds');
  });

  it('lets everything that a mere call does not run do its work', async () => {
    const root = tree(SHOP);
    const targets = ['words', 'fetch', 'pages', 'session', 'Cart.worth', 'cached', 'add_all'];
    const answer = await run(
      root,
      targets.map((name) => `shop.cart:${name}`),
    );
    const { content } = benchmarkOf(answer);
    expect(content).toContain('            for _ in words(text):\n                pass\n');
    expect(content).toContain('            asyncio.run(fetch(url))\n');
    expect(content).toContain('            async for _ in pages(url):\n                pass\n');
    expect(content).toContain('            with session(name):\n                pass\n');
    expect(content).toContain('benchmark.pedantic(lambda: cart.worth, rounds=10, iterations=100)');
    expect(content).toContain('# TODO: give the arguments of add_all\n');
    expect(content.startsWith('import asyncio\n\nimport pytest\n\nfrom shop.cart import')).toBe(true);
    const notes = answer.notes.join('\n');
    expect(notes).toContain('shop.cart:fetch is asynchronous');
    expect(notes).toContain('shop.cart:words yields');
    expect(notes).toContain('shop.cart:cached keeps its results');
  });

  it('asks for the arguments of a function that takes any number of them', async () => {
    const root = tree({
      ...SHOP,
      'src/shop/sums.py': 'def largest(*prices):\n    return max(prices, default=0)\n',
    });
    const { content } = benchmarkOf(await run(root, ['shop.sums:largest']));
    expect(content).toContain('# TODO: give the arguments of largest (*prices)\n');
    const rest = benchmarkOf(await run(root, ['shop.cart:total'])).content;
    expect(rest).not.toContain('*rest');
  });

  it('finds names that a package only passes on', async () => {
    const root = tree(SHOP);
    expect(benchmarkOf(await run(root, ['shop:sum_up'])).content).toContain('from shop import sum_up\n');
    expect(benchmarkOf(await run(root, ['shop:cart.words'])).content).toContain(
      'from shop.cart import words\n',
    );
  });

  it('hides no name that it uses', async () => {
    const root = tree({
      'shop.py':
        'def f(list: list[int], f: str, self: int, pytest: str): ...\ndef test_it(n: int): ...\nclass TestCase: ...\n',
    });
    const { content } = benchmarkOf(await run(root, ['shop:f', 'shop:test_it', 'shop:TestCase']));
    expect(content).toContain('list_ = list(range(1000))');
    expect(content).toContain('args=(list_, f_, self_, pytest_)');
    // A name that pytest would take for a test must not stand in the file by itself.
    expect(content).toContain('import shop\nfrom shop import f\n');
    expect(content).toContain('benchmark.pedantic(shop.test_it,');
    expect(content).toContain('benchmark.pedantic(shop.TestCase,');
  });

  it('says what to do next, and shows it all in words', async () => {
    const root = tree({ ...SHOP, 'uv.lock': '' });
    const answer = await run(root, ['shop.cart:words'], { cwd: join(root, 'src') });
    expect(answer.next).toBe('cd .. && uv add --group dev pytest pytest-benchmark');
    expect(answer.notes.join('\n')).toContain(
      'uv run pytest benchmarks/test_benchmark_words.py -m slow --benchmark-only --benchmark-disable-gc --benchmark-save=baseline',
    );
    const same = (text: string): string => text;
    const lines = scaffoldText(answer, {
      bold: same,
      dim: same,
      good: same,
      bad: same,
      warn: same,
      width: 80,
    });
    expect(lines[0]).toBe('created benchmarks/test_benchmark_words.py');
    expect(lines).toContain('    @pytest.mark.slow');
    expect(lines.at(-1)).toBe(`next: ${answer.next}`);
  });

  it.each([
    ['poetry.lock', '', 'poetry add --group dev'],
    ['pdm.lock', '', 'pdm add -dG dev'],
    ['Pipfile', '', 'pipenv install --dev'],
    ['uv.lock', '[dependency-groups]\ntest = ["pytest>=8"]\n', 'uv add --group test'],
    ['uv.lock', '[project.optional-dependencies]\ntests = ["pytest"]\n', 'uv add --optional tests'],
    ['requirements.txt', '', `${python} -m pip install`],
  ])('is completed by the own package manager: %s %s', async (file, toml, command) => {
    const root = tree({ 'shop.py': 'def f(): ...\n', 'pyproject.toml': toml, [file]: '' });
    const answer = await run(root, ['shop:f'], { dryRun: true });
    expect(answer.next).toBe(`${command} pytest pytest-benchmark`);
    expect(answer.notes.at(-1)).toBe(
      `The project's own pytest needs pytest-benchmark to run them (${command} pytest-benchmark); strop does not.`,
    );
  });

  it.runIf(pythons.length > 1)('is the same whatever Python reads the source', async () => {
    const contents = new Set<string>();
    for (const one of pythons) {
      const answer = await run(tree(SHOP), ['shop.cart:total', 'shop.cart:Cart.add'], { python: one.python });
      contents.add(benchmarkOf(answer).content);
    }
    expect(contents.size).toBe(1);
  });
});

describe('the style of a scaffolded benchmark', () => {
  const SOURCE = { 'shop/__init__.py': '', 'shop/cart.py': 'def f(text: str): ...\n' };
  const styled = async (files: Readonly<Record<string, string>>): Promise<string> =>
    benchmarkOf(await run(tree({ ...SOURCE, ...files }), ['shop.cart:f'])).content;

  it('follows tests that are plain functions in single quotes with tabs', async () => {
    const test = "from shop import cart\n\n\ndef test_%():\n\tassert cart.f('a') != 'b'\n";
    const content = await styled({
      'tests/test_a.py': test.replace('%', 'a') + test.replace('%', 'b'),
      'tests/test_b.py': test.replace('%', 'c'),
    });
    expect(content).toBe(
      [
        'import pytest',
        '',
        'from shop.cart import f',
        '',
        '',
        '@pytest.mark.slow',
        'def test_f(benchmark):',
        '\t# Setup, outside of what is measured.',
        "\ttext = 'text'  # TODO: real data (str)",
        '',
        '\tbenchmark.pedantic(f, args=(text,), rounds=10, iterations=100)',
        '',
      ].join('\n'),
    );
  });

  it('follows annotated tests in classes that import whole modules', async () => {
    const content = await styled({
      'tests/test_a.py':
        'from __future__ import annotations\n\nimport shop.cart\n\n\nclass TestA:\n  def test_a(self) -> None:\n    shop.cart.f("a")\n',
    });
    expect(content).toContain(
      'from __future__ import annotations\n\nfrom typing import Any\n\nimport pytest\n\nimport shop.cart\n',
    );
    expect(content).toContain('class TestPerformance:\n  def test_f(self, benchmark: Any) -> None:\n');
    expect(content).toContain('benchmark.pedantic(shop.cart.f, args=(text,)');
  });

  it('lets the settings of a formatter go before what is counted', async () => {
    const content = await styled({
      'pyproject.toml':
        '[tool.ruff]\nline-length = 60\n[tool.ruff.format]\nquote-style = "single"\n[tool.ruff.lint.isort]\nrequired-imports = ["from __future__ import annotations"]\n',
      'tests/test_a.py': 'def test_a():\n    assert "a" != "b"\n',
    });
    expect(content.startsWith('from __future__ import annotations\n')).toBe(true);
    expect(content).toContain("text = 'text'");
    expect(content).toContain(
      '        benchmark.pedantic(\n            f, args=(text,), rounds=10, iterations=100\n        )\n',
    );
  });

  it("gives names that the project's pytest takes for tests", async () => {
    const root = tree({
      ...SOURCE,
      'pytest.ini':
        '[pytest]\npython_files = check_*.py\npython_functions = check\npython_classes = *Checks\n',
      'tests/check_a.py': '',
    });
    const { path, content } = benchmarkOf(await run(root, ['shop.cart:f']));
    expect(path).toBe('tests/check_benchmark_f.py');
    // No usual name of a class fits, so there is none.
    expect(content).toContain('@pytest.mark.slow\ndef check_f(benchmark):');
  });

  it('survives test files that are no Python', async () => {
    const content = await styled({ 'tests/test_a.py': 'def test_a(:\n', 'tests/test_b.py': '\0' });
    expect(content).toContain('class TestPerformance:');
  });
});

describe('the place of a scaffolded benchmark', () => {
  const SOURCE = { 'shop/__init__.py': '', 'shop/cart.py': 'def f(): ...\n', 'shop/perf/__init__.py': '' };
  const PYTEST_BENCHMARK = 'def test_a(benchmark):\n    benchmark(len, "")\n';

  it.each([
    ['benchmarks/ where nothing is', {}, 'benchmarks/'],
    ['tests/', { 'tests/test_a.py': '' }, 'tests/'],
    [
      'the configured testpaths',
      { 'pytest.ini': '[pytest]\ntestpaths = gone checks\n', 'checks/test_a.py': '', 'tests/test_a.py': '' },
      'checks/',
    ],
    ['tests inside the package', { 'shop/tests/test_a.py': '' }, 'shop/tests/'],
    ['bench/', { 'bench/run.py': 'print(1)\n', 'tests/test_a.py': '' }, 'bench/'],
    [
      'tests/benchmarks/',
      { 'tests/benchmarks/test_b.py': PYTEST_BENCHMARK, 'benchmarks/old.py': '' },
      'tests/benchmarks/',
    ],
    [
      'not the folder of asv',
      {
        'asv.conf.json': '{}',
        'benchmarks/b.py': 'class A:\n    def time_x(self): ...\n',
        'tests/test_a.py': '',
      },
      'tests/',
    ],
  ])('is %s', async (_title, files, folder) => {
    const answer = await run(tree({ ...SOURCE, ...files }), ['shop.cart:f']);
    expect(benchmarkOf(answer).path).toBe(`${folder}test_benchmark_f.py`);
  });

  it('is what --output names, from the current folder', async () => {
    const root = tree({ ...SOURCE, 'pyproject.toml': '', 'tests/unit/test_a.py': '' });
    const cwd = join(root, 'tests');
    expect(benchmarkOf(await run(root, ['shop.cart:f'], { cwd, output: 'unit' })).path).toBe(
      'tests/unit/test_benchmark_f.py',
    );
    const answer = await run(root, ['shop.cart:f'], { cwd, output: 'new/speed.py' });
    expect(benchmarkOf(answer).path).toBe('tests/new/speed.py');
    expect(answer.notes.join('\n')).toContain('does not find tests/new/speed.py by itself');
  });

  it('is never a file that exists', async () => {
    const root = tree({ ...SOURCE, 'pyproject.toml': '', 'benchmarks/test_benchmark_f.py': 'mine\n' });
    const before = snapshot(root);
    for (const wish of [{}, { output: 'benchmarks/' }, { output: 'shop/cart.py' }, { dryRun: true }]) {
      expect(await problemOf(root, ['shop.cart:f'], wish)).toMatchObject({
        code: 'bad-request',
        problem: 'this file exists already and is never overwritten; nothing was changed',
      });
    }
    expect(snapshot(root)).toEqual(before);
  });

  it.each([
    ['../outside.py', '--output leads out of the project'],
    ['/outside.py', '--output leads out of the project'],
    ['speed.txt', '--output is no Python file'],
  ])('is not %s', async (output, problem) => {
    const root = tree(SOURCE);
    expect(await problemOf(root, ['shop.cart:f'], { output })).toMatchObject({
      code: 'bad-request',
      problem,
    });
  });
});

describe('writing', () => {
  const FILES = { 'shop.py': 'def f(): ...\n', 'pytest.ini': '[pytest]\n# caf\u00e9\naddopts = -ra\n' };

  it('does nothing in a dry run, and says what it would do', async () => {
    const root = tree(FILES);
    const before = snapshot(root);
    const answer = await run(root, ['shop:f'], { dryRun: true });
    expect(snapshot(root)).toEqual(before);
    expect(answer.files.map(({ path, action }) => [path, action])).toEqual([
      ['pytest.ini', 'changed'],
      ['benchmarks/test_benchmark_f.py', 'created'],
    ]);
    expect(answer.dryRun).toBe(true);
    const wet = await run(root, ['shop:f']);
    expect(wet.written).toEqual(['benchmarks/test_benchmark_f.py']);
    expect({ ...wet, dryRun: true, written: [] }).toEqual(answer);
  });

  it.each([
    ['settings', FILES],
    ['no settings', { 'shop.py': 'def f(): ...\n' }],
  ])('takes everything back when the last file cannot be written: %s', async (_title, files) => {
    const root = tree(files);
    const before = snapshot(root);
    const full: Host = {
      ...host,
      files: {
        ...host.files,
        create: async (path, content) => {
          if (!path.endsWith('.py')) return host.files.create(path, content);
          await host.files.makeFolder(join(path, '..'));
          throw new StropError({ code: 'disk', problem: 'no space left', remedy: 'Make room.' });
        },
      },
    };
    expect(await problemOf(root, ['shop:f'], { world: full })).toMatchObject({ code: 'disk' });
    expect(snapshot(root)).toEqual(before);
    expect(readdirSync(root)).not.toContain('benchmarks');
  });

  it('loses to somebody who creates the file at the same time', async () => {
    const root = tree(FILES);
    const before = snapshot(root);
    const raced: Host = {
      ...host,
      files: {
        ...host.files,
        create: async (path) => {
          await host.files.create(path, 'theirs\n');
          return false;
        },
      },
    };
    expect(await problemOf(root, ['shop:f'], { world: raced })).toMatchObject({ code: 'bad-request' });
    expect(snapshot(root)).toEqual({ ...before, 'benchmarks/test_benchmark_f.py': 'theirs\n' });
  });

  it('keeps bytes that are no UTF-8', async () => {
    const root = tree({ 'shop.py': 'def f(): ...\n' });
    const bytes = Buffer.from('[pytest]\n# caf\xe9\naddopts = -ra\n', 'latin1');
    await host.files.writeAtomically(join(root, 'pytest.ini'), bytes);
    await run(root, ['shop:f']);
    expect(snapshot(root)['pytest.ini']).toBe(
      `${bytes.toString('latin1')}markers =\n    slow: benchmarks and other tests that take long\n`,
    );
  });

  it('stops before anything is written when it is told to', async () => {
    const root = tree(FILES);
    const before = snapshot(root);
    const context = { host: { ...host, cwd: root }, signal: AbortSignal.abort(), progress: () => undefined };
    await expect(scaffold(context, input.parse({ targets: ['shop:f'], python }))).rejects.toThrow(StropError);
    expect(snapshot(root)).toEqual(before);
  });
});

describe('the marker', () => {
  const MARKER = 'slow: benchmarks and other tests that take long';
  const changed = async (
    files: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, string>>> => {
    const root = tree({ 'shop.py': 'def f(): ...\n', ...files });
    const before = snapshot(root);
    await run(root, ['shop:f']);
    const after = snapshot(root);
    return Object.fromEntries(
      Object.entries(after).filter(([path, text]) => before[path] !== text && !path.endsWith('.py')),
    );
  };

  it.each([
    ['pytest.ini', { 'pytest.ini': '', 'pyproject.toml': '' }, `[pytest]\nmarkers =\n    ${MARKER}\n`],
    [
      'tox.ini',
      { 'tox.ini': '[pytest]\naddopts = -ra\n', 'setup.cfg': '' },
      `[pytest]\naddopts = -ra\nmarkers =\n    ${MARKER}\n`,
    ],
    [
      'setup.cfg',
      { 'setup.cfg': '[tool:pytest]\nmarkers =\n  a: b\n# end\n' },
      `[tool:pytest]\nmarkers =\n  a: b\n  ${MARKER}\n# end\n`,
    ],
    [
      'pyproject.toml',
      { 'pyproject.toml': '[project]\nname = "shop" # x\n' },
      `[project]\nname = "shop" # x\n\n[tool.pytest.ini_options]\nmarkers = ["${MARKER}"]\n`,
    ],
    [
      'pytest.toml',
      { 'pytest.toml': '[pytest]\nmarkers = ["a"]\n', 'pytest.ini': '' },
      `[pytest]\nmarkers = ["a", "${MARKER}"]\n`,
    ],
    ['pytest.ini', { 'setup.cfg': '[metadata]\nname = shop\n' }, `[pytest]\nmarkers =\n    ${MARKER}\n`],
  ])('is registered in %s alone', async (file, files, text) => {
    expect(await changed(files)).toEqual({ [file]: text });
  });

  it.each([
    ['settings', { 'setup.cfg': '[tool:pytest]\nmarkers =\n  slow: mine\n' }],
    [
      'settings with arguments',
      { 'pyproject.toml': '[tool.pytest.ini_options]\nmarkers = ["slow(why): mine"]\n' },
    ],
    [
      'conftest.py',
      {
        'conftest.py':
          'def pytest_configure(config):\n    config.addinivalue_line(\n        "markers", "slow: mine"\n    )\n',
      },
    ],
  ])('is left alone where it is known already from %s', async (_title, files) => {
    expect(await changed(files)).toEqual({});
  });

  it('is left to the user where the settings cannot be changed safely', async () => {
    const root = tree({
      'shop.py': 'def f(): ...\n',
      'pyproject.toml': 'tool = { pytest = { ini_options = { addopts = "-ra" } } }\n',
    });
    const answer = await run(root, ['shop:f']);
    expect(answer.files).toHaveLength(1);
    expect(answer.notes.join('\n')).toContain(`add '${MARKER}' to its pytest markers by hand`);
  });
});

describe('a target', () => {
  it.each([
    ['shop.cart.total', 'bad-request', 'Did you mean shop.cart:total?'],
    ['src/shop/cart.py::total', 'bad-request', 'Did you mean shop.cart:total?'],
    ['total()', 'bad-request', 'Write it as in'],
    ['shop.crat:total', 'workload-missing', 'Did you mean shop.cart?'],
    ['json:loads', 'workload-missing', 'Name one of the modules'],
    ['shop.cart:totl', 'workload-missing', 'Did you mean shop.cart:total?'],
    ['shop.cart:add', 'workload-missing', 'Did you mean shop.cart:Cart.add?'],
    ['shop.cart:Cart.ad', 'workload-missing', 'Did you mean shop.cart:Cart.add?'],
    ['shop.cart:total.inner', 'workload-missing', 'Name one of the functions'],
    ['shop.cart:VAT', 'bad-request', 'Name a function'],
    ['shop:cart', 'bad-request', 'Name a function'],
  ])('like %s is refused, and nothing is written', async (target, code, remedy) => {
    const root = tree(SHOP);
    const before = snapshot(root);
    const problem = await problemOf(root, ['shop.cart:words', target]);
    expect(problem.code).toBe(code);
    expect(problem.remedy).toContain(remedy);
    expect(snapshot(root)).toEqual(before);
  });

  it('in a file that cannot be parsed is refused with the line', async () => {
    const root = tree({ 'shop.py': 'x = 1\ndef f(:\n' });
    expect(await problemOf(root, ['shop:f'])).toMatchObject({ code: 'bad-request', where: 'shop.py:2' });
  });

  it('is read without running the project', async () => {
    const trap = 'open("ran", "w").close()\nraise SystemExit(3)\n';
    const root = tree({
      'shop.py': `${trap}def f(): ...\n`,
      'ast.py': trap,
      'json.py': trap,
      'conftest.py': trap,
    });
    await run(root, ['shop:f']);
    expect(readdirSync(root)).not.toContain('ran');
  });

  it('may be compiled', async () => {
    const root = tree({ 'shop/__init__.py': '', 'shop/fast.cpython-313-x86_64-linux-gnu.so': '' });
    const answer = await run(root, ['shop.fast:f', 'shop.fast:Thing.go']);
    const { content } = benchmarkOf(answer);
    expect(content).toContain('# TODO: give the arguments of f\n');
    expect(content).toContain('thing = Thing()  # TODO: make the object\n');
    expect(answer.notes.join('\n')).toContain('is compiled');
  });
});

describe('with pytest itself', () => {
  const CONFIGS: readonly Readonly<Record<string, string>>[] = [
    {
      'pytest.ini': '[pytest]\naddopts = --strict-markers -m "not slow"\npythonpath = src\nmarkers = a: b\n',
    },
    {
      'setup.cfg':
        '[tool:pytest]\naddopts = --strict-markers\npythonpath = src\n\n[flake8]\nmax-line-length = 70\n',
    },
    { 'tox.ini': '[tox]\n[pytest]\npythonpath = src\naddopts = --strict-markers\nmarkers =\n\ta: b\n\tc\n' },
    {
      'pyproject.toml':
        '[tool.pytest.ini_options]\npythonpath = ["src"]\naddopts = "--strict-markers"\nmarkers = """\na: b\n"""\n',
    },
    {
      'pyproject.toml': '[project]\nname = "shop"\n',
      'conftest.py': 'import sys\nsys.path.insert(0, "src")\n',
    },
  ];

  it('passes as written, under strict markers, in every kind of settings', async () => {
    const { python: own, folder } = await testVenv(pythons.at(-1)?.version ?? '3.12', [
      PINNED.pytest,
      PINNED.pytestBenchmark,
    ]);
    const world = withEnv({ VIRTUAL_ENV: folder });
    for (const config of CONFIGS) {
      const root = tree({
        'src/shop/__init__.py': SHOP['src/shop/__init__.py'],
        'src/shop/cart.py': SHOP['src/shop/cart.py'],
        'tests/test_a.py': 'def test_a() -> None:\n    pass\n',
        ...config,
      });
      const names = [
        'total',
        'words',
        'fetch',
        'pages',
        'session',
        'cached',
        'Cart.add',
        'Cart.worth',
        'Cart.parse',
        'Cart',
        'Cart.__call__',
      ];
      const answer = await run(
        root,
        names.map((name) => `shop.cart:${name}`),
        { world, python: own },
      );
      const { path, content } = benchmarkOf(answer);
      expect(content).toContain('from pytest_benchmark.fixture import BenchmarkFixture\n');
      expect(answer.next).toMatch(/^git add tests\/\S+.* && git commit .* && strop baseline$/);
      expect(answer.notes.join('\n')).toMatch(/python -m pytest tests\/\S+ -m slow --benchmark-only/);
      const output = execFileSync(
        own,
        ['-m', 'pytest', path, '-m', 'slow', '--benchmark-disable', '-W', 'error', '-p', 'no:cacheprovider'],
        {
          cwd: root,
          encoding: 'utf8',
        },
      );
      expect(output).toContain(`${String(names.length)} passed`);
    }
  }, 300_000);
});
