import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Host } from '#host';
import { put, tree, useStage } from './testing/stage.ts';

const stage = useStage();

const OTHERS = {
  '.mcp.json': '{\n    // ours\n    "mcpServers": {\n        "db": { "command": "db" }\n    }\n}\n',
  '.cursor/mcp.json': '{"mcpServers":{}}',
  '.vscode/mcp.json': '{\r\n\t"inputs": [],\r\n}\r\n',
  '.codex/config.toml': '# mine\nmodel = "m"',
  '.github/skills/other/SKILL.md': 'other\n',
};
const ALL = { claude: true, cursor: true, codex: true, copilot: true, yes: true };

describe.each([
  ['into a project with nothing', {}],
  ['into a project with settings of all agents', OTHERS],
])('installing %s', (_title, files) => {
  it('writes skill and server for each agent, does nothing again, and is undone byte for byte', async () => {
    put(stage.project, files);
    const before = tree(stage.project);
    const installed = await stage.skill({ ...ALL, action: 'install' });
    expect(installed.agents.map(({ agent, state }) => [agent, state])).toEqual([
      ['claude', 'installed'],
      ['cursor', 'installed'],
      ['codex', 'installed'],
      ['copilot', 'installed'],
    ]);
    for (const folder of ['.claude', '.cursor', '.agents', '.github']) {
      expect(stage.read(`${folder}/skills/strop/SKILL.md`)).toBe('---\nname: strop\n---\nOne.\n');
      expect(stage.read(`${folder}/skills/strop/references/sheet.md`)).toBe('a\nb\n');
    }
    expect(stage.read('.mcp.json')).toContain('"command": "strop"');
    expect(stage.read('.cursor/mcp.json')).toContain('"strop"');
    expect(stage.read('.vscode/mcp.json')).toMatch(/"servers": \{\s+"strop": \{/);
    expect(stage.read('.codex/config.toml')).toContain(
      '[mcp_servers.strop]\ncommand = "strop"\nargs = ["mcp"]\n',
    );
    const after = tree(stage.project);
    expect((await stage.skill({ ...ALL, action: 'install' })).changes).toEqual([]);
    expect(tree(stage.project)).toEqual(after);
    const removed = await stage.skill({ action: 'remove', yes: true });
    expect(removed.kept).toEqual([]);
    expect(tree(stage.project)).toEqual(before);
  });

  it('keeps its record under every failing write, so that a second run and a removal come to the end', async () => {
    put(stage.project, files);
    const before = tree(stage.project);
    const given = { claude: true, codex: true, yes: true };
    const failAt = (most: number) => (real: Host['files']) => {
      let count = 0;
      const fail = (): void => {
        count += 1;
        if (count > most) throw new Error('killed');
      };
      return {
        ...real,
        writeAtomically: async (path: string, content: string | Uint8Array) => {
          fail();
          await real.writeAtomically(path, content);
        },
        remove: async (path: string) => {
          fail();
          await real.remove(path);
        },
      };
    };
    const killed = async (action: object, most: number): Promise<boolean> => {
      try {
        await stage.skill({ ...given, ...action }, { files: failAt(most) });
        return false;
      } catch (error) {
        expect(String(error)).toContain('killed');
        return true;
      }
    };
    let last = 0;
    for (let most = 0; await killed({ action: 'install' }, most); most += 1) {
      last = most;
      put(stage.shipped, { 'SKILL.md': `version ${String(most)}\n`, [`new-${String(most)}.md`]: 'x\n' });
      await stage.skill({ ...given, action: 'install' });
      expect(stage.read('.claude/skills/strop/SKILL.md')).toBe(`version ${String(most)}\n`);
      // An update that is killed as well, and a removal.
      put(stage.shipped, { 'SKILL.md': `version ${String(most)}b\n` });
      rmSync(join(stage.shipped, `new-${String(most)}.md`));
      await killed({ action: 'install' }, most % 3);
      await stage.skill({ ...given, action: 'install' });
      await killed({ action: 'remove' }, most);
      expect((await stage.skill({ ...given, action: 'remove' })).kept).toEqual([]);
      // Folders that were made are no loss when a kill takes away the record of them.
      const filesOf = (all: Record<string, string>): unknown =>
        Object.entries(all).filter(([, content]) => content !== '/');
      expect(filesOf(tree(stage.project))).toEqual(filesOf(before));
    }
    expect(last).toBeGreaterThan(5);
  });
});

describe('installing at home', () => {
  it('uses the places of the user, or those that variables name, and is undone', async () => {
    put(stage.home, {
      '.claude.json': '{\n  "numStartups": 3\n}\n',
      '.codex/config.toml': '',
      '.copilot/x': '',
      'copilot/x': '',
    });
    const before = tree(stage.home);
    const env = { COPILOT_HOME: join(stage.home, 'copilot') };
    const installed = await stage.skill({ action: 'install', user: true, yes: true }, { env });
    expect(installed.changes.map(({ path, action }) => `${action} ${path}`)).toEqual([
      'created ~/.claude/skills/strop/SKILL.md',
      'created ~/.claude/skills/strop/references/sheet.md',
      'changed ~/.claude.json',
      'created ~/.agents/skills/strop/SKILL.md',
      'created ~/.agents/skills/strop/references/sheet.md',
      'changed ~/.codex/config.toml',
      `created ${stage.home}/copilot/skills/strop/SKILL.md`,
      `created ${stage.home}/copilot/skills/strop/references/sheet.md`,
      `created ${stage.home}/copilot/mcp-config.json`,
    ]);
    expect(JSON.parse(readFileSync(join(stage.home, 'copilot', 'mcp-config.json'), 'utf8'))).toEqual({
      mcpServers: { strop: { type: 'local', command: 'strop', args: ['mcp'], tools: ['*'] } },
    });
    await stage.skill({ action: 'remove', user: true, yes: true }, { env });
    expect(tree(stage.home)).toEqual(before);
    expect(Object.keys(tree(stage.project))).toEqual(['pyproject.toml']);
  });
});

describe('a later strop', () => {
  it('updates its own unchanged files, also after git changed their line ends', async () => {
    await stage.skill({ action: 'install', claude: true, yes: true });
    writeFileSync(join(stage.project, '.claude/skills/strop/references/sheet.md'), 'a\r\nb\r\n');
    rmSync(join(stage.shipped, 'references'), { recursive: true });
    put(stage.shipped, { 'SKILL.md': 'Two.\n', 'references2/more.md': 'more\n' });
    expect((await stage.skill({})).agents[0]).toMatchObject({ state: 'outdated', why: [] });
    const updated = await stage.skill({ action: 'install', claude: true, yes: true });
    expect(updated.changes.map(({ path, action }) => [path.slice(21), action])).toEqual([
      ['SKILL.md', 'changed'],
      ['references2/more.md', 'created'],
      ['references/sheet.md', 'removed'],
    ]);
    expect(updated.changes[0]?.diff).toContain('-One.\n+Two.');
    expect(readdirSync(join(stage.project, '.claude/skills/strop')).sort()).toEqual([
      '.strop-skill.json',
      'SKILL.md',
      'references2',
    ]);
  });

  it('refuses all when one file was changed or deleted, and says what differs', async () => {
    await stage.skill({ action: 'install', claude: true, yes: true });
    writeFileSync(join(stage.project, '.claude/skills/strop/SKILL.md'), '---\nname: strop\n---\nMine.\n');
    rmSync(join(stage.project, '.claude/skills/strop/references/sheet.md'));
    put(stage.shipped, { 'more.md': 'more\n' });
    const before = tree(stage.project);
    await expect(
      stage.skill({ action: 'install', claude: true, cursor: true, yes: true }),
    ).rejects.toMatchObject({
      code: 'bad-request',
      facts: {
        where: '.claude/skills/strop/SKILL.md',
        problem: 'nothing was written: this file was changed since strop wrote it, and 1 more',
        detail: expect.stringMatching(
          /-Mine\.\n\+One\.\n\n.*sheet\.md: this file was deleted since/s,
        ) as unknown,
      },
    });
    expect(tree(stage.project)).toEqual(before);
    expect((await stage.skill({})).agents[0]).toMatchObject({ state: 'changed' });
  });
});
