import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fakeHost } from '#host';
import type { ConfigPlace } from './agents.ts';
import { addEntry, readConfig, removeEntry, replaceEntry, wantedEntry } from './config-file.ts';
import { takePieces } from './text-edit.ts';

const host = fakeHost();
const json: ConfigPlace = {
  place: { base: '/p', parts: ['.mcp.json'] },
  format: 'json',
  table: 'mcpServers',
  entry: { type: 'stdio', command: 'strop', args: ['mcp'] },
};
const toml: ConfigPlace = {
  place: { base: '/p', parts: ['.codex', 'config.toml'] },
  format: 'toml',
  table: 'mcp_servers',
  entry: { command: 'strop', args: ['mcp'], tool_timeout_sec: 3600 },
};

async function add(config: ConfigPlace, text: string) {
  const added = await addEntry(host, config, text);
  if (added === undefined) throw new Error(`not added to ${JSON.stringify(text)}`);
  return added;
}

const JSON_TEXTS: readonly (readonly [title: string, before: string, after: string])[] = [
  [
    'beside other servers, as they are laid out',
    '{\n\t"mcpServers": {\n\t\t"a": { "command": "a" }\n\t},\n\t"z": 1\n}\n',
    '{\n\t"mcpServers": {\n\t\t"a": { "command": "a" },\n\t\t"strop": {\n\t\t\t"type": "stdio",\n\t\t\t"command": "strop",\n\t\t\t"args": [\n\t\t\t\t"mcp"\n\t\t\t]\n\t\t}\n\t},\n\t"z": 1\n}\n',
  ],
  [
    'behind comments and a last comma',
    '// ours\n{\n  "mcpServers": {\n    "a": 1, // keep /* this\n  }, /* end */\n}',
    '// ours\n{\n  "mcpServers": {\n    "a": 1, // keep /* this\n    "strop": {\n      "type": "stdio",\n      "command": "strop",\n      "args": [\n        "mcp"\n      ]\n    },\n  }, /* end */\n}',
  ],
  [
    'behind a comment on the last line, which stays with its entry',
    '{\r\n  "mcpServers": {\r\n    "a": 1 // one\r\n  }\r\n}\r\n',
    '{\r\n  "mcpServers": {\r\n    "a": 1, // one\r\n    "strop": {\r\n      "type": "stdio",\r\n      "command": "strop",\r\n      "args": [\r\n        "mcp"\r\n      ]\r\n    }\r\n  }\r\n}\r\n',
  ],
  [
    'on one line, where everything is on one line',
    '{"mcpServers":{"a":{}},"z":[1,2]}',
    '{"mcpServers":{"a":{},"strop":{"type":"stdio","command":"strop","args":["mcp"]}},"z":[1,2]}',
  ],
  [
    'into an empty table',
    '{ "mcpServers": {} }\n',
    '{ "mcpServers": {\n  "strop": {\n    "type": "stdio",\n    "command": "strop",\n    "args": [\n      "mcp"\n    ]\n  }\n} }\n',
  ],
];

describe('settings in JSON', () => {
  it.each(JSON_TEXTS)('take an entry %s, and give it back', async (_title, before, after) => {
    const added = await add(json, before);
    expect(added.text).toBe(after);
    expect(takePieces(added.text, added.pieces)).toBe(before);
  });

  it.each([
    '',
    '  \n',
    '{}',
    '{\n}\n',
    '{ // nothing yet\n}\n',
    '\uFEFF{"other": true}',
    '{\n  "a": 1 /* x */ }',
    '{"mcpServers": {"a": 1, "b": 2}}',
    '{\n    "a": [\n        1\n    ],\n    "mcpServers": {\n    }\n}',
  ])('take an entry into %j, and give it back', async (before) => {
    const added = await add(json, before);
    expect((await readConfig(host, json, added.text))?.entry).toBe(wantedEntry(json));
    expect(takePieces(added.text, added.pieces)).toBe(before);
  });

  it.each([
    '[]',
    '{"mcpServers": []}',
    '{"a": 1, "a": 2}',
    '{"mcpServers": {"x": 1},}}',
    '{a: 1}',
    "{'a': 1}",
    '{"a": 1 /* open }',
    '{,}',
    '{"a" 1}',
    '{"a": 1 "b": 2}',
  ])('that are broken or something else, as %j, are not touched', async (text) => {
    expect(await readConfig(host, json, text)).toBeUndefined();
    expect(await addEntry(host, json, text)).toBeUndefined();
  });

  const space = fc.constantFrom('', ' ', '\n', '\n  ', '\r\n\t', ' // "x": {\n', ' /* , */ ', '\n/**/\n    ');
  const leaf = fc.constantFrom('1', '-2.5e3', '"a\\"b//"', 'null', '[1, {"x": "}"}]', '[ ]', '{}');
  const object = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(
        fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '__proto__', 'strop2'), { maxLength: 4 }),
        fc.array(inner, { minLength: 4, maxLength: 4 }),
        fc.array(space, { minLength: 20, maxLength: 20 }),
        fc.boolean(),
      )
      .map(([keys, values, spaces, comma]) => {
        const gap = (at: number): string => spaces[at] ?? '';
        const members = keys.map(
          (key, at) =>
            `${gap(at * 4)}"${key}"${gap(at * 4 + 1)}:${gap(at * 4 + 2)}${values[at] ?? '1'}${gap(at * 4 + 3)}`,
        );
        const end = comma && members.length > 0 ? `,${gap(18)}` : '';
        return `{${members.join(',')}${end}${gap(19)}}`;
      });
  const document = fc
    .tuple(object(leaf), object(object(leaf)), space, space, fc.boolean())
    .map(([servers, others, before, after, has]) =>
      has
        ? `${before}{${after}"mcpServers":${before}${servers}${after}, "others": ${others}${before}}`
        : others,
    );

  it('come back byte for byte, whatever they look like', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (before) => {
        const content = await readConfig(host, json, before);
        const added = await add(json, before);
        expect(takePieces(added.text, added.pieces)).toBe(before);
        // Also where only the meaning is known: after a formatter, or with other entries added since.
        const removed = await removeEntry(host, json, added.text, added);
        expect(removed).toBeDefined();
        expect(await readConfig(host, json, removed ?? '')).toEqual(content);
        const comments = (text: string): readonly string[] => text.match(/\/\/[^\n]*|\/\*.*?\*\//g) ?? [];
        expect(comments(removed ?? '')).toEqual(comments(before));
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('lose the entry also after a formatter or another tool was there', async () => {
    const text = '{"mcpServers":{\n "strop": {"args":["mcp"],"command":"strop","type":"stdio"},\n "b": 1\n}}';
    expect(await removeEntry(host, json, text, { tableMade: true, pieces: [] })).toBe(
      '{"mcpServers":{\n "b": 1\n}}',
    );
    const last = '{"mcpServers": {"b": 1, "strop": {}}}';
    expect(await removeEntry(host, json, last, { tableMade: false, pieces: [] })).toBe(
      '{"mcpServers": {"b": 1}}',
    );
    const first = '{"mcpServers": {"strop": {}, "b": 1}}';
    expect(await removeEntry(host, json, first, { tableMade: false, pieces: [] })).toBe(
      '{"mcpServers": {"b": 1}}',
    );
  });

  it('get another entry in the place of the former one', async () => {
    const text =
      '{\n  "mcpServers": {\n    "strop": {\n      "command": "old"\n    }, // ours\n    "b": 1\n  }\n}\n';
    expect(await replaceEntry(host, json, text)).toBe(
      '{\n  "mcpServers": {\n    "strop": {\n      "type": "stdio",\n      "command": "strop",\n      "args": [\n        "mcp"\n      ]\n    }, // ours\n    "b": 1\n  }\n}\n',
    );
  });
});

const BLOCK =
  '# strop: begin (written by `strop skill install`, taken out by `strop skill remove`)\n' +
  '[mcp_servers.strop]\ncommand = "strop"\nargs = ["mcp"]\ntool_timeout_sec = 3600\n# strop: end\n';

describe('settings in TOML', () => {
  it.each([
    ['an empty file', '', BLOCK],
    ['other servers', 'model = "x" # mine\n\n[mcp_servers.a]\ncommand = "a"\n', `\n${BLOCK}`],
    ['no end of the last line', '[[x]]\na = 1', `\n\n${BLOCK}`],
    ['a blank line at the end', 'a = 1\n\n', BLOCK],
    ['Windows line ends', 'a = 1\r\n', `\n${BLOCK}`.replaceAll('\n', '\r\n')],
  ])('take a block at the end behind %s, and give it back', async (_title, before, block) => {
    const added = await add(toml, before);
    expect(added.text).toBe(before + block);
    expect(takePieces(added.text, added.pieces)).toBe(before);
  });

  it('lose the block also when something was written behind it', async () => {
    const { text } = await add(toml, 'a = 1\n');
    expect(await removeEntry(host, toml, `${text}\n[b]\nc = 2\n`, { tableMade: false, pieces: [] })).toBe(
      'a = 1\n\n[b]\nc = 2\n',
    );
  });

  it('get another block in the place of the former one', async () => {
    const { text } = await add({ ...toml, entry: { command: 'old' } }, 'a = 1\n');
    expect(await replaceEntry(host, toml, `${text}\n[b]\n`)).toBe(`a = 1\n\n${BLOCK}\n[b]\n`);
  });

  it.each(['a = ', 'mcp_servers = 1\n', 'mcp_servers = { a = { command = "a" } }\n'])(
    'that have no room for it, as %j, are not touched',
    async (text) => {
      expect(await addEntry(host, toml, text)).toBeUndefined();
    },
  );
});
