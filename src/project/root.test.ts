import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProject } from '#project';
import { useTrees } from './testing/project-trees.ts';

const { host, tree, with: withEnv } = useTrees();
const init = (folder: string): void => {
  execFileSync('git', ['init', '-q', folder]);
};

describe('the project around a folder', () => {
  it.each([
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'requirements.txt',
    'requirements-dev.txt',
    'Pipfile',
    'environment.yml',
  ])('is the nearest folder upwards that holds %s', async (name) => {
    const top = tree({ [`service/${name}`]: '', 'service/pkg/deep/a.py': '' });
    init(top);
    expect(await findProject(host, join(top, 'service/pkg/deep'))).toEqual({
      root: join(top, 'service'),
      gitTop: top,
      prefix: 'service',
    });
  });

  it('is the git top where nothing declares a project', async () => {
    const top = tree({ 'a/b/c.py': '' });
    init(top);
    expect(await findProject(host, join(top, 'a/b'))).toEqual({ root: top, gitTop: top, prefix: '' });
  });

  it('is the folder itself outside of git when nothing declares a project', async () => {
    const top = tree({ 'a/b.py': '' });
    expect(await findProject(host, join(top, 'a'))).toEqual({
      root: join(top, 'a'),
      gitTop: undefined,
      prefix: '',
    });
  });

  it('never lies above the git top', async () => {
    const top = tree({ 'pyproject.toml': '', 'inner/a.py': '' });
    init(join(top, 'inner'));
    const inner = join(top, 'inner');
    expect(await findProject(host, inner)).toEqual({ root: inner, gitTop: inner, prefix: '' });
  });

  it('is not the folder of the documentation with requirements of its own', async () => {
    const top = tree({ 'setup.py': '', 'docs/requirements.txt': '' });
    init(top);
    expect((await findProject(host, join(top, 'docs'))).root).toBe(top);
  });

  it('is found through a symbolic link and told by its real path', async () => {
    const top = tree({ 'real/pyproject.toml': '', link: { link: 'real' } });
    init(join(top, 'real'));
    expect(await findProject(host, join(top, 'link'))).toEqual({
      root: join(top, 'real'),
      gitTop: join(top, 'real'),
      prefix: '',
    });
  });

  it('is a worktree or a submodule of its own when called there', async () => {
    const top = tree({ 'main/a.py': '' });
    const git = (...args: string[]): void => {
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: join(top, 'main'),
      });
    };
    init(join(top, 'main'));
    git('add', '.');
    git('commit', '-qm', 'x');
    git('worktree', 'add', '-q', '../side');
    expect((await findProject(host, join(top, 'side'))).gitTop).toBe(join(top, 'side'));
  });

  it('does not follow the variables that a git hook leaves behind', async () => {
    const top = tree({ 'one/pyproject.toml': '', 'two/pyproject.toml': '' });
    init(join(top, 'one'));
    init(join(top, 'two'));
    const hook = withEnv({ GIT_DIR: join(top, 'one/.git'), GIT_WORK_TREE: join(top, 'one') });
    expect((await findProject(hook, join(top, 'two'))).gitTop).toBe(join(top, 'two'));
  });

  it('is found without git on the machine', async () => {
    const top = tree({ 'pyproject.toml': '', 'pkg/a.py': '' });
    init(top);
    const bare = withEnv({ PATH: join(top, 'nowhere') });
    expect(await findProject(bare, join(top, 'pkg'))).toEqual({ root: top, gitTop: top, prefix: '' });
  });

  it('is an error when the folder does not exist', async () => {
    const top = tree({ 'a.py': '' });
    await expect(findProject(host, join(top, 'gone'))).rejects.toMatchObject({ code: 'no-project' });
  });
});
