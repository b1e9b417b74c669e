import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { openRun, parseRevisions, prepareSides } from '#revisions';
import { NO_PYTHON, openStage, writeFiles } from './testing/stage.ts';
import type { Stage } from './testing/stage.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage(false);
});

afterEach(async () => {
  await stage.close();
});

async function refusal(failing: Promise<unknown>): Promise<StropError> {
  try {
    await failing;
  } catch (error) {
    if (error instanceof StropError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

async function twoCommits(): Promise<void> {
  await stage.git('init', '--quiet');
  await stage.write({ 'pkg.py': 'x = 1\n' });
  await stage.commit('one');
  await stage.write({ 'pkg.py': 'x = 2\n' });
  await stage.commit('two');
}

describe('a repository that cannot serve', () => {
  it('is no repository at all: how to make one', async () => {
    const error = await refusal(stage.prepare());
    expect(error.code).toBe('no-git');
    expect(error.facts.remedy).toContain('git init');
  });

  it('is damaged: not to be made anew', async () => {
    await twoCommits();
    await stage.write({ '.git/HEAD': 'no reference' });
    const error = await refusal(stage.prepare());
    expect(error.code).toBe('no-git');
    expect(error.facts.problem).toBe('git cannot read this repository');
    expect(error.facts.remedy).not.toContain('git init');
  });

  it('lies below a folder whose name holds a line break: rename it', async () => {
    const error = await refusal(stage.prepare(undefined, { project: `${stage.repo}/two\nlines` }));
    expect(error.message).toContain('line break');
  });

  it('has no commit yet: commit first', async () => {
    await stage.git('init', '--quiet');
    await stage.write({ 'pkg.py': '' });
    const error = await refusal(stage.prepare());
    expect(error.code).toBe('bad-revision');
    expect(error.message).toContain('no commit yet');
    expect(error.facts.remedy).toContain('git commit');
  });

  it('is bare, or the git folder itself: clone it', async () => {
    await stage.git('init', '--quiet', '--bare', 'bare.git');
    for (const project of [join(stage.repo, 'bare.git'), join(stage.repo, 'bare.git/objects')]) {
      const error = await refusal(stage.prepare(undefined, { project }));
      expect(error.code).toBe('no-git');
      expect(error.facts.remedy).toContain('git clone');
    }
  });

  it('is there, but git is not', async () => {
    const bare = {
      ...stage.host,
      processes: {
        ...stage.host.processes,
        run: async (command: Parameters<typeof stage.host.processes.run>[0]) =>
          stage.host.processes.run({ ...command, env: { ...command.env, PATH: '/nowhere' } }),
      },
    };
    const run = await openRun(bare);
    const error = await refusal(
      prepareSides(bare, { root: stage.repo }, parseRevisions(undefined), { run, python: NO_PYTHON }),
    );
    expect(error.code).toBe('no-git');
    expect(error.message).toContain('not installed');
  });
});

describe('a revision that does not exist', () => {
  it('is answered with the names that come near', async () => {
    await twoCommits();
    await stage.git('tag', 'v1.0.0');
    await stage.git('branch', 'feature/parser');
    const tag = await refusal(stage.prepare('1.0.0'));
    expect(tag.code).toBe('bad-revision');
    expect(tag.facts.where).toBe('1.0.0');
    expect(tag.facts.remedy).toContain('v1.0.0');
    const branch = await refusal(stage.prepare('HEAD..feature/praser'));
    expect(branch.facts.remedy).toContain('feature/parser');
  });

  it('is answered with what there is when nothing comes near', async () => {
    await twoCommits();
    expect((await refusal(stage.prepare('xyzzy'))).facts.remedy).toContain('There are: main');
  });

  it('is missing because the clone is shallow: how to deepen it', async () => {
    await twoCommits();
    const clone = join(stage.folder, 'clone');
    await stage.git('clone', '--quiet', '--depth', '1', `file://${stage.repo}`, clone);
    const error = await refusal(stage.prepare('HEAD~1', { project: clone }));
    expect(error.code).toBe('bad-revision');
    expect(error.facts.remedy).toContain('--unshallow');
    // What is there works as ever.
    await expect(stage.prepare('HEAD', { project: clone })).resolves.toBeDefined();
  });

  it('names a file or a folder', async () => {
    await twoCommits();
    expect((await refusal(stage.prepare('HEAD:pkg.py'))).message).toContain('file in git');
    expect((await refusal(stage.prepare('HEAD^{tree}'))).message).toContain('folder in git');
  });

  it('is a full hash that nobody has', async () => {
    await twoCommits();
    expect((await refusal(stage.prepare('0123456789'.repeat(4)))).code).toBe('bad-revision');
  });
});

describe('a full disk', () => {
  it('is noticed before anything is written', async () => {
    await twoCommits();
    const full = {
      ...stage.host,
      files: { ...stage.host.files, freeBytes: async () => Promise.resolve(1000) },
    };
    const run = await openRun(full);
    const error = await refusal(
      prepareSides(full, { root: stage.repo }, parseRevisions(undefined), { run, python: NO_PYTHON }),
    );
    expect(error.code).toBe('disk');
    expect(error.facts.remedy).toContain('STROP_HOME');
    expect(await fs.readdir(run.folder)).toEqual([]);
  });
});

describe('a stop by the user', () => {
  it('ends the preparation and removes what was made', async () => {
    await twoCommits();
    const run = await openRun(stage.host);
    const error = await refusal(stage.prepare(undefined, { run, signal: AbortSignal.abort() }));
    expect(error.code).toBe('interrupted');
    expect(await fs.readdir(run.folder)).toEqual([]);
  });
});

describe('submodules', () => {
  let inner: string;
  let first: string;

  beforeEach(async () => {
    inner = join(stage.folder, 'inner');
    await fs.mkdir(inner);
    await stage.gitIn(inner, 'init', '--quiet');
    await writeFiles(inner, { 'inner.py': 'x = 1\n' });
    await stage.gitIn(inner, 'add', '.');
    await stage.gitIn(inner, 'commit', '--quiet', '-m', 'inner one');
    await stage.git('init', '--quiet');
    await stage.write({ 'pkg.py': 'x = 1\n' });
    await stage.git('submodule', '--quiet', 'add', inner, 'vendor/inner');
    await stage.commit('one');
    first = await stage.git('rev-parse', 'HEAD');
    const at = join(stage.repo, 'vendor/inner');
    await writeFiles(at, { 'inner.py': 'x = 2\n' });
    await stage.gitIn(at, 'commit', '--quiet', '-a', '-m', 'inner two');
    await stage.commit('two');
  });

  it('are checked out at the commit that each side records, and nothing in them changes', async () => {
    const { takeSnapshot } = await import('./testing/stage.ts');
    await writeFiles(join(stage.repo, 'vendor/inner'), { 'inner.py': 'x = 3\n', 'more.py': '' });
    const before = await takeSnapshot(stage.repo);
    const { a, b, doubts } = await stage.prepare(`${first}..HEAD`);
    expect(await fs.readFile(join(a.root, 'vendor/inner/inner.py'), 'utf8')).toBe('x = 1\n');
    expect(await fs.readFile(join(b.root, 'vendor/inner/inner.py'), 'utf8')).toBe('x = 2\n');
    expect(doubts).toEqual([]);
    const tree = await stage.prepare();
    expect(tree.changed).toEqual([
      { path: 'vendor/inner/inner.py', kind: 'changed' },
      { path: 'vendor/inner/more.py', kind: 'added' },
    ]);
    expect(tree.b.revision.clean).toBe(false);
    expect(await takeSnapshot(stage.repo)).toEqual(before);
    await stage.gitIn(join(stage.repo, 'vendor/inner'), 'reset', '--quiet', '--hard');
    await fs.rm(join(stage.repo, 'vendor/inner/more.py'));
    expect((await stage.prepare()).b.revision.clean).toBe(true);
  });

  it('stay empty, with a doubt, when they are not initialised', async () => {
    const clone = join(stage.folder, 'clone');
    await stage.git('clone', '--quiet', `file://${stage.repo}`, clone);
    const { a, b, doubts } = await stage.prepare(undefined, { project: clone });
    expect(await fs.readdir(join(a.root, 'vendor/inner'))).toEqual([]);
    expect(await fs.readdir(join(b.root, 'vendor/inner'))).toEqual([]);
    expect(doubts.map((doubt) => doubt.code)).toEqual(['files-missing', 'files-missing', 'identical-code']);
    expect(doubts[0]?.text).toContain('vendor/inner');
  });

  it('are found under their name when the working tree no longer has them', async () => {
    await stage.git('mv', 'vendor/inner', 'moved');
    await stage.commit('moved');
    const { a, b } = await stage.prepare(`${first}..HEAD`);
    expect(await fs.readFile(join(a.root, 'vendor/inner/inner.py'), 'utf8')).toBe('x = 1\n');
    expect(await fs.readFile(join(b.root, 'moved/inner.py'), 'utf8')).toBe('x = 2\n');
  });

  it('are refused when the recorded commit is not here, with the command that gets it', async () => {
    await stage.git('update-index', '--cacheinfo', `160000,${'1'.repeat(40)},vendor/inner`);
    await stage.git('commit', '--quiet', '-m', 'broken');
    const error = await refusal(stage.prepare('HEAD~1..HEAD'));
    expect(error.code).toBe('bad-revision');
    expect(error.facts.where).toBe('vendor/inner');
    expect(error.facts.remedy).toContain('git submodule update');
  });
});

describe('large files of git-lfs', () => {
  const content = 'a large file';
  const oid = '6d1f2d3ffdef70f22a0dfc5d3d2b1a44ebf8ae5ef7ee1fb4c2d1d1f8a9a3b6f7';

  it('come from where git-lfs keeps them, else stay pointers with a doubt', async () => {
    const { createHash } = await import('node:crypto');
    const real = createHash('sha256').update(content).digest('hex');
    const pointer = (id: string): string =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${id}\nsize 12\n`;
    await stage.git('init', '--quiet');
    await stage.write({
      '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n',
      'here.bin': pointer(real),
      'gone.bin': pointer(oid),
    });
    await stage.commit('pointers');
    // As git-lfs sets itself up; the program must not be called, and is not there.
    await stage.git('config', 'filter.lfs.smudge', 'git-lfs smudge -- %f');
    await stage.git('config', 'filter.lfs.process', 'git-lfs filter-process');
    await stage.git('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
    await stage.git('config', 'filter.lfs.required', 'true');
    await writeFiles(stage.repo, {
      [`.git/lfs/objects/${real.slice(0, 2)}/${real.slice(2, 4)}/${real}`]: content,
      'here.bin': content,
    });
    const { a, b, doubts } = await stage.prepare();
    expect(await fs.readFile(join(a.root, 'here.bin'), 'utf8')).toBe(content);
    expect(await fs.readFile(join(b.root, 'here.bin'), 'utf8')).toBe(content);
    expect(b.revision.clean).toBe(true);
    expect(doubts.map((doubt) => doubt.code)).toEqual(['files-missing', 'identical-code']);
    expect(doubts[0]?.text).toContain('gone.bin');
  });
});

describe('a partial clone', () => {
  it('gets the files that it lacks without putting them into the repository', async () => {
    const { takeSnapshot } = await import('./testing/stage.ts');
    await twoCommits();
    await stage.git('config', 'uploadpack.allowFilter', 'true');
    await stage.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    const clone = join(stage.folder, 'clone');
    await stage.git('clone', '--quiet', '--filter=blob:none', `file://${stage.repo}`, clone);
    const before = await takeSnapshot(clone);
    const { a } = await stage.prepare('HEAD~1', { project: clone });
    expect(await fs.readFile(join(a.root, 'pkg.py'), 'utf8')).toBe('x = 1\n');
    expect(await takeSnapshot(clone)).toEqual(before);
  });
});
