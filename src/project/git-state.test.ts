import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listNewFiles, readGitState } from '#project';
import { useTrees } from './testing/project-trees.ts';

const { host, tree, with: withEnv } = useTrees();

function git(folder: string, ...args: string[]): string {
  const settings = [
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.org',
    '-c',
    'protocol.file.allow=always',
  ];
  return execFileSync('git', [...settings, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function repository(files: Record<string, string>): string {
  const top = tree(files);
  git(top, 'init', '-q', '-b', 'main');
  git(top, 'add', '.');
  git(top, 'commit', '-qm', 'one');
  return top;
}

describe('the state of git', () => {
  it('counts what is changed, staged, renamed, deleted and untracked', async () => {
    const top = repository({ 'a.py': '1\n', 'b.py': '2\n2\n2\n', 'c.py': '3\n', '.gitignore': '*.log\n' });
    writeFileSync(join(top, 'a.py'), 'changed\n');
    git(top, 'mv', 'b.py', 'moved é.py');
    git(top, 'rm', '-q', 'c.py');
    for (const name of ['new.py', 'other new.py', 'x.log']) writeFileSync(join(top, name), '');
    const state = await readGitState(host, top);
    expect(state).toMatchObject({
      branch: 'main',
      changed: 3,
      untracked: 2,
      unmerged: 0,
      shallow: false,
      underway: undefined,
      trouble: undefined,
    });
    expect(state.commit).toBe(git(top, 'rev-parse', 'HEAD').trim());
  });

  it('lists what HEAD does not have, staged or not', async () => {
    const top = repository({ 'a.py': '1\n', 'b.py': '2\n', '.gitignore': '*.log\n' });
    writeFileSync(join(top, 'a.py'), 'changed\n');
    for (const name of ['staged é.py', 'new.py', 'x.log']) writeFileSync(join(top, name), '');
    git(top, 'add', 'staged é.py');
    git(top, 'mv', 'b.py', 'moved.py');
    expect(await listNewFiles(host, top)).toEqual(['moved.py', 'staged é.py', 'new.py']);
    expect(await listNewFiles(host, join(top, 'nowhere'))).toEqual([]);
  });

  it('leaves the index as it is, even where git would like to refresh it', async () => {
    const top = repository({ 'a.py': '1\n' });
    utimesSync(join(top, 'a.py'), 1, 1);
    const index = join(top, '.git', 'index');
    const before = { bytes: readFileSync(index), mtime: statSync(index).mtimeMs };
    await readGitState(host, top);
    expect({ bytes: readFileSync(index), mtime: statSync(index).mtimeMs }).toEqual(before);
  });

  it('tells a repository without commits, and a detached HEAD', async () => {
    const empty = tree({ 'a.py': '' });
    git(empty, 'init', '-q', '-b', 'main');
    expect(await readGitState(host, empty)).toMatchObject({
      commit: undefined,
      branch: 'main',
      untracked: 1,
    });
    const top = repository({ 'a.py': '' });
    git(top, 'checkout', '-q', '--detach');
    expect((await readGitState(host, top)).branch).toBeUndefined();
  });

  it('tells conflicts and the merge that is under way', async () => {
    const top = repository({ 'a.py': '1\n' });
    git(top, 'checkout', '-qb', 'other');
    writeFileSync(join(top, 'a.py'), 'other\n');
    git(top, 'commit', '-qam', 'other');
    git(top, 'checkout', '-q', 'main');
    writeFileSync(join(top, 'a.py'), 'main\n');
    git(top, 'commit', '-qam', 'main');
    expect(() => git(top, 'merge', '-q', 'other')).toThrow();
    expect(await readGitState(host, top)).toMatchObject({ unmerged: 1, underway: 'merge' });
  });

  it('tells submodules and a shallow history', async () => {
    const inner = repository({ 'x.py': '' });
    const top = repository({ 'a.py': '' });
    git(top, 'submodule', '--quiet', 'add', inner, 'libs/inner é');
    git(top, 'commit', '-qm', 'two');
    expect(await readGitState(host, top)).toMatchObject({ submodules: ['libs/inner é'], shallow: false });
    const place = tree({ '.keep': '' });
    git(place, 'clone', '-q', '--depth=1', `file://${top}`, 'copy');
    expect((await readGitState(host, join(place, 'copy'))).shallow).toBe(true);
  });

  it('says what is wrong when git cannot answer', async () => {
    const top = repository({ 'a.py': '' });
    const bare = withEnv({ PATH: join(top, 'nowhere') });
    expect((await readGitState(bare, top)).trouble).toContain('git cannot be started');
    const foreign = withEnv({ GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' });
    expect((await readGitState(foreign, top)).trouble).toContain(`safe.directory '${top}'`);
    writeFileSync(join(top, '.git', 'config'), 'broken [');
    expect((await readGitState(host, top)).trouble).toMatch(/config/);
  });
});
