import { readdirSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { operations } from '#operations';
import { profilers } from '#profilers';

const here = fileURLToPath(new URL('.', import.meta.url));
const folders = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(`${here}${entry.name}/operation.ts`))
  .map((entry) => entry.name);

interface JsonSchema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

describe('the list of operations', () => {
  it('holds each folder with an operation once, and nothing else', () => {
    expect(operations.map((entry) => entry.name).sort()).toEqual([...folders].sort());
  });
});

describe('the help on --tool of strop profile', () => {
  it('names every profiler', async () => {
    const entry = operations.find(({ name }) => name === 'profile');
    const schema = (await entry?.load())?.input.toJSONSchema({
      io: 'input',
      unrepresentable: 'any',
    }) as JsonSchema;
    const named = schema.properties?.['tool']?.description?.split(/[ ,:]+/);
    expect(named).toEqual(expect.arrayContaining(profilers.map(({ tool }) => tool)));
  });
});

describe.each(operations)('the operation $name', (entry) => {
  it('says the same in the list and in its declaration', async () => {
    const operation = await entry.load();
    expect({ name: operation.name, summary: operation.summary }).toEqual({
      name: entry.name,
      summary: entry.summary,
    });
  });

  it('describes itself and every property of its input', async () => {
    const operation = await entry.load();
    const schema = operation.input.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema;
    expect(schema.type).toBe('object');
    const undescribed = Object.entries(schema.properties ?? {}).filter(([, { description }]) => !description);
    expect(undescribed.map(([property]) => property)).toEqual([]);
    expect(operation.description.length).toBeGreaterThan(operation.summary.length);
    expect(operation.examples.length).toBeGreaterThan(0);
  });

  it('names only properties of its input, and none that every command has', async () => {
    const operation = await entry.load();
    const schema = operation.input.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema;
    const properties = Object.keys(schema.properties ?? {});
    const named = [...operation.positionals, ...(operation.rest === undefined ? [] : [operation.rest])];
    expect(named.filter((property) => !properties.includes(property))).toEqual([]);
    expect(properties.filter((property) => ['json', 'help', 'version'].includes(property))).toEqual([]);
  });
});
