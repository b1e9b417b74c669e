/** What one word of the command line has to become before the operation's schema sees it. */
export type ValueKind = 'switch' | 'text' | 'number' | 'json' | 'switch-or-text';

/** One input property of an operation, as the command line offers it. */
export interface Flag {
  /** The name in the input: `hashSeed`. */
  readonly property: string;
  /** The name on the command line without dashes: `hash-seed`. */
  readonly name: string;
  readonly kind: ValueKind;
  /** May be given several times; the input is a list. */
  readonly many: boolean;
  /** The only values allowed, where the schema lists them. */
  readonly choices: readonly string[];
  readonly required: boolean;
  /** What the value is called in the help: `duration`. */
  readonly placeholder: string;
  readonly description: string;
  readonly fallback: unknown;
}

/** The part of JSON Schema that zod writes for an operation's input. */
interface Schema {
  readonly type?: string | readonly string[];
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** The flags of an operation, in the order of its input schema given as JSON Schema. */
export function flagsOf(jsonSchema: object): readonly Flag[] {
  const schema: Schema = jsonSchema;
  return Object.entries(schema.properties ?? {}).map(([property, value]) => {
    const list = [value, ...branches(value)].find((branch) => branch.type === 'array');
    const one = list?.items ?? value;
    const choices = choicesOf(one);
    const kind = kindOf(one);
    return {
      property,
      name: kebab(property),
      kind,
      many: list !== undefined,
      choices,
      required: schema.required?.includes(property) ?? false,
      placeholder: value.title ?? one.title ?? placeholderOf(kind),
      description: value.description ?? '',
      fallback: value.default,
    };
  });
}

/** `hashSeed` as `hash-seed`. */
function kebab(property: string): string {
  return property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function branches(schema: Schema): readonly Schema[] {
  return [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
}

function typesOf(schema: Schema): ReadonlySet<string> {
  const own = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  const constants = [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])];
  return new Set([
    ...own,
    ...constants.map((value) => typeof value),
    ...branches(schema).flatMap((branch) => [...typesOf(branch)]),
  ]);
}

/** The listed values, if nothing else is allowed. */
function choicesOf(schema: Schema): readonly string[] {
  if (schema.enum !== undefined) return schema.enum.map(String);
  if (schema.const !== undefined) return [schema.const].map(String);
  const each = branches(schema).map(choicesOf);
  return each.length > 0 && each.every((choices) => choices.length > 0) ? each.flat() : [];
}

function kindOf(schema: Schema): ValueKind {
  const types = typesOf(schema);
  if (types.has('boolean')) return types.has('string') ? 'switch-or-text' : 'switch';
  if (types.has('string')) return 'text';
  return types.has('number') || types.has('integer') ? 'number' : 'json';
}

function placeholderOf(kind: ValueKind): string {
  return kind === 'number' || kind === 'json' ? kind : 'text';
}
