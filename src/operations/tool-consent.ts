import { StropError, formatBytes } from '#base';
import {
  findProvidedTool,
  findTool,
  findToolPython,
  installTool,
  pinFor,
  pythonLabel,
  requirementOf,
  toolNamed,
  toolsFolder,
} from '#tools';
import type { InstalledTool, ToolName, ToolPython } from '#tools';
import type { Context } from './operation.ts';

/** A tool and the interpreter that is to run it. */
export interface ReadyTool extends Pick<InstalledTool, 'name' | 'version' | 'folder'> {
  readonly python: ToolPython;
}

/**
 * The tool, installed when the user agrees: by `yes` beforehand, or now. It may also come from the environment of the
 * project, where the user put it. Without consent a StropError `tool-missing` that names the command and the other ways.
 */
export async function requireTool(
  context: Context,
  name: ToolName,
  own: ToolPython,
  yes: boolean,
): Promise<ReadyTool> {
  const { host } = context;
  const python = await findToolPython(host, name, own);
  const there = (await findTool(host, name, python)) ?? (await findProvidedTool(host, name, python));
  if (there !== undefined) return ready(there, python);
  if (!yes && (await askToInstall(context, name, python)) !== 'yes') throw missing(name, own);
  return ready(await installWatched(context, name, python), python);
}

function ready({ name, version, folder }: InstalledTool, python: ToolPython): ReadyTool {
  return { name, version, folder, python };
}

/** Puts the question about one tool. */
export async function askToInstall(
  context: Context,
  name: ToolName,
  python: ToolPython,
): Promise<'yes' | 'no' | 'cannot-ask'> {
  const entry = toolNamed(name);
  const version = pinFor(entry, python)?.version ?? '';
  const answer = await context.confirm?.({
    what: `install ${name} ${version} for Python ${pythonLabel(python)}`,
    why: `${name} ${entry.why}`,
    size: `about ${formatBytes(entry.roughBytes)} on disk`,
    where: `${toolsFolder(context.host)} (your project and its environment stay as they are)`,
  });
  return answer ?? 'cannot-ask';
}

/** Installs with the progress and the abort of the operation. */
export function installWatched(context: Context, name: ToolName, python: ToolPython): Promise<InstalledTool> {
  return installTool(context.host, name, python, {
    signal: context.signal,
    progress: (text) => {
      context.progress({ kind: 'step', text });
    },
  });
}

function missing(name: ToolName, own: ToolPython): StropError {
  const entry = toolNamed(name);
  const pin = pinFor(entry, own);
  const requirement = pin === undefined ? name : requirementOf(name, pin.version);
  return new StropError({
    code: 'tool-missing',
    problem: `${name} is needed and not installed: it ${entry.why}`,
    remedy:
      `Run \`strop tools install ${name} --yes\` (strop's own folder, your project stays as it is; or give --yes to this command, for a server of an agent: \`strop mcp --yes\`), ` +
      `or put it into the project's environment for a while with \`uv pip install ${requirement}\`, ` +
      `or as a development dependency with \`uv add --group dev ${requirement}\`.`,
  });
}
