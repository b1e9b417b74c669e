import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createHost, fakeHost } from '#host';
import type { OpenHost } from '#host';
import { findTool, installTool, listInstalledTools, removeTool } from '#tools';
import { PYTHONS } from './testing/cached-tool.ts';
import { makeIndex } from './testing/wheel.ts';

const python = PYTHONS.at(-1)!;
const LABEL = python.version.slice(0, 2).join('.');
const PY = `py${LABEL}`;
const top = mkdtempSync(join(tmpdir(), 'strop-tools-'));
const hosts: OpenHost[] = [];
let index = '';

beforeAll(() => {
  index = makeIndex(python.executable, join(top, 'index'), 'griffe', '2.4.1');
});
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});
afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

/** A host with a home of its own, for which the folder `index` is the whole package index. */
function hostIn(home: string, env: Readonly<Record<string, string>> = {}): OpenHost {
  const host = createHost({
    cwd: top,
    env: {
      ...process.env,
      STROP_HOME: join(top, home),
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: index,
      ...env,
    },
  });
  hosts.push(host);
  return host;
}

function entries(home: string): readonly string[] {
  const folder = join(top, home, 'data', 'tools', PY);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

describe('installing a tool', () => {
  it('puts the pinned release into a folder of this Python and finds it again', async () => {
    const host = hostIn('plain');
    expect(await findTool(host, 'griffe', python)).toBeUndefined();
    const says: string[] = [];
    const tool = await installTool(host, 'griffe', python, { progress: (text) => says.push(text) });
    expect(tool).toMatchObject({ name: 'griffe', version: '2.4.1', python: LABEL });
    expect(tool.bytes).toBeGreaterThan(20);
    expect(readFileSync(join(tool.folder, 'griffe.py'), 'utf8')).toBe('VERSION = "2.4.1"\n');
    expect(says).toEqual([expect.stringContaining(`installing griffe 2.4.1 for Python ${LABEL} by pip`)]);
    expect(await findTool(host, 'griffe', python)).toEqual(tool);
    expect(await listInstalledTools(host)).toEqual([tool]);
    expect(entries('plain')).toEqual(['griffe-2.4.1']);
  });

  it('finds nothing for another Python, and removes without a trace', async () => {
    const host = hostIn('plain');
    expect(await findTool(host, 'griffe', { ...python, version: [3, 4, 0] })).toBeUndefined();
    for (const tool of await listInstalledTools(host)) await removeTool(host, tool);
    expect(entries('plain')).toEqual([]);
  });

  it('works where the user has forbidden pip to work outside of environments, or sends it elsewhere', async () => {
    const config = join(top, 'pip.conf');
    writeFileSync(config, '[global]\nrequire-virtualenv = true\n[install]\nuser = true\n');
    const host = hostIn('strict', {
      PIP_CONFIG_FILE: config,
      PIP_TARGET: join(top, 'elsewhere'),
      PYTHONPATH: join(top, 'shadow'),
    });
    mkdirSync(join(top, 'shadow', 'pip'), { recursive: true });
    writeFileSync(join(top, 'shadow', 'pip', '__init__.py'), 'raise SystemExit("not me")');
    expect((await installTool(host, 'griffe', python)).folder).toBe(
      join(top, 'strict', 'data', 'tools', PY, 'griffe-2.4.1'),
    );
    expect(existsSync(join(top, 'elsewhere'))).toBe(false);
  });

  it('gives two strops at once the same folder, and leaves nothing beside it', async () => {
    const both = await Promise.all([1, 2].map(() => installTool(hostIn('twice'), 'griffe', python)));
    expect(both[0]).toEqual(both[1]);
    expect(entries('twice')).toEqual(['griffe-2.4.1']);
  });

  it('leaves nothing when it fails, and shows the last lines of pip', async () => {
    const host = hostIn('failing');
    await expect(installTool(host, 'memray', python)).rejects.toMatchObject({
      code: 'environment-failed',
      facts: {
        problem: 'pip could not install memray==1.20.0 (exit 1)',
        detail: expect.stringContaining('No matching distribution found for memray==1.20.0') as unknown,
      },
    });
    expect(entries('failing')).toEqual([]);
  });

  it('leaves nothing when it is stopped', async () => {
    const host = hostIn('stopped');
    await expect(installTool(host, 'griffe', python, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'interrupted',
    });
    expect(entries('stopped')).toEqual([]);
  });

  it('does not take a folder without a receipt for a tool', async () => {
    const half = join(top, 'half', 'data', 'tools', PY, 'griffe-2.4.1');
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, 'griffe.py'), 'broken');
    const host = hostIn('half');
    expect(await findTool(host, 'griffe', python)).toBeUndefined();
    const tool = await installTool(host, 'griffe', python);
    expect(readFileSync(join(tool.folder, 'griffe.py'), 'utf8')).toContain('VERSION');
  });
});

describe('who installs', () => {
  const bare = { executable: '/venv/bin/python', version: [3, 12, 1] as const };

  it('is uv where the interpreter has no pip, with the index that pip would use', async () => {
    const host = fakeHost({
      programs: { uv: '/bin/uv' },
      env: { PIP_INDEX_URL: 'https://index.example/simple' },
      answers: [
        ({ argv }) => (argv[0] === '/venv/bin/python' ? { exitCode: 1 } : undefined),
        ({ argv }) => (argv[0] === '/bin/uv' ? {} : undefined),
      ],
    });
    expect(await installTool(host, 'griffe', bare)).toMatchObject({ version: '2.4.1', python: '3.12' });
    const uv = host.ran.at(-1);
    expect(uv?.argv.join(' ')).toMatch(
      /^\/bin\/uv pip install .*--python \/venv\/bin\/python --target .*\.installing-\w+ griffe==2\.4\.1$/,
    );
    expect(uv?.env).toMatchObject({
      UV_DEFAULT_INDEX: 'https://index.example/simple',
      UV_PYTHON_DOWNLOADS: 'never',
    });
    expect(host.guarded.size).toBe(0);
  });

  it('is another pip where there is no uv either', async () => {
    const host = fakeHost({
      programs: { pip3: '/bin/pip3' },
      answers: [({ argv }) => (argv[0] === '/bin/pip3' ? {} : undefined)],
    });
    await installTool(host, 'griffe', bare);
    expect(host.ran.at(-1)?.argv.slice(0, 4)).toEqual([
      '/bin/pip3',
      '--python',
      '/venv/bin/python',
      'install',
    ]);
  });

  it('is nobody without both, and the message says what to do', async () => {
    await expect(installTool(fakeHost(), 'griffe', bare)).rejects.toMatchObject({
      code: 'environment-failed',
      facts: { where: '/venv/bin/python', remedy: expect.stringContaining('Install uv or pip') as unknown },
    });
  });
});
