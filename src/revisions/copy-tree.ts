import { join } from 'node:path';
import type { Host } from '#host';

/** Copies a folder with everything in it, links as links; sockets, pipes and devices are left out. */
export async function copyTree(host: Host, from: string, to: string): Promise<void> {
  await host.files.makeFolder(to);
  const entries = await host.files.list(from);
  await Promise.all(
    entries
      .filter((entry) => entry.kind === 'file' || entry.kind === 'link')
      .map((entry) => host.files.copy(join(from, entry.name), join(to, entry.name))),
  );
  for (const entry of entries) {
    if (entry.kind === 'folder') await copyTree(host, join(from, entry.name), join(to, entry.name));
  }
}
