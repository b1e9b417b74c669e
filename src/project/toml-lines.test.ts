import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { findTomlLines, lineOfKey } from './toml-lines.ts';

describe('the lines of a TOML text', () => {
  it('finds keys in tables, arrays of tables, inline tables, arrays and dotted keys', () => {
    const text = [
      '# [not.a.table]',
      'title = "a # b = c"',
      '[tool."strange.name"]',
      'one.two = 1',
      "text = '''",
      '[fake]',
      'key = 1',
      "'''",
      '[[item]]',
      'name = "first"',
      '[[item]]',
      'name = "second"',
      'list = [',
      '  "a", # [x]',
      '  { deep = 1, other = [2] },',
      ']',
      'inline = { x = 1, y = { z = 2 } }',
    ].join('\n');
    const lines = findTomlLines(text);
    const at = (...path: (string | number)[]): number | undefined => lineOfKey(lines, path);
    expect(at('title')).toBe(2);
    expect(at('tool', 'strange.name')).toBe(3);
    expect(at('tool', 'strange.name', 'one', 'two')).toBe(4);
    expect(lines.has('fake')).toBe(false);
    expect(at('item', 0, 'name')).toBe(10);
    expect(at('item', 1, 'name')).toBe(12);
    expect(at('item', 1, 'list', 0)).toBe(14);
    expect(at('item', 1, 'list', 1, 'deep')).toBe(15);
    expect(at('item', 1, 'inline', 'y', 'z')).toBe(17);
    expect(at('item', 1, 'absent')).toBe(11);
    expect(at('absent')).toBeUndefined();
  });

  it('finds a line for every key that the parser finds', () => {
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.array(fc.string(), { maxLength: 3 }));
    const table = fc.letrec((tie) => ({
      node: fc.dictionary(
        fc.string({ minLength: 1, maxLength: 6 }),
        fc.oneof({ depthSize: 'small' }, leaf, tie('node')),
        { maxKeys: 4 },
      ),
    })).node;
    const paths = (value: unknown, path: string[]): string[][] =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? [path, ...Object.entries(value).flatMap(([key, child]) => paths(child, [...path, key]))]
        : [path];
    fc.assert(
      fc.property(table, (value) => {
        const text = stringify(value);
        const lines = findTomlLines(text);
        // Keys that the text writes with escapes are not looked up by anybody.
        const wanted = paths(parse(text), []).filter(
          (path) => path.length > 0 && path.every((part) => !JSON.stringify(part).includes('\\')),
        );
        return wanted.every((path) => {
          const line = lines.get(path.join('\0'));
          return line !== undefined && text.split('\n')[line - 1]?.includes(path.at(-1) ?? '') === true;
        });
      }),
      { seed: 11 },
    );
  });
});
