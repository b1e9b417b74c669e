import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { STYLE, put, tree, useStage } from './testing/stage.ts';
import { skillText } from './text.ts';

const stage = useStage();

describe('what strop did not write', () => {
  it.each([
    [
      'a folder of that name',
      { '.claude/skills/strop/SKILL.md': 'other\n', '.claude/skills/strop/x.md': '' },
      /SKILL\.md differs\nx\.md is not part of strop's skill/,
    ],
    [
      'another server of that name',
      { '.mcp.json': '{"mcpServers": {"strop": {"command": "else"}}}' },
      /-  "command": "else"\n\+  "args"/,
    ],
    [
      'a broken file',
      { '.mcp.json': '{"mcpServers": ' },
      /put this into the file.*"mcpServers": \{\n {4}"strop"/s,
    ],
    [
      'a manifest that leads out of the folder',
      {
        '.claude/skills/strop/.strop-skill.json':
          '{"kind":"strop-skill","version":1,"note":"","files":{"../../../pyproject.toml":["-"]},"foldersMade":0,"config":null}',
      },
      /does not understand/,
    ],
  ])('is not overwritten: %s', async (_title, files, said) => {
    put(stage.project, files);
    const before = tree(stage.project);
    await expect(stage.skill({ action: 'install', claude: true, yes: true })).rejects.toMatchObject({
      code: 'bad-request',
      facts: { detail: expect.stringMatching(said) as unknown },
    });
    expect((await stage.skill({ action: 'remove', yes: true })).changes).toEqual([]);
    expect(tree(stage.project)).toEqual(before);
  });

  it('is left alone when it is what strop would write, also by a removal', async () => {
    const text = '{ "mcpServers": { "strop": { "args": ["mcp"], "command": "strop", "type": "stdio" } } }';
    put(stage.project, { '.mcp.json': text });
    await stage.skill({ action: 'install', claude: true, yes: true });
    expect(stage.read('.mcp.json')).toBe(text);
    const removed = await stage.skill({ action: 'remove', yes: true });
    expect(removed.kept).toEqual([{ path: '.mcp.json', why: 'strop did not write its entry' }]);
    expect(Object.keys(tree(stage.project))).toEqual(['.mcp.json', 'pyproject.toml']);
  });

  it('stays when the rest is removed, and strop says so', async () => {
    await stage.skill({ action: 'install', claude: true, yes: true });
    put(stage.project, {
      '.claude/skills/strop/SKILL.md': 'Mine.\n',
      '.claude/skills/strop/own.md': 'own\n',
    });
    writeFileSync(
      join(stage.project, '.mcp.json'),
      stage.read('.mcp.json').replace('"mcp"', '"mcp", "--http"'),
    );
    const removed = await stage.skill({ action: 'remove', claude: true, yes: true });
    expect(removed.kept).toEqual([
      { path: '.mcp.json', why: 'its entry was changed since strop wrote it' },
      { path: '.claude/skills/strop/SKILL.md', why: 'it was changed since strop wrote it' },
      { path: '.claude/skills/strop/own.md', why: 'strop did not write it' },
    ]);
    expect(skillText(removed, STYLE).join('\n')).toContain(
      'kept .claude/skills/strop/own.md: strop did not write it',
    );
    expect(
      Object.keys(tree(stage.project)).filter((path) => path.endsWith('d') || path.endsWith('json')),
    ).toEqual(['.claude/skills/strop/SKILL.md', '.claude/skills/strop/own.md', '.mcp.json']);
  });

  it('stays in settings to which others have added since', async () => {
    await stage.skill({ action: 'install', claude: true, codex: true, yes: true });
    const config = JSON.parse(stage.read('.mcp.json')) as { mcpServers: object };
    writeFileSync(
      join(stage.project, '.mcp.json'),
      JSON.stringify({ mcpServers: { ...config.mcpServers, b: 1 } }),
    );
    writeFileSync(
      join(stage.project, '.codex/config.toml'),
      `${stage.read('.codex/config.toml')}\n[b]\nc = 1\n`,
    );
    await stage.skill({ action: 'remove', yes: true });
    expect(stage.read('.mcp.json')).toBe('{"mcpServers":{"b":1}}');
    expect(stage.read('.codex/config.toml')).toBe('\n[b]\nc = 1\n');
  });

  it('keeps its comments in a file and a table that strop made', async () => {
    await stage.skill({ action: 'install', claude: true, yes: true });
    const made = stage.read('.mcp.json');
    put(stage.project, { '.mcp.json': made.replace('{\n', '{\n  // MY NOTE: "x"\n') });
    await stage.skill({ action: 'remove', yes: true });
    expect(stage.read('.mcp.json')).toBe('{\n  // MY NOTE: "x"\n}\n');

    put(stage.project, { '.mcp.json': '{\n  "other": 1\n}\n' });
    await stage.skill({ action: 'install', claude: true, yes: true });
    const table = stage.read('.mcp.json').replace('"mcpServers": {', '"mcpServers": {\n    // mine');
    put(stage.project, { '.mcp.json': table });
    await stage.skill({ action: 'remove', yes: true });
    expect(stage.read('.mcp.json')).toBe('{\n  "other": 1,\n  "mcpServers": {\n    // mine\n  }\n}\n');
  });

  it.each([
    ['.mcp.json', '"args"', '// because\n      "args"', '// because'],
    ['.codex/config.toml', 'args =', '# because\nargs =', '# because'],
    ['.codex/config.toml', '# strop: end', '# user: "slow"\n# strop: end', '# user: "slow"'],
  ])('stays as a comment in the entry of %s, which is named', async (path, at, instead, comment) => {
    await stage.skill({ action: 'install', claude: true, codex: true, yes: true });
    const text = stage.read(path).replace(at, instead);
    put(stage.project, { [path]: text });
    const { kept } = await stage.skill({ action: 'remove', yes: true });
    expect(kept).toEqual([{ path, why: `strop did not write a comment in its entry (${comment})` }]);
    expect(stage.read(path)).toBe(text);
  });

  it('keeps an open last line when something else was changed', async () => {
    put(stage.project, { '.codex/config.toml': 'model = "x"' });
    await stage.skill({ action: 'install', codex: true, yes: true });
    put(stage.project, { '.codex/config.toml': stage.read('.codex/config.toml').replace('"x"', '"y"') });
    await stage.skill({ action: 'remove', yes: true });
    expect(stage.read('.codex/config.toml')).toBe('model = "y"');
  });

  it.each([
    ['.claude', '../elsewhere'],
    ['.claude/skills', '../../elsewhere'],
    ['.claude/skills/strop', '../../../elsewhere'],
    ['.mcp.json', '../elsewhere/x.json'],
  ])('is not reached through a link at %s', async (path, to) => {
    put(join(stage.top, 'elsewhere'), { 'x.json': '{}' });
    mkdirSync(dirname(join(stage.project, path)), { recursive: true });
    symlinkSync(to, join(stage.project, path));
    const before = tree(stage.top);
    await expect(stage.skill({ action: 'install', claude: true, yes: true })).rejects.toMatchObject({
      facts: { where: path, problem: 'nothing was written: a link is in the way' },
    });
    await stage.skill({ action: 'remove', yes: true });
    expect(tree(stage.top)).toEqual(before);
  });

  it('is not reached through a link that came into the skill later', async () => {
    await stage.skill({ action: 'install', claude: true, yes: true });
    renameSync(join(stage.project, '.claude/skills/strop/references'), join(stage.top, 'elsewhere'));
    symlinkSync(join(stage.top, 'elsewhere'), join(stage.project, '.claude/skills/strop/references'));
    put(stage.shipped, { 'references/sheet.md': 'new\n' });
    await expect(stage.skill({ action: 'install', claude: true, yes: true })).rejects.toMatchObject({
      facts: { problem: expect.stringContaining('references is a link') as unknown },
    });
    const removed = await stage.skill({ action: 'remove', yes: true });
    expect(removed.kept.map(({ path }) => path)).toEqual(['.claude/skills/strop/references']);
    expect(tree(join(stage.top, 'elsewhere'))).toEqual({ 'sheet.md': 'a\nb\n' });
  });
});
