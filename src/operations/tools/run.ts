import { StropError } from '#base';
import {
  TOOLS,
  findProvidedTool,
  findTool,
  findToolPython,
  listInstalledTools,
  pinFor,
  pythonLabel,
  removeTool,
  toolNamed,
  toolsFolder,
} from '#tools';
import type { CatalogueEntry, InstalledTool, ToolPython } from '#tools';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { askToInstall, installWatched } from '../tool-consent.ts';
import type { ToolsInput, ToolsResult } from './schema.ts';

type Done = ToolsResult['done'][number];

/** Does what was asked and answers with the state afterwards. */
export async function manageTools(context: Context, input: ToolsInput): Promise<ToolsResult> {
  // Names first: a typing mistake is told before anything is looked for.
  const entries = [...new Set(input.names.map(toolNamed))];
  if (entries.length === 0 && (input.action === 'install' || input.action === 'remove')) {
    throw new StropError({
      code: 'bad-request',
      problem: `strop tools ${input.action}: which?`,
      remedy: `Name one or several of ${TOOLS.map((tool) => tool.name).join(', ')}.`,
    });
  }
  const own = await interpreterFor(context, input);
  const done = await act(context, input, entries, own);
  return describeTools(context, input, own, done, input.action === 'list' ? entries : []);
}

/** Listing and removing go on where no Python is found. */
async function interpreterFor(context: Context, input: ToolsInput): Promise<ToolPython | undefined> {
  const needed = input.python !== undefined || input.action === 'install' || input.action === 'update';
  try {
    return (await openProject(context, input.python)).interpreter;
  } catch (error) {
    if (!needed && error instanceof StropError && error.code === 'no-python') return undefined;
    throw error;
  }
}

async function act(
  context: Context,
  input: ToolsInput,
  entries: readonly CatalogueEntry[],
  own: ToolPython | undefined,
): Promise<readonly Done[]> {
  if (input.action === 'list') return [];
  const installed = await listInstalledTools(context.host);
  if (input.action === 'remove') {
    const label = input.python === undefined || own === undefined ? undefined : pythonLabel(own);
    const names = new Set<string>(entries.map((entry) => entry.name));
    const gone = installed.filter(
      (tool) => names.has(tool.name) && (label === undefined || tool.python === label),
    );
    for (const tool of gone) await removeTool(context.host, tool);
    return gone.map((tool) => doneTo(tool, 'removed'));
  }
  if (own === undefined) return [];
  const wanted =
    input.action === 'update' && entries.length === 0
      ? TOOLS.filter((entry) => installed.some((tool) => tool.name === entry.name))
      : entries;
  const done: Done[] = [];
  for (const entry of wanted) {
    const python = await findToolPython(context.host, entry.name, own);
    // What is installed for another Python is brought up to date with that one.
    const isThere = installed.some((tool) => tool.name === entry.name && tool.python === pythonLabel(python));
    if (input.action === 'update' && entries.length === 0 && !isThere) continue;
    done.push(await ensure(context, input, entry, python));
    if (input.action !== 'update') continue;
    for (const old of installed.filter((tool) => isOutdated(tool, entry, python))) {
      await removeTool(context.host, old);
      done.push(doneTo(old, 'removed'));
    }
  }
  return done;
}

function isOutdated(tool: InstalledTool, entry: CatalogueEntry, python: ToolPython): boolean {
  return (
    tool.name === entry.name &&
    tool.python === pythonLabel(python) &&
    tool.version !== pinFor(entry, python)?.version
  );
}

async function ensure(
  context: Context,
  input: ToolsInput,
  entry: CatalogueEntry,
  python: ToolPython,
): Promise<Done> {
  const there = await findTool(context.host, entry.name, python);
  if (there !== undefined) return doneTo(there, 'already there');
  if (!input.yes) {
    const consent = await askToInstall(context, entry.name, python);
    if (consent !== 'yes') throw refused(input.action, entry.name, consent);
  }
  return doneTo(await installWatched(context, entry.name, python), 'installed');
}

function refused(action: string, name: string, consent: 'no' | 'cannot-ask'): StropError {
  return new StropError({
    code: 'tool-missing',
    problem:
      consent === 'no'
        ? `${name} was not installed, as you said`
        : `${name} was not installed: there is no terminal to ask at`,
    remedy: `\`strop tools ${action} ${name} --yes\` installs without asking.`,
  });
}

function doneTo(tool: InstalledTool, what: Done['what']): Done {
  return { name: tool.name, version: tool.version, python: tool.python, what };
}

async function describeTools(
  context: Context,
  input: ToolsInput,
  own: ToolPython | undefined,
  done: readonly Done[],
  only: readonly CatalogueEntry[],
): Promise<ToolsResult> {
  const { host } = context;
  const installed = await listInstalledTools(host);
  const label = own === undefined ? undefined : pythonLabel(own);
  const tools: ToolsResult['tools'] = [];
  for (const entry of only.length === 0 ? TOOLS : only) {
    const mine = installed.filter((tool) => tool.name === entry.name);
    const wanted = own === undefined ? undefined : pinFor(entry, own)?.version;
    const provided = own === undefined ? undefined : await findProvidedTool(host, entry.name, own);
    tools.push({
      name: entry.name,
      why: entry.why,
      wanted: wanted ?? null,
      roughBytes: entry.roughBytes,
      state: stateOf(mine, label, wanted, provided !== undefined, entry.anyPython),
      installed: mine.map(({ version, python, bytes, folder }) => ({ version, python, bytes, folder })),
    });
  }
  return {
    kind: 'tools',
    version: 1,
    action: input.action,
    python:
      own === undefined || label === undefined
        ? null
        : { executable: own.executable, version: own.version.join('.'), label },
    folder: toolsFolder(host),
    done: [...done],
    tools,
  };
}

function stateOf(
  mine: readonly InstalledTool[],
  label: string | undefined,
  wanted: string | undefined,
  provided: boolean,
  anyPython: boolean,
): ToolsResult['tools'][number]['state'] {
  const fitting = mine.filter((tool) => label === undefined || tool.python === label);
  if (fitting.some((tool) => wanted === undefined || tool.version === wanted)) return 'installed';
  if (provided) return 'in the environment';
  if (fitting.length > 0) return 'outdated';
  return anyPython && mine.length > 0 ? 'installed' : 'missing';
}
