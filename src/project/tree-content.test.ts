import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTreeContent } from '#project';
import { useTrees } from './testing/project-trees.ts';

const { host, tree } = useTrees();

function git(folder: string, ...args: string[]): string {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  return execFileSync('git', [...who, ...args], { cwd: folder, encoding: 'utf8' }).trim();
}

describe('what a working tree holds', () => {
  it('has one name for equal files, however they came about, and leaves the repository alone', async () => {
    const top = tree({ 'a.py': '1\n', 'b.py': '2\n', '.gitignore': '*.log\n' });
    git(top, 'init', '-q');
    expect(await readTreeContent(host, top)).toBeUndefined();
    git(top, 'add', '.');
    git(top, 'commit', '-qm', 'one');
    const clean = await readTreeContent(host, top);
    const head = git(top, 'rev-parse', 'HEAD^{tree}');
    expect(clean).toEqual({ commit: git(top, 'rev-parse', 'HEAD'), tree: head, content: head });
    const objects = () => readdirSync(join(top, '.git', 'objects')).sort();
    const before = objects();

    writeFileSync(join(top, 'a.py'), 'changed\n');
    const changed = await readTreeContent(host, top);
    expect(changed).toMatchObject({ tree: head, content: expect.stringMatching(/^changed:/) });
    expect(await readTreeContent(host, top)).toEqual(changed);
    writeFileSync(join(top, 'x.log'), 'ignored');
    expect(await readTreeContent(host, top)).toEqual(changed);
    writeFileSync(join(top, 'ü new.py'), '');
    expect((await readTreeContent(host, top))?.content).not.toBe(changed?.content);
    rmSync(join(top, 'ü new.py'));
    expect(objects()).toEqual(before);
    git(top, 'add', 'a.py');
    expect(await readTreeContent(host, top)).toEqual(changed);

    rmSync(join(top, 'b.py'));
    expect((await readTreeContent(host, top))?.content).not.toBe(changed?.content);
    git(top, 'reset', '-q', '--hard');
    expect(await readTreeContent(host, top)).toEqual(clean);
  });

  it('is told without following links, and with the repositories in it', async () => {
    const top = tree({ 'a.py': '1\n', 'sub/b.py': '2\n' });
    const inner = join(top, 'inner');
    git(top, 'init', '-q');
    git(top, 'add', '.');
    git(top, 'commit', '-qm', 'one');
    execFileSync('mkfifo', [join(top, 'pipe')]);
    symlinkSync('pipe', join(top, 'to-pipe'));
    symlinkSync('sub', join(top, '.venv'));
    mkdirSync(inner);
    git(inner, 'init', '-q');
    const content = async () => (await readTreeContent(host, top))?.content;
    const seen = [await content()];
    const differs = async (): Promise<void> => {
      const now = await content();
      expect(now).toMatch(/^changed:/);
      expect(seen).not.toContain(now);
      expect(await content()).toBe(now);
      seen.push(now);
    };
    rmSync(join(top, '.venv'));
    symlinkSync('elsewhere', join(top, '.venv'));
    await differs();
    writeFileSync(join(inner, 'c.py'), '3\n');
    git(inner, 'add', '.');
    git(inner, 'commit', '-qm', 'inner');
    await differs();
    writeFileSync(join(inner, 'c.py'), '4\n');
    await differs();
    // A folder in the place of a file.
    rmSync(join(top, 'a.py'));
    mkdirSync(join(top, 'a.py'));
    writeFileSync(join(top, 'a.py', 'x.py'), '');
    await differs();
  });
});
