import { decodeText, refuse } from './refusal.ts';

/** An object of JSON whose members are not known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** The value of a whole file; `refuse` for anything that is no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = decodeText(bytes);
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('this is no whole JSON');
  }
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object, or a refusal that names it. */
export function asObject(value: unknown, what: string): Json {
  if (isObject(value)) return value;
  throw refuse(`${what} is malformed`);
}

export function asList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw refuse(`${what} is malformed`);
}

export function asText(value: unknown, what: string): string {
  if (typeof value === 'string') return value;
  throw refuse(`${what} is malformed`);
}

/** A finite number that is not negative. */
export function asCost(value: unknown, what: string): number {
  if (typeof value === 'number' && value >= 0 && value < 1e18) return value;
  throw refuse(`${what} is malformed`);
}

/** A whole number from `lowest` that fits into 31 bits. */
export function asIndex(value: unknown, what: string, lowest = 0): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= lowest && value < 2 ** 31)
    return value;
  throw refuse(`${what} is malformed`);
}

/** A line from 1, or undefined where a tool writes 0, null or nothing. */
export function lineOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 2 ** 31
    ? value
    : undefined;
}

/** A file as tools name it; undefined for compiled code. */
export function fileOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value === '~' || value === '<built-in>') return undefined;
  return value;
}
