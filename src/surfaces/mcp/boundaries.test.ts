import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createHost } from '#host';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkArguments, confineHost, foldersOfRoots, isInside } from './boundaries.ts';

let folder: string;
let project: string;
const host = () => createHost({ cwd: project, env: { ...process.env, STROP_HOME: join(folder, 'home') } });

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'strop-mcp-')));
  project = join(folder, 'project');
  mkdirSync(join(project, 'src'), { recursive: true });
  mkdirSync(join(folder, 'project-two'));
  writeFileSync(join(folder, 'secret.py'), 'SECRET = 1\n');
  writeFileSync(join(project, 'src', 'own.py'), 'OWN = 1\n');
  symlinkSync(folder, join(project, 'link'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the folders of a call', () => {
  it('do not hold a neighbour whose name begins alike', () => {
    expect(isInside('/a/project', '/a/project')).toBe(true);
    expect(isInside('/a/project/src', '/a/project')).toBe(true);
    expect(isInside('/a/project-two', '/a/project')).toBe(false);
    expect(isInside('/x', '/')).toBe(true);
  });

  it('come from the roots of the client that exist on this machine', async () => {
    const roots = [project, join(folder, 'gone')].map((path) => ({ uri: pathToFileURL(path).href }));
    const others = [{ uri: 'https://example.org/x' }, { uri: 'nonsense' }];
    expect(await foldersOfRoots(host().files, [...roots, ...others])).toEqual([project]);
  });

  it.each([
    [{ file: '/etc/passwd' }],
    [{ file: '../secret.py' }],
    [{ profile: ['fine.raw', '../../x.raw'] }],
    [{ target: 'link/secret.py:SECRET' }],
    [{ target: '../secret.py:SECRET' }],
  ])('are not left by the argument %j', async (input) => {
    await expect(checkArguments(host().files, input, project, [project])).rejects.toMatchObject({
      code: 'bad-request',
    });
  });

  it.each([
    [{ file: 'src/own.py' }],
    [{ target: 'src/own.py:OWN', top: 5, deep: true }],
    [{ workload: ['tests/test_x.py::test_y', 'pkg.mod:function'] }],
    [{ revisions: 'HEAD~2..HEAD', python: '/usr/bin/python3', command: ['cat', '/etc/hosts'] }],
    [{ noTests: '/metrics is gone, and its tests with it', apiChange: '../ is no longer taken' }],
    [{ file: '/nowhere/else/../../etc', allowed: true }],
  ])('hold the argument %j', async (input) => {
    const allowed = 'allowed' in input ? ['/'] : [project];
    await expect(checkArguments(host().files, input, project, allowed)).resolves.toBeUndefined();
  });

  it('are the only ones that an operation can change, links included', async () => {
    const { files, folders } = confineHost(host(), [project]);
    await files.writeAtomically(join(project, 'new', 'file.txt'), 'x');
    await files.writeAtomically(join(folders.data, 'x.json'), '{}');
    mkdirSync(join(folder, 'disk'));
    symlinkSync(join(folder, 'disk'), join(folders.data, 'tools'));
    await confineHost(host(), [project]).files.writeAtomically(join(folders.data, 'tools', 'x'), 'x');
    const outside = [join(folder, 'x.txt'), join(project, 'link', 'x.txt'), join(folder, 'project-two', 'x')];
    for (const path of outside) {
      await expect(files.writeAtomically(path, 'x'), path).rejects.toMatchObject({ code: 'disk' });
      await expect(files.create(path, 'x'), path).rejects.toMatchObject({ code: 'disk' });
      await expect(files.makeFolder(path), path).rejects.toMatchObject({ code: 'disk' });
      await expect(files.remove(path), path).rejects.toMatchObject({ code: 'disk' });
      await expect(files.copy(join(project, 'src', 'own.py'), path), path).rejects.toMatchObject({
        code: 'disk',
      });
      await expect(files.move(join(project, 'src'), path), path).rejects.toMatchObject({ code: 'disk' });
      expect(await files.kind(path), path).toBeUndefined();
    }
  });

  it('are the only ones whose Python source an operation sees', async () => {
    const { files } = confineHost(host(), [project]);
    expect(await files.readText(join(project, 'src', 'own.py'))).toBe('OWN = 1\n');
    expect(await files.readText(join(folder, 'secret.py'))).toBeUndefined();
    expect(await files.readBytes(join(project, 'link', 'secret.py'))).toBeUndefined();
  });

  it('are not left by a link in the place of a file of the project', async () => {
    writeFileSync(join(folder, 'secret.txt'), 'SECRET\n');
    symlinkSync(join(folder, 'secret.txt'), join(project, 'OPTIMIZATION_LOG.md'));
    symlinkSync(join(folder, 'secret.py'), join(project, 'notes.txt'));
    const { files } = confineHost(host(), [project]);
    for (const path of ['OPTIMIZATION_LOG.md', 'notes.txt', 'link/secret.txt'])
      expect(await files.readText(join(project, path)), path).toBeUndefined();
    const disguised = `${project}/site-packages/../../secret.py`;
    expect(await files.readText(disguised)).toBeUndefined();
    expect(await files.readText('/proc/self/stat')).toBeDefined();
  });

  it('do not hold those of the user himself', async () => {
    await expect(checkArguments(host().files, { user: true }, project, [project])).rejects.toMatchObject({
      facts: { where: 'user' },
    });
  });

  it('take a long text for no path', async () => {
    const long = 'x'.repeat(20_000);
    await expect(checkArguments(host().files, { budget: long }, project, [project])).resolves.toBeUndefined();
  });

  it('do not hide what comes with strop itself', async () => {
    const shipped = join(folder, 'shipped');
    mkdirSync(shipped, { recursive: true });
    writeFileSync(join(shipped, 'before.py'), 'OLD = 1\n');
    const open = host();
    const { files } = confineHost({ ...open, folders: { ...open.folders, skill: shipped } }, [project]);
    expect(await files.readText(join(shipped, 'before.py'))).toBe('OLD = 1\n');
  });
});
