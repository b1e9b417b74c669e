import type { Profile, StackProfile } from '#profiles';

/**
 * Reads one file format of one or several profilers. To add one: a folder with `reader.ts` and `fixtures/`, and its
 * line in the list of `index.ts`; the contract test does the rest.
 */
export interface Reader {
  /** Id, equal to the name of the folder. */
  readonly format: string;
  /** What people call it. */
  readonly title: string;
  /**
   * Whether a file is of this format, by its first bytes (4096, or fewer when the file is shorter). The content
   * decides; the name (without folders) only where the content leaves it open. Never throws.
   */
  recognises(head: Uint8Array, name: string): boolean;
  /**
   * The profile in the file, frames not classified except native ones. Throws StropError `bad-profile` for anything
   * else than a whole file of this format; uses time and memory in proportion to the size of the file, whatever it
   * says about itself.
   */
  read(bytes: Uint8Array): Profile;
  /**
   * True for lists of lines without an end mark: a part of such a file may be a whole file, and `read` cannot always
   * refuse one that was cut off. A function where only some parts may be whole.
   */
  readonly openEnded?: boolean | ((part: Uint8Array) => boolean);
  /** Writes stacks in this format; reading the result gives the same stacks. */
  write?(profile: StackProfile): Uint8Array;
}
