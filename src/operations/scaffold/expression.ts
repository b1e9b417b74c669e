/** Python code that may be broken over lines: a text that stays whole, or a bracket with parts. */
export type Expression = string | Bracket;

/** `open` may hold what stands in front: `args=(`. */
export interface Bracket {
  readonly open: string;
  readonly items: readonly Expression[];
  readonly close: string;
  /** A tuple: needs a comma after its only item. */
  readonly tuple?: boolean;
  /** A comprehension: what follows its only item, as in `for _ in range(10)`. */
  readonly loop?: string;
}

/** How lines are laid out. */
export interface Layout {
  /** One step of indentation. */
  readonly unit: string;
  /** Columns that a line may have. */
  readonly width: number;
}

/** `name(item, …)`. */
export function call(name: string, items: readonly Expression[]): Expression {
  return items.length === 0 ? `${name}()` : { open: `${name}(`, items, close: ')' };
}

/** `name=value`. */
export function keyword(name: string, value: Expression): Expression {
  return typeof value === 'string' ? `${name}=${value}` : { ...value, open: `${name}=${value.open}` };
}

/** The code in one line. */
export function flat(expression: Expression): string {
  if (typeof expression === 'string') return expression;
  return `${expression.open}${flatInside(expression)}${expression.close}`;
}

function flatInside({ items, tuple, loop }: Bracket): string {
  const inside = items.map(flat).join(', ');
  if (loop !== undefined) return `${inside} ${loop}`;
  return tuple === true && items.length === 1 ? `${inside},` : inside;
}

/**
 * The code as lines, broken as the common formatters do: whole, else the parts together on a line of their own, else
 * each part on its line with a comma behind. `before` and `after` stand around it (`value = `, a comma).
 */
export function layOut(
  expression: Expression,
  indent: string,
  layout: Layout,
  before = '',
  after = '',
): readonly string[] {
  const whole = `${indent}${before}${flat(expression)}${after}`;
  if (typeof expression === 'string' || expression.items.length === 0 || columnsOf(whole) <= layout.width)
    return [whole];
  const inner = `${indent}${layout.unit}`;
  const first = `${indent}${before}${expression.open}`;
  const last = `${indent}${expression.close}${after}`;
  const together = `${inner}${flatInside(expression)}`;
  if (columnsOf(together) <= layout.width) return [first, together, last];
  if (expression.loop !== undefined) {
    const element = expression.items.flatMap((item) => layOut(item, inner, layout));
    return [first, ...element, `${inner}${expression.loop}`, last];
  }
  return [first, ...expression.items.flatMap((item) => layOut(item, inner, layout, '', ',')), last];
}

/** Columns of a line, a tab counted as four. */
export function columnsOf(line: string): number {
  return line.replaceAll('\t', '    ').length;
}
