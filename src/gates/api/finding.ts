import type { ApiObject } from './record.ts';

/** The gravest first: what breaks every caller, some callers, or only what they may rely on. */
export type Gravity = 0 | 1 | 2;

/** One change of the public API. */
export interface Finding {
  readonly gravity: Gravity;
  /** `pkg.mod.func(limit)`. */
  readonly path: string;
  /** `default changed 10 -> 20`. */
  readonly what: string;
  /** The object as it is now; as it was, when it is gone. */
  readonly object: ApiObject;
}

/** What two objects of one name have between them; `notes` break nobody. */
export interface Differences {
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

const LONGEST = 60;

/** `old -> new`, cut where the texts are long. */
export function change(old: string, now: string): string {
  return `${cut(old)} -> ${cut(now)}`;
}

export function cut(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
}

/** A finding as a line of the report. */
export function describeFinding({ path, what, object }: Finding): string {
  const place =
    object.file === null ? '' : ` (${object.file}${object.line === null ? '' : `:${object.line}`})`;
  return `${path}: ${what}${place}`;
}
