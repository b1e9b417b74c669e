/** Letters and digits only: `v1.2-rc` and `1.2_RC` are the same word to somebody who types from memory. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/^v(?=\d)/, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function pairsOf(word: string): Map<string, number> {
  const pairs = new Map<string, number>();
  for (let at = 0; at + 1 < word.length; at += 1) {
    const pair = word.slice(at, at + 2);
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

/** Dice's coefficient over pairs of letters: 1 for equal words, 0 for words without a common pair. */
function similarity(one: string, other: string): number {
  if (one === other) return 1;
  const ones = pairsOf(one);
  const others = pairsOf(other);
  let common = 0;
  for (const [pair, count] of ones) common += Math.min(count, others.get(pair) ?? 0);
  const all = one.length + other.length - 2;
  return all <= 0 ? 0 : (2 * common) / all;
}

/** The names that come near what was typed, best first, at most five. */
export function nearNames(typed: string, names: readonly string[]): readonly string[] {
  const word = plain(typed.replace(/[~^@].*$/, ''));
  if (word === '') return [];
  return names
    .map((name) => {
      const short = plain(name.slice(name.lastIndexOf('/') + 1));
      const near = Math.max(similarity(word, plain(name)), similarity(word, short));
      // A part of the name is near, too: `login` for `feature/login-form`.
      const within = word.length >= 3 && plain(name).includes(word) ? 0.9 : 0;
      return { name, near: Math.max(near, within) };
    })
    .filter(({ near }) => near >= 0.5)
    .sort((one, other) => other.near - one.near)
    .slice(0, 5)
    .map(({ name }) => name);
}
