import type { ClassRecord, Parameter, ValueRecord } from './definitions.ts';
import { call, keyword } from './expression.ts';
import type { Expression } from './expression.ts';
import type { Making, MakeValue } from './making.ts';
import { findMember, readBases } from './resolve.ts';
import type { ClassPlace } from './resolve.ts';

/** An object of the project, as code that makes it. */
export interface Built {
  readonly expression: Expression;
  /** Whether the code can be right: false when a value is missing, or the class cannot be made as it is. */
  readonly certain: boolean;
  /** What keeps it from being made, as a clause: `Shape is abstract`. */
  readonly trouble?: string;
}

const needed = (parameter: Parameter): boolean =>
  parameter.default === null && !parameter.kind.startsWith('var-');

/** The parameters that a call has to give. `bound`: without the first, which is `self` or `cls`. */
export function neededParameters(parameters: readonly Parameter[], bound: boolean): readonly Parameter[] {
  return (bound ? parameters.slice(1) : parameters).filter(needed);
}

/** Makes the call that creates an object of a class (called `name` in the code), every required value with a placeholder. */
export async function buildObject(
  making: Making,
  place: ClassPlace,
  name: string,
  makeValue: MakeValue,
): Promise<Built> {
  const { record } = place;
  const member = await firstEnumMember(making, place);
  if (member !== undefined) return { expression: `${name}.${member}`, certain: true };
  const trouble = findTrouble(place);
  const wanted = await findParameters(making, place);
  if (wanted === undefined) {
    return {
      expression: `${name}()`,
      certain: false,
      trouble: trouble ?? `${record.name} takes its arguments from a base that cannot be read`,
    };
  }
  const items: Expression[] = [];
  let certain = trouble === undefined;
  for (const parameter of wanted) {
    const value = await makeValue(making, parameter.name, parameter.annotation);
    certain &&= value !== undefined;
    const code = value ?? 'None';
    items.push(parameter.kind === 'positional-only' ? code : keyword(parameter.name, code));
  }
  return { expression: call(name, items), certain, ...(trouble === undefined ? {} : { trouble }) };
}

async function isEnum(making: Making, place: ClassPlace): Promise<boolean> {
  for (const base of await readBases(making.reader, place)) {
    if (base.kind === 'other' ? /(^|\.)(Int|Str)?(Enum|Flag)$/.test(base.name) : await isEnum(making, base))
      return true;
  }
  return false;
}

async function firstEnumMember(making: Making, place: ClassPlace): Promise<string | undefined> {
  const first = place.record.body.find((record) => record.kind === 'value' && !record.name.startsWith('_'));
  return first !== undefined && 'name' in first && (await isEnum(making, place)) ? first.name : undefined;
}

/** Why a class cannot be made as it is, as a clause. */
function findTrouble({ record }: ClassPlace): string | undefined {
  const open = record.body.find(
    (member) =>
      member.kind === 'function' && member.decorators.some((text) => /(^|\.)abstract\w+$/.test(text)),
  );
  if (open !== undefined) return `${record.name} is abstract`;
  if (record.bases.some((base) => /(^|\.)Protocol\b/.test(base))) return `${record.name} is a protocol`;
  return undefined;
}

/** What has to be given to make an object of a class; undefined when that cannot be known. */
export async function findParameters(
  making: Making,
  place: ClassPlace,
): Promise<readonly Parameter[] | undefined> {
  if (!place.record.body.some((member) => member.kind === 'function' && member.name === '__init__')) {
    const fields = await findFields(making, place);
    if (fields !== undefined) return fields;
  }
  for (const name of ['__init__', '__new__']) {
    const found = await findMember(making.reader, place, name);
    if (found?.kind === 'function') return neededParameters(found.record.parameters, true);
    if (found?.kind === 'opaque') return undefined;
  }
  return [];
}

const FIELD_BASES = /(^|\.)(NamedTuple|TypedDict|BaseModel|BaseSettings|Struct|SQLModel)$/;
const FIELD_DECORATORS = /(^|\.)(dataclass|define|frozen|mutable|attrs|s|attributes)(\(|$)/;

function makesFields(record: ClassRecord): boolean {
  return (
    record.bases.some((base) => FIELD_BASES.test(base.replace(/\[.*$/, ''))) ||
    record.decorators.some((text) => FIELD_DECORATORS.test(text))
  );
}

/** The required fields of a class whose `__init__` is made from them, those of its bases first; undefined for other classes. */
async function findFields(
  making: Making,
  place: ClassPlace,
  depth = 0,
): Promise<readonly Parameter[] | undefined> {
  const found = new Map<string, Parameter | undefined>();
  let any = makesFields(place.record);
  for (const base of depth > 8 ? [] : await readBases(making.reader, place)) {
    const inherited = base.kind === 'class' ? await findFields(making, base, depth + 1) : undefined;
    any ||= inherited !== undefined;
    for (const field of inherited ?? []) found.set(field.name, field);
  }
  if (!any) return undefined;
  for (const member of place.record.body) {
    if (member.kind !== 'value' || !isField(member)) continue;
    const attrs = place.record.decorators.some((text) =>
      /(^|\.)(define|frozen|mutable|attrs|s|attributes)\b/.test(text),
    );
    const name = attrs ? member.name.replace(/^_+/, '') : member.name;
    found.set(name, hasDefault(member.value) ? undefined : asParameter(name, member));
  }
  return [...found.values()].filter((field) => field !== undefined);
}

function isField(member: ValueRecord): boolean {
  if (member.annotation === null) return /^(\w+\.)*(ib|attrib|field)\(/.test(member.value ?? '');
  if (/(^|\.)(ClassVar|KW_ONLY)\b/.test(member.annotation) || member.name === 'model_config') return false;
  return !/\binit=False\b/.test(member.value ?? '');
}

function hasDefault(value: string | null): boolean {
  if (value === null || value === '...') return false;
  const made = /^(?:\w+\.)*(field|Field|ib|attrib|PrivateAttr)\((.*)\)$/s.exec(value);
  if (made === null || made[1] === 'PrivateAttr') return true;
  const given = made[2] ?? '';
  // The first argument of pydantic's and attrs' functions is the default; `...` there means that there is none.
  const first = /^(?!\w+=)(?!\.\.\.)\S/.test(given);
  return first || /\b(default|default_factory|factory)=(?!\.\.\.)/.test(given);
}

function asParameter(name: string, member: ValueRecord): Parameter {
  return { name, kind: 'keyword-only', annotation: member.annotation, default: null };
}
