/** Text to look for in the environments of processes: an exact piece, or the path of a folder. */
export interface Marks {
  readonly texts: readonly string[];
  readonly folders: readonly string[];
}

/** Pids of the processes that had one of the marks in their environment when they started; empty without `/proc`. */
export function findMarked(marks: Marks): number[];

/** Kills what {@link findMarked} finds, again until nothing is left; true when nothing is left. */
export function killMarked(marks: Marks): boolean;
