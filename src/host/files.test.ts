import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createHost } from '#host';

const { files } = createHost();
const ROOT = process.getuid?.() === 0;
let top = '';
let folder = '';
let count = 0;

beforeAll(async () => {
  top = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'strop-files-')));
});
afterAll(() => fs.rm(top, { recursive: true, force: true }));
beforeEach(async () => {
  count += 1;
  folder = join(top, `données ${count} 数据`);
  await fs.mkdir(folder);
});

const names = async (path: string) => (await files.list(path)).map(({ name }) => name);

describe('reading', () => {
  it('answers undefined, or nothing, for what does not exist', async () => {
    const missing = join(folder, 'no', 'such');
    const belowFile = join(folder, 'file', 'x');
    await fs.writeFile(join(folder, 'file'), '');
    for (const path of [missing, belowFile]) {
      expect(await files.readText(path)).toBeUndefined();
      expect(await files.readBytes(path)).toBeUndefined();
      expect(await files.kind(path)).toBeUndefined();
      expect(await files.real(path)).toBeUndefined();
      expect(await files.freeBytes(path)).toBeUndefined();
      expect(await files.list(path)).toEqual([]);
      await files.remove(path);
    }
    await expect(files.makeFolder(belowFile)).rejects.toMatchObject({
      facts: { problem: 'a file is where a folder should be (ENOTDIR)' },
    });
    await expect(files.makeFolder(join(folder, 'file'))).rejects.toMatchObject({
      facts: { problem: 'something else is there already (EEXIST)' },
    });
  });

  it('lists a folder by name with kinds, links as links', async () => {
    for (const name of ['ö', 'Z', 'a b', 'a']) await fs.writeFile(join(folder, name), name);
    await fs.mkdir(join(folder, 'm'));
    await fs.symlink('m', join(folder, 'link'));
    await fs.symlink('nowhere', join(folder, 'broken'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    expect(await files.list(folder)).toEqual([
      { name: 'Z', kind: 'file' },
      { name: 'a', kind: 'file' },
      { name: 'a b', kind: 'file' },
      { name: 'broken', kind: 'link' },
      { name: 'link', kind: 'link' },
      { name: 'm', kind: 'folder' },
      { name: 'pipe', kind: 'other' },
      { name: 'ö', kind: 'file' },
    ]);
    expect(await files.kind(join(folder, 'broken'))).toBe('link');
    expect(await files.real(join(folder, 'link'))).toBe(join(folder, 'm'));
    expect(await files.real(join(folder, 'broken'))).toBeUndefined();
    expect(await files.readText(join(folder, 'ö'))).toBe('ö');
  });

  it('says what is wrong with a path that is no file', async () => {
    await expect(files.readText(folder)).rejects.toMatchObject({
      name: 'StropError',
      code: 'disk',
      facts: { where: folder, problem: 'a folder is where a file should be (EISDIR)' },
    });
  });

  it('refuses what may have no end, and what is too large to be held', async () => {
    const [pipe, huge] = [join(folder, 'pipe'), join(folder, 'huge')];
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero']) {
      const problem = 'this is a device or a pipe, and strop reads files only';
      await expect(files.readBytes(path)).rejects.toMatchObject({ code: 'disk', facts: { problem } });
      await expect(files.readText(path)).rejects.toMatchObject({ code: 'disk', facts: { where: path } });
    }
    const problem = expect.stringContaining('this file is too large') as string;
    await fs.writeFile(huge, '');
    await fs.truncate(huge, 600e6);
    await expect(files.readText(huge)).rejects.toMatchObject({ code: 'disk', facts: { problem } });
    await fs.truncate(huge, 3e9);
    await expect(files.readBytes(huge)).rejects.toMatchObject({ code: 'disk', facts: { problem } });
  });

  it('opens few files at once, whatever is asked for', async () => {
    const paths = Array.from({ length: 500 }, (_, index) => join(folder, `${index}`));
    await Promise.all(paths.map((path) => files.writeAtomically(path, 'x')));
    const script = join(folder, 'read-all.mjs');
    await build({
      stdin: {
        contents: `
          import { createHost } from './index.ts';
          const { files } = createHost();
          const folder = process.argv[2];
          const entries = await files.list(folder);
          const texts = await Promise.all(entries.map(({ name }) => files.readText(folder + '/' + name)));
          process.stdout.write(texts.join(''));
        `,
        resolveDir: import.meta.dirname,
        loader: 'ts',
      },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: script,
      logLevel: 'warning',
    });
    const argv = ['-c', 'ulimit -n 120; exec "$0" "$1" "$2"', process.execPath, script, folder];
    expect(execFileSync('sh', argv, { encoding: 'utf8' })).toContain('x'.repeat(500));
  });

  it('tells the free space', async () => {
    expect(await files.freeBytes(folder)).toBeGreaterThan(0);
  });
});

describe('writing', () => {
  it('replaces a file whole, keeps its mode, makes folders, and leaves nothing beside it', async () => {
    const path = join(folder, 'deep', 'er', 'x'.repeat(255));
    await files.writeAtomically(path, 'one');
    await fs.chmod(path, 0o750);
    await files.writeAtomically(path, new Uint8Array([0x74, 0xc3, 0xa9]));
    expect(await files.readText(path)).toBe('té');
    expect((await fs.stat(path)).mode & 0o777).toBe(0o750);
    expect(await names(join(folder, 'deep', 'er'))).toHaveLength(1);
  });

  it('never shows half a file to a reader', async () => {
    const path = join(folder, 'file');
    const contents = ['a', 'b', 'c'].map((letter) => letter.repeat(2 ** 20));
    await files.writeAtomically(path, contents[0]!);
    let broken = 0;
    const write = async () => {
      for (let round = 0; round < 30; round += 1) await files.writeAtomically(path, contents[round % 3]!);
    };
    const read = async () => {
      for (let round = 0; round < 60; round += 1) {
        if (!contents.includes((await files.readText(path))!)) broken += 1;
      }
    };
    await Promise.all([write(), read()]);
    expect(broken).toBe(0);
  });

  it('writes to the target of a link and leaves the link', async () => {
    await fs.writeFile(join(folder, 'target'), 'old');
    await fs.symlink('target', join(folder, 'link'));
    await files.writeAtomically(join(folder, 'link'), 'new');
    expect(await fs.readlink(join(folder, 'link'))).toBe('target');
    expect(await files.readText(join(folder, 'target'))).toBe('new');
  });

  it('creates a file once, whoever comes first', async () => {
    const path = join(folder, 'sub', 'lock');
    const texts = Array.from({ length: 20 }, (_, index) => `owner ${index}`);
    const won = await Promise.all(texts.map((text) => files.create(path, text)));
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await files.readText(path)).toBe(texts[won.indexOf(true)]);
    expect(await names(join(folder, 'sub'))).toEqual(['lock']);
    await fs.symlink('nowhere', join(folder, 'broken'));
    expect(await files.create(join(folder, 'broken'), 'x')).toBe(false);
    expect(await files.create(folder, 'x')).toBe(false);
  });

  it('copies a file with its mode and a link as a link', async () => {
    await fs.writeFile(join(folder, 'run'), 'x', { mode: 0o751 });
    await fs.symlink('../away', join(folder, 'link'));
    await files.copy(join(folder, 'run'), join(folder, 'to', 'run'));
    await files.copy(join(folder, 'link'), join(folder, 'to', 'link'));
    expect((await fs.stat(join(folder, 'to', 'run'))).mode & 0o777).toBe(0o751);
    expect(await fs.readlink(join(folder, 'to', 'link'))).toBe('../away');
  });

  it('replaces what is at the target of a copy and never writes through a link', async () => {
    await fs.writeFile(join(folder, 'new'), 'new');
    await fs.writeFile(join(folder, 'precious'), 'precious');
    await fs.symlink('precious', join(folder, 'link'));
    await fs.writeFile(join(folder, 'read-only'), 'old', { mode: 0o444 });
    for (const name of ['link', 'read-only']) {
      await files.copy(join(folder, 'new'), join(folder, name));
      expect(await files.kind(join(folder, name))).toBe('file');
      expect(await files.readText(join(folder, name))).toBe('new');
    }
    expect(await files.readText(join(folder, 'precious'))).toBe('precious');
    await expect(files.copy(join(folder, 'none'), join(folder, 'x'))).rejects.toMatchObject({
      code: 'disk',
      facts: { where: join(folder, 'none') },
    });
  });

  it('removes a tree, folders without write permission and links included, and only that', async () => {
    const tree = join(folder, 'tree');
    await fs.mkdir(join(tree, 'closed'), { recursive: true });
    await fs.mkdir(join(folder, 'other'));
    await fs.writeFile(join(folder, 'other', 'file'), '');
    await fs.writeFile(join(tree, 'closed', 'file'), '', { mode: 0o400 });
    await fs.symlink('../other', join(tree, 'link'));
    await fs.chmod(join(tree, 'closed'), 0o500);
    await files.remove(tree);
    expect(await names(folder)).toEqual(['other']);
    expect(await names(join(folder, 'other'))).toEqual(['file']);
    await files.remove(tree);
  });
});

describe('moving', () => {
  it('moves a whole tree at once and makes the parents of its new place', async () => {
    await fs.mkdir(join(folder, 'from', 'deep'), { recursive: true });
    await fs.writeFile(join(folder, 'from', 'deep', 'x'), '1');
    expect(await files.move(join(folder, 'from'), join(folder, 'new', 'to'))).toBe(true);
    expect(await files.readText(join(folder, 'new', 'to', 'deep', 'x'))).toBe('1');
    expect(await names(folder)).toEqual(['new']);
  });

  it('leaves both where they are when something is there', async () => {
    for (const name of ['a', 'b']) {
      await fs.mkdir(join(folder, name));
      await fs.writeFile(join(folder, name, 'x'), name);
    }
    await fs.writeFile(join(folder, 'file'), 'f');
    expect(await files.move(join(folder, 'a'), join(folder, 'b'))).toBe(false);
    expect(await files.move(join(folder, 'a', 'x'), join(folder, 'file'))).toBe(false);
    expect(await files.readText(join(folder, 'a', 'x'))).toBe('a');
    expect(await files.readText(join(folder, 'b', 'x'))).toBe('b');
    expect(await files.readText(join(folder, 'file'))).toBe('f');
    await expect(files.move(join(folder, 'missing'), join(folder, 'c'))).rejects.toMatchObject({
      code: 'disk',
    });
  });
});

describe('when the disk refuses', () => {
  /** Runs with a file system of its own mounted, which only root may do. */
  async function onMount(options: string, act: (path: string) => Promise<void>): Promise<void> {
    const path = join(folder, 'mounted');
    await fs.mkdir(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path]);
    try {
      await act(path);
    } finally {
      execFileSync('umount', [path]);
    }
  }
  const canMount = ROOT && process.platform === 'linux';

  it.runIf(canMount)('a full disk is told as one, and the former file is still there', async () => {
    await onMount('size=64k', async (path) => {
      const file = join(path, 'file');
      await files.writeAtomically(file, 'former');
      for (const write of [
        () => files.writeAtomically(file, 'x'.repeat(2 ** 18)),
        () => files.create(join(path, 'fresh'), 'x'.repeat(2 ** 18)),
      ]) {
        await expect(write()).rejects.toMatchObject({
          code: 'disk',
          facts: {
            problem: 'no space is left on the disk (ENOSPC)',
            remedy: expect.stringMatching(/STROP_HOME/),
          },
        });
      }
      expect(await files.readText(file)).toBe('former');
      expect(await names(path)).toEqual(['file']);
      await fs.writeFile(join(folder, 'big'), 'x'.repeat(2 ** 18));
      await expect(files.copy(join(folder, 'big'), join(path, 'big'))).rejects.toMatchObject({
        code: 'disk',
        facts: { where: join(path, 'big') },
      });
    });
  });

  it.runIf(canMount)('a read-only file system is told as one', async () => {
    await onMount('ro', async (path) => {
      await expect(files.makeFolder(join(path, 'x'))).rejects.toMatchObject({
        code: 'disk',
        facts: { where: join(path, 'x'), problem: 'the file system is read-only (EROFS)' },
      });
      await expect(files.writeAtomically(join(path, 'x'), '')).rejects.toMatchObject({
        facts: { problem: 'the file system is read-only (EROFS)' },
      });
    });
  });

  it.skipIf(ROOT)('a missing permission is told as one', async () => {
    await fs.chmod(folder, 0o500);
    await expect(files.writeAtomically(join(folder, 'x'), '')).rejects.toMatchObject({
      code: 'disk',
      facts: { problem: 'permission denied (EACCES)' },
    });
    await fs.chmod(folder, 0o700);
  });
});
