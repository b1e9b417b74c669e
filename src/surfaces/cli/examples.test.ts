import { describe, expect, it } from 'vitest';
import { operations } from '#operations';
import { DEFAULT_OPERATION } from './overview.ts';
import { parseRequest } from './request.ts';

/** Splits a line as a shell would, as far as the examples need it: words and quotes. */
function words(line: string): readonly string[] {
  return [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)].map(([word]) =>
    word.replace(
      /'([^']*)'|"([^"]*)"/g,
      (_, single: string | undefined, double: string | undefined) => single ?? double ?? '',
    ),
  );
}

describe.each(operations)('the examples of $name', (entry) => {
  it('are command lines that are understood', async () => {
    const operation = await entry.load();
    for (const [command] of operation.examples) {
      const [program, ...all] = words(command);
      // The one that runs when no command is given.
      const bare = entry.name === DEFAULT_OPERATION && (all[0] === undefined || all[0].startsWith('-'));
      const [name, ...argv] = bare ? [entry.name, ...all] : all;
      expect([program, name], command).toEqual(['strop', entry.name]);
      expect(() => parseRequest(operation, argv, 100), command).not.toThrow();
    }
  });

  it('stand in a help page that can be shown', async () => {
    expect(parseRequest(await entry.load(), ['--help'], 100)).toMatchObject({ kind: 'help' });
  });
});

it('splits words as a shell does', () => {
  expect(words(`strop x --stmt 'a b' "c d"'e' -- f`)).toEqual([
    'strop',
    'x',
    '--stmt',
    'a b',
    'c de',
    '--',
    'f',
  ]);
});
