/** One state of the project: a commit, or the working tree frozen as it was when the comparison began. */
export interface Revision {
  readonly kind: 'commit' | 'working-tree';
  /** What the user asked for (`HEAD~1`, a tag, `working tree`). */
  readonly name: string;
  /** Full hash of the commit; of the commit below for a working tree. */
  readonly commit: string;
  /** Hash of the content: git's tree hash, also for a working tree, so that it stays the same when it is committed. */
  readonly contentId: string;
  /** A working tree without a difference to its commit; always true for a commit. */
  readonly clean: boolean;
}

/** A revision checked out, ready to run. Both sides of a comparison have roots of equal length. */
export interface Side {
  readonly label: 'A' | 'B';
  readonly revision: Revision;
  /** Absolute path of the checkout's top folder. */
  readonly root: string;
  /** Absolute path of the user's tree that `root` is a checkout of; absent where the side is that tree itself. */
  readonly original?: string;
  /** Absolute path of the project inside the checkout (differs from `root` in a monorepo). */
  readonly project: string;
  /**
   * Absolute folders from which the project's modules are imported, first wins. Where the side has an environment of its
   * own, compiled and generated modules lie in them, too, beside the sources.
   */
  readonly sourceRoots: readonly string[];
  /** Top-level modules and packages found in the source roots: what must come from this side. */
  readonly modules: readonly string[];
  /** The interpreter to start. */
  readonly python: string;
  /** Absolute folders besides `root` from which this side's modules may come (an environment built for the side). */
  readonly ownFolders: readonly string[];
}
