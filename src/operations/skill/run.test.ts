import { chmodSync, lstatSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Host } from '#host';
import type { ConsentQuestion } from '../operation.ts';
import { STYLE, put, tree, useStage } from './testing/stage.ts';
import { skillText } from './text.ts';

const stage = useStage();

describe('asking', () => {
  it('shows the diff, and writes after a yes only', async () => {
    const asked: ConsentQuestion[] = [];
    const answer = (consent: 'yes' | 'no') => (question: ConsentQuestion) => {
      asked.push(question);
      return Promise.resolve(consent);
    };
    await expect(
      stage.skill({ action: 'install', claude: true }, { confirm: answer('no') }),
    ).rejects.toMatchObject({ facts: { problem: 'nothing was written, as you said' } });
    expect(Object.keys(tree(stage.project))).toEqual(['pyproject.toml']);
    expect(asked[0]?.what).toBe('install its skill for Claude Code');
    expect(asked[0]?.shows).toContain('would create .claude/skills/strop (2 files, 6 lines)');
    expect(asked[0]?.shows).toContain('    +    "strop": {');
    await stage.skill({ action: 'install', claude: true }, { confirm: answer('yes') });
    expect((await stage.skill({})).agents[0]?.state).toBe('installed');
    // Nothing to do is nothing to ask about.
    await stage.skill({ action: 'install', claude: true });
  });

  it('is refused where nobody can answer, with the diff and the flag', async () => {
    await expect(stage.skill({ action: 'install', claude: true })).rejects.toMatchObject({
      facts: {
        problem: 'nothing was written: there is no terminal to ask at',
        remedy: expect.stringContaining('--yes') as unknown,
        detail: expect.stringContaining('+++ b/.mcp.json') as unknown,
      },
    });
    expect(Object.keys(tree(stage.project))).toEqual(['pyproject.toml']);
  });

  it('is not needed to only look', async () => {
    const shown = await stage.skill({ action: 'install', claude: true, dryRun: true });
    expect(skillText(shown, STYLE)[0]).toBe('would create .claude/skills/strop (2 files, 6 lines)');
    expect(Object.keys(tree(stage.project))).toEqual(['pyproject.toml']);
  });

  it('does not write over what changed while the user was thinking', async () => {
    put(stage.project, { '.mcp.json': '{}' });
    const confirm = () => {
      writeFileSync(join(stage.project, '.mcp.json'), '{"now": 1}');
      return Promise.resolve('yes' as const);
    };
    await expect(stage.skill({ action: 'install', claude: true }, { confirm })).rejects.toMatchObject({
      facts: { problem: 'this file was changed by somebody else just now' },
    });
    expect(stage.read('.mcp.json')).toBe('{"now": 1}');
    await stage.skill({ action: 'install', claude: true, yes: true });
    expect(JSON.parse(stage.read('.mcp.json'))).toMatchObject({ now: 1, mcpServers: { strop: {} } });
  });
});

describe('without a flag', () => {
  it('it is for the agents that the project shows signs of', async () => {
    put(stage.project, { '.cursor/rules/x.mdc': '', '.github/copilot-instructions.md': '' });
    const { agents } = await stage.skill({ action: 'install', dryRun: true });
    expect(agents.map(({ agent }) => agent)).toEqual(['cursor', 'copilot']);
    expect((await stage.skill({})).agents.map(({ agent, used }) => [agent, used])).toEqual([
      ['claude', false],
      ['cursor', true],
      ['codex', false],
      ['copilot', true],
    ]);
  });

  it('it names the flags where there is no sign', async () => {
    await expect(stage.skill({ action: 'install', yes: true })).rejects.toMatchObject({
      facts: { remedy: expect.stringMatching(/--claude, --cursor, --codex, --copilot .*--dir/) as unknown },
    });
  });
});

describe('with --dir', () => {
  it('it writes the skill alone, and shows what to paste', async () => {
    const before = tree(stage.project);
    const installed = await stage.skill({ action: 'install', dir: '.agent/skills', yes: true });
    expect(stage.read('.agent/skills/strop/SKILL.md')).toContain('One.');
    expect(installed.notes.join('\n')).toContain('"command": "strop"');
    await stage.skill({ action: 'remove', dir: '.agent/skills', yes: true });
    expect(tree(stage.project)).toEqual(before);
  });

  it('it stays in the project', async () => {
    for (const dir of ['..', '../other', relative(stage.project, stage.home), stage.home])
      await expect(stage.skill({ action: 'install', dir, yes: true })).rejects.toMatchObject({
        facts: { problem: 'this folder lies outside of the project' },
      });
  });

  it('it knows the folder of a known agent, whose settings are not forgotten', async () => {
    const before = tree(stage.project);
    await stage.skill({ action: 'install', claude: true, yes: true });
    await stage.skill({ action: 'install', dir: '.claude/skills', yes: true });
    await stage.skill({ action: 'remove', dir: '.claude/skills/strop', yes: true });
    expect(tree(stage.project)).toEqual(before);
  });
});

it('changes nothing when a file of the skill that comes with strop cannot be read', async () => {
  await stage.skill({ action: 'install', claude: true, yes: true });
  const before = tree(stage.project);
  const files = (all: Host['files']): Host['files'] => ({
    ...all,
    readBytes: (path) =>
      path.startsWith(stage.shipped) && path.endsWith('sheet.md')
        ? Promise.resolve(undefined)
        : all.readBytes(path),
  });
  for (const action of ['install', 'list'] as const)
    await expect(stage.skill({ action, claude: true, yes: true }, { files })).rejects.toMatchObject({
      code: 'disk',
      facts: { where: join(stage.shipped, 'references/sheet.md') },
    });
  expect(tree(stage.project)).toEqual(before);
});

it('keeps the mode of settings', async () => {
  put(stage.project, { '.mcp.json': '{}\n' });
  chmodSync(join(stage.project, '.mcp.json'), 0o600);
  await stage.skill({ action: 'install', claude: true, yes: true });
  expect(lstatSync(join(stage.project, '.mcp.json')).mode & 0o777).toBe(0o600);
});
