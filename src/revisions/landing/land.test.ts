import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FilesChanged, demandCommitPossible, finishLandings, land, openRun } from '#revisions';
import { takeSnapshot } from '../testing/stage.ts';
import { LOG, openLandingStage } from './testing/landing-stage.ts';
import type { LandingStage } from './testing/landing-stage.ts';

let stage: LandingStage;

beforeEach(async () => {
  stage = await openLandingStage();
});
afterEach(async () => {
  expect(await stage.leftovers()).toEqual([]);
  await stage.close();
});

const FASTER = { 'src/pkg/core.py': 'def work():\n    return 2\n' };

function logEntry(before = '# Log\n') {
  return { path: join(stage.repo, LOG), text: '# Log\n\n## Faster work\n', before };
}

describe('a landing', () => {
  it('commits exactly what was measured: changed, new, deleted, executable, linked and odd files', async () => {
    await stage.write({
      ...FASTER,
      'src/pkg/new.py': 'NEW = 1\n',
      'dät a/ü ".txt': 'x\n',
      'new\nline.txt': 'y\n',
      'run.sh': '#!/bin/sh\n',
    });
    await fs.chmod(join(stage.repo, 'run.sh'), 0o755);
    await fs.symlink('run.sh', join(stage.repo, 'link'));
    await fs.rm(join(stage.repo, 'src/pkg/old.py'));
    const parent = await stage.git('rev-parse', 'HEAD');
    const prepared = await stage.prepareChange();
    expect(await stage.landChange(prepared)).toEqual({ left: [] });
    expect(await stage.git('rev-parse', 'HEAD', 'HEAD~1', 'main')).toBe(
      `${prepared.commit}\n${parent}\n${prepared.commit}`,
    );
    expect(await stage.git('log', '-1', '--format=%B|%an')).toBe('Faster work\n\n12 % less time.\n|Test');
    expect(await stage.git('reflog', '-1', '--format=%gs')).toBe('commit: Faster work');
    expect(await stage.status()).toEqual([]);
    expect(await stage.git('ls-tree', 'HEAD', 'run.sh', 'link')).toMatch(/^120000.*link\n100755.*run\.sh$/);
    await stage.git('fsck', '--strict');
    expect(prepared.files).toEqual([
      'dät a/ü ".txt',
      'link',
      'new\nline.txt',
      'run.sh',
      'src/pkg/core.py',
      'src/pkg/new.py',
      'src/pkg/old.py',
    ]);
  });

  it('leaves what was edited since as an edit, and the log out of the commit', async () => {
    await stage.write({ ...FASTER, [LOG]: '# Log\nby hand\n' });
    const prepared = await stage.prepareChange({ leaveOut: [LOG] });
    await stage.write({ 'src/pkg/core.py': 'def work():\n    return 3\n', 'later.py': '' });
    await stage.landChange(prepared, [logEntry('# Log\nby hand\n')]);
    expect(await stage.git('show', 'HEAD:src/pkg/core.py')).toBe('def work():\n    return 2');
    expect(await stage.git('show', `HEAD:${LOG}`)).toBe('# Log');
    expect(await stage.status()).toEqual([`M ${LOG}`, 'M src/pkg/core.py', '?? later.py']);
    expect(await fs.readFile(join(stage.repo, LOG), 'utf8')).toContain('## Faster work');
    expect(prepared.files).toEqual(['src/pkg/core.py']);
  });

  it('leaves a new log out that HEAD does not know', async () => {
    await stage.git('rm', '--quiet', LOG);
    await stage.commit('no log');
    await stage.write({ ...FASTER, [LOG]: 'first\n' });
    const prepared = await stage.prepareChange({ leaveOut: [LOG] });
    await stage.landChange(prepared);
    expect(await stage.git('ls-tree', '--name-only', '-r', 'HEAD')).not.toContain(LOG);
    expect(await stage.status()).toEqual([`?? ${LOG}`]);
  });

  it('changes nothing that can be seen before it is asked for', async () => {
    await stage.write({ ...FASTER, 'new.py': '' });
    const before = await takeSnapshot(stage.repo);
    await stage.prepareChange();
    expect(await takeSnapshot(stage.repo)).toEqual(before);
  });

  it('keeps the rest of the index: flags, intended and staged files', async () => {
    await stage.write({ 'a.py': '1\n', 'b.py': '1\n', 'c.py': '1\n', 'd.py': '1\n' });
    await stage.commit('more');
    await stage.git('update-index', '--assume-unchanged', 'a.py', 'd.py');
    await stage.git('update-index', '--skip-worktree', 'b.py');
    await stage.write({
      ...FASTER,
      [LOG]: 'staged\n',
      'c.py': 'staged, then taken back\n',
      'wanted.py': 'x\n',
    });
    await stage.git('add', LOG, 'c.py');
    await stage.git('add', '--intent-to-add', 'wanted.py');
    await stage.write({ 'c.py': '1\n', 'd.py': 'changed though assumed not to\n' });
    const prepared = await stage.prepareChange({ leaveOut: [LOG] });
    expect(prepared.files).toEqual(['d.py', 'src/pkg/core.py', 'wanted.py']);
    await stage.landChange(prepared);
    expect(await stage.git('ls-files', '-v', 'a.py', 'b.py', 'd.py')).toBe('h a.py\nS b.py\nh d.py');
    expect(await stage.git('show', ':c.py')).toBe('staged, then taken back');
    expect(await stage.git('show', `:${LOG}`)).toBe('staged');
    expect(await stage.status()).toEqual([`M  ${LOG}`, 'MM c.py']);
  });

  it('refuses when staged content would be lost, and changes nothing', async () => {
    await stage.write({ 'src/pkg/core.py': 'precious\n', [LOG]: 'x\n' });
    await stage.git('add', '.');
    await stage.write(FASTER);
    await expect(stage.prepareChange()).rejects.toMatchObject({
      code: 'bad-tree',
      facts: { problem: expect.stringContaining('src/pkg/core.py') },
    });
    // Staged only after the preparation.
    await stage.git('reset', '--quiet');
    const prepared = await stage.prepareChange();
    await stage.write({ 'src/pkg/core.py': 'precious\n' });
    await stage.git('add', '.');
    const head = await stage.git('rev-parse', 'HEAD');
    await expect(stage.landChange(prepared)).rejects.toMatchObject({ code: 'bad-tree' });
    expect(await stage.git('show', ':src/pkg/core.py')).toBe('precious');
    expect(await stage.git('rev-parse', 'HEAD')).toBe(head);
    await stage.git('reset', '--quiet');
    expect(await stage.landChange(prepared)).toEqual({ left: [] });
  });

  it('refuses when a staged file would give way to a folder', async () => {
    await stage.write({ thing: 'only staged\n' });
    await stage.git('add', 'thing');
    await fs.rm(join(stage.repo, 'thing'));
    await stage.write({ 'thing/inner.py': 'x\n' });
    await expect(stage.prepareChange()).rejects.toMatchObject({ code: 'bad-tree' });
    expect(await stage.git('show', ':thing')).toBe('only staged');
  });

  it('takes a folder in place of a file', async () => {
    await stage.write({ thing: 'x\n' });
    await stage.commit('thing');
    await fs.rm(join(stage.repo, 'thing'));
    await stage.write({ 'thing/inner.py': 'x\n' });
    await stage.landChange(await stage.prepareChange());
    expect(await stage.status()).toEqual([]);
  });

  it('refuses when HEAD has moved, before and after the preparation', async () => {
    await stage.write(FASTER);
    const old = await stage.git('rev-parse', 'HEAD');
    const prepared = await stage.prepareChange();
    await stage.git('commit', '--quiet', '--allow-empty', '-m', 'other');
    const refusal = { code: 'bad-tree', facts: { problem: expect.stringContaining('HEAD was at') } };
    await expect(stage.landChange(prepared)).rejects.toMatchObject(refusal);
    await expect(stage.prepareChange({ expectedHead: old })).rejects.toMatchObject(refusal);
    expect(await stage.git('log', '-1', '--format=%s')).toBe('other');
  });

  it.each([
    ['merge', 'MERGE_HEAD'],
    ['rebase', 'rebase-merge'],
    ['cherry-pick', 'CHERRY_PICK_HEAD'],
    ['revert', 'REVERT_HEAD'],
  ])('refuses while a %s is not finished', async (what, file) => {
    await stage.write(FASTER);
    const prepared = await stage.prepareChange();
    await fs.writeFile(join(stage.repo, '.git', file), `${prepared.parent}\n`);
    const refusal = { code: 'bad-tree', facts: { problem: expect.stringContaining(`a ${what}`) } };
    await expect(stage.landChange(prepared)).rejects.toMatchObject(refusal);
  });

  it('refuses when there is nothing to commit', async () => {
    await stage.write({ [LOG]: 'only the log\n' });
    await expect(stage.prepareChange({ leaveOut: [LOG] })).rejects.toMatchObject({ code: 'bad-tree' });
  });

  it('refuses an index that another git holds, and takes it when it is free in time', async () => {
    await stage.write(FASTER);
    const prepared = await stage.prepareChange();
    const lock = join(stage.repo, '.git/index.lock');
    await fs.writeFile(lock, '');
    await expect(stage.landChange(prepared)).rejects.toMatchObject({
      code: 'bad-tree',
      facts: { where: lock },
    });
    expect(await stage.git('rev-parse', 'HEAD')).toBe(prepared.parent);
    expect(await fs.readFile(lock, 'utf8')).toBe('');
    const sleep = stage.host.clock.sleep;
    const host = {
      ...stage.host,
      clock: {
        ...stage.host.clock,
        sleep: async (ms: number) => {
          await fs.rm(lock, { force: true });
          await sleep(ms);
        },
      },
    };
    await land(host, { project: { root: stage.repo }, prepared, files: [], note: 0 });
    expect(await stage.git('rev-parse', 'HEAD')).toBe(prepared.commit);
  });

  it('makes the index anew when the user stages something in the last moment', async () => {
    await stage.write({ ...FASTER, 'other.py': '1\n' });
    const prepared = await stage.prepareChange({ leaveOut: ['other.py'] });
    let copies = 0;
    const host = {
      ...stage.host,
      files: {
        ...stage.host.files,
        copy: async (from: string, to: string) => {
          copies += 1;
          await stage.host.files.copy(from, to);
          if (copies === 1) await stage.git('add', 'other.py');
        },
      },
    };
    await land(host, { project: { root: stage.repo }, prepared, files: [], note: 0 });
    expect(copies).toBe(2);
    expect(await stage.status()).toEqual(['A  other.py']);
  });

  it('works on a detached HEAD', async () => {
    await stage.git('checkout', '--quiet', '--detach');
    await stage.write(FASTER);
    const main = await stage.git('rev-parse', 'main');
    const prepared = await stage.prepareChange();
    await stage.landChange(prepared);
    expect(await stage.git('rev-parse', 'HEAD', 'main')).toBe(`${prepared.commit}\n${main}`);
    expect(await stage.status()).toEqual([]);
  });

  it('works in a linked worktree and leaves the main one alone', async () => {
    const linked = join(stage.folder, 'linked');
    await stage.git('worktree', 'add', '--quiet', '-b', 'side', linked);
    const index = await fs.readFile(join(stage.repo, '.git/index'));
    await fs.writeFile(join(linked, 'src/pkg/core.py'), FASTER['src/pkg/core.py']);
    const prepared = await stage.prepareChange({ root: linked });
    await land(stage.host, { project: { root: linked }, prepared, files: [], note: 0 });
    expect(await stage.gitIn(linked, 'rev-parse', 'HEAD', 'side')).toBe(
      `${prepared.commit}\n${prepared.commit}`,
    );
    expect(await stage.gitIn(linked, 'status', '--porcelain')).toBe('');
    expect(await fs.readFile(join(stage.repo, '.git/index'))).toEqual(index);
    expect(await stage.git('rev-parse', 'main')).toBe(prepared.parent);
  });

  it('works in a shallow clone', async () => {
    await stage.commit('two');
    const clone = join(stage.folder, 'shallow');
    await stage.git('clone', '--quiet', '--depth', '1', `file://${stage.repo}`, clone);
    await fs.writeFile(join(clone, 'src/pkg/core.py'), FASTER['src/pkg/core.py']);
    const prepared = await stage.prepareChange({ root: clone });
    await land(stage.host, { project: { root: clone }, prepared, files: [], note: 0 });
    expect(await stage.gitIn(clone, 'rev-list', '--count', 'HEAD')).toBe('2');
    expect(await stage.gitIn(clone, 'status', '--porcelain')).toBe('');
  });

  it.each([[false], [true]])('works in a sparse checkout (sparse index: %s)', async (sparse) => {
    await stage.write({ 'far/away.py': '1\n', 'far/deep/x.py': '1\n' });
    await stage.commit('far');
    await stage.git('sparse-checkout', 'set', '--cone', ...(sparse ? ['--sparse-index'] : []), 'src');
    await stage.write(FASTER);
    const prepared = await stage.prepareChange();
    await stage.landChange(prepared);
    expect(prepared.files).toEqual(['src/pkg/core.py']);
    expect(await stage.status()).toEqual([]);
    expect(await stage.git('ls-files', '-t', 'far/away.py')).toBe('S far/away.py');
    await expect(fs.stat(join(stage.repo, 'far'))).rejects.toThrow();
  });

  it('works with a split index and a cache of untracked files', async () => {
    await stage.git('config', 'core.splitIndex', 'true');
    await stage.git('update-index', '--split-index', '--untracked-cache');
    await stage.write({ ...FASTER, 'new.py': '' });
    await stage.landChange(await stage.prepareChange());
    expect(await stage.status()).toEqual([]);
  });

  it('keeps submodules as they are recorded and refuses changes inside', async () => {
    const inner = join(stage.folder, 'inner');
    await fs.mkdir(inner);
    await stage.gitIn(inner, 'init', '--quiet');
    await fs.writeFile(join(inner, 'x.py'), '1\n');
    await stage.gitIn(inner, 'add', '.');
    await stage.gitIn(inner, 'commit', '--quiet', '-m', 'inner');
    await stage.git('submodule', '--quiet', 'add', inner, 'sub');
    await stage.commit('sub');
    const recorded = await stage.git('ls-tree', 'HEAD', 'sub');
    await stage.write(FASTER);
    await stage.landChange(await stage.prepareChange());
    expect(await stage.git('ls-tree', 'HEAD', 'sub')).toBe(recorded);
    expect(await stage.status()).toEqual([]);
    await stage.write({ 'sub/x.py': '2\n' });
    await expect(stage.prepareChange()).rejects.toMatchObject({
      code: 'bad-tree',
      facts: { problem: expect.stringContaining('submodule') },
    });
  });

  it('refuses files of a repository that lies inside and is no submodule', async () => {
    await fs.mkdir(join(stage.repo, 'vendored/x'), { recursive: true });
    await stage.gitIn(join(stage.repo, 'vendored/x'), 'init', '--quiet');
    await stage.write({ 'vendored/x/y.py': '' });
    await expect(stage.prepareChange()).rejects.toMatchObject({
      code: 'bad-tree',
      facts: { where: 'vendored/x' },
    });
  });

  it('refuses large files of git-lfs', async () => {
    await stage.write({ '.gitattributes': '*.bin filter=lfs\n', 'a.bin': 'large' });
    await expect(stage.prepareChange()).rejects.toMatchObject({
      code: 'bad-tree',
      facts: { problem: expect.stringContaining('a.bin') },
    });
  });

  it('works for a project in a folder of the repository, with a change outside of it', async () => {
    const root = join(stage.repo, 'packages/ünï');
    await stage.write({
      'packages/ünï/pyproject.toml': '[project]\nname = "inner"\nversion = "1"\n',
      'packages/ünï/inner.py': '1\n',
    });
    await stage.commit('mono');
    await stage.write({
      'packages/ünï/inner.py': '2\n',
      [`packages/ünï/${LOG}`]: 'x\n',
      ...FASTER,
      [LOG]: 'x\n',
    });
    const prepared = await stage.prepareChange({ root, leaveOut: [LOG] });
    expect(prepared.files).toEqual([LOG, 'packages/ünï/inner.py', 'src/pkg/core.py']);
    await land(stage.host, { project: { root }, prepared, files: [], note: 0 });
    expect(await stage.status()).toEqual([`?? "packages/ünï/${LOG}"`.replaceAll('"', '')]);
  });

  it.each([
    ['core.autocrlf', 'true', undefined],
    ['core.autocrlf', 'input', undefined],
    ['core.autocrlf', 'false', '*.py text eol=crlf\n'],
    ['core.autocrlf', 'false', undefined],
  ])('keeps line ends as git does with %s=%s and attributes %j', async (name, value, attributes) => {
    await stage.git('config', name, value);
    if (attributes !== undefined) await stage.write({ '.gitattributes': attributes });
    await stage.write({ 'windows.py': 'a\r\nb\r\n' });
    await stage.commit('crlf');
    const raw = await stage.git('cat-file', '-p', 'HEAD:windows.py');
    await stage.write({ 'windows.py': 'a\r\nB\r\n', 'fresh.py': 'x\r\n' });
    await stage.git('add', '--all');
    const expected = await stage.git('write-tree');
    await stage.git('reset', '--quiet');
    const prepared = await stage.prepareChange();
    await stage.landChange(prepared);
    expect(await stage.git('rev-parse', 'HEAD^{tree}')).toBe(expected);
    expect(await stage.git('cat-file', '-p', 'HEAD:windows.py')).toBe(raw.replace('b', 'B'));
    expect(await fs.readFile(join(stage.repo, 'windows.py'), 'utf8')).toBe('a\r\nB\r\n');
    expect(await stage.status()).toEqual([]);
  });

  it('keeps the modes of a repository that a group shares', async () => {
    await stage.git('config', 'core.sharedRepository', 'group');
    await stage.write(FASTER);
    await stage.landChange(await stage.prepareChange());
    const { mode } = await fs.stat(join(stage.repo, '.git/index'));
    expect(mode & 0o060).toBe(0o060);
  });
});

describe('files', () => {
  it('are refused when they are not what the caller read', async () => {
    const entry = logEntry('something else\n');
    await stage.write(FASTER);
    const prepared = await stage.prepareChange();
    const refused = stage.landChange(prepared, [entry]);
    await expect(refused).rejects.toBeInstanceOf(FilesChanged);
    await expect(refused).rejects.toMatchObject({ code: 'bad-tree', paths: [entry.path] });
    await expect(stage.landChange(prepared, [{ ...entry, before: undefined }])).rejects.toBeInstanceOf(
      FilesChanged,
    );
    expect(await stage.git('rev-parse', 'HEAD')).toBe(prepared.parent);
    await fs.writeFile(entry.path, Buffer.from([0x23, 0xff]));
    await expect(stage.landChange(prepared, [logEntry('#\uFFFD')])).rejects.toBeInstanceOf(FilesChanged);
  });

  it('land without a commit, through links, and make new ones', async () => {
    await fs.rename(join(stage.repo, LOG), join(stage.folder, 'elsewhere.md'));
    await fs.symlink('../elsewhere.md', join(stage.repo, LOG));
    const fresh = { path: join(stage.repo, 'deep/new.md'), text: 'a\r\n', before: undefined };
    const head = await stage.git('rev-parse', 'HEAD');
    await land(stage.host, { project: { root: stage.repo }, files: [logEntry(), fresh], note: 0 });
    expect(await fs.readlink(join(stage.repo, LOG))).toBe('../elsewhere.md');
    expect(await fs.readFile(join(stage.folder, 'elsewhere.md'), 'utf8')).toContain('## Faster');
    expect(await fs.readFile(fresh.path, 'utf8')).toBe('a\r\n');
    expect(await stage.git('rev-parse', 'HEAD')).toBe(head);
  });

  it('that cannot be written are told, and the commit stands', async () => {
    await stage.write({ ...FASTER, blocked: 'a file\n' });
    const prepared = await stage.prepareChange();
    const path = join(stage.repo, 'blocked/log.md');
    expect(await stage.landChange(prepared, [{ path, text: 'x', before: undefined }])).toEqual({
      left: [path],
    });
    expect(await stage.git('rev-parse', 'HEAD')).toBe(prepared.commit);
  });
});

it('a start with nothing to finish only looks into one folder', async () => {
  let asked = 0;
  const count = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        asked += 1;
        return Reflect.get(target, name) as unknown;
      },
    });
  const host = { ...stage.host, files: count(stage.host.files), processes: count(stage.host.processes) };
  expect(await finishLandings(host, { root: stage.repo })).toEqual([]);
  expect(asked).toBe(1);
});

describe('what stands against a commit', () => {
  async function ask(host = stage.host): Promise<void> {
    const run = await openRun(stage.host);
    const sides = await stage.prepare(undefined, { run });
    await demandCommitPossible(host, {
      project: { root: stage.repo },
      side: sides.b,
      expectedHead: sides.a.revision.commit,
      leaveOut: [],
      runFolder: run.folder,
    });
  }

  it('is told before anything is measured for it: staged content, a locked index, no identity', async () => {
    await stage.write(FASTER);
    const before = await takeSnapshot(stage.repo);
    await ask();
    expect(await takeSnapshot(stage.repo)).toEqual(before);

    const nobody = stage.otherHost({
      ...Object.fromEntries(
        ['AUTHOR', 'COMMITTER'].flatMap((who) => [
          [`GIT_${who}_NAME`, undefined],
          [`GIT_${who}_EMAIL`, undefined],
        ]),
      ),
      EMAIL: undefined,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'user.useConfigOnly',
      GIT_CONFIG_VALUE_0: 'true',
    });
    await expect(ask(nobody)).rejects.toMatchObject({
      code: 'commit-refused',
      facts: { problem: 'git does not know who commits' },
    });

    const lock = join(stage.repo, '.git/index.lock');
    await fs.writeFile(lock, '');
    await expect(ask()).rejects.toMatchObject({ code: 'bad-tree', facts: { where: lock } });
    await fs.rm(lock);

    await stage.git('add', '.');
    await stage.write({ 'src/pkg/core.py': 'def work():\n    return 3\n' });
    await expect(ask()).rejects.toMatchObject({
      code: 'bad-tree',
      facts: { problem: expect.stringContaining('src/pkg/core.py') as string },
    });
  });
});
