/** One pattern of slow code, known by its text. A folder each, and its line in the list of `index.ts`. */
export interface Rule {
  /** Id, equal to the name of the folder: a noun for what is wrong. */
  readonly id: string;
  readonly title: string;
  /** Why it is slow and what is faster, one sentence. */
  readonly why: string;
  /** Where the claim comes from. */
  readonly source: string;
  /** The places in the text of one Python file. Never throws. */
  find(source: string): readonly Finding[];
}

/** One place that a rule has something to say about. */
export interface Finding {
  /** From 1. */
  readonly line: number;
}
