const NS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
};

/**
 * A duration as people write it (`60s`, `1.5 min`, `250ms`, `2m30s`; a bare number is seconds) in nanoseconds,
 * or undefined when the text is no positive duration.
 */
export function parseDuration(text: string): number | undefined {
  const plain = text.trim();
  if (/^\d+(\.\d+)?$/.test(plain)) {
    const seconds = Number(plain);
    return seconds > 0 ? seconds * 1e9 : undefined;
  }
  const part = /(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|min|m|s|h)\s*/y;
  let total = 0;
  let at = 0;
  while (at < plain.length) {
    part.lastIndex = at;
    const match = part.exec(plain);
    if (match === null) return undefined;
    total += Number(match[1]) * (NS_PER_UNIT[match[2] ?? ''] ?? Number.NaN);
    at = part.lastIndex;
  }
  return total > 0 && Number.isFinite(total) ? total : undefined;
}

/**
 * A share as people write it (`1%`, `0.5 %`, `0.01`) as a number in [0, 1), or undefined when it is none. A
 * bare number of 1 or more is refused: `1` could mean 1 % or everything.
 */
export function parseShare(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim());
  if (match === null) return undefined;
  const share = match[2] === '%' ? Number(match[1]) / 100 : Number(match[1]);
  return share < 1 ? share : undefined;
}
