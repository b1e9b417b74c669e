/** What is left to whoever has a benchmark written: it begins with one of these, so that it can be told from other remarks. */
const OPENINGS = ['give ', 'real data', 'a real object', 'make the object', 'an iterator is used up'];

/** The comment beside a value that is only a placeholder. */
export function placeholderRemark(todo: string): string {
  return `# TODO: ${todo}`;
}

/** The first line (from 1) of a benchmark file that still has such a remark; undefined where all was filled in. */
export function findPlaceholder(source: string): number | undefined {
  const at = source
    .split('\n')
    .findIndex((line) => OPENINGS.some((opening) => line.includes(placeholderRemark(opening))));
  return at === -1 ? undefined : at + 1;
}
