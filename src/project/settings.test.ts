import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import type { Problem } from '#base';
import { readSettings } from '#project';
import { useTrees } from './testing/project-trees.ts';

const { host, tree } = useTrees();

async function problemOf(files: Record<string, string>): Promise<Problem> {
  try {
    await readSettings(host, tree(files));
  } catch (error) {
    if (error instanceof StropError) return error.facts;
    throw error;
  }
  throw new Error('no error came');
}

const FULL = `
budget = "2m"
margin = "2%"
fpr = 0.05
meter = "wall"
python = ".venv/bin/python"
timeout = "30s"
include = ["data/*.bin", "pkg/_version.py"]
source-roots = ["./lib/", "."]

[workloads]
parse = "tests/bench.py::test_parse"
stmt = { statement = "f(1)", setup = "from m import f" }
app = { command = ["python", "app.py", "x y"] }
call = { target = "pkg.mod:func", args = ["1", "'a'"], kwargs = { n = "3" } }
`;

describe('settings', () => {
  it('are empty where there are none', async () => {
    expect(await readSettings(host, tree({ 'a.py': '' }))).toEqual({
      file: undefined,
      workloads: [],
      include: [],
      guards: {},
    });
    expect(await readSettings(host, tree({ 'pyproject.toml': '[project]\nname = "x"\n' }))).toMatchObject({
      file: undefined,
    });
  });

  it.each([
    ['strop.toml', FULL],
    ['pyproject.toml', `[tool.strop]\n${FULL.replace('[workloads]', '[tool.strop.workloads]')}`],
  ])('are read from %s', async (file, text) => {
    const settings = await readSettings(host, tree({ [file]: text }));
    expect(settings).toMatchObject({
      file,
      budgetNs: 120e9,
      timeoutNs: 30e9,
      margin: 0.02,
      fpr: 0.05,
      meter: 'wall',
      python: { value: '.venv/bin/python', evidence: { file } },
      include: ['data/*.bin', 'pkg/_version.py'],
      sourceRoots: ['lib', '.'],
    });
    expect(settings.workloads.map(({ evidence: _, ...workload }) => workload)).toEqual([
      { name: 'parse', kind: 'id', id: 'tests/bench.py::test_parse' },
      { name: 'stmt', kind: 'statement', statement: 'f(1)', setup: 'from m import f' },
      { name: 'app', kind: 'command', argv: ['python', 'app.py', 'x y'] },
      { name: 'call', kind: 'callable', target: 'pkg.mod:func', args: ['1', "'a'"], kwargs: { n: '3' } },
    ]);
  });

  it('tell the line of each workload', async () => {
    const settings = await readSettings(host, tree({ 'strop.toml': FULL }));
    expect(settings.workloads[1]?.evidence).toEqual({ file: 'strop.toml', line: 13 });
  });

  it('are refused when they stand in both places', async () => {
    const problem = await problemOf({
      'strop.toml': 'fpr = "1%"\n',
      'pyproject.toml': '[tool.strop]\nfpr = "1%"\n',
    });
    expect(problem).toMatchObject({ code: 'bad-config', where: 'pyproject.toml:1' });
  });

  it.each<[string, string, Partial<Problem>]>([
    [
      'an unknown key',
      'bugdet = "1s"',
      {
        where: 'strop.toml:1',
        problem: 'unknown key `bugdet`',
        remedy: expect.stringContaining('Did you mean `budget`?'),
      },
    ],
    [
      'an unknown key that resembles none',
      'colour = 1',
      { where: 'strop.toml:1', remedy: expect.stringMatching(/^Known keys are workloads, /) },
    ],
    [
      'a key below [tool.strop]',
      '[tool.strop]\nfpr = 1',
      { problem: 'unknown key `tool`', remedy: expect.stringContaining('without [tool.strop]') },
    ],
    [
      'a wrong type',
      'fpr = "1%"\ninclude = "x"',
      { where: 'strop.toml:2', problem: '`include` must be a list of texts' },
    ],
    [
      'a wrong type inside a list',
      'include = [\n  "x",\n  3,\n]',
      { where: 'strop.toml:3', problem: '`include.1` must be a text' },
    ],
    [
      'a duration that is none',
      'budget = "soon"',
      { where: 'strop.toml:1', problem: '`budget` must be a duration such as "60s" or "2m"' },
    ],
    [
      'a margin of more than a half',
      'margin = "60%"',
      { problem: '`margin` must be a share from 0% to 50% such as "1%"' },
    ],
    [
      'an error rate of nothing',
      'fpr = 0',
      { problem: '`fpr` must be a share above 0% and up to 50% such as "1%"' },
    ],
    [
      'a source root outside',
      'source-roots = ["src", "../x"]',
      { where: 'strop.toml:1', problem: '`source-roots` leads out of the project: ../x' },
    ],
    [
      'a workload of no kind',
      '[workloads]\nx = 3',
      { where: 'strop.toml:2', problem: expect.stringContaining('`workloads.x` must be a workload id') },
    ],
    [
      'an unknown key of a workload',
      '[workloads]\nx = { statement = "f()", setpu = "" }',
      { where: 'strop.toml:2', remedy: expect.stringContaining('Did you mean `setup`?') },
    ],
    [
      'a misspelt kind of workload',
      '[workloads]\nx = { statment = "f()" }',
      { remedy: expect.stringContaining('Did you mean `statement`?') },
    ],
    [
      'an empty command',
      '[workloads]\nx = { command = [] }',
      { problem: '`workloads.x.command` must name a program' },
    ],
    [
      'a target without a function',
      '[workloads]\nx = { target = "pkg.mod" }',
      { problem: '`workloads.x.target` must have the form "module:function"' },
    ],
    [
      'broken TOML',
      'fpr = \n',
      { where: 'strop.toml:1', problem: expect.stringContaining('this is no valid TOML') },
    ],
  ])('refuse %s and say where', async (_what, text, expected) => {
    expect(await problemOf({ 'strop.toml': text })).toMatchObject({ code: 'bad-config', ...expected });
  });

  it('point into pyproject.toml at the line of the key', async () => {
    const problem = await problemOf({
      'pyproject.toml': '[project]\nname = "x"\n\n[tool.strop]\nbudget = "1s"\nmargn = "1%"\n',
    });
    expect(problem).toMatchObject({ where: 'pyproject.toml:6', remedy: expect.stringContaining('`margin`') });
  });
});
