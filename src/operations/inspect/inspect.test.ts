import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createHost } from '#host';
import stringWidth from 'string-width';
import { afterEach, describe, expect, it } from 'vitest';
import type { Style } from '../operation.ts';
import { inspect } from './run.ts';
import { result as schema } from './schema.ts';
import type { Inspection } from './schema.ts';
import { inspectionText } from './text.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function project(files: Readonly<Record<string, string>>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'strop-inspect-')));
  folders.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function inspectIn(cwd: string): Promise<Inspection> {
  const env = { ...process.env, VIRTUAL_ENV: undefined, CONDA_PREFIX: undefined };
  const host = createHost({ cwd, env });
  try {
    const context = { host, signal: new AbortController().signal, progress: () => undefined };
    return await inspect(context, { noise: false });
  } finally {
    await host.close();
  }
}

const plain = (width: number): Style => {
  const same = (text: string): string => text;
  return { bold: same, dim: same, good: same, bad: same, warn: same, width };
};

const FILES = {
  'pyproject.toml':
    '[project]\nname = "my-lib"\nrequires-python = ">=3.9"\n\n[build-system]\nbuild-backend = "setuptools.build_meta"\n\n' +
    '[tool.pytest.ini_options]\naddopts = "-ra"\nmarkers = ["slow: takes long"]\n\n[tool.strop.workloads]\nparse = "tests/test_a.py::test_a"\n',
  'src/my_lib/__init__.py': '',
  'tests/test_a.py': 'def test_a(benchmark):\n    pass\n',
};

describe('strop inspect', () => {
  it('says who runs the tests where pytest is installed and the files use unittest', async () => {
    const root = project({ 'a.py': '', 'tests/test_a.py': 'import unittest\n' });
    const answer = await inspectIn(root);
    const told = (tools: Readonly<Record<string, string>>): string =>
      inspectionText({ ...answer, interpreter: { ...answer.interpreter, tools } }, plain(100)).join('\n');
    expect(told({})).not.toContain('by pytest');
    expect(told({ pytest: '9.0.1' })).toMatch(/run by +unittest.*\n +strop runs +them by pytest 9\.0\.1/);
  });

  it('answers what its schema promises, for a project with everything and for one with nothing', async () => {
    const full = project(FILES);
    execFileSync('git', ['init', '-q', '-b', 'main', full]);
    for (const root of [full, project({ 'main.py': '' })]) {
      const answer = JSON.parse(JSON.stringify(await inspectIn(root))) as unknown;
      expect(schema.parse(answer)).toEqual(answer);
    }
  });

  it('finds the project from a folder inside it', async () => {
    const root = project(FILES);
    const answer = await inspectIn(join(root, 'src/my_lib'));
    expect(answer.project).toMatchObject({
      root,
      settings: 'pyproject.toml',
      workloads: [{ name: 'parse', kind: 'id', evidence: { file: 'pyproject.toml', line: 13 } }],
    });
  });

  it('shows each fact with its place', async () => {
    const lines = inspectionText(await inspectIn(project(FILES)), plain(100));
    const text = lines.join('\n');
    expect(lines[0]).toBe('Project my-lib');
    expect(text).toMatch(/layout +src in src: my_lib \(seen in the folders\)/);
    expect(text).toMatch(/requires +>=3\.9 \(pyproject\.toml:3\)/);
    expect(text).toMatch(/built by +setuptools\.build_meta \(pyproject\.toml:6\)/);
    expect(text).toMatch(/addopts +-ra \(pyproject\.toml:9\)/);
    expect(text).toMatch(/pytest-benchmark +1 with the benchmark fixture \(tests\/test_a\.py:1\)/);
    expect(text).toMatch(/state +not a git repository/);
  });

  it.each([40, 80, 200])('keeps its columns in %i columns', async (width) => {
    const root = project({ ...FILES, [`src/my_lib/${'long'.repeat(20)}.py`]: '' });
    const lines = inspectionText(await inspectIn(root), plain(width));
    const facts = lines.slice(
      0,
      lines.findIndex((line) => line.startsWith('!')),
    );
    const starts = facts
      .filter((line) => /^ {2}\S/.test(line))
      .map((line) => /^ {2}\S+(?: \S+)* {2,}/.exec(line)?.[0].length);
    expect(new Set(starts).size).toBe(1);
    const wide = lines.filter((line) => stringWidth(line) > width);
    // Only a single word that is longer than its column may stick out.
    expect(wide.filter((line) => line.trim().split(/ {2,}/).at(-1)?.includes(' '))).toEqual([]);
  });

  it('does not let names in files steer the terminal', async () => {
    const root = project({ 'pyproject.toml': '[project]\nname = "a\\u001b[31mb\\u202ec"\n', 'a.py': '' });
    const text = inspectionText(await inspectIn(root), plain(100)).join('\n');
    expect(text).toContain('Project a?[31mb?c');
    expect(text).not.toMatch(/[\u001b\u202e]/);
  });
});
