import { join } from 'node:path';
import { StropError, formatBytes } from '#base';
import type { ChildResult, Host } from '#host';
import { pinFor, requirementOf, toolNamed } from './catalogue.ts';
import { findTool } from './find-tool.ts';
import { findInstaller } from './installer.ts';
import type { Installer } from './installer.ts';
import { pythonFolder, pythonLabel, toolFolder } from './places.ts';
import { readReceipt, writeReceipt } from './receipt.ts';
import type { CatalogueEntry, InstalledTool, Pin, ToolName, ToolPython } from './tool.ts';

/** How an installation is watched and stopped. */
export interface InstallOptions {
  readonly signal?: AbortSignal;
  /** Called with one line for each part of the work. */
  readonly progress?: (text: string) => void;
}

/** A slow line and a hundred megabytes. */
const INSTALL_TIMEOUT_MS = 15 * 60_000;

const DETAIL_LINES = 20;

/**
 * Installs the wanted release of a tool into strop's overlay, or answers at once when it is there. It is made in a
 * folder beside and gets its name by one rename: an interrupted installation leaves nothing, and of two at once one is
 * kept. Fails with `bad-request` when the tool does not exist for this Python or system, `environment-failed` with the
 * installer's last lines, `interrupted`.
 */
export async function installTool(
  host: Host,
  name: ToolName,
  python: ToolPython,
  options: InstallOptions = {},
): Promise<InstalledTool> {
  const entry = toolNamed(name);
  const pin = availablePin(host, entry, python);
  const there = await findTool(host, name, python);
  if (there !== undefined) return there;

  const label = pythonLabel(python);
  const installer = await findInstaller(host, python);
  if (installer === undefined) throw noInstaller(python);
  options.progress?.(
    `installing ${name} ${pin.version} for Python ${label} by ${installer.name} (about ${formatBytes(entry.roughBytes)})`,
  );

  const temporary = join(pythonFolder(host, label), `.installing-${host.random.token(8)}`);
  host.processes.guardFolder(temporary);
  try {
    await host.files.makeFolder(temporary);
    await fill(host, installer, requirementOf(name, pin.version), temporary, options.signal);
    const folder = toolFolder(host, label, name, pin.version);
    const bytes = await sizeOf(host, temporary);
    const tool: InstalledTool = { name, version: pin.version, folder, python: label, bytes };
    await writeReceipt(host, temporary, tool);
    return await settle(host, temporary, tool);
  } finally {
    await host.files.remove(temporary);
    host.processes.releaseFolder(temporary);
  }
}

function availablePin(host: Host, entry: CatalogueEntry, python: ToolPython): Pin {
  if (entry.platforms !== undefined && !entry.platforms.includes(host.platform)) {
    throw new StropError({
      code: 'bad-request',
      problem: `${entry.name} does not exist for this operating system`,
      remedy: `It runs on ${entry.platforms.map((name) => (name === 'darwin' ? 'macOS' : 'Linux')).join(' and ')} only.`,
    });
  }
  const pin = pinFor(entry, python);
  if (pin !== undefined) return pin;
  throw new StropError({
    code: 'bad-request',
    problem: `strop knows no release of ${entry.name} for Python ${python.version.join('.')}`,
    where: python.executable,
    remedy: `Name another interpreter with --python (3.${entry.pins[0].since} or newer).`,
  });
}

function noInstaller(python: ToolPython): StropError {
  return new StropError({
    code: 'environment-failed',
    problem: 'nothing that installs packages was found: this Python has no pip, and there is no uv',
    where: python.executable,
    remedy:
      'Install uv or pip for your user (on Debian and Ubuntu: apt install python3-pip), or name a Python that has pip with --python.',
  });
}

async function fill(
  host: Host,
  installer: Installer,
  requirement: string,
  target: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const run = await host.processes.run({
    ...installer.command(requirement, target),
    // Never in the project, whose files could be taken for settings or modules.
    cwd: target,
    timeoutMs: INSTALL_TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (run.ok) return;
  if (run.aborted) {
    throw new StropError({
      code: 'interrupted',
      problem: `the installation of ${requirement} was stopped; nothing is left of it`,
      remedy: 'Run the same command again.',
    });
  }
  throw new StropError({
    code: 'environment-failed',
    problem: `${installer.name} could not install ${requirement}${reasonOf(run)}`,
    remedy: 'See its last lines below; index, proxy and certificates are those of your own pip settings.',
    detail: `${run.stdout}\n${run.stderr}`.trim().split('\n').slice(-DETAIL_LINES).join('\n'),
  });
}

function reasonOf(run: ChildResult): string {
  if (run.timedOut) return ` within ${INSTALL_TIMEOUT_MS / 60_000} minutes`;
  if (run.startError !== undefined) return ` (${run.startError})`;
  return run.exitCode === undefined ? ` (ended by ${run.signal ?? 'a signal'})` : ` (exit ${run.exitCode})`;
}

/** Gives the finished folder its name; when another strop was quicker, its folder is taken. */
async function settle(host: Host, temporary: string, tool: InstalledTool): Promise<InstalledTool> {
  if (await host.files.move(temporary, tool.folder)) return tool;
  const other = await readReceipt(host, tool.folder);
  if (other !== undefined) return other;
  // Something without a receipt has the name: nothing that strop ever finished.
  await host.files.remove(tool.folder);
  if (await host.files.move(temporary, tool.folder)) return tool;
  const late = await readReceipt(host, tool.folder);
  if (late !== undefined) return late;
  throw new StropError({
    code: 'disk',
    problem: 'the folder of a tool is taken by something else',
    where: tool.folder,
    remedy: 'Remove it and try again.',
  });
}

async function sizeOf(host: Host, folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await host.files.list(folder)) {
    const path = join(folder, entry.name);
    if (entry.kind === 'folder') bytes += await sizeOf(host, path);
    else if (entry.kind === 'file') bytes += (await host.files.readBytes(path))?.length ?? 0;
  }
  return bytes;
}
