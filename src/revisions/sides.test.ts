import * as fs from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changedPaths, openRun, parseRevisions, prepareSides } from '#revisions';
import { listTree, NO_PYTHON, openStage, takeSnapshot, writeFiles } from './testing/stage.ts';
import type { Stage } from './testing/stage.ts';
import { prepareUntouched } from './testing/untouched.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
  await stage.write({
    'pyproject.toml': '[project]\nname = "pkg"\nversion = "1"\n',
    'src/pkg/__init__.py': 'VALUE = 1\n',
    'src/pkg/core.py': 'def work():\n    return 1\n',
  });
  await stage.commit('one');
});

afterEach(async () => {
  await stage.close();
});

async function read(path: string): Promise<string> {
  return fs.readFile(path, 'utf8');
}

describe('two commits', () => {
  it('are checked out at paths of equal length, outside the repository, with nothing in it touched', async () => {
    await stage.git('tag', 'v1');
    await stage.write({ 'src/pkg/core.py': 'def work():\n    return 2\n', 'src/pkg/new.py': '' });
    const second = await stage.commit('two');
    await stage.write({ 'src/pkg/core.py': 'uncommitted\n' });
    const { a, b, changed, doubts } = await prepareUntouched(stage, 'v1..HEAD');
    expect(a.root).toHaveLength(b.root.length);
    expect(a.root.startsWith(stage.repo)).toBe(false);
    expect(await read(join(a.root, 'src/pkg/core.py'))).toContain('return 1');
    expect(await read(join(b.root, 'src/pkg/core.py'))).toContain('return 2');
    expect(a.revision).toEqual({
      kind: 'commit',
      name: 'v1',
      commit: await stage.git('rev-parse', 'v1'),
      contentId: await stage.git('rev-parse', 'v1^{tree}'),
      clean: true,
    });
    expect(b.revision.commit).toBe(second);
    expect(changed).toEqual([
      { path: 'src/pkg/core.py', kind: 'changed' },
      { path: 'src/pkg/new.py', kind: 'added' },
    ]);
    expect(a.sourceRoots).toEqual([join(a.root, 'src')]);
    expect(b.modules).toEqual(['pkg']);
    expect(a.python).toBe(b.python);
    expect(a.ownFolders).toEqual([]);
    expect(doubts).toEqual([]);
  });

  it('keep files that archives drop, executable bits, links and odd names', async () => {
    await stage.write({
      '.gitattributes': 'secret.txt export-ignore\n',
      'secret.txt': 'kept',
      'run.sh': '#!/bin/sh\n',
      'dät a/ü ".txt': 'x',
      'new\nline.txt': 'y',
    });
    await fs.chmod(join(stage.repo, 'run.sh'), 0o755);
    await fs.symlink('secret.txt', join(stage.repo, 'link'));
    await fs.symlink('nowhere', join(stage.repo, 'broken'));
    await stage.commit('two');
    const { b } = await prepareUntouched(stage, 'HEAD~1..HEAD');
    expect(await listTree(b.root)).toEqual([
      '.gitattributes',
      'broken@',
      'dät a/ü ".txt',
      'link@',
      'new\nline.txt',
      'pyproject.toml',
      'run.sh*',
      'secret.txt',
      'src/pkg/__init__.py',
      'src/pkg/core.py',
    ]);
    expect(await fs.readlink(join(b.root, 'link'))).toBe('secret.txt');
  });

  it('follow the line ends and filters that the attributes of each side ask for', async () => {
    await stage.write({ '.gitattributes': '*.txt text eol=crlf\n', 'a.txt': 'one\ntwo\n' });
    await stage.commit('crlf');
    await stage.write({ '.gitattributes': '*.txt text eol=lf\n' });
    await stage.git('config', 'filter.shout.smudge', 'tr a-z A-Z');
    await stage.write({ 'sub/.gitattributes': '*.md filter=shout\n', 'sub/x.md': 'loud\n' });
    await stage.commit('lf');
    const { a, b } = await prepareUntouched(stage, 'HEAD~1..HEAD');
    expect(await read(join(a.root, 'a.txt'))).toBe('one\r\ntwo\r\n');
    expect(await read(join(b.root, 'a.txt'))).toBe('one\ntwo\n');
    expect(await read(join(b.root, 'sub/x.md'))).toBe('LOUD\n');
  });

  it('leave no trace in a packed repository with a split index, hooks, a monitor and optional locks', async () => {
    await stage.git('gc', '--quiet');
    await stage.git('config', 'core.splitIndex', 'true');
    await stage.git('config', 'core.untrackedCache', 'true');
    await stage.git('update-index', '--split-index');
    const marker = join(stage.folder, 'hook ran');
    for (const hook of ['post-index-change', 'post-checkout', 'fsmonitor']) {
      const path = join(stage.repo, '.git/hooks', hook);
      await writeFiles(stage.repo, { [`.git/hooks/${hook}`]: `#!/bin/sh\ntouch '${marker}'\n` });
      await fs.chmod(path, 0o755);
    }
    await stage.git('config', 'core.fsmonitor', join(stage.repo, '.git/hooks/fsmonitor'));
    // The index is out of step with the file times, which any refresh would write down.
    await fs.utimes(join(stage.repo, 'src/pkg/core.py'), 1_000_000_000, 1_000_000_000);
    await fs.rm(marker, { force: true });
    await prepareUntouched(stage);
    await prepareUntouched(stage, 'HEAD..HEAD');
    await expect(fs.stat(marker)).rejects.toThrow();
  });

  it('are found from a detached HEAD, by branch with slashes, by short hash, in a linked worktree', async () => {
    const first = await stage.git('rev-parse', 'HEAD');
    await stage.git('branch', 'feature/some.thing');
    await stage.write({ 'src/pkg/core.py': 'def work():\n    return 2\n' });
    await stage.commit('two');
    await stage.git('checkout', '--quiet', '--detach');
    const detached = await prepareUntouched(stage, 'feature/some.thing..HEAD');
    expect(detached.a.revision.commit).toBe(first);
    const linked = join(stage.folder, 'linked tree');
    await stage.git('worktree', 'add', '--quiet', linked, first);
    await writeFiles(linked, { 'src/pkg/core.py': 'edited in the linked tree\n' });
    const before = await takeSnapshot(stage.repo);
    const sides = await stage.prepare(first.slice(0, 9), { project: linked });
    expect(await takeSnapshot(stage.repo)).toEqual(before);
    expect(await read(join(sides.a.root, 'src/pkg/core.py'))).toContain('return 1');
    expect(await read(join(sides.b.root, 'src/pkg/core.py'))).toContain('linked tree');
  });

  it('say that there is nothing to compare when they hold the same files', async () => {
    await stage.commit('an empty commit');
    const { doubts, changed } = await prepareUntouched(stage, 'HEAD~1..HEAD');
    expect(changed).toEqual([]);
    expect(doubts.map((doubt) => doubt.code)).toEqual(['identical-code']);
  });

  it('are prepared in spite of variables that a git hook sets', async () => {
    await stage.commit('two');
    const hook = {
      ...stage.host,
      env: { ...stage.host.env, GIT_DIR: '/nowhere', GIT_INDEX_FILE: '/nowhere/index', GIT_WORK_TREE: '/' },
    };
    const run = await openRun(hook);
    const sides = await prepareSides(hook, { root: stage.repo }, parseRevisions('HEAD~1..HEAD'), {
      run,
      python: NO_PYTHON,
    });
    expect(await listTree(sides.a.root)).toContain('src/pkg/core.py');
  });
});

describe('the working tree', () => {
  it('is frozen with modified and untracked files, without deleted and ignored ones', async () => {
    await stage.write({
      '.gitignore': '*.log\n/secret/\n',
      'gone.txt': 'x',
      'staged-gone.txt': 'x',
      'to-link': 'x',
    });
    await stage.commit('two');
    await stage.write({
      'src/pkg/core.py': 'def work():\n    return 3\n',
      'src/pkg/fresh module.py': 'NEW = 1\n',
      'noise.log': 'ignored',
      'secret/key': 'ignored',
      'script.sh': '#!/bin/sh\n',
    });
    await fs.chmod(join(stage.repo, 'script.sh'), 0o755);
    await fs.rm(join(stage.repo, 'gone.txt'));
    await stage.git('rm', '--quiet', 'staged-gone.txt');
    await fs.rm(join(stage.repo, 'to-link'));
    await fs.symlink('src', join(stage.repo, 'to-link'));
    execFileSync('mkfifo', [join(stage.repo, 'a pipe')]);
    const { a, b, changed } = await prepareUntouched(stage);
    expect(await listTree(b.root)).toEqual([
      '.gitignore',
      'pyproject.toml',
      'script.sh*',
      'src/pkg/__init__.py',
      'src/pkg/core.py',
      'src/pkg/fresh module.py',
      'to-link@',
    ]);
    expect(await listTree(a.root)).toContain('gone.txt');
    expect(changed).toEqual([
      { path: 'gone.txt', kind: 'removed' },
      { path: 'script.sh', kind: 'added' },
      { path: 'src/pkg/core.py', kind: 'changed' },
      { path: 'src/pkg/fresh module.py', kind: 'added' },
      { path: 'staged-gone.txt', kind: 'removed' },
      { path: 'to-link', kind: 'changed' },
    ]);
    expect(b.revision).toMatchObject({ kind: 'working-tree', name: 'working tree', clean: false });
    expect(b.revision.commit).toBe(await stage.git('rev-parse', 'HEAD'));
  });

  it('has no change where git stores the same under other line ends', async () => {
    await stage.write({
      'one.py': 'A = 1\nB = 2\n',
      'two.py': 'A = 1\n',
      '.gitattributes': 'two.py -text\n',
    });
    await stage.commit('lines');
    const crlf = { 'one.py': 'A = 1\r\nB = 2\r\n', 'two.py': 'A = 1\r\n', 'src/pkg/core.py': 'X = 1\r\n' };
    await stage.write(crlf);
    const plain = await prepareUntouched(stage);
    expect(plain.changed.map(({ path }) => path)).toEqual(['one.py', 'src/pkg/core.py', 'two.py']);
    await stage.git('config', 'core.autocrlf', 'input');
    const converted = await prepareUntouched(stage);
    expect(converted.changed.map(({ path }) => path)).toEqual(['src/pkg/core.py', 'two.py']);
    expect(await read(join(converted.b.root, 'one.py'))).toBe(crlf['one.py']);
    await stage.write({
      'two.py': 'A = 1\n',
      'src/pkg/core.py': await stage.git('show', 'HEAD:src/pkg/core.py'),
    });
  });

  it('stays as it was while the user goes on editing', async () => {
    await stage.write({ 'src/pkg/core.py': 'frozen\n' });
    const { a, b } = await stage.prepare();
    await stage.write({ 'src/pkg/core.py': 'edited later\n' });
    expect(await read(join(b.root, 'src/pkg/core.py'))).toBe('frozen\n');
    expect(await changedPaths(stage.host, a, b)).toEqual([{ path: 'src/pkg/core.py', kind: 'changed' }]);
  });

  it('has the same content id before and after it is committed, and another one for every change', async () => {
    const clean = await prepareUntouched(stage);
    expect(clean.b.revision.clean).toBe(true);
    expect(clean.b.revision.contentId).toBe(clean.a.revision.contentId);
    expect(clean.doubts.map((doubt) => doubt.code)).toEqual(['identical-code']);
    const ids = [clean.b.revision.contentId];
    const add = async (): Promise<void> => {
      const { b } = await prepareUntouched(stage);
      expect(b.revision.clean).toBe(false);
      ids.push(b.revision.contentId);
    };
    await stage.write({ 'src/pkg/core.py': 'changed\n' });
    await add();
    await stage.write({ 'untracked.py': '' });
    await add();
    await fs.chmod(join(stage.repo, 'untracked.py'), 0o755);
    await add();
    await fs.rm(join(stage.repo, 'src/pkg/__init__.py'));
    await add();
    expect(new Set(ids).size).toBe(ids.length);
    await stage.commit('all of it');
    const committed = await prepareUntouched(stage);
    expect(committed.b.revision).toMatchObject({ clean: true, contentId: ids.at(-1) });
  });

  it('is found clean in a repository that converts line ends', async () => {
    await stage.write({ '.gitattributes': '*.txt text eol=crlf\n', 'a.txt': 'one\r\ntwo\r\n' });
    await stage.commit('crlf');
    const { b, doubts } = await prepareUntouched(stage);
    expect(b.revision.clean).toBe(true);
    expect(doubts.map((doubt) => doubt.code)).toEqual(['identical-code']);
  });

  it('leaves out virtual environments and bytecode where nothing is ignored', async () => {
    await stage.write({
      'env dir/pyvenv.cfg': 'home = /usr\n',
      'env dir/lib/site.py': '',
      'src/pkg/__pycache__/core.cpython-312.pyc': 'x',
      'src/pkg/old.pyc': 'x',
    });
    const { b } = await prepareUntouched(stage);
    expect(await listTree(b.root)).toEqual(['pyproject.toml', 'src/pkg/__init__.py', 'src/pkg/core.py']);
  });

  it.runIf(process.platform === 'linux')(
    'says which files it leaves out, since their names are no UTF-8',
    async () => {
      const name = (start: string) =>
        Buffer.concat([Buffer.from(join(stage.repo, start)), Buffer.from([0xff])]);
      await fs.writeFile(name('tracked'), '');
      await stage.commit('odd');
      await fs.writeFile(name('untracked'), '');
      const { doubts } = await stage.prepare();
      const missing = doubts.filter(({ code }) => code === 'files-missing');
      expect(missing.map(({ text }) => text).join()).toMatch(/: tracked\uFFFD, untracked\uFFFD\.$/);
    },
  );

  it('takes nested repositories along, but no other worktree of its own repository', async () => {
    const nested = join(stage.repo, 'vendor/inner');
    await writeFiles(nested, { 'inner.py': 'x = 1\n', '.gitignore': 'skip\n', skip: 'x' });
    await stage.gitIn(nested, 'init', '--quiet');
    await stage.git('worktree', 'add', '--quiet', 'second tree', 'HEAD');
    const { b } = await prepareUntouched(stage);
    expect(await listTree(b.root)).toEqual([
      'pyproject.toml',
      'src/pkg/__init__.py',
      'src/pkg/core.py',
      'vendor/inner/.gitignore',
      'vendor/inner/inner.py',
    ]);
    expect(b.revision.clean).toBe(false);
  });

  it('is refused while a merge is unresolved, with the names of the files', async () => {
    await stage.git('checkout', '--quiet', '-b', 'other');
    await stage.write({ 'src/pkg/core.py': 'theirs\n' });
    await stage.commit('theirs');
    await stage.git('checkout', '--quiet', 'main');
    await stage.write({ 'src/pkg/core.py': 'ours\n' });
    await stage.commit('ours');
    await stage.git('merge', '--quiet', 'other').catch(() => undefined);
    const before = await takeSnapshot(stage.repo);
    await expect(stage.prepare()).rejects.toMatchObject({
      code: 'bad-tree',
      facts: { problem: expect.stringContaining('src/pkg/core.py') as unknown },
    });
    expect(await takeSnapshot(stage.repo)).toEqual(before);
    // Two commits have nothing to do with it.
    await expect(stage.prepare('HEAD~1..HEAD')).resolves.toBeDefined();
  });

  it('is whole in spite of a sparse checkout', async () => {
    await stage.write({ 'docs/text.md': 'words\n', 'other/file.py': 'x = 1\n' });
    await stage.commit('two');
    await stage.git('sparse-checkout', 'set', '--cone', 'src');
    await expect(fs.stat(join(stage.repo, 'docs'))).rejects.toThrow();
    await stage.write({ 'src/pkg/core.py': 'changed\n' });
    const { changed } = await prepareUntouched(stage);
    expect(changed).toEqual([{ path: 'src/pkg/core.py', kind: 'changed' }]);
  });
});

describe('a project inside a larger repository', () => {
  beforeEach(async () => {
    await stage.write({
      'tools/pyproject.toml': '[project]\nname = "tool"\nversion = "1"\n',
      'tools/tool.py': 'x = 1\n',
    });
    await stage.commit('two');
  });

  it('is found at its place, with the whole repository around it', async () => {
    const { a } = await prepareUntouched(stage, undefined, { project: join(stage.repo, 'tools') });
    expect(a.project).toBe(join(a.root, 'tools'));
    expect(a.modules).toEqual(['tool']);
    expect(await listTree(a.root)).toContain('src/pkg/core.py');
  });

  it('is refused for a revision that does not have it', async () => {
    const failing = stage.prepare('HEAD~1', { project: join(stage.repo, 'tools') });
    await expect(failing).rejects.toMatchObject({
      code: 'bad-revision',
      facts: { problem: expect.stringContaining('tools does not exist in HEAD~1') as unknown },
    });
  });
});

describe('dispose', () => {
  it('removes the checkouts and may be called twice', async () => {
    const run = await openRun(stage.host);
    const sides = await stage.prepare(undefined, { run });
    await sides.dispose();
    await sides.dispose();
    expect(await fs.readdir(run.folder)).toEqual([]);
  });

  it('is done for the caller when the preparation fails', async () => {
    const run = await openRun(stage.host);
    await expect(stage.prepare('HEAD~7', { run })).rejects.toThrow();
    expect(await fs.readdir(run.folder)).toEqual([]);
  });
});
