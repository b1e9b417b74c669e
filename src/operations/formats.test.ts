import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { operations } from '#operations';

const FORMATS = fileURLToPath(new URL('../../docs/formats/', import.meta.url));

/** The part of every result's schema that names its format. */
interface ResultSchema {
  readonly properties: {
    readonly kind: { readonly const: string };
    readonly version: { readonly const: number };
  };
}

describe('the result of an operation', () => {
  it.each(operations)('has the form that the documentation holds: $name', async (entry) => {
    const operation = await entry.load();
    const schema = operation.result.toJSONSchema({ target: 'draft-2020-12' }) as unknown as ResultSchema;
    const { kind, version } = schema.properties;
    const file = `${kind.const}.v${String(version.const)}.schema.json`;
    // A difference that renames, removes or redefines a field needs a new version: see docs/formats/README.md.
    await expect(`${JSON.stringify(schema, undefined, 2)}\n`).toMatchFileSnapshot(`${FORMATS}${file}`);
    expect(readFileSync(`${FORMATS}README.md`, 'utf8')).toContain(`(${file})`);
  });
});
