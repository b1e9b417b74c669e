import { StropError } from '#base';
import type { Host } from '#host';
import { z } from 'zod';
import { pinFor, toolNamed } from './catalogue.ts';
import { findProvidedTool } from './find-provided-tool.ts';
import { findTool } from './find-tool.ts';
import { findInstaller } from './installer.ts';
import type { CatalogueEntry, ToolName, ToolPython } from './tool.ts';

const ASK = `import json, sys
print(json.dumps({"executable": sys.executable, "version": list(sys.version_info[:3]), "implementation": sys.implementation.name}))`;

const Answer = z.object({
  executable: z.string().min(1),
  version: z.tuple([z.number(), z.number(), z.number()]),
  implementation: z.string(),
});

const ASK_TIMEOUT_MS = 30_000;

/**
 * The interpreter with which a tool is to run. A tool that has to fit the program it looks into gets the project's own.
 * One that only reads files gets the project's, too, where that has the tool or can install it, else a `python3` on
 * PATH that has or can. Fails with `no-python` when the tool exists for none of them.
 */
export async function findToolPython(host: Host, name: ToolName, own: ToolPython): Promise<ToolPython> {
  const entry = toolNamed(name);
  if (!entry.anyPython) return own;
  if (await serves(host, entry, own)) return own;
  const other = await askPython(host, await host.processes.find('python3'));
  if (other !== undefined && (await serves(host, entry, other))) return other;
  if (pinFor(entry, own) !== undefined) return own;
  throw new StropError({
    code: 'no-python',
    problem: `no interpreter was found on which ${name} runs`,
    where: own.executable,
    remedy: `Put a python3 of version 3.${entry.pins[0].since} or newer on PATH.`,
  });
}

async function serves(host: Host, entry: CatalogueEntry, python: ToolPython): Promise<boolean> {
  if (pinFor(entry, python) === undefined) return false;
  if ((await findTool(host, entry.name, python)) !== undefined) return true;
  if ((await findProvidedTool(host, entry.name, python)) !== undefined) return true;
  return (await findInstaller(host, python)) !== undefined;
}

async function askPython(host: Host, executable: string | undefined): Promise<ToolPython | undefined> {
  if (executable === undefined) return undefined;
  const run = await host.processes.run({ argv: [executable, '-I', '-c', ASK], timeoutMs: ASK_TIMEOUT_MS });
  try {
    return run.ok ? Answer.parse(JSON.parse(run.stdout)) : undefined;
  } catch {
    return undefined;
  }
}
