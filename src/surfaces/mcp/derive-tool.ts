import { StropError } from '#base';
import type { Effects, Operation } from '#operations';
import { envelopeOf } from './envelope.ts';

/** The part of JSON Schema that is looked into here. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What an agent is told about what a tool does to the world. */
export interface Hints {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** An operation as a tool of the protocol. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  readonly annotations: Hints;
}

/** What a call may say besides the input of its operation. */
export interface CallOptions {
  /** Folder of the project, absolute or relative to the start folder. */
  readonly project: string | undefined;
  readonly detach: boolean;
}

const PROJECT = {
  type: 'string',
  description:
    'folder of the project, below the folder that the server was started in or below a root of the client; default: the start folder',
};

const DETACH = {
  type: 'boolean',
  default: false,
  description:
    'answer at once with the id of a run that goes on by itself, even when the connection ends; the tool "result" tells how far it is and what came out',
};

/** Answers consent beforehand on the command line; an agent must not give it in the user's name. */
const CONSENT = 'yes';

/** The tool that follows from a declaration. */
export function deriveTool(operation: Operation): Tool {
  return {
    name: operation.name,
    title: operation.summary,
    description: describeTool(operation),
    inputSchema: inputSchemaOf(operation),
    outputSchema: outputSchemaOf(operation),
    annotations: hintsOf(operation.effects),
  };
}

/**
 * Running somebody's code may change anything, so it is never called read-only, even where strop itself changes
 * nothing. What edits is called destructive: the effects do not say that it only adds.
 * Installing goes into a folder of strop's own, and only after the user agreed.
 */
export function hintsOf(effects: Effects): Hints {
  return {
    readOnlyHint: !effects.runsCode && !effects.installs && !effects.edits,
    destructiveHint: effects.edits,
    idempotentHint: !effects.edits,
    openWorldHint: effects.installs,
  };
}

function describeTool({ summary, description, effects }: Operation): string {
  const notes = [
    ...(effects.runsCode ? ['Runs the code of the project.'] : []),
    ...(effects.measures
      ? [
          'May measure for minutes and waits until no other measurement runs on this machine; give detach: true where your client ends long calls.',
        ]
      : []),
    ...(effects.edits ? ['Creates or changes files of the project.'] : []),
    ...(effects.installs ? ['Asks the user before it installs anything.'] : []),
  ];
  return [`${summary}.`, description, ...notes].join('\n');
}

function inputSchemaOf(operation: Operation): JsonSchema {
  const { $schema: _, ...schema } = operation.input.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  const own = Object.entries(schema.properties ?? {}).filter(([name]) => name !== CONSENT);
  return {
    ...schema,
    properties: {
      ...Object.fromEntries(own.map(([name, property]) => [name, readably(property)])),
      project: PROJECT,
      ...(operation.effects.measures ? { detach: DETACH } : {}),
    },
    additionalProperties: false,
  };
}

/** A switch that is on by default is described for the flag that turns it off (`--no-snapshot`). */
function readably(property: unknown): unknown {
  if (typeof property !== 'object' || property === null) return property;
  const { type, default: fallback, description } = property as JsonSchema;
  if (type !== 'boolean' || fallback !== true || typeof description !== 'string') return property;
  return { ...property, description: `false: ${description}` };
}

/** Descriptions and closed objects are left out: every list of tools carries all of it, and docs/formats has them. */
function outputSchemaOf(operation: Operation): JsonSchema {
  const { $schema: _, ...schema } = envelopeOf(operation.result).toJSONSchema({
    io: 'output',
    unrepresentable: 'any',
  });
  return strip(schema) as JsonSchema;
}

/** Bounds that zod writes for every whole number. */
const UNBOUNDED: readonly unknown[] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

function strip(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strip);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(
    ([key, value]) =>
      !(key === 'description' && typeof value === 'string') &&
      !(key === 'additionalProperties' && value === false) &&
      !((key === 'minimum' || key === 'maximum') && UNBOUNDED.includes(value)),
  );
  const shorter = Object.fromEntries(kept.map(([key, value]) => [key, strip(value)]));
  return orNull(shorter) ?? shorter;
}

/** `{anyOf: [{type: T, …}, {type: 'null'}]}` as `{type: [T, 'null'], …}`, which says the same of everything but enums. */
function orNull({ anyOf, ...others }: JsonSchema): JsonSchema | undefined {
  if (!Array.isArray(anyOf) || anyOf.length !== 2 || Object.keys(others).length > 0) return undefined;
  const [one, other] = anyOf as readonly JsonSchema[];
  if (other?.['type'] !== 'null' || typeof one?.['type'] !== 'string') return undefined;
  if ('enum' in one || 'const' in one) return undefined;
  return { ...one, type: [one['type'], 'null'] };
}

/**
 * Splits the arguments of a call into those of the operation and those of the call. Throws a StropError `bad-request`
 * for one of the call that is of another type: taken for none, the call would do something else than was asked.
 */
export function splitArguments(
  operation: Operation,
  given: Readonly<Record<string, unknown>>,
): { readonly input: Readonly<Record<string, unknown>>; readonly options: CallOptions } {
  const { project, detach = false, ...input } = given;
  if (project !== undefined && typeof project !== 'string')
    throw refuse('project', project, 'Give the folder as one text, or leave it out.');
  if (typeof detach !== 'boolean') throw refuse('detach', detach, 'Give true or false, without quotes.');
  return { input, options: { project, detach: operation.effects.measures && detach } };
}

function refuse(name: string, value: unknown, remedy: string): StropError {
  return new StropError({
    code: 'bad-request',
    problem: `${name} is of the wrong type`,
    where: `${name}: ${JSON.stringify(value)}`,
    remedy,
  });
}

/** The names that the input schema of a tool knows. */
export function knownArguments({ inputSchema }: Pick<Tool, 'inputSchema'>): readonly string[] {
  const { properties } = inputSchema;
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : [];
}

/** Whether the input can hold the user's consent, which the start of the server alone gives beforehand. */
export function consents(operation: Operation): boolean {
  const { properties } = operation.input.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  return properties !== undefined && CONSENT in properties;
}
