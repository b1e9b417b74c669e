import { join } from 'node:path';
import type { Host } from '#host';
import { z } from 'zod';
import { TOOLS } from './catalogue.ts';
import type { InstalledTool } from './tool.ts';

/** Written last into a folder before it gets its name, so that whatever lies there without one is none of ours. */
const RECEIPT = 'strop-tool.json';

const Receipt = z.object({
  kind: z.literal('tool'),
  version: z.literal(1),
  tool: z.string(),
  release: z.string(),
  python: z.string(),
  bytes: z.number().int().nonnegative(),
});

/** Notes in a folder what was installed there. */
export async function writeReceipt(host: Host, folder: string, tool: InstalledTool): Promise<void> {
  const receipt: z.input<typeof Receipt> = {
    kind: 'tool',
    version: 1,
    tool: tool.name,
    release: tool.version,
    python: tool.python,
    bytes: tool.bytes,
  };
  await host.files.writeAtomically(join(folder, RECEIPT), `${JSON.stringify(receipt, undefined, 2)}\n`);
}

/** What a folder holds, or undefined when it is no tool of the catalogue that was installed to its end. */
export async function readReceipt(host: Host, folder: string): Promise<InstalledTool | undefined> {
  const text = await host.files.readText(join(folder, RECEIPT));
  const receipt = Receipt.safeParse(text === undefined ? undefined : parseJson(text)).data;
  const entry = TOOLS.find((tool) => tool.name === receipt?.tool);
  if (receipt === undefined || entry === undefined) return undefined;
  return { name: entry.name, version: receipt.release, folder, python: receipt.python, bytes: receipt.bytes };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
