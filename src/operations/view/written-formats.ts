/** Formats of other programs that `--out` writes, by the end of its name. */
const WRITTEN = [
  [/\.json$/i, 'speedscope'],
  [/\.(pb|pb\.gz|pprof)$/i, 'pprof'],
  [/\.(collapsed|folded)$/i, 'collapsed'],
] as const;

/** One of them. */
export type WrittenFormat = (typeof WRITTEN)[number][1];

/** The format that a name asks for; undefined for a page. */
export function writtenFormat(path: string): WrittenFormat | undefined {
  return WRITTEN.find(([pattern]) => pattern.test(path))?.[1];
}
