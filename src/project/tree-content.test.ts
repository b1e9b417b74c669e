import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
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
});
