import { readdirSync } from 'node:fs';
import { operations } from '#operations';
import { describe, expect, it } from 'vitest';
import { consents, deriveTool, hintsOf, knownArguments, splitArguments } from './derive-tool.ts';
import { PHASES } from './prompts.ts';
import { ownTools } from './result-tool.ts';

const loaded = await Promise.all(operations.map((entry) => entry.load()));
const tools = loaded.map((operation) => ({ operation, tool: deriveTool(operation) }));

describe('a tool', () => {
  it('follows from each operation, with a name of its own', () => {
    const names = [...tools, ...ownTools].map(({ tool }) => tool.name);
    expect(names).toContain('compare');
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z_-]{1,40}$/);
  });

  it.each(tools)('$tool.name takes what its operation takes, and a project', ({ operation, tool }) => {
    const { properties = {} } = operation.input.toJSONSchema({ io: 'input', unrepresentable: 'any' });
    const own = Object.keys(properties).filter((name) => name !== 'yes');
    expect(own).not.toContain('project');
    expect(own).not.toContain('detach');
    const added = operation.effects.measures ? ['project', 'detach'] : ['project'];
    expect(knownArguments(tool)).toEqual([...own, ...added]);
    expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    expect(tool.outputSchema).toMatchObject({ type: 'object', required: ['outcome'] });
  });

  it('is read-only only where neither strop nor code of the user can change anything', () => {
    const none = { runsCode: false, measures: false, installs: false, edits: false };
    expect(hintsOf(none)).toEqual({
      readOnlyHint: true,
      destructiveHint: false,
      idempotentHint: true,
      openWorldHint: false,
    });
    expect(hintsOf({ ...none, runsCode: true })).toMatchObject({
      readOnlyHint: false,
      destructiveHint: false,
    });
    expect(hintsOf({ ...none, installs: true })).toMatchObject({ readOnlyHint: false, openWorldHint: true });
    expect(hintsOf({ ...none, edits: true })).toMatchObject({ destructiveHint: true, idempotentHint: false });
  });

  it('never lets an agent consent in the name of the user', () => {
    const asking = tools.filter(({ operation }) => consents(operation));
    expect(asking.map(({ tool }) => tool.name)).toContain('step');
    for (const { tool } of asking) expect(knownArguments(tool)).not.toContain('yes');
  });

  it('describes a switch that is on by default by what turning it off does', () => {
    const baseline = tools.find(({ tool }) => tool.name === 'baseline')?.tool;
    expect(baseline?.inputSchema).toMatchObject({
      properties: { snapshot: { description: expect.stringMatching(/^false: leave none/) as string } },
    });
  });

  it('keeps the list of tools short enough for an agent that reads all of it', () => {
    const seen = tools.map(({ tool: { name, description, inputSchema } }) => ({
      name,
      description,
      inputSchema,
    }));
    expect(JSON.stringify(seen).length).toBeLessThan(60_000);
    expect(JSON.stringify(tools.map(({ tool }) => tool)).length).toBeLessThan(160_000);
  });

  it('splits the arguments of the call from those of the operation', () => {
    const [first] = tools.filter(({ operation }) => operation.effects.measures);
    const [quiet] = tools.filter(({ operation }) => !operation.effects.measures);
    if (first === undefined || quiet === undefined) throw new Error('no such operation');
    const given = { top: 3, project: 'a', detach: true };
    expect(splitArguments(first.operation, given)).toEqual({
      input: { top: 3 },
      options: { project: 'a', detach: true },
    });
    expect(splitArguments(quiet.operation, given).options.detach).toBe(false);
  });

  it.each([[{ project: ['/'] }], [{ project: 5 }], [{ project: null }], [{ detach: 'true' }]])(
    'refuses %j instead of doing something else',
    (given) => {
      const [first] = tools;
      if (first === undefined) throw new Error('no operation');
      expect(() => splitArguments(first.operation, given)).toThrow(/is of the wrong type/);
    },
  );
});

describe('the prompts', () => {
  it('are five phases that name only tools that exist', () => {
    const names = [...tools, ...ownTools].map(({ tool }) => tool.name);
    expect(PHASES).toHaveLength(5);
    for (const phase of PHASES) {
      const named = [...phase.text('a:b').matchAll(/(?:[Cc]all|then|or|and) "([a-z]+)"/g)].map(
        ([, name]) => name,
      );
      expect(named.length, phase.name).toBeGreaterThan(0);
      for (const name of named) expect(names, phase.name).toContain(name);
    }
  });
});

it('puts a target with quotation marks into a prompt as JSON', () => {
  const target = 'cart:total("a\\b")';
  for (const name of ['baseline', 'find', 'change']) {
    const text = PHASES.find((phase) => phase.name === name)?.text(target) ?? '';
    const given = [...text.matchAll(/ with (\{.*"workload".*?\})(?=[.,])/g)].map(
      ([, json = '']) => JSON.parse(json) as Readonly<Record<string, unknown>>,
    );
    expect(
      given.map(({ workload }) => [workload].flat()),
      name,
    ).toEqual([[target]]);
  }
});

it('has a tool for each folder of an operation', () => {
  const folders = readdirSync(new URL('../../operations', import.meta.url), { withFileTypes: true });
  const names = new Set(tools.map(({ tool }) => tool.name));
  for (const name of names) expect(folders.map((entry) => entry.name)).toContain(name);
});
