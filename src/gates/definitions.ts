import { join } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import { z } from 'zod';

const Import = z.object({
  name: z.string(),
  module: z.string(),
  original: z.string().nullable(),
  level: z.number(),
});

const Definition = z.object({
  kind: z.enum(['function', 'class', 'value', 'import', 'statement']),
  name: z.string(),
  first: z.number(),
  last: z.number(),
  fingerprint: z.string(),
  examples: z.string().nullable(),
  decorators: z.array(z.string()),
  bases: z.array(z.string()),
  uses: z.record(z.string(), z.number()),
  binds: z.record(z.string(), z.string()),
  words: z.array(z.string()),
  empties: z.array(z.string()),
  locals: z.array(z.string()),
  imports: z.array(Import),
});

const Answer = z.array(
  z.union([
    z.object({
      label: z.string(),
      definitions: z.array(Definition),
      /** Fingerprint of the module's docstring where it holds examples. */
      examples: z.string().nullable(),
    }),
    z.object({ label: z.string(), problem: z.string(), line: z.number().nullable() }),
  ]),
);

/**
 * A definition as the shim `definitions.py` records it: a function or method, a class without its methods, or a piece of
 * module level: a constant, one name of an import, another statement. `fingerprint` stays the same when only comments,
 * docstrings or the layout change; `examples` is one for a docstring with examples (doctest), null without.
 */
export type ReadDefinition = z.infer<typeof Definition>;

/** One name that an import binds: `original` is null for `import module`. */
export type ReadImport = z.infer<typeof Import>;

/** What a file defines, or why it cannot be parsed, with the line. */
export type ReadFile = z.infer<typeof Answer>[number];

/** Against a hanging interpreter; parsing takes milliseconds a file. */
const TIMEOUT_MS = 120_000;

/**
 * Parses Python files, by label and absolute path, with one interpreter: fingerprints of different versions of Python do
 * not agree. Nothing is imported. Files that cannot be parsed have a `problem`. Fails with `no-python` when the
 * interpreter does not answer.
 */
export async function readDefinitions(
  host: Host,
  python: string,
  files: readonly (readonly [label: string, path: string])[],
): Promise<ReadonlyMap<string, ReadFile>> {
  if (files.length === 0) return new Map();
  const mark = `strop-${host.random.token(12)}`;
  const run = await host.processes.run({
    argv: [python, '-I', '-S', '-B', join(host.folders.shims, '_strop', 'definitions.py'), mark],
    stdin: JSON.stringify(files),
    timeoutMs: TIMEOUT_MS,
    keepBytes: 256 * 2 ** 20,
  });
  const start = run.stdout.indexOf(mark);
  const end = run.stdout.indexOf(mark, start + mark.length);
  if (start === -1 || end === -1) {
    throw new StropError({
      code: 'no-python',
      problem: 'the interpreter could not read the source',
      where: python,
      remedy: 'Name another interpreter with --python.',
      detail: run.stderr.slice(-4000),
    });
  }
  const answer = Answer.parse(JSON.parse(run.stdout.slice(start + mark.length, end)));
  return new Map(answer.map((file) => [file.label, file]));
}
