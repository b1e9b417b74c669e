import { readType } from './annotation.ts';
import type { Type } from './annotation.ts';
import { buildObject } from './construct.ts';
import { call, flat } from './expression.ts';
import type { Expression } from './expression.ts';
import type { Making } from './making.ts';
import { FEW, guessByName, MANY } from './guesses.ts';
import { followPath } from './resolve.ts';
import type { ClassPlace } from './resolve.ts';
import { simpleValue } from './standard-values.ts';

/**
 * A plausible value for a parameter, from its annotation or, without one, from its name; undefined where only `None`
 * could be written.
 */
export async function makePlaceholder(
  making: Making,
  name: string,
  annotation: string | null,
): Promise<Expression | undefined> {
  const type = annotation === null ? undefined : readType(annotation);
  return type === undefined ? guessByName(making, name) : fromType(making, type, name, MANY);
}

async function fromType(
  making: Making,
  type: Type,
  name: string,
  size: number,
): Promise<Expression | undefined> {
  switch (type.kind) {
    case 'other':
      return undefined;
    case 'literal':
      return type.text === 'None' ? undefined : requote(making, type.text);
    case 'union':
      for (const option of type.options) {
        // A number or a text is easier to fill in than an object of the project.
        const simple = option.kind === 'name' ? simpleValue(making, option.name) : undefined;
        if (simple !== undefined) return simple;
      }
      for (const option of type.options) {
        const made = await fromType(making, option, name, size);
        if (made !== undefined) return made;
      }
      return undefined;
    case 'name':
      return (await fromProject(making, type, name, size)) ?? fromName(making, type, name, size);
  }
}

function requote(making: Making, literal: string): string {
  const plain = /^(['"])([^'"\\]*)\1$/.exec(literal);
  return plain === null ? literal : making.quote(plain[2] ?? '');
}

/** A class or an alias of the project. */
async function fromProject(
  making: Making,
  type: Type & { readonly kind: 'name' },
  name: string,
  size: number,
): Promise<Expression | undefined> {
  const path = type.name.split('.');
  const meaning = await followPath(making.reader, making.home, path);
  if (meaning?.kind === 'class') {
    const { record, home } = meaning;
    const key = `${home.name}.${record.name}`;
    // Imported from where it is defined: what the annotation's module calls it may be private to that module.
    const place = home === making.home ? path : [record.name];
    if (making.within.includes(key)) return undefined;
    const code = making.names.use(await publicModule(making, meaning, place), place);
    const inner = { ...making, home, within: [...making.within, key] };
    const built = await buildObject(inner, meaning, code, makePlaceholder);
    return built.certain ? built.expression : undefined;
  }
  if (meaning?.kind !== 'value') return undefined;
  const { record, home } = meaning;
  const key = `${home.name}.${record.name}`;
  if (/^(\w+\.)*TypeVar\(/.test(record.value ?? '')) {
    return making.within.includes(key)
      ? undefined
      : fromTypeVariable(
          { ...making, home, within: [...making.within, key] },
          record.value ?? '',
          name,
          size,
        );
  }
  const text = /NewType\([^,]+,\s*(.+)\)$/.exec(record.value ?? '')?.[1] ?? record.value;
  const alias = text === null || making.within.includes(key) ? undefined : readType(text);
  if (alias === undefined || alias.kind === 'literal') return undefined;
  return fromType({ ...making, home, within: [...making.within, key] }, alias, name, size);
}

/** The module to import a class from: not a private one, when an outer package offers the class, too. */
async function publicModule(
  making: Making,
  { record, home }: ClassPlace,
  path: readonly string[],
): Promise<string> {
  const parts = home.name.split('.');
  for (let length = 1; home.name.includes('._') && length < parts.length; length += 1) {
    const outer = await making.reader.read(parts.slice(0, length).join('.'));
    const found = outer === undefined ? undefined : await followPath(making.reader, outer, path);
    if (found?.kind === 'class' && found.record === record && outer !== undefined) return outer.name;
  }
  return home.name;
}

/** Any type that the variable may stand for: its bound, or the first of its constraints. */
async function fromTypeVariable(
  making: Making,
  code: string,
  name: string,
  size: number,
): Promise<Expression | undefined> {
  const said =
    /\bbound=(.+?)(?:, \w+=.*)?\)$/.exec(code)?.[1] ?? /^[^,]+, (?!\w+=)(.+?)(?:, .*)?\)$/.exec(code)?.[1];
  const type = said === undefined ? undefined : readType(said);
  if (type !== undefined) return fromType(making, type, name, size);
  return guessByName(making, name) ?? String(MANY);
}

const LISTS =
  /^(list|List|Sequence|MutableSequence|Iterable|Collection|Container|Reversible|Sized|array|deque|Deque)$/;
const SETS = /^(set|Set|frozenset|FrozenSet|AbstractSet|MutableSet)$/;
const MAPPINGS = /^(dict|Dict|Mapping|MutableMapping|OrderedDict|defaultdict|DefaultDict)$/;
const WRAPPERS = /^(Annotated|Final|Required|NotRequired|ReadOnly|InitVar|Optional|Union)$/;

async function fromName(
  making: Making,
  type: Type & { readonly kind: 'name' },
  name: string,
  size: number,
): Promise<Expression | undefined> {
  const last = type.name.split('.').at(-1) ?? type.name;
  const [first, second] = type.arguments;
  if (WRAPPERS.test(last)) {
    const options = /^(Union|Optional)$/.test(last) ? type.arguments : type.arguments.slice(0, 1);
    return fromType(making, { kind: 'union', options }, name, size);
  }
  if (last === 'Literal') return first === undefined ? undefined : fromType(making, first, name, size);
  if (/^(Any|object|Hashable|Self)$/.test(last))
    return last === 'Self' ? undefined : guessByName(making, name);
  if (/^(Iterator|Generator)$/.test(last)) {
    return wrap('iter', await listOf(making, first, size));
  }
  if (last === 'deque' || last === 'Deque') {
    return wrap(making.names.useOther('standard', 'collections', 'deque'), await listOf(making, first, size));
  }
  if (LISTS.test(last)) return listOf(making, first, size);
  if (SETS.test(last))
    return wrap(/^frozen/i.test(last) ? 'frozenset' : 'set', await listOf(making, first, size));
  if (MAPPINGS.test(last)) return mappingOf(making, first, second, size);
  if (/^(tuple|Tuple)$/.test(last)) return tupleOf(making, type.arguments, size);
  if (last === 'Callable') return functionOf(making, second);
  return simpleValue(making, last);
}

function wrap(name: string, inner: Expression | undefined): Expression | undefined {
  if (inner === undefined) return undefined;
  // `set(range(10))`, without a list in between.
  if (inner === `list(range(${MANY}))` || inner === `list(range(${FEW}))`) return `${name}${inner.slice(4)}`;
  return call(name, [inner]);
}

/** A function that takes anything and answers with a value of its type. */
async function functionOf(making: Making, answer: Type | undefined): Promise<Expression> {
  const value = answer === undefined ? undefined : await fromType(making, answer, '', FEW);
  return `lambda *values: ${value === undefined ? 'None' : flat(value)}`;
}

/** How an element looks when it is made from a running number, so that the elements differ. */
function numbered(type: Type | undefined): string | undefined {
  if (type === undefined) return 'number';
  if (type.kind !== 'name' || type.arguments.length > 0) return undefined;
  switch (type.name.split('.').at(-1)) {
    case 'int':
    case 'Any':
    case 'object':
    case 'Hashable':
    case 'T':
      return 'number';
    case 'float':
      return 'float(number)';
    case 'str':
      return 'str(number)';
    case 'bool':
      return 'number % 2 == 0';
    case 'bytes':
      return 'str(number).encode()';
    default:
      return undefined;
  }
}

async function listOf(making: Making, type: Type | undefined, size: number): Promise<Expression | undefined> {
  const simple = numbered(type);
  if (simple === 'number') return `list(range(${size}))`;
  if (simple !== undefined) return comprehension('[', simple, `for number in range(${size})`, ']');
  const element = type === undefined ? undefined : await fromType(making, type, '', FEW);
  return element === undefined ? undefined : comprehension('[', element, `for _ in range(${size})`, ']');
}

/** `[element for …]`, or with a key in front of the element `{key: element for …}`. */
function comprehension(open: string, element: Expression, loop: string, close: string, key = ''): Expression {
  const item = typeof element === 'string' ? key + element : { ...element, open: key + element.open };
  return { open, items: [item], close, loop };
}

async function mappingOf(
  making: Making,
  key: Type | undefined,
  value: Type | undefined,
  size: number,
): Promise<Expression | undefined> {
  const keyText = key === undefined ? 'str(number)' : numbered(key);
  const valueText =
    numbered(value) ?? (value === undefined ? undefined : await fromType(making, value, '', FEW));
  if (keyText === undefined || valueText === undefined) return undefined;
  return comprehension('{', valueText, `for number in range(${size})`, '}', `${keyText}: `);
}

async function tupleOf(
  making: Making,
  types: readonly Type[],
  size: number,
): Promise<Expression | undefined> {
  const [first, second] = types;
  if (first === undefined) return `tuple(range(${size}))`;
  if (second?.kind === 'other') return wrap('tuple', await listOf(making, first, size));
  const items: Expression[] = [];
  for (const type of types) {
    const item = await fromType(making, type, '', FEW);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return { open: '(', items, close: ')', tuple: true };
}
