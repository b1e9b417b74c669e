import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { PINNED, findPythons, testVenv } from '../../scripts/pythons.mjs';
import { cachedTool } from '../../src/tools/testing/cached-tool.ts';
import { stepDocument } from '#store';
import type { StepDocument } from '#store';
import type { Ended } from './program.ts';
import { Stage } from './stage.ts';
import type { CallOptions } from './stage.ts';

/** The log of a campaign. */
export const LOG = 'OPTIMIZATION_LOG.md';

/** Settings with which the guards answer after few pairs: none of these tests is about small effects. */
export const MANIFEST = `[project]
name = "grain"
version = "1.0"
requires-python = ">=3.9"

[tool.pytest.ini_options]
testpaths = ["tests"]

[tool.strop]
guard-time = "30%"
guard-import = "45%"
`;

/** From 20 to 200 µs, each with a version below that takes next to nothing. */
export const SLOW = {
  squares: `def squares(n=4000):
    total = 0
    for i in range(n):
        total += i * i
    return total
`,
  evens: `def evens(n=400):
    found = []
    for i in range(n):
        if i % 2 == 0:
            found.append(i)
    return found
`,
  digits: `def digits(n=300):
    text = ""
    for i in range(n):
        text = text + "0123456"[i % 7]
    return text
`,
} as const;

/** The same answers at once. */
export const FAST = {
  squares: `def squares(n=4000):
    return n * (n - 1) * (2 * n - 1) // 6
`,
  evens: `def evens(n=400):
    return list(range(0, n, 2))
`,
  digits: `def digits(n=300):
    return ("0123456" * (n // 7 + 1))[:n]
`,
} as const;

/** Tests of all three, without a fixture of any plugin. */
export const TESTS = `import pytest

from grain.digits import digits
from grain.evens import evens
from grain.squares import squares


def test_squares():
    assert squares(4) == 14


def test_evens():
    assert evens(5) == [0, 2, 4]


def test_digits():
    assert digits(9) == "012345601"


def test_extra():
    pytest.importorskip("grain._extra")
`;

/** A package of three functions, and one that calls them all. */
export const GRAIN: Readonly<Record<string, string>> = {
  'pyproject.toml': MANIFEST,
  '.gitignore': '__pycache__/\n.pytest_cache/\n',
  'grain/__init__.py': '',
  'grain/_extra.py': 'EXTRA = 1\n',
  'grain/squares.py': SLOW.squares,
  'grain/evens.py': SLOW.evens,
  'grain/digits.py': SLOW.digits,
  'grain/report.py': `from grain.digits import digits
from grain.evens import evens
from grain.squares import squares


def make():
    return squares(), evens(), digits()
`,
  'tests/test_grain.py': TESTS,
  'benchmarks/test_speed.py': `from grain.report import make


def test_make(benchmark):
    benchmark(make)
`,
};

/** How a step ended, with its document where it printed one. */
export interface EndedStep extends Ended {
  readonly document: StepDocument;
}

/** A stage on which `strop step` takes seconds: griffe is there, and an interpreter with pytest is found. */
export class StepStage extends Stage {
  readonly python: string;
  readonly #venv: string | undefined;

  private constructor(name: string | undefined, python: string, venv: string | undefined) {
    super(name);
    this.python = python;
    this.#venv = venv;
  }

  /** `requirements` none: an interpreter without anything, pytest included. */
  static async open(name?: string, requirements: readonly string[] = [PINNED.pytest]): Promise<StepStage> {
    const newest = findPythons().at(-1);
    if (newest === undefined) throw new Error('no supported Python was found');
    const venv = requirements.length === 0 ? undefined : await testVenv(newest.version, requirements);
    const [major = 3, minor = 0, patch = 0] = newest.full.split('.').map(Number);
    const executable = venv?.python ?? newest.python;
    // Installed once for all stages and runs of the tests.
    const griffe = await cachedTool('griffe', { executable, version: [major, minor, patch] });
    const stage = new StepStage(name, executable, venv?.folder);
    mkdirSync(join(stage.home, 'data'), { recursive: true });
    symlinkSync(dirname(dirname(griffe.folder)), join(stage.home, 'data', 'tools'));
    return stage;
  }

  override env(more: CallOptions['env'] = {}): NodeJS.ProcessEnv {
    const own = this.#venv === undefined ? {} : { VIRTUAL_ENV: this.#venv };
    return super.env({ ...own, ...more });
  }

  read(path: string): string {
    return readFileSync(join(this.repo, path), 'utf8');
  }

  /** The smallest baseline that there is; `words` name what to measure. */
  async baseline(words: readonly string[], options: CallOptions = {}): Promise<void> {
    const few = ['--no-snapshot', '--pairs', '4', '--budget', '5s'];
    const ended = await this.strop(['baseline', ...few, ...this.#named(), ...words], options);
    expect(ended.code, ended.stderr).toBe(0);
  }

  /** `strop step --json`, which must print a document of its form and end with the code of its outcome. */
  async step(words: readonly string[], options: CallOptions = {}): Promise<EndedStep> {
    const ended = await this.plainStep(['--json', ...words], options);
    return { ...ended, document: readStep(ended) };
  }

  /** `strop step` as it stands: for its text, and for what ends before there is a document. */
  plainStep(words: readonly string[], options: CallOptions = {}): Promise<Ended> {
    const budget = words.includes('--budget') ? [] : ['--budget', '20s'];
    return this.strop(['step', ...budget, ...this.#named(), ...words], options);
  }

  /** Files of the newest commit. */
  committedFiles(): readonly string[] {
    const names = this.git('-c', 'core.quotePath=false', 'show', '--name-only', '--format=', 'HEAD');
    return names.split('\n').filter((name) => name !== '');
  }

  #named(): readonly string[] {
    return this.#venv === undefined ? ['--python', this.python] : [];
  }
}

/** The document on stdout, to the last field of its form. */
export function readStep(ended: Ended): StepDocument {
  expect([0, 1, 3], ended.stderr).toContain(ended.code);
  const value: unknown = JSON.parse(ended.stdout);
  const document = stepDocument.parse(value);
  expect(document).toEqual(value);
  const codes = { accepted: 0, rejected: 1, undecided: 3 };
  expect(ended.code).toBe(codes[document.outcome]);
  return document;
}

/** The outcome of each gate by its name. */
export function gatesOf({ gates }: StepDocument): Readonly<Record<string, string>> {
  return Object.fromEntries(gates.map(({ gate, outcome }) => [gate, outcome]));
}

/** Codes of all doubts of a step. */
export function doubtsOf({ doubts }: StepDocument): readonly string[] {
  return doubts.map(({ code }) => code);
}
