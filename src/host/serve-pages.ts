import type { Pages, ServedSite, Site } from './host.ts';
import { openAddress } from './serve-open.ts';

/** Sites on this machine and the user's browser. The server's code is loaded when a site is: hardly anybody needs it. */
export function realPages(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Pages & { close(): void } {
  const ends = new Set<() => void>();
  return {
    serve: async (site: Site): Promise<ServedSite> => {
      const { serveSite } = await import('./serve-site.ts');
      const stop = new AbortController();
      const end = (): void => {
        stop.abort();
      };
      if (site.signal.aborted) end();
      site.signal.addEventListener('abort', end);
      ends.add(end);
      const served = await serveSite({ ...site, signal: stop.signal });
      const ended = served.ended.finally(() => {
        site.signal.removeEventListener('abort', end);
        ends.delete(end);
      });
      return { ...served, ended };
    },
    open: (address) => openAddress(address, env, platform),
    close: () => {
      for (const end of ends) end();
    },
  };
}
