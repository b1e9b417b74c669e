import { fileURLToPath } from 'node:url';
import { findPythons } from '../../../scripts/pythons.mjs';
import { createHost } from '#host';
import type { Host } from '#host';
import { installTool } from '../install-tool.ts';
import type { InstalledTool, ToolName, ToolPython } from '../tool.ts';

/** The Pythons of this machine, oldest version first; at least one. */
export const PYTHONS: readonly ToolPython[] = findPythons().map(({ python, full }) => {
  const [major = 3, minor = 0, micro = 0] = full.split('.').map(Number);
  return { executable: python, version: [major, minor, micro] };
});

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
