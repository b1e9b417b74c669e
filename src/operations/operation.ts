import type { Host } from '#host';
import type { z } from 'zod';

/** What an operation does to the world; surfaces derive hints, confirmations and locks from it. */
export interface Effects {
  /** Runs the user's code. */
  readonly runsCode: boolean;
  /** Needs the machine for itself while it runs. */
  readonly measures: boolean;
  /** Installs packages outside the project. */
  readonly installs: boolean;
  /** Creates or changes files of the user's. */
  readonly edits: boolean;
}

/** Something that happened while an operation runs, for people who wait. */
export type Progress =
  | { readonly kind: 'step'; readonly text: string }
  /** The state of a long measurement: replaces the former state of the same `topic` on a terminal. */
  | { readonly kind: 'state'; readonly topic: string; readonly text: string; readonly last: boolean };

/** What the user is asked before something is installed or written: each a clause, without a full stop. */
export interface ConsentQuestion {
  /** Lines to be seen before the question: what would be written. */
  readonly shows?: readonly string[];
  /** `install griffe 2.4.1`. */
  readonly what: string;
  readonly why: string;
  /** `about 3 MiB`. */
  readonly size: string;
  readonly where: string;
}

/** `cannot-ask`: nobody is there who could answer, which is no consent. */
export type Consent = 'yes' | 'no' | 'cannot-ask';

/** What an operation gets besides its input. */
export interface Context {
  readonly host: Host;
  readonly signal: AbortSignal;
  /** What was given on stdin is for the program that the operation runs; absent where nothing was, or it is the surface's. */
  readonly hasInput?: boolean;
  progress(event: Progress): void;
  /** Asks the user and waits for the answer; absent where a surface has no way to ask, which counts as `cannot-ask`. */
  confirm?(question: ConsentQuestion): Promise<Consent>;
  /**
   * Waits until nobody else on this machine measures, and keeps the machine to the end of the operation; absent where a
   * surface knows of nobody else. Only for operations that `takesMachine`: the others have it from their start.
   */
  takeMachine?(): Promise<void>;
}

/** Colours and weights for `text`; plain where the output is no terminal. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  /** Columns that a line may have. */
  readonly width: number;
}

/** Exit code of the command: 0 good, 1 the answer is bad news, 2 wrong request (by StropError), 3 undecided. */
export type ExitCode = 0 | 1 | 3;

/**
 * One thing that strop can do, declared once: the command line, the MCP tool, the web route and the reference page
 * all follow from this.
 */
export interface Operation<Input = unknown, Result = unknown> {
  readonly name: string;
  /** One line in the imperative: shown in lists. */
  readonly summary: string;
  /** A paragraph: shown in the help of this operation. */
  readonly description: string;
  /** Each with what it is for, shown in the help. */
  readonly examples: readonly (readonly [command: string, purpose: string])[];
  readonly effects: Effects;
  /** Of those that measure: it often only reads, and asks for the machine itself before it measures. */
  readonly takesMachine?: true;
  /** Every property has a description. Property names become flags: `hashSeed` is `--hash-seed`. */
  readonly input: z.ZodType<Input>;
  readonly result: z.ZodType<Result>;
  /** Input properties that the command line takes without a flag, in order. */
  readonly positionals: readonly string[];
  /** The input property that takes everything after `--`. */
  readonly rest?: string;
  /**
   * What to ask for instead of something that goes on until a person ends it; undefined for what ends by itself. Surfaces
   * for programs refuse the former.
   */
  needsPerson?(input: Input): string | undefined;
  run(context: Context, input: Input): Promise<Result>;
  /** The result as lines for people: the only place with words, colours and widths. */
  text(result: Result, style: Style): readonly string[];
  exitCode(result: Result): ExitCode;
}

/** Keeps the types of one declaration together while it joins the list of all. */
export function declareOperation<Input, Result>(operation: Operation<Input, Result>): Operation {
  return operation;
}

/** The line in the list of operations: enough for `strop --help` without loading anything else. */
export interface OperationEntry {
  readonly name: string;
  readonly summary: string;
  /** The phase of the loop that it serves, in the order of the help. */
  readonly phase: 'understand' | 'baseline' | 'find' | 'change' | 'close';
  load(): Promise<Operation>;
}
