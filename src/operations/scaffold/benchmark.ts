import { findParameters, neededParameters, buildObject } from './construct.ts';
import type { Built } from './construct.ts';
import type { FunctionRecord, Parameter } from './definitions.ts';
import type { Expression } from './expression.ts';
import type { Making } from './making.ts';
import { makePlaceholder } from './placeholders.ts';
import type { Resolved } from './resolve.ts';

/** A value that is made before the measuring. */
export interface Preparation {
  /** The name that the variable gets, unless something else is called so. */
  readonly wish: string;
  readonly expression: Expression;
  /** What is left to the user; undefined when nothing is. */
  readonly todo: string | undefined;
}

/** How a call is brought to do its work: a coroutine has to be awaited, a generator read to its end. */
export type CallForm =
  'plain' | 'attribute' | 'coroutine' | 'generator' | 'async-generator' | 'context' | 'async-context';

/** One benchmark, ready to be written down. */
export interface Benchmark {
  /** The name behind `test_`. */
  readonly stem: string;
  readonly form: CallForm;
  /** The object whose method is measured. */
  readonly object: Preparation | undefined;
  /** What is called: after a dot, when there is an object; '' when the object itself is called. */
  readonly callee: string;
  readonly arguments: readonly (Preparation & { readonly keyword: string | undefined })[];
  /** The arguments cannot be known. */
  readonly openArguments: string | undefined;
  readonly notes: readonly string[];
}

/** `PriceEngine` as `price_engine`, `__call__` as `call`. */
export function snakeCase(name: string): string {
  const plain = name
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1_$2')
    .toLowerCase()
    .replace(/^_+|_+$/g, '');
  return plain === '' ? 'call' : plain;
}

const CACHE = /(^|\.)(lru_cache|cache|cached|cachedmethod|cached_property|memoize\w*)(\(|$)/;

function formOf(record: FunctionRecord): CallForm {
  const has = (pattern: RegExp): boolean => record.decorators.some((text) => pattern.test(text));
  if (has(/(^|\.)(cached_)?property(\(|$)/)) return 'attribute';
  if (has(/(^|\.)asynccontextmanager$/)) return 'async-context';
  if (has(/(^|\.)contextmanager$/)) return 'context';
  if (record.generator) return record.async ? 'async-generator' : 'generator';
  if (record.async) return 'coroutine';
  return /^['"]?([\w.]+\.)?(Iterator|Generator)\b/.test(record.returns ?? '') ? 'generator' : 'plain';
}

const FORM_NOTES: Readonly<Partial<Record<CallForm, string>>> = {
  coroutine: 'is asynchronous: it is run by asyncio.run, whose own start is measured along with it',
  generator: 'yields its results one by one: they are read to the end, for the mere call would do little',
  'async-generator':
    'is an asynchronous generator: asyncio.run reads it to its end, and its start is measured along',
  context: 'is a context manager: entering and leaving it is measured',
  'async-context': 'is an asynchronous context manager: entering and leaving it by asyncio.run is measured',
};

function describe(parameter: Parameter, known: boolean): string {
  const type = parameter.annotation === null ? '' : ` (${parameter.annotation})`;
  if (!known) return `give a value${type}`;
  const once = /\b(Iterator|Generator)\b/.test(parameter.annotation ?? '');
  return `real data${type}${once ? ', used up by the first call' : ''}`;
}

async function prepare(
  making: Making,
  parameter: Parameter,
): Promise<Preparation & { readonly keyword: string | undefined }> {
  const value = await makePlaceholder(making, parameter.name, parameter.annotation);
  return {
    wish: parameter.name,
    expression: value ?? 'None',
    todo: describe(parameter, value !== undefined),
    keyword: parameter.kind === 'keyword-only' ? parameter.name : undefined,
  };
}

/** What is left to do about an object; `alone`: its method gets nothing else to work on. */
function leftOf({ expression, certain, trouble }: Built, alone: boolean): string | undefined {
  if (trouble !== undefined) return `make the object: ${trouble}`;
  if (!certain) return 'give the values';
  if (typeof expression !== 'string') return 'a real object';
  return alone && expression.endsWith('()')
    ? 'a real object: as it is made here, it may hold nothing'
    : undefined;
}

/** `alone`: the method gets nothing else to work on. */
async function prepareObject(making: Making, resolved: Resolved, alone: boolean): Promise<Preparation> {
  const { owner } = resolved;
  const path = resolved.path.slice(0, -1);
  const code = making.names.use(resolved.module, path);
  const wish = snakeCase(path.at(-1) ?? '');
  if (owner === undefined) return { wish, expression: `${code}()`, todo: 'make the object' };
  const built = await buildObject({ ...making, home: owner.home }, owner, code, makePlaceholder);
  const once = owner.record.body.some(
    (entry) => entry.kind === 'function' && /^__a?next__$/.test(entry.name),
  );
  const todo = leftOf(built, alone && !once);
  const used = 'an iterator is used up by the first calls: make it within the measured call';
  return {
    wish,
    expression: built.expression,
    todo: once ? [todo, used].filter((part) => part !== undefined).join('; ') : todo,
  };
}

/** Plans how a target is measured: what is prepared, what is called, with what. */
export async function planBenchmark(
  making: Omit<Making, 'home' | 'within'>,
  resolved: Resolved,
): Promise<Benchmark> {
  const { meaning, path, target } = resolved;
  const stem = path.map(snakeCase).join('_');
  const method = path.at(-1) ?? '';
  const notes: string[] = [];
  const nothing = { object: undefined, arguments: [], openArguments: undefined };
  const use = (): string => making.names.use(resolved.module, path);

  if (meaning.kind === 'value' || meaning.kind === 'opaque') {
    const why = meaning.kind === 'opaque' ? meaning.why : 'it is made when the module is imported';
    notes.push(`The arguments of ${target.text} cannot be read (${why}): fill them in.`);
    const openArguments = `give the arguments of ${path.join('.')}`;
    if (path.length === 1) return { ...nothing, stem, form: 'plain', callee: use(), openArguments, notes };
    const home = resolved.owner?.home;
    const object =
      home === undefined
        ? await prepareObject({ ...making, home: nowhere(resolved.module), within: [] }, resolved, false)
        : await prepareObject({ ...making, home, within: [] }, resolved, false);
    return { ...nothing, stem, form: 'plain', object, callee: method, openArguments, notes };
  }

  const full: Making = { ...making, home: meaning.home, within: [] };
  if (meaning.kind === 'class') {
    const wanted = await findParameters(full, meaning);
    const callee = use();
    if (wanted === undefined) {
      notes.push(`${target.text} takes its arguments from a base that cannot be read: fill them in.`);
      return {
        ...nothing,
        stem,
        form: 'plain',
        callee,
        openArguments: `give the arguments of ${method}`,
        notes,
      };
    }
    const given = [];
    for (const parameter of wanted) given.push(await prepare(full, parameter));
    return { ...nothing, stem, form: 'plain', callee, arguments: given, notes };
  }

  const { record } = meaning;
  const form = formOf(record);
  if (record.decorators.some((text) => CACHE.test(text))) {
    notes.push(`${target.text} keeps its results: after the first call only the cache is measured.`);
  }
  const said = FORM_NOTES[form];
  if (said !== undefined) notes.push(`${target.text} ${said}.`);
  const isStatic = record.decorators.some((text) => /(^|\.)staticmethod$/.test(text));
  const isClass = record.decorators.some((text) => /(^|\.)classmethod$/.test(text));
  const member = path.length > 1;
  const given = [];
  if (form !== 'attribute') {
    for (const parameter of neededParameters(record.parameters, member && !isStatic)) {
      given.push(await prepare(full, parameter));
    }
  }
  const own = member && !isStatic && !isClass;
  const object = own ? await prepareObject(full, resolved, given.length === 0) : undefined;
  const callee = own ? (method === '__call__' ? '' : method) : use();
  // A call without any of them may find nothing to do.
  const open = record.parameters.find(({ kind }) => kind === 'var-positional');
  const openArguments =
    form !== 'attribute' && given.length === 0 && open !== undefined
      ? `give the arguments of ${method} (*${open.name})`
      : undefined;
  return { stem, form, object, callee, arguments: given, openArguments, notes };
}

/** Stands for the module of a class that cannot be read. */
function nowhere(name: string): Making['home'] {
  return { name, isPackage: false, file: '', records: undefined };
}
