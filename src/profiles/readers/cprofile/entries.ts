import type { Frame } from '#profiles';
import type { Value } from '../marshal.ts';
import { refuse } from '../refusal.ts';

/** The function that a key names. */
export function toFrame(file: string, line: number, name: string): Frame {
  // cProfile writes `~` for compiled code, `profile` writes nothing; `profile` at line 0 is that module's own bookkeeping.
  if (file === '~' || file === '') return { name, origin: 'native' };
  if (file === 'profile' && line === 0) return { name, file: '<profile>', origin: 'unknown' };
  return { name, file, ...(line > 0 ? { line } : {}), origin: 'unknown' };
}

/** The items of a tuple of this length. */
export function readItems(value: Value | undefined, length: number, what: string): readonly Value[] {
  if (isKind(value, 'sequence') && value.items.length === length) return value.items;
  throw refuse(`${what} is malformed`);
}

/** A whole number that is not negative. */
export function toCount(value: Value | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse('a number of calls is malformed');
}

/** Seconds to whole nanoseconds; what the profiler's own correction pushed below zero counts as nothing. */
export function toNs(value: Value | undefined): number {
  if (typeof value === 'number' && Math.abs(value) < 1e9) return Math.max(0, Math.round(value * 1e9));
  throw refuse('a time is malformed');
}

/** Whether a value is of this kind. */
export function isKind<K extends 'bytes' | 'sequence' | 'dict' | 'code'>(
  value: Value | undefined,
  kind: K,
): value is Extract<Value, { readonly kind: K }> {
  return typeof value === 'object' && value !== null && value.kind === kind;
}
