/*
 * Everything is stored in base units (ns, bytes, counts, ratios) and scaled only here, when it is shown.
 */

const TIME_SCALES: readonly (readonly [limitNs: number, unit: string])[] = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
  [1, 'ns'],
];

/** Three significant digits, never in exponent form. */
function threeDigits(value: number): string {
  if (value === 0) return '0';
  // Rounded first: 0.9999 has to count as 1.00, not as 1.000.
  const rounded = Number(value.toPrecision(3));
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(digits, 20));
}

/** A duration in nanoseconds as text with three significant digits and the unit that fits: `12.3 ms`. */
export function formatDuration(durationNs: number): string {
  if (!Number.isFinite(durationNs)) return 'unknown';
  const scale = TIME_SCALES.find(([limit]) => Math.abs(durationNs) >= limit * 0.9995) ?? [1, 'ns'];
  return `${threeDigits(durationNs / scale[0])} ${scale[1]}`;
}

/** A size in bytes as text in binary units: `41.8 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let index = 0;
  while (Math.abs(value) >= 1023.5 && index < units.length - 1) {
    value /= 1024;
    index += 1;
  }
  return `${index === 0 ? String(Math.round(value)) : threeDigits(value)} ${units[index] ?? 'B'}`;
}

/** A count with three significant digits and a decimal prefix: `1.25 M`. */
export function formatCount(count: number): string {
  if (Math.abs(count) < 1e4) return String(Math.round(count));
  if (Math.abs(count) < 9.995e5) return `${threeDigits(count / 1e3)} k`;
  if (Math.abs(count) < 9.995e8) return `${threeDigits(count / 1e6)} M`;
  return `${threeDigits(count / 1e9)} G`;
}

function digitsOfChange(pct: number): number {
  const magnitude = Math.abs(pct);
  // What is left of nearly everything has two digits: -99.95 %, where -100 % would be free.
  const left = 100 - magnitude;
  if (pct < 0 && magnitude >= 99.5 && left > 0) return Math.min(6, 1 - Math.floor(Math.log10(left)));
  if (magnitude >= 99.5) return 0;
  if (magnitude >= 0.995) return 1;
  // The end of an interval that excludes "no change" must not read as none.
  return magnitude >= 0.005 || magnitude < 5e-6 ? 2 : -Math.floor(Math.log10(magnitude));
}

/** A ratio B/A as a signed change: 0.95 becomes `-5.0 %`, 2.5 becomes `+150 %`. */
export function formatChange(ratio: number): string {
  if (!Number.isFinite(ratio)) return 'unbounded';
  const pct = (ratio - 1) * 100;
  const magnitude = Math.abs(pct);
  const digits = digitsOfChange(pct);
  const text = magnitude.toFixed(digits);
  const sign = Number(text) === 0 ? '±' : pct < 0 ? '-' : '+';
  return `${sign}${text} %`;
}

/** A share between 0 and 1 as text: `12.3 %`. */
export function formatShare(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** `1 pair`, `12 pairs`. */
export function formatNumberOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${String(count)} ${count === 1 ? noun : plural}`;
}
