import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import type { Consent, ConsentQuestion, Context } from '../operation.ts';
import { requireTool } from '../tool-consent.ts';
import { PYTHONS } from '../../tools/testing/cached-tool.ts';
import { makeIndex } from '../../tools/testing/wheel.ts';
import { manageTools } from './run.ts';
import { input as inputSchema, result as schema } from './schema.ts';
import type { ToolsResult } from './schema.ts';
import { toolsText } from './text.ts';

const python = PYTHONS.at(-1)!;
const LABEL = python.version.slice(0, 2).join('.');
const top = realpathSync(mkdtempSync(join(tmpdir(), 'strop-tools-op-')));
const project = join(top, 'project');
const venv = join(project, '.venv');
const hosts: OpenHost[] = [];
let index = '';

beforeAll(() => {
  index = makeIndex(python.executable, join(top, 'index'), 'griffe', '2.4.1');
  mkdirSync(project);
  writeFileSync(join(project, 'pyproject.toml'), '[project]\nname = "demo"\nversion = "1"\n');
  writeFileSync(join(project, 'uv.lock'), 'version = 1\n');
  execFileSync(python.executable, ['-m', 'venv', venv]);
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

function contextIn(home: string, answer?: Consent): { context: Context; asked: ConsentQuestion[] } {
  const asked: ConsentQuestion[] = [];
  const { VIRTUAL_ENV: _venv, ...env } = process.env;
  const host = createHost({
    cwd: project,
    env: { ...env, STROP_HOME: join(top, home), PIP_NO_INDEX: '1', PIP_FIND_LINKS: index },
  });
  hosts.push(host);
  const context: Context = {
    host,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...(answer === undefined
      ? {}
      : {
          confirm: (question) => {
            asked.push(question);
            return Promise.resolve(answer);
          },
        }),
  };
  return { context, asked };
}

async function tools(home: string, given: object, answer?: Consent): Promise<ToolsResult> {
  return manageTools(contextIn(home, answer).context, inputSchema.parse(given));
}

/** One hash over every path, mode and content of a tree. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((each) => ({ path: join(each.parentPath, each.name), file: each.isFile() }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${entry.path}\0${entry.file ? statSync(entry.path).mode : ''}\0`);
    if (entry.file) hash.update(readFileSync(entry.path));
  }
  return hash.digest('hex');
}

const plain = { bold: (t: string) => t, dim: (t: string) => t, good: (t: string) => t };
const style = { ...plain, bad: plain.dim, warn: plain.dim, width: 100 };

describe('strop tools', () => {
  it('lists every tool with why, how large, and whether it is there', async () => {
    const listed = await tools('list', {});
    expect(schema.parse(JSON.parse(JSON.stringify(listed)))).toEqual(listed);
    expect(listed.tools.map((tool) => [tool.name, tool.wanted, tool.state])).toContainEqual([
      'griffe',
      '2.4.1',
      'missing',
    ]);
    expect(listed.python?.label).toBe(LABEL);
    expect(toolsText(listed, style).join('\n')).toMatch(/griffe +2\.4\.1 +not installed, about 2\.00 MiB/);
  });

  it('installs, says so, and changes not a byte of the project, its environment and its lock file', async () => {
    const before = hashOf(project);
    const answer = await tools('install', { action: 'install', names: ['griffe'], yes: true });
    expect(answer.done).toEqual([{ name: 'griffe', version: '2.4.1', python: LABEL, what: 'installed' }]);
    expect(answer.tools.find((tool) => tool.name === 'griffe')).toMatchObject({
      state: 'installed',
      installed: [{ version: '2.4.1', python: LABEL }],
    });
    expect(toolsText(answer, style)).toEqual([`installed: griffe 2.4.1 for Python ${LABEL}`]);
    expect(hashOf(project)).toBe(before);
  });

  it('updates to the wanted release and removes the former one', async () => {
    const { context } = contextIn('install');
    const former = join(top, 'install', 'data', 'tools', `py${LABEL}`, 'griffe-2.0.0');
    mkdirSync(former);
    const receipt = { kind: 'tool', version: 1, tool: 'griffe', release: '2.0.0', python: LABEL, bytes: 1 };
    writeFileSync(join(former, 'strop-tool.json'), JSON.stringify(receipt));
    const answer = await manageTools(context, inputSchema.parse({ action: 'update', yes: true }));
    expect(answer.done.map(({ version, what }) => [version, what])).toEqual([
      ['2.4.1', 'already there'],
      ['2.0.0', 'removed'],
    ]);
    expect(readdirSync(join(former, '..'))).toEqual(['griffe-2.4.1']);
    // What another Python alone has is not installed for this one.
    const other = join(former, '..', '..', 'py3.0', 'memray-1.0.0');
    mkdirSync(other, { recursive: true });
    const foreign = { ...receipt, tool: 'memray', release: '1.0.0', python: '3.0' };
    writeFileSync(join(other, 'strop-tool.json'), JSON.stringify(foreign));
    const again = await manageTools(context, inputSchema.parse({ action: 'update', yes: true }));
    expect(again.done.map(({ name }) => name)).toEqual(['griffe']);
  });

  it('removes for every Python, and says when there is nothing to remove', async () => {
    const gone = await tools('install', { action: 'remove', names: ['griffe'] });
    expect(gone.done.map(({ what }) => what)).toEqual(['removed']);
    const again = await tools('install', { action: 'remove', names: ['griffe'] });
    expect(toolsText(again, style)).toEqual(['Nothing of that is installed.']);
  });

  it('refuses names that it does not know, and install or remove without a name', async () => {
    await expect(tools('none', { action: 'install', names: ['pyspy'] })).rejects.toMatchObject({
      code: 'bad-request',
      facts: { remedy: 'Did you mean py-spy?' },
    });
    for (const action of ['install', 'remove'])
      await expect(tools('none', { action })).rejects.toMatchObject({ code: 'bad-request' });
  });

  it('installs nothing without a yes', async () => {
    for (const answer of ['no', 'cannot-ask', undefined] as const) {
      await expect(tools('unasked', { action: 'install', names: ['griffe'] }, answer)).rejects.toMatchObject({
        code: 'tool-missing',
      });
    }
    expect((await tools('unasked', {})).tools.every((tool) => tool.state === 'missing')).toBe(true);
  });
});

describe('an operation that needs a tool', () => {
  const own = { executable: join(venv, 'bin', 'python'), version: python.version };

  it('asks what, why, how large and where, and installs after a yes', async () => {
    const { context, asked } = contextIn('asking', 'yes');
    const ready = await requireTool(context, 'griffe', own, false);
    expect(asked).toEqual([
      {
        what: `install griffe 2.4.1 for Python ${LABEL}`,
        why: 'griffe compares the public API of both sides by reading their sources',
        size: 'about 2.00 MiB on disk',
        where: expect.stringContaining(join(top, 'asking', 'data', 'tools')) as unknown,
      },
    ]);
    expect(ready).toMatchObject({ version: '2.4.1', python: own });
    await requireTool(context, 'griffe', own, false);
    expect(asked).toHaveLength(1);
  });

  it('is refused without consent, with the command and the other ways', async () => {
    const { context } = contextIn('refusing', 'cannot-ask');
    await expect(requireTool(context, 'griffe', own, false)).rejects.toMatchObject({
      code: 'tool-missing',
      facts: {
        remedy: expect.stringMatching(
          /`strop tools install griffe --yes`.*`strop mcp --yes`.*`uv pip install griffe==2\.4\.1`.*`uv add --group dev griffe==2\.4\.1`/,
        ) as unknown,
      },
    });
  });

  it('takes one that the user put into the environment', async () => {
    const site = join(top, 'site');
    mkdirSync(join(site, 'griffe-2.5.0.dist-info'), { recursive: true });
    const { context } = contextIn('provided');
    const ready = await requireTool(context, 'griffe', { ...own, sitePackages: [site] }, false);
    expect(ready).toMatchObject({ version: '2.5.0', folder: site });
  });
});
