/** The path of a headless Chromium, or why there is none. */
export function findBrowser(): { readonly path: string } | { readonly reason: string };
