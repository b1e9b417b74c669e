import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from './support/processes.ts';
import { Stage, demoFiles, plainPython } from './support/stage.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALL = ['skill', 'install', '--claude', '--codex'];
/** With a comment and no end of the last line: nothing of it may change. */
const SETTINGS = {
  '.mcp.json': '{\n\t"mcpServers": {\n\t\t"db": { "command": "db" } // ours\n\t}\n}',
  '.codex/config.toml': '# mine\nmodel = "m"',
};

let stage: Stage;
let program: string;

/** A package of strop with another skill in it. */
function makePackage(name: string, skill: Readonly<Record<string, string>>): string {
  const folder = join(stage.folder, name);
  stage.write(skill, join(folder, 'skill'));
  cpSync(join(ROOT, 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'python'), join(folder, 'python'));
  return join(folder, 'dist', 'strop.js');
}

beforeEach(() => {
  stage = new Stage();
  stage.commit({ ...demoFiles(), ...SETTINGS });
  program = makePackage('now', {
    'SKILL.md': '---\nname: strop\n---\nNow.\n',
    'references/sheet.md': 'One.\nTwo.\n',
    'references/code/__pycache__/x.pyc': 'no part of it',
  });
});
afterEach(() => {
  stage.close();
});

function run(from: string, ...argv: readonly string[]) {
  const options = { cwd: stage.repo, env: stage.env(), encoding: 'utf8', timeout: 60_000 } as const;
  return spawnSync(process.execPath, [from, ...argv], options);
}

function status(): string {
  return stage.git('status', '--porcelain', '--untracked-files=all', '--ignored');
}

function read(path: string): string {
  return readFileSync(join(stage.repo, path), 'utf8');
}

describe('strop skill', () => {
  it('installs for two agents and puts everything back as it was', () => {
    const refused = run(program, ...INSTALL);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.stderr).toMatch(/there is no terminal to ask at.*--yes.*\+\+\+ b\/\.mcp\.json/s);
    expect(status()).toBe('');

    const installed = run(program, ...INSTALL, '--yes');
    expect(installed.status, installed.stderr).toBe(0);
    expect(installed.stdout).toMatch(/^created \.claude\/skills\/strop \(2 files, 6 lines\)$/m);
    expect(installed.stdout).toMatch(/^ {4}\+\[mcp_servers\.strop\]$/m);
    expect(read('.agents/skills/strop/references/sheet.md')).toBe('One.\nTwo.\n');
    expect(read('.mcp.json')).toContain('// ours\n\t\t"strop": {\n\t\t\t"type": "stdio"');

    const again = run(program, ...INSTALL, '--yes', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ changes: [], agents: [{ state: 'installed' }, {}] });
    const removed = run(program, 'skill', 'remove', '--yes');
    expect(removed.status, removed.stderr).toBe(0);
    expect(status()).toBe('');
    expect(existsSync(join(stage.repo, '.claude'))).toBe(false);
  });

  it('asks on a terminal, below the diff', () => {
    const talk = [
      'import os, pty, sys',
      'seen = b""',
      'def read(fd):',
      '    global seen',
      '    data = os.read(fd, 1024)',
      '    seen += data',
      '    if b"[y/N]" in seen:',
      '        seen = b""',
      '        os.write(fd, b"y\\n")',
      '    return data',
      'status = pty.spawn(sys.argv[1:], read)',
      'sys.exit(os.WEXITSTATUS(status))',
    ].join('\n');
    const asked = spawnSync(plainPython(), ['-c', talk, process.execPath, program, ...INSTALL], {
      cwd: stage.repo,
      env: stage.env(),
      encoding: 'utf8',
      input: '',
      timeout: 60_000,
    });
    expect(asked.status, asked.stdout).toBe(0);
    expect(asked.stdout).toMatch(
      /\+\[mcp_servers\.strop\].*strop would like to install its skill for .*\[y\/N\]/s,
    );
    expect(read('.codex/config.toml')).toContain('[mcp_servers.strop]');
  });

  it('goes on after a kill, and a later strop updates what nobody changed', async () => {
    const killed = spawn(process.execPath, [program, ...INSTALL, '--yes'], {
      cwd: stage.repo,
      env: stage.env(),
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => killed.on('close', resolve));
    await until('strop writes', () => existsSync(join(stage.repo, '.claude/skills/strop')) || undefined);
    killed.kill('SIGKILL');
    await ended;
    const went = run(program, ...INSTALL, '--yes');
    expect(went.status, went.stderr).toBe(0);

    const later = makePackage('later', { 'SKILL.md': '---\nname: strop\n---\nLater.\n' });
    stage.write({ '.agents/skills/strop/SKILL.md': 'mine\n' });
    const refused = run(later, ...INSTALL, '--yes');
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/\.agents\/skills\/strop\/SKILL\.md.*-mine/s);
    expect(read('.claude/skills/strop/SKILL.md')).toContain('Now.');

    expect(run(later, 'skill', 'install', '--claude', '--yes').status).toBe(0);
    expect(read('.claude/skills/strop/SKILL.md')).toContain('Later.');
    expect(existsSync(join(stage.repo, '.claude/skills/strop/references'))).toBe(false);
    const removed = run(later, 'skill', 'remove', '--yes');
    expect(removed.status, removed.stderr).toBe(1);
    expect(removed.stdout).toContain(
      'kept .agents/skills/strop/SKILL.md: it was changed since strop wrote it',
    );
    expect(status()).toBe('?? .agents/skills/strop/SKILL.md');
  });
});
