import { posix, relative, resolve, sep } from 'node:path';
import { StropError } from '#base';
import type { Host } from '#host';
import type { Facts } from '#project';
import type { TestNames } from './test-names.ts';

/** Where tests usually are, likeliest first. */
const TEST_FOLDERS = ['tests', 'test', 'testing'];
/** How deep a folder of benchmarks may lie, and how many files tell what is in it. */
const DEEPEST = 4;
const MOST_FILES = 40;

async function isFolder(host: Host, path: string): Promise<boolean> {
  return (await host.files.kind(path)) === 'folder';
}

/** The Python files in a folder and below it, relative to the project, nearest first. */
export async function listPythonFiles(
  host: Host,
  root: string,
  folder: string,
  most: number,
): Promise<readonly string[]> {
  const found: string[] = [];
  const queue = [{ path: folder, depth: 0 }];
  for (const { path, depth } of queue) {
    for (const entry of await host.files.list(posix.join(root, path))) {
      if (found.length >= most) return found;
      const child = posix.join(path, entry.name);
      if (entry.kind === 'file' && entry.name.endsWith('.py')) found.push(child);
      else if (
        entry.kind === 'folder' &&
        depth < DEEPEST &&
        !/^[._]|^(data|fixtures?|node_modules|venv)$/.test(entry.name)
      )
        queue.push({ path: child, depth: depth + 1 });
    }
  }
  return found;
}

/** asv imports every file of its folder, also where pytest is not installed: nothing of pytest's belongs there. */
async function isForAsv(host: Host, root: string, folder: string): Promise<boolean> {
  for (const file of await listPythonFiles(host, root, folder, MOST_FILES)) {
    const text = (await host.files.readText(posix.join(root, file))) ?? '';
    if (/^[ \t]*(?:async[ \t]+)?def[ \t]+(?:time|timeraw|mem|peakmem|track)_\w+[ \t]*\(/m.test(text))
      return true;
  }
  return false;
}

/** The folder of benchmarks that the project has: one with pytest benchmarks before others, the outermost first. */
async function findBenchmarkFolder(host: Host, root: string, facts: Facts): Promise<string | undefined> {
  const packages = facts.layout.sourceRoots.flatMap((source) =>
    facts.layout.modules.map((name) => posix.join(relativeTo(root, source), ...name.split('.'))),
  );
  const pytestFiles = facts.benchmarks.flatMap((source) =>
    source.kind === 'pytest-benchmark' || source.kind === 'pytest-codspeed' ? [source.evidence.file] : [],
  );
  const folders = facts.benchmarks
    .filter((source) => source.kind === 'folder')
    .map((source) => source.evidence.file.replace(/\/$/, ''))
    .filter((folder) => /(^|\/)(bench\w*|perf|performance|perf_(tests?|bench\w*))$/i.test(folder))
    // A part of the project itself may be called `perf`.
    .filter(
      (folder) =>
        /(^|\/)tests?\//.test(folder) ||
        !packages.some((one) => folder === one || folder.startsWith(`${one}/`)),
    )
    .map((folder) => ({
      folder,
      tests: pytestFiles.filter((file) => file.startsWith(`${folder}/`)).length,
      depth: folder.split('/').length,
    }))
    .sort((a, b) => b.tests - a.tests || a.depth - b.depth || (a.folder < b.folder ? -1 : 1));
  for (const { folder, tests } of folders) {
    if (tests > 0 || !(await isForAsv(host, root, folder))) return folder;
  }
  return undefined;
}

/** The folder with the project's tests, relative to the project; undefined when there is none. */
export async function findTestFolder(host: Host, root: string, facts: Facts): Promise<string | undefined> {
  const config = facts.tests.pytest;
  const base = config === undefined ? '' : posix.dirname(config.evidence.file);
  for (const path of config?.testpaths?.value ?? []) {
    const folder = posix.normalize(posix.join(base, path)).replace(/\/$/, '');
    if (/[*?[]/.test(folder) || folder === '.' || folder.startsWith('..')) continue;
    if (await isFolder(host, posix.join(root, folder))) return folder;
  }
  const inPackages = facts.layout.sourceRoots.flatMap((source) =>
    facts.layout.modules.flatMap((name) =>
      TEST_FOLDERS.map((folder) => posix.join(relativeTo(root, source), ...name.split('.'), folder)),
    ),
  );
  for (const folder of [...TEST_FOLDERS, ...inPackages]) {
    if (await isFolder(host, posix.join(root, folder))) return folder;
  }
  return undefined;
}

function relativeTo(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

/** The file to write, relative to the project: where benchmarks are, else where tests are, else in `benchmarks/`. */
export async function choosePlace(
  host: Host,
  root: string,
  facts: Facts,
  names: TestNames,
  stem: string,
): Promise<string> {
  const folder =
    (await findBenchmarkFolder(host, root, facts)) ??
    (await findTestFolder(host, root, facts)) ??
    'benchmarks';
  return posix.join(folder, names.file(stem));
}

/** The file that `--output` asks for, relative to the project; a folder gets a file of the usual name. */
export async function readOutput(
  host: Host,
  root: string,
  output: string,
  names: TestNames,
  stem: string,
): Promise<string> {
  const absolute = resolve((await host.files.real(host.cwd)) ?? host.cwd, output);
  const folder = /[/\\]$/.test(output) || (await isFolder(host, absolute));
  const path = relativeTo(root, folder ? resolve(absolute, names.file(stem)) : absolute);
  if (path.startsWith('../') || /^([A-Za-z]:|\/)/.test(path)) {
    throw new StropError({
      code: 'bad-request',
      problem: '--output leads out of the project',
      where: output,
      remedy: `Name a file inside ${root}.`,
    });
  }
  if (!path.endsWith('.py')) {
    throw new StropError({
      code: 'bad-request',
      problem: '--output is no Python file',
      where: output,
      remedy: 'Name a file that ends with .py, or a folder that exists.',
    });
  }
  return path;
}

/** Refuses a place at which something stands already: nothing of the user's is ever replaced. */
export async function refuseExisting(host: Host, root: string, path: string): Promise<void> {
  if ((await host.files.kind(posix.join(root, path))) === undefined) return;
  throw new StropError({
    code: 'bad-request',
    problem: 'this file exists already and is never overwritten; nothing was changed',
    where: path,
    remedy: 'Choose another file with --output, or add the benchmark to this one by hand.',
  });
}
