import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '#host';
import { iniValue, joinPath, readToml, tomlText } from './documents.ts';
import { tryList, tryRead } from './readable.ts';
import { readPackaging } from './sources.ts';
import { walkFiles } from './walk.ts';

/** A distribution in an environment that was made from a project of the repository, or bears the name of one. */
export interface InstalledProject {
  readonly name: string;
  /** Folder of its project, relative to the top of the repository; '' is the top. */
  readonly folder: string;
  /** Import names that it brings: top-level modules, and the packages inside a namespace with their dots. */
  readonly modules: readonly string[];
}

/** Folders whose projects only serve to test or explain: that they share a name with a dependency says nothing. */
const SERVING =
  /(^|\/)(tests?|testing|testdata|fixtures?|examples?|samples?|demos?|docs?|templates?|vendor(ed)?|_vendor|third_party)\//i;

const PACKAGING = /^(pyproject\.toml|setup\.py|setup\.cfg)$/;

function normalName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}

async function projectName(host: Host, folder: string): Promise<string | undefined> {
  // Somebody's broken file deep in a repository is no reason to refuse to measure something else.
  const pyproject = await readToml(host, folder, 'pyproject.toml').catch(() => undefined);
  const told = tomlText(pyproject, 'project', 'name') ?? tomlText(pyproject, 'tool', 'poetry', 'name');
  if (told !== undefined) return told;
  const { setupCfg, setupPy } = await readPackaging(host, folder).catch(() => ({
    setupCfg: undefined,
    setupPy: undefined,
  }));
  const configured = setupCfg === undefined ? undefined : iniValue(setupCfg, 'metadata', 'name')?.text;
  return configured ?? /\bname\s*=\s*(['"])([\w.-]+)\1/.exec(setupPy?.text ?? '')?.[2];
}

/** Folder of each project of the repository by its normalised name. */
async function projectsByName(host: Host, top: string): Promise<ReadonlyMap<string, string>> {
  const folders = new Set<string>();
  for await (const { path, name } of walkFiles(host, top, { depth: 4 })) {
    if (PACKAGING.test(name) && !SERVING.test(path))
      folders.add(path.slice(0, -name.length).replace(/\/$/, ''));
  }
  const found = new Map<string, string>();
  for (const folder of folders) {
    const name = await projectName(host, joinPath(top, folder));
    if (name !== undefined && !found.has(normalName(name))) found.set(normalName(name), folder);
  }
  return found;
}

/** The folder that a distribution was installed from, as `direct_url.json` tells; undefined for archives and the like. */
async function originOf(host: Host, info: string): Promise<string | undefined> {
  const text = await tryRead(host, joinPath(info, 'direct_url.json'));
  const url = /"url"\s*:\s*"(file:[^"]+)"/.exec(text ?? '')?.[1];
  if (url === undefined || text?.includes('"dir_info"') !== true) return undefined;
  try {
    return await host.files.real(fileURLToPath(url));
  } catch {
    return undefined; // an address with a host or with broken escapes
  }
}

/** `__init__.py` that only extends its path: other distributions share the folder. */
async function isShared(host: Host, file: string): Promise<boolean> {
  const text = (await tryRead(host, file)) ?? '';
  return text.length < 4000 && /\bextend_path\b|\bdeclare_namespace\b/.test(text);
}

async function modulesOf(host: Host, site: string, info: string): Promise<readonly string[]> {
  const record = await tryRead(host, joinPath(info, 'RECORD'));
  const files = (record ?? '')
    .split('\n')
    .map((line) => line.replace(/^"?(.*?)"?,[^,]*,[^,]*$/, '$1').trim())
    .filter((path) => /\.(py|so|pyd)$/.test(path) && !/^(\.\.|\/)|__editable__/.test(path));
  const inits = new Set(files.filter((path) => path.endsWith('/__init__.py')));
  for (const init of [...inits]) {
    if (await isShared(host, joinPath(site, init))) inits.delete(init);
  }
  const names = new Set<string>();
  for (const file of files) {
    const parts = file.split('/');
    const folders = parts.slice(0, -1);
    const end = folders.findIndex((_, index) =>
      inits.has(`${folders.slice(0, index + 1).join('/')}/__init__.py`),
    );
    const stem = (parts.at(-1) ?? '').split('.')[0] ?? '';
    if (end < 0 && stem === '__init__') continue;
    names.add((end < 0 ? [...folders, stem] : folders.slice(0, end + 1)).join('.'));
  }
  if (names.size > 0) return [...names].sort();
  // An editable installation lists no files of its own.
  const listed = (await tryRead(host, joinPath(info, 'top_level.txt'))) ?? '';
  return listed.split(/\s+/).filter((name) => name !== '');
}

/**
 * The distributions in an environment that are copies of projects of this repository: installed from a folder below
 * `top` (absolute, with links resolved), or named like a project there. They must never be measured in place of a side.
 */
export async function findInstalledProjects(
  host: Host,
  top: string,
  sitePackages: readonly string[],
): Promise<readonly InstalledProject[]> {
  let named: ReadonlyMap<string, string> | undefined;
  const found: InstalledProject[] = [];
  for (const site of sitePackages) {
    for (const entry of await tryList(host, site)) {
      const distribution = /^(.+?)(-[^-]*)?\.(dist|egg)-info$/.exec(entry.name)?.[1];
      if (distribution === undefined || entry.kind !== 'folder') continue;
      const info = joinPath(site, entry.name);
      const name = normalName(distribution);
      const origin = await originOf(host, info);
      const inside = origin === undefined ? undefined : posix.relative(top, origin.replaceAll('\\', '/'));
      named ??= await projectsByName(host, top);
      const folder = inside !== undefined && !/^(\.\.|\/)/.test(inside) ? inside : named.get(name);
      if (folder === undefined || found.some((other) => other.name === name)) continue;
      found.push({ name, folder, modules: await modulesOf(host, site, info) });
    }
  }
  return found;
}
