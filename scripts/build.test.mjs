import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, realpath, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

describe('the build', () => {
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'strop-build-')));
    await cp(join(ROOT, 'package.json'), join(folder, 'package.json'));
    await run(process.execPath, ['scripts/build.mjs', join(folder, 'dist')], { cwd: ROOT });
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('makes a program that runs without node_modules', async () => {
    const program = join(folder, 'dist', 'strop.js');
    expect((await stat(program)).mode & 0o111).toBe(0o111);
    const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    expect((await run(program, ['--version'], { cwd: folder })).stdout).toBe(`${version}\n`);
  });

  it('makes chunks that load without node_modules, what they bundle included', async () => {
    const chunks = (await readdir(join(folder, 'dist'))).filter(
      (name) => name.endsWith('.js') && name !== 'strop.js',
    );
    expect(chunks.length).toBeGreaterThan(2);
    const load = chunks.map((name) => `await import('./dist/${name}');`).join('\n');
    await run(process.execPath, ['--input-type=module', '--eval', load], { cwd: folder });
  });

  it('loads little at the start: the list of commands, and no package that a command needs', async () => {
    const read = async (name) => readFile(join(folder, 'dist', name), 'utf8');
    const loaded = new Map([['strop.js', await read('strop.js')]]);
    for (const text of loaded.values()) {
      for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.js)"/g))
        if (!loaded.has(name)) loaded.set(name, await read(name));
    }
    const bytes = [...loaded.values()].reduce((sum, text) => sum + text.length, 0);
    expect([...loaded.keys()].length).toBeGreaterThan(1);
    expect(bytes, [...loaded.keys()].join(', ')).toBeLessThan(40_000);
  });

  it('puts what was there before away', async () => {
    const dist = join(folder, 'dist');
    const before = await readdir(dist);
    await writeFile(join(dist, 'chunk-OLD.js'), '');
    await run(process.execPath, ['scripts/build.mjs', dist], { cwd: ROOT });
    expect(await readdir(dist)).toEqual(before);
  });

  it('names the licence of every package in the bundle', async () => {
    const text = await readFile(join(folder, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    expect(text).toMatch(/^commander \d+\.\d+\.\d+ \(MIT\)$/m);
    expect(text).toMatch(/TJ Holowaychuk/);
    expect(text).toMatch(/^speedscope \d+\.\d+\.\d+ \(MIT\)$/m);
    expect(text).toMatch(/^@modelcontextprotocol\/server \d+\.\d+\.\d+ \(Apache-2\.0\)$/m);
    expect(text).toMatch(/^ajv \d+\.\d+\.\d+ \(MIT\)$/m);
    expect(text).toMatch(/^protobufjs \d+\.\d+\.\d+ \(BSD-3-Clause\)$/m);
  });

  it('brings the viewer for profiles along, and removes files of a former one', async () => {
    const viewer = join(folder, 'dist', 'speedscope');
    expect((await readdir(viewer)).filter((name) => /^speedscope-.*\.(js|css)$/.test(name))).toHaveLength(2);
    await writeFile(join(viewer, 'old.js'), '');
    await run(process.execPath, ['scripts/build.mjs', join(folder, 'dist')], { cwd: ROOT });
    expect(await readdir(viewer)).not.toContain('old.js');
  });
});
