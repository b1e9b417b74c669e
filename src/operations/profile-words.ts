import { profilers } from '#profilers';
import stringWidth from 'string-width';

/*
 * How answers about profiles are worded: percents, bounds, and names that come from files that anybody may have written.
 */

/** Nothing in a name may steer the terminal. */
export function clean(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?');
}

/** The beginning of a text, as far as there is room. */
export function shorten(text: string, room: number): string {
  if (stringWidth(text) <= room) return text;
  let kept = '';
  let used = 1;
  for (const char of text) {
    used += stringWidth(char);
    if (used > room) break;
    kept += char;
  }
  return room > 0 ? `${kept}…` : '';
}

/** The end of a path: it says more than the beginning. */
export function keepEnd(text: string, room: number): string {
  if (stringWidth(text) <= room) return text;
  let kept = '';
  let used = 1;
  for (const char of Array.from(text).reverse()) {
    used += stringWidth(char);
    if (used > room) break;
    kept = char + kept;
  }
  return `…${kept}`;
}

/** Fills up with blanks to so many columns. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - stringWidth(text)));
}

/** `52 %`, and `0.4 %` where that is all there is. */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.05) return '<0.1 %';
  return `${value >= 9.95 || value === 0 ? value.toFixed(0) : value.toFixed(1)} %`;
}

/** `52 % ±5`, with the wider side of the interval. */
export function withInterval(share: number, low: number | null, high: number | null): string {
  if (low === null || high === null) return percent(share);
  const half = Math.max(share - low, high - share) * 100;
  return `${percent(share)} ±${half >= 0.95 ? half.toFixed(0) : half.toFixed(1)}`;
}

/** `2.1x`; `>999x` where practically everything could be gained. */
export function bound(times: number | null): string {
  if (times === null || times >= 999.5) return '>999x';
  return `${times.toFixed(times < 1.995 ? 2 : times < 99.5 ? 1 : 0)}x`;
}

/** Whether a tool sees only functions that it was told of: then no share is one of the whole, and no gain follows. */
export function seesChosenOnly(tool: string): boolean {
  return profilers.some((one) => one.tool === tool && one.chosenFunctions === true);
}

/** A text on several lines of so many columns, all but the first indented; what does not fit into `most` lines is cut. */
export function wrap(text: string, width: number, most = Number.POSITIVE_INFINITY): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) > width && line !== '') {
      lines.push(line);
      line = `  ${word}`;
    } else line = longer;
  }
  const all = [...lines, line].map((one) => shorten(one, width));
  return all.length <= most ? all : [...all.slice(0, most - 1), shorten(`${all[most - 1] ?? ''} …`, width)];
}
