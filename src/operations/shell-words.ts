/** A word as a shell takes it, unquoted where it means the same: a path, a node id, a revision. */
export function quoteWord(word: string): string {
  return /^(?!~)[\p{L}\p{N}_@%+=:,./~^-]+$/u.test(word)
    ? word
    : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** A command for a shell that means the same, whatever is in its words. */
export function shellCommand(words: readonly string[]): string {
  return words.map(quoteWord).join(' ');
}
