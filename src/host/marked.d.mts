/** What tells a process: an exact piece of text in its environment, or the path of a folder. */
export interface Marks {
  readonly texts: readonly string[];
  readonly folders: readonly string[];
}

/**
 * Kills the processes that carried one of the marks in their environment when they started, or work in one of the folders
 * without a terminal, again until nothing is left or 2 s have passed; nothing where there is no `/proc`. With `bornAfter`, a pid, only processes that came after it are
 * looked at: most of a big machine is older.
 */
export function killMarked(marks: Marks, bornAfter?: number): Promise<void>;
