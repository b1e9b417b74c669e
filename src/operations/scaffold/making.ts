import type { Expression } from './expression.ts';
import type { ModuleReader, ModuleSource } from './modules.ts';
import type { Names } from './names.ts';

/** What making a placeholder needs to know. */
export interface Making {
  readonly reader: ModuleReader;
  readonly names: Names;
  /** A text as a Python literal in the project's quotes. */
  quote(text: string): string;
  /** The module in which the annotation is written. */
  readonly home: ModuleSource;
  /** Classes and aliases that are being made: a type may contain itself. */
  readonly within: readonly string[];
}

/** Makes a plausible value for a parameter; undefined where none is known. */
export type MakeValue = (
  making: Making,
  name: string,
  annotation: string | null,
) => Promise<Expression | undefined>;
