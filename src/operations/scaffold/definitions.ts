import { StropError } from '#base';
import type { Host } from '#host';
import { z } from 'zod';
import { runParser } from '../parser-shim.ts';

/** One parameter of a function as written. */
export interface Parameter {
  readonly name: string;
  readonly kind: 'positional-only' | 'positional' | 'var-positional' | 'keyword-only' | 'var-keyword';
  readonly annotation: string | null;
  readonly default: string | null;
}

/** A function, a method, or a name that a lambda was given. */
export interface FunctionRecord {
  readonly kind: 'function';
  readonly name: string;
  readonly line: number;
  readonly async: boolean;
  readonly generator: boolean;
  readonly decorators: readonly string[];
  readonly returns: string | null;
  readonly parameters: readonly Parameter[];
}

/** A class with what its body binds. */
export interface ClassRecord {
  readonly kind: 'class';
  readonly name: string;
  readonly line: number;
  readonly bases: readonly string[];
  readonly decorators: readonly string[];
  readonly body: readonly DefinitionRecord[];
}

/** A name from another module; `original` is null when the name is the module itself. */
export interface ImportRecord {
  readonly kind: 'import';
  readonly name: string;
  readonly module: string;
  readonly original: string | null;
  readonly level: number;
}

/** `from module import *`. */
export interface StarRecord {
  readonly kind: 'star';
  readonly module: string;
  readonly level: number;
}

/** An assigned name; `plain` when the value is a number, a text, a list or the like, and surely no function. */
export interface ValueRecord {
  readonly kind: 'value';
  readonly name: string;
  readonly line: number;
  readonly annotation: string | null;
  readonly value: string | null;
  readonly plain: boolean;
}

/** What a statement of a module or class binds. */
export type DefinitionRecord = FunctionRecord | ClassRecord | ImportRecord | StarRecord | ValueRecord;

const text = z.string().nullable();
const Definition: z.ZodType<DefinitionRecord> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('function'),
      name: z.string(),
      line: z.number(),
      async: z.boolean(),
      generator: z.boolean(),
      decorators: z.array(z.string()),
      returns: text,
      parameters: z.array(
        z.object({
          name: z.string(),
          kind: z.enum(['positional-only', 'positional', 'var-positional', 'keyword-only', 'var-keyword']),
          annotation: text,
          default: text,
        }),
      ),
    }),
    z.object({
      kind: z.literal('class'),
      name: z.string(),
      line: z.number(),
      bases: z.array(z.string()),
      decorators: z.array(z.string()),
      body: z.array(Definition),
    }),
    z.object({
      kind: z.literal('import'),
      name: z.string(),
      module: z.string(),
      original: text,
      level: z.number(),
    }),
    z.object({ kind: z.literal('star'), module: z.string(), level: z.number() }),
    z.object({
      kind: z.literal('value'),
      name: z.string(),
      line: z.number(),
      annotation: text,
      value: text,
      plain: z.boolean(),
    }),
  ]),
);
const Answer = z.union([
  z.object({ records: z.array(Definition) }),
  z.object({ problem: z.string(), line: z.number().nullable() }),
]);

/** What a source file defines; a file that is no valid Python is a `bad-request` with the line. `shown` is its name in messages. */
export async function readDefinitions(
  host: Host,
  python: { readonly executable: string; readonly versionText: string },
  file: string,
  shown: string,
): Promise<readonly DefinitionRecord[]> {
  const answer = Answer.parse(await runParser(host, python.executable, 'signature.py', [file]));
  if ('records' in answer) return answer.records;
  throw new StropError({
    code: 'bad-request',
    problem: `Python ${python.versionText} cannot parse this file: ${answer.problem}`,
    where: answer.line === null ? shown : `${shown}:${answer.line}`,
    remedy: 'Correct the file, or name the interpreter that it is written for with --python.',
  });
}
