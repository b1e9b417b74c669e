import { dirname, join } from 'node:path';
import type { Host } from '#host';
import type { InstalledTool } from './tool.ts';

/** Removes an installed tool: first out of sight by one rename, so that nobody finds half of it. */
export async function removeTool(host: Host, tool: InstalledTool): Promise<void> {
  const aside = join(dirname(tool.folder), `.removing-${host.random.token(8)}`);
  host.processes.guardFolder(aside);
  try {
    await host.files.move(tool.folder, aside);
    await host.files.remove(aside);
  } finally {
    host.processes.releaseFolder(aside);
  }
}
