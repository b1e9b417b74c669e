/** What one definition says on one side. Names of uses are dotted chains: `module.call`, `self.field`, `.field` on any expression. */
export interface DefinitionText {
  /** First line (decorators included) and last line, from 1. */
  readonly first: number;
  readonly last: number;
  /** Each chain of names with how often it occurs. */
  readonly uses: Readonly<Record<string, number>>;
  /** What attributes and class fields are set to: chain to a fingerprint of the value. */
  readonly binds: Readonly<Record<string, string>>;
  /** Texts in the code that look like a name or a path. */
  readonly words: readonly string[];
  /** Parameters and variables of a function: its own affair. */
  readonly locals: readonly string[];
  /** Simple names of the bases of the class (for a method, of its class). */
  readonly bases: readonly string[];
  /** Names that imports of the file bind to something of the project, each with its name there; `*` for a star import. */
  readonly imported: Readonly<Record<string, string>>;
  /** Names that imports of the file bind to something outside of the project. */
  readonly foreign: readonly string[];
}

/**
 * One definition that is not the same on both sides. `file` is a whole file that is not Python (or cannot be parsed),
 * `packaging` one that describes the project and follows from other changes.
 */
export interface DefinitionChange {
  /** Relative to the project, with `/`. */
  readonly file: string;
  /** `function`, `Class.method`, a constant's name, the name that an import binds, `<module>` or `<file>`. */
  readonly name: string;
  readonly kind: 'function' | 'class' | 'value' | 'import' | 'statement' | 'file' | 'packaging';
  readonly change: 'changed' | 'added' | 'removed';
  /** The whole file is new or gone: what is in it belongs together. */
  readonly wholeFile: boolean;
  readonly a: DefinitionText | null;
  readonly b: DefinitionText | null;
}

/** Changed definitions that belong together: one thing that was done. */
export interface Concern {
  /** Sorted, each once. */
  readonly files: readonly string[];
  /** By file and line. */
  readonly changes: readonly DefinitionChange[];
}

/** The texts of a change, of the sides that have one. */
export function textsOf(change: DefinitionChange): readonly DefinitionText[] {
  return [change.a, change.b].filter((text) => text !== null);
}
