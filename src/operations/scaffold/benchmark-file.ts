import { placeholderRemark } from '../placeholder-remark.ts';
import type { Benchmark, Preparation } from './benchmark.ts';
import { call, columnsOf, flat, keyword, layOut } from './expression.ts';
import type { Expression, Layout } from './expression.ts';
import { MARKER } from './marker.ts';
import type { ImportGroup, Names } from './names.ts';
import type { TestStyle } from './style.ts';

/** How often a benchmark is repeated: enough for a spread, little enough for a function of a millisecond. */
const ROUNDS = 10;
const ITERATIONS = 100;

/** Names of Python's own that a variable should not hide. */
const BUILTINS = new Set(
  (
    'all any bool bytearray bytes callable complex dict dir filter float format frozenset hash id input int iter len ' +
    'list map max memoryview min next object open print property range repr reversed round set slice sorted str sum ' +
    'super tuple type vars zip and as assert async await break class continue def del elif else except finally for ' +
    'from global if import in is lambda nonlocal not or pass raise return try while with yield None True False'
  ).split(' '),
);

/** A test in the file: its name and what it measures. */
export interface NamedBenchmark {
  readonly name: string;
  readonly benchmark: Benchmark;
}

/** What the file is made of. */
export interface FilePlan {
  readonly tests: readonly NamedBenchmark[];
  /** The class around the tests; undefined for plain functions. */
  readonly className: string | undefined;
  readonly names: Names;
  readonly style: TestStyle;
  /** The type of the `benchmark` fixture, where it can be imported. */
  readonly fixtureType: boolean;
}

/** The text of the benchmark file. */
export function writeBenchmarkFile(plan: FilePlan): string {
  const { className, names, style, tests } = plan;
  const layout: Layout = { unit: style.unit, width: style.width };
  if (tests.some(({ benchmark }) => isAsync(benchmark))) names.useOther('standard', 'asyncio');
  names.useOther('third-party', 'pytest');
  const fixture = style.hints ? fixtureOf(plan) : undefined;
  const indent = className === undefined ? '' : style.unit;
  const written = tests.map((test) => writeTest(plan, test, fixture, indent, layout));
  const mark = `@pytest.mark.${MARKER}`;
  const body =
    className === undefined
      ? written.map((lines) => [mark, ...lines].join('\n')).join('\n\n\n')
      : [mark, `class ${className}:`, written.map((lines) => lines.join('\n')).join('\n\n')].join('\n');
  const head = [
    ...(style.future ? ['from __future__ import annotations'] : []),
    ...(['standard', 'third-party', 'own'] as const).map((group) => writeImports(names, group, body, layout)),
  ].filter((part) => part !== '');
  return `${head.join('\n\n')}\n\n\n${body}\n`;
}

function fixtureOf({ fixtureType, names }: FilePlan): string {
  return fixtureType
    ? names.useOther('third-party', 'pytest_benchmark.fixture', 'BenchmarkFixture')
    : names.useOther('standard', 'typing', 'Any');
}

/** Imports that the code needs after all: a value that was tried and given up may have asked for others. */
function writeImports(names: Names, group: ImportGroup, body: string, layout: Layout): string {
  const used = (name: string): boolean =>
    new RegExp(`(?<![\\p{L}\\p{N}_.])${name.replaceAll('.', '\\.')}(?![\\p{L}\\p{N}_])`, 'u').test(body);
  return names
    .statements(group)
    .flatMap(({ module, names: all }) => {
      if (all.length === 0) return used(module) ? [`import ${module}`] : [];
      const needed = all.filter(used);
      if (needed.length === 0) return [];
      const flatLine = `from ${module} import ${needed.join(', ')}`;
      if (columnsOf(flatLine) <= layout.width) return [flatLine];
      return [`from ${module} import (`, ...needed.map((name) => `${layout.unit}${name},`), ')'];
    })
    .join('\n');
}

function isAsync({ form }: Benchmark): boolean {
  return form === 'coroutine' || form === 'async-generator' || form === 'async-context';
}

function writeTest(
  { className, names, style }: FilePlan,
  { name, benchmark }: NamedBenchmark,
  fixture: string | undefined,
  indent: string,
  layout: Layout,
): readonly string[] {
  const parameter = fixture === undefined ? 'benchmark' : `benchmark: ${fixture}`;
  const head: Expression = {
    open: `def ${name}(`,
    items: [...(className === undefined ? [] : ['self']), parameter],
    close: style.hints ? ') -> None:' : '):',
  };
  const inner = indent + layout.unit;
  const taken = new Set([...names.bound(), ...BUILTINS, 'benchmark', 'self', 'call', 'work', name]);
  const lines: string[] = [];
  const set = (preparation: Preparation): string => {
    const variable = freeName(preparation.wish, taken);
    taken.add(variable);
    lines.push(...assign(preparation, variable, inner, layout));
    return variable;
  };
  const object = benchmark.object === undefined ? undefined : set(benchmark.object);
  const values = benchmark.arguments.map((argument) => ({
    variable: set(argument),
    keyword: argument.keyword,
  }));
  const callee =
    object === undefined
      ? benchmark.callee
      : benchmark.callee === ''
        ? object
        : `${object}.${benchmark.callee}`;
  const measured = writeMeasured(benchmark, callee, values, style, inner, layout);
  if (benchmark.openArguments !== undefined)
    measured.unshift(`${inner}${placeholderRemark(benchmark.openArguments)}`);
  return [
    ...layOut(head, indent, layout),
    ...(lines.length > 0 ? [`${inner}# Setup, outside of what is measured.`, ...lines, ''] : []),
    ...measured,
  ];
}

function freeName(wish: string, taken: ReadonlySet<string>): string {
  const plain = wish.replace(/^_+/, '');
  let name = plain === '' ? 'value' : plain;
  while (taken.has(name)) name += '_';
  return name;
}

/** `variable = code`, with the remark behind it or, where that gets too long, above. */
function assign(
  preparation: Preparation,
  variable: string,
  indent: string,
  layout: Layout,
): readonly string[] {
  const { expression, todo } = preparation;
  const lines = layOut(expression, indent, layout, `${variable} = `);
  if (todo === undefined) return lines;
  const remark = placeholderRemark(todo);
  const only = lines.length === 1 ? `${lines[0] ?? ''}  ${remark}` : undefined;
  return only !== undefined && columnsOf(only) <= layout.width ? [only] : [`${indent}${remark}`, ...lines];
}

type Value = { readonly variable: string; readonly keyword: string | undefined };

/** The measured call, in the form that makes it do its work. */
function writeMeasured(
  benchmark: Benchmark,
  callee: string,
  values: readonly Value[],
  style: TestStyle,
  indent: string,
  layout: Layout,
): string[] {
  const counts = [`rounds=${ROUNDS}`, `iterations=${ITERATIONS}`];
  const q = style.quote;
  if (benchmark.form === 'plain') {
    const args = values.filter((value) => value.keyword === undefined).map((value) => value.variable);
    const named = values.flatMap(({ variable, keyword: key }) =>
      key === undefined ? [] : [`${q}${key}${q}: ${variable}`],
    );
    const items: Expression[] = [callee];
    if (args.length > 0) items.push(keyword('args', { open: '(', items: args, close: ')', tuple: true }));
    if (named.length > 0) items.push(keyword('kwargs', { open: '{', items: named, close: '}' }));
    return [...layOut(call('benchmark.pedantic', [...items, ...counts]), indent, layout)];
  }
  const given = values.map(({ variable, keyword: key }) =>
    key === undefined ? variable : `${key}=${variable}`,
  );
  const expression = call(callee, given);
  const arrow = style.hints ? ' -> None' : '';
  const inner = indent + layout.unit;
  const deeper = inner + layout.unit;
  const pedantic = (what: string): string => `${indent}benchmark.pedantic(${what}, ${counts.join(', ')})`;
  const consume = [`${deeper}for _ in ${flat(expression)}:`, `${deeper}${layout.unit}pass`];
  switch (benchmark.form) {
    case 'attribute':
      return [pedantic(`lambda: ${callee}`)];
    case 'coroutine':
      return [
        `${indent}def call()${arrow}:`,
        ...layOut(call('asyncio.run', [expression]), inner, layout),
        '',
        pedantic('call'),
      ];
    case 'generator':
      return [
        `${indent}def call()${arrow}:`,
        ...consume.map((line) => line.slice(layout.unit.length)),
        '',
        pedantic('call'),
      ];
    case 'context':
      return [
        `${indent}def call()${arrow}:`,
        `${inner}with ${flat(expression)}:`,
        `${deeper}pass`,
        '',
        pedantic('call'),
      ];
    case 'async-generator':
    case 'async-context': {
      const work =
        benchmark.form === 'async-generator'
          ? consume.map((line, index) => (index === 0 ? line.replace('for _', 'async for _') : line))
          : [`${deeper}async with ${flat(expression)}:`, `${deeper}${layout.unit}pass`];
      return [
        `${indent}async def work()${arrow}:`,
        ...work.map((line) => line.slice(layout.unit.length)),
        '',
        `${indent}def call()${arrow}:`,
        `${inner}asyncio.run(work())`,
        '',
        pedantic('call'),
      ];
    }
  }
}
