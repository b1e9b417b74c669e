import type { SiteFile } from '#host';

/** A profile made ready to be looked at, in a form for a browser that asks strop and in one that stands alone. */
export interface Page {
  readonly kind: 'flame-graph' | 'table' | 'memray' | 'scalene';
  /** Files by name, `index.html` among them, which loads `strop-alive.js`. */
  readonly files: ReadonlyMap<string, SiteFile>;
  readonly inlineScripts: boolean;
  /** All of it as one HTML file that needs no network. */
  single(): string;
}

/** The text so that a browser shows it as it is. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    '&': 'amp',
    '<': 'lt',
    '>': 'gt',
    '"': 'quot',
    "'": '#39',
  };
  return text.replace(/[&<>"']/g, (letter) => `&${names[letter] ?? ''};`);
}

/** A value as a literal of JavaScript that cannot end the script that it stands in. */
export function scriptLiteral(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/** By this a page that strop wrote is known again, wherever it was put. */
export const PAGE_MARK = '<meta name="generator" content="strop view">';

/** The policy of a file that stands alone: what it needs is in it, and it asks nobody for anything. */
export const ALONE =
  PAGE_MARK +
  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; " +
  "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'\">";

export const HTML = 'text/html; charset=utf-8';
export const SCRIPT = 'text/javascript; charset=utf-8';
