import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost } from '#host';
import { afterEach, describe, expect, it } from 'vitest';
import { readHistory } from './git-history.ts';

const folders: string[] = [];

function repository() {
  const top = mkdtempSync(join(tmpdir(), 'strop-history-'));
  folders.push(top);
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args], {
      cwd: top,
      encoding: 'utf8',
    }).trim();
  git('init', '--quiet');
  return {
    top,
    git,
    write: (name: string, text: string) => {
      writeFileSync(join(top, name), text);
    },
  };
}

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const host = createHost();

describe('the history since a commit', () => {
  it('lists commits with the content of every file that they touch', async () => {
    const { top, git, write } = repository();
    write('a.py', 'one');
    git('add', '-A');
    git('commit', '-qm', 'start');
    const start = git('rev-parse', 'HEAD');
    write('a.py', 'two');
    write('ü b.py', 'new');
    git('add', '-A');
    git('commit', '-qm', 'second: a "title"');
    git('rm', '-q', 'a.py');
    git('commit', '-qm', 'third');
    write('loose.py', 'x');
    const past = await readHistory(host, top, start);
    expect(past.commits?.map(({ title }) => title)).toEqual(['second: a "title"', 'third']);
    expect(past.commits?.[0]?.files).toEqual([
      { path: 'a.py', blob: git('rev-parse', 'HEAD~1:a.py') },
      { path: 'ü b.py', blob: git('rev-parse', 'HEAD:ü b.py') },
    ]);
    expect(past.commits?.[1]?.files).toEqual([{ path: 'a.py', blob: null }]);
    expect(past.commits?.[1]?.tree).toBe(past.headTree);
    expect(past.uncommitted).toEqual(['loose.py']);
    expect((await readHistory(host, top, git('rev-parse', 'HEAD'))).commits).toEqual([]);
  });

  it('is not known where HEAD does not come from that commit', async () => {
    const { top, git, write } = repository();
    write('a.py', 'one');
    git('add', '-A');
    git('commit', '-qm', 'start');
    git('branch', 'first');
    expect((await readHistory(host, top, 'f'.repeat(40))).commits).toBeNull();
    git('checkout', '-q', '--orphan', 'other');
    git('commit', '-qm', 'another root');
    const other = git('rev-parse', 'HEAD');
    git('checkout', '-q', 'first');
    expect((await readHistory(host, top, other)).commits).toBeNull();
  });
});
