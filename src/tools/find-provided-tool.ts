import type { Host } from '#host';
import { pinFor, toolNamed } from './catalogue.ts';
import { pythonLabel } from './places.ts';
import type { InstalledTool, ToolName, ToolPython } from './tool.ts';

/**
 * A tool that the user put into the environment of this Python: strop uses it as it is when it is at least of the
 * release in the catalogue. Only folder names are read (`griffe-2.4.1.dist-info`).
 */
export async function findProvidedTool(
  host: Host,
  name: ToolName,
  python: ToolPython,
): Promise<InstalledTool | undefined> {
  const pin = pinFor(toolNamed(name), python);
  if (pin === undefined) return undefined;
  const start = `${name.replaceAll('-', '_')}-`;
  for (const folder of python.sitePackages ?? []) {
    for (const entry of await host.files.list(folder)) {
      if (!entry.name.startsWith(start) || !entry.name.endsWith('.dist-info')) continue;
      const version = entry.name.slice(start.length, -'.dist-info'.length);
      if (isAtLeast(version, pin.version))
        return { name, version, folder, python: pythonLabel(python), bytes: 0 };
    }
  }
  return undefined;
}

/** Whether a release is as new; a version with letters in it (a pre-release) is not trusted. */
function isAtLeast(version: string, least: string): boolean {
  if (!/^\d+(\.\d+)*$/.test(version)) return false;
  const parts = version.split('.').map(Number);
  const wanted = least.split('.').map(Number);
  for (let at = 0; at < Math.max(parts.length, wanted.length); at += 1) {
    const difference = (parts[at] ?? 0) - (wanted[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
