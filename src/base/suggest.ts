/** Edits (insert, delete, replace, swap of neighbours) that turn one word into the other. */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= from.length; i += 1) {
    const row: number[] = [i];
    for (let j = 1; j <= to.length; j += 1) {
      if (i === 0) {
        row.push(j);
        continue;
      }
      const above = rows[i - 1] ?? [];
      const swap =
        i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]
          ? (rows[i - 2]?.[j - 2] ?? Infinity) + 1
          : Infinity;
      row.push(
        Math.min(
          (above[j] ?? Infinity) + 1,
          (row[j - 1] ?? Infinity) + 1,
          (above[j - 1] ?? Infinity) + (from[i - 1] === to[j - 1] ? 0 : 1),
          swap,
        ),
      );
    }
    rows.push(row);
  }
  return rows[from.length]?.[to.length] ?? Infinity;
}

/**
 * The known word that was probably meant, or undefined when none is near: at most a third of the letters may
 * differ, or it is the start of one known word alone. Case, `_` and `-` do not count.
 */
export function suggestWord(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '-');
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const distance = editDistance(plain(word), plain(candidate));
    const allowed = Math.max(1, Math.floor(Math.max(word.length, candidate.length) / 3));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  if (best !== undefined || word.length < 2) return best;
  const starting = known.filter((candidate) => plain(candidate).startsWith(plain(word)));
  return starting.length === 1 ? starting[0] : undefined;
}
