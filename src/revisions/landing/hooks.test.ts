import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { land } from '#revisions';
import type { OpenHost } from '#host';
import { LOG, openLandingStage } from './testing/landing-stage.ts';
import type { LandingStage } from './testing/landing-stage.ts';

let stage: LandingStage;

beforeEach(async () => {
  stage = await openLandingStage();
  await stage.write({ 'src/pkg/core.py': 'def work():\n    return 2\n', 'new.py': 'x\n' });
});
afterEach(async () => {
  expect(await stage.leftovers()).toEqual([]);
  await stage.close();
});

/** The same host, with a git that says to be an old one. */
function withOldGit(host: OpenHost): OpenHost {
  return {
    ...host,
    processes: {
      ...host.processes,
      run: async (command) => {
        const result = await host.processes.run(command);
        expect(command.argv.slice(0, 3)).not.toEqual(['git', 'hook', 'run']);
        return command.argv.join(' ') === 'git version'
          ? { ...result, stdout: 'git version 2.30.2\n' }
          : result;
      },
    },
  };
}

describe('hooks', () => {
  it.each([['this git'], ['a git that cannot run hooks']])(
    'run as git commit runs them, by %s',
    async (which) => {
      const host = which === 'this git' ? stage.host : withOldGit(stage.host);
      const seen = join(stage.folder, 'seen');
      const say = (what: string): string => `echo "${what}" >> '${seen}'`;
      await stage.write({ [LOG]: 'not in the commit\n' });
      await stage.git('add', LOG);
      await stage.hook(
        'pre-commit',
        `${say('pre-commit $# $(pwd)')}; ${say('$(git diff --cached --name-only | tr "\\n" " ")')}
       ${say('$(git show :new.py) $(git write-tree) $GIT_EDITOR $STROP_HOOK_TEST')}
       ${say('[$(git config core.hooksPath)$GIT_CONFIG_PARAMETERS$GIT_DIR$GIT_OPTIONAL_LOCKS]')}`,
      );
      await stage.hook(
        'prepare-commit-msg',
        `${say('prepare-commit-msg $# $2')}; echo 'Signed-off-by: Me' >> "$1"`,
      );
      await stage.hook('commit-msg', `${say('commit-msg $#')}; sed -i 's/Faster/Much faster/' "$1"`);
      await stage.hook('post-commit', `${say('post-commit $# $(git log -1 --format=%s)')}; exit 1`);
      const prepared = await stage.prepareChange({ host, leaveOut: [LOG] });
      expect((await fs.readFile(seen, 'utf8')).split('\n')).toEqual([
        `pre-commit 0 ${stage.repo}`,
        'new.py src/pkg/core.py ',
        `x ${prepared.tree} :`.padEnd(`x ${prepared.tree} : `.length),
        '[]',
        'prepare-commit-msg 2 message',
        'commit-msg 1',
        '',
      ]);
      await land(host, { project: { root: stage.repo }, prepared, files: [], note: 0 });
      expect(await fs.readFile(seen, 'utf8')).toContain('post-commit 0 Much faster work\n');
      expect(await stage.git('log', '-1', '--format=%B')).toBe(
        'Much faster work\n\n12 % less time.\nSigned-off-by: Me',
      );
      expect(prepared.title).toBe('Much faster work');
      expect(await stage.status()).toEqual([`M  ${LOG}`]);
    },
  );

  it.each(['pre-commit', 'prepare-commit-msg', 'commit-msg'])(
    'that say no (%s) refuse the commit',
    async (name) => {
      await stage.hook(name, 'echo out; echo "ruff: bad line" >&2; exit 3');
      const index = await fs.readFile(join(stage.repo, '.git/index'));
      await expect(stage.prepareChange()).rejects.toMatchObject({
        code: 'commit-refused',
        facts: { where: name, detail: expect.stringContaining('ruff: bad line') },
      });
      expect(await fs.readFile(join(stage.repo, '.git/index'))).toEqual(index);
    },
  );

  it('that change what would be committed refuse it, with the files named', async () => {
    await stage.hook('pre-commit', 'echo formatted > new.py; git add new.py');
    await expect(stage.prepareChange()).rejects.toMatchObject({
      code: 'commit-refused',
      facts: { problem: expect.stringContaining('new.py'), remedy: expect.stringContaining('strop step') },
    });
  });

  it('are found where core.hooksPath says, and those that cannot be run are passed by', async () => {
    await fs.mkdir(join(stage.repo, '.husky'));
    await fs.writeFile(join(stage.repo, '.husky/pre-commit'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    await stage.git('config', 'core.hooksPath', '.husky');
    await expect(stage.prepareChange()).rejects.toMatchObject({ code: 'commit-refused' });
    await fs.chmod(join(stage.repo, '.husky/pre-commit'), 0o644);
    await stage.prepareChange();
    await stage.prepareChange({ host: withOldGit(stage.host) });
  });

  it('that stash leave a stash that is whole, even when the commit is refused', async () => {
    await stage.hook('pre-commit', 'git stash push --quiet --keep-index; exit 1');
    await expect(stage.prepareChange()).rejects.toMatchObject({ code: 'commit-refused' });
    await stage.git('fsck', '--strict', '--connectivity-only');
    expect(await stage.git('stash', 'list')).not.toBe('');
  });

  it('of reference transactions can keep the branch from moving', async () => {
    await stage.hook(
      'reference-transaction',
      'test "$1" != prepared || { echo "frozen branch" >&2; exit 1; }',
    );
    const prepared = await stage.prepareChange();
    await expect(stage.landChange(prepared)).rejects.toMatchObject({
      code: 'commit-refused',
      facts: { where: 'refs/heads/main' },
    });
    expect(await stage.git('rev-parse', 'HEAD')).toBe(prepared.parent);
  });
});

describe('who commits', () => {
  it('comes from the settings, and without anybody the commit is refused in words of git', async () => {
    const nobody = Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((role) => [
        [`GIT_${role}_NAME`, undefined],
        [`GIT_${role}_EMAIL`, undefined],
      ]),
    );
    const host = stage.otherHost({ ...nobody, EMAIL: undefined });
    await stage.git('config', 'user.useConfigOnly', 'true');
    await expect(stage.prepareChange({ host })).rejects.toMatchObject({
      code: 'commit-refused',
      facts: { remedy: expect.stringContaining('user.email') },
    });
    await stage.git('config', 'user.name', 'Jörg');
    await stage.git('config', 'user.email', 'j@example.org');
    const prepared = await stage.prepareChange({ host });
    await land(host, { project: { root: stage.repo }, prepared, files: [], note: 0 });
    expect(await stage.git('log', '-1', '--format=%an %ce')).toBe('Jörg j@example.org');
  });
});

function hasProgram(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`]);
    return true;
  } catch {
    return false;
  }
}

describe('a signature', () => {
  it.skipIf(!hasProgram('ssh-keygen'))('by ssh is made when commit.gpgsign asks for it', async () => {
    const key = join(stage.folder, 'key');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const trusted = join(stage.folder, 'trusted');
    await fs.writeFile(trusted, `test@example.org ${await fs.readFile(`${key}.pub`, 'utf8')}`);
    await stage.git('config', 'gpg.format', 'ssh');
    await stage.git('config', 'user.signingKey', key);
    await stage.git('config', 'gpg.ssh.allowedSignersFile', trusted);
    await stage.git('config', 'commit.gpgSign', 'yes');
    await stage.landChange(await stage.prepareChange());
    expect(await stage.git('log', '-1', '--format=%G?')).toBe('G');
    expect(await stage.status()).toEqual([]);
    await stage.write({ 'new.py': 'y\n' });
    await stage.git('config', 'commit.gpgSign', 'false');
    await stage.landChange(await stage.prepareChange());
    expect(await stage.git('log', '-1', '--format=%G?')).toBe('N');
  });

  it('that fails refuses the commit', async () => {
    await stage.git('config', 'commit.gpgSign', 'true');
    await stage.git('config', 'gpg.program', 'false');
    await expect(stage.prepareChange()).rejects.toMatchObject({
      code: 'commit-refused',
      facts: { problem: expect.stringContaining('signed') },
    });
  });
});

it('a message is cleaned as git does it, and must not be empty', async () => {
  await stage.hook('commit-msg', ': > "$1"');
  await expect(stage.prepareChange()).rejects.toMatchObject({ code: 'commit-refused' });
  await fs.rm(join(stage.repo, '.git/hooks/commit-msg'));
  const prepared = await stage.prepareChange({ message: '\n\nTïtle  \n\n\n# not a comment\n\n' });
  await stage.landChange(prepared);
  expect(await stage.git('log', '-1', '--format=%B')).toBe('Tïtle\n\n# not a comment');
});
