import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHost } from '#host';
import type { Host } from '#host';
import { installTool } from '../install-tool.ts';
import type { InstalledTool, ToolName, ToolPython } from '../tool.ts';

/** The versions of Python that the tests run on. */
export const PYTHONS: readonly ToolPython[] = (
  [
    [3, 9, 18],
    [3, 10, 13],
    [3, 11, 7],
    [3, 12, 1],
    [3, 13, 0],
  ] as const
).map((version) => ({
  executable: join(homedir(), '.pyenv', 'versions', version.join('.'), 'bin', 'python'),
  version,
}));

/** The real tool, installed once into the cache of the repository and found there by later runs. */
export async function cachedTool(name: ToolName, python: ToolPython): Promise<InstalledTool> {
  const host = createHost();
  try {
    const data = fileURLToPath(new URL('../../../.cache/test-tools', import.meta.url));
    const cached: Host = { ...host, folders: { ...host.folders, data } };
    return await installTool(cached, name, python);
  } finally {
    await host.close();
  }
}
