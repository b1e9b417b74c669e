import type { Place, Target } from './agents.ts';
import type { Manifest } from './manifest.ts';

/** One file before and after. */
export interface Change {
  readonly place: Place;
  readonly before: Uint8Array | undefined;
  /** Undefined: the file goes away. */
  readonly after: Uint8Array | undefined;
}

/** Something that strop leaves alone, and why. */
export interface Kept {
  readonly place: Place;
  readonly why: string;
}

/** Why nothing at all is written. */
export interface Refusal {
  readonly place: Place;
  readonly problem: string;
  /** What differs, or what to paste. */
  readonly detail?: string;
}

/** What is to be done for one agent. */
export interface Plan {
  readonly target: Target;
  /** In the order in which they are written. */
  readonly changes: readonly Change[];
  readonly kept: readonly Kept[];
  /** The manifest as it is, while strop writes, and after that; undefined where there is none. */
  readonly manifest: {
    readonly now: Manifest | undefined;
    readonly meanwhile: string | undefined;
    readonly after: string | undefined;
  };
}

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of bytes in which every byte comes back; undefined for what is not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
