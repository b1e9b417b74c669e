import { join } from 'node:path';
import type { Host } from '#host';
import { pinFor, toolNamed } from './catalogue.ts';
import { pythonLabel, toolFolder, toolsFolder } from './places.ts';
import { readReceipt } from './receipt.ts';
import type { InstalledTool, ToolName, ToolPython } from './tool.ts';

/** The release of a tool that strop wants for this Python, when it is installed; any other release does not count. */
export async function findTool(
  host: Host,
  name: ToolName,
  python: ToolPython,
): Promise<InstalledTool | undefined> {
  const pin = pinFor(toolNamed(name), python);
  return pin === undefined
    ? undefined
    : readReceipt(host, toolFolder(host, pythonLabel(python), name, pin.version));
}

/** Everything that lies in the overlay, for every Python and in every release, ordered by folder. */
export async function listInstalledTools(host: Host): Promise<readonly InstalledTool[]> {
  const top = toolsFolder(host);
  const found: InstalledTool[] = [];
  for (const python of await host.files.list(top)) {
    for (const tool of await host.files.list(join(top, python.name))) {
      // What is being installed or removed has a name with a dot in front.
      if (tool.name.startsWith('.')) continue;
      const installed = await readReceipt(host, join(top, python.name, tool.name));
      if (installed !== undefined) found.push(installed);
    }
  }
  return found;
}
