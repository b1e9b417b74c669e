import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StropError } from '#base';
import type { Host } from './program.ts';

type Real = Pick<Host['files'], 'real'>;

/** Whether a path lies in a folder or is that folder; both absolute and real. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** The path with links resolved as far as it exists. */
async function realAsFar(files: Real, path: string): Promise<string> {
  const real = await files.real(path);
  if (real !== undefined) return real;
  const above = dirname(path);
  return above === path
    ? path
    : resolve(await realAsFar(files, above), path.slice(above.length).replace(/^[\\/]+/, ''));
}

/** Whether a path, with all links followed, lies in one of these real folders. */
async function isAllowed(files: Real, path: string, allowed: readonly string[]): Promise<boolean> {
  const real = await realAsFar(files, resolve(path));
  return allowed.some((folder) => isInside(real, folder));
}

/** The folders of a client's roots that exist here. */
export async function foldersOfRoots(
  files: Real,
  roots: readonly { readonly uri: string }[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { uri } of roots) {
    try {
      const folder = await files.real(fileURLToPath(uri));
      if (folder !== undefined) found.push(folder);
    } catch {
      // Not a file of this machine.
    }
  }
  return found;
}

/** Input properties that name no file of the project: code, an interpreter, the words of a command, reasons to log. */
const NO_PATHS = new Set([
  'python',
  'stmt',
  'setup',
  'command',
  'title',
  'description',
  'apiChange',
  'yardstickChange',
  'allowBundle',
  'noTests',
]);

/**
 * Refuses arguments that lead out of the allowed folders: absolute paths, paths with `..`, and links. Throws a
 * StropError `bad-request` that names the argument.
 */
export async function checkArguments(
  files: Real,
  input: Readonly<Record<string, unknown>>,
  project: string,
  allowed: readonly string[],
): Promise<void> {
  if (input['user'] === true)
    throw new StropError({
      code: 'bad-request',
      problem: "the user's own folders are outside of what the server may use",
      where: 'user',
      remedy: 'Let the user run strop with --user, or leave it out for the project.',
    });
  for (const [name, value] of Object.entries(input)) {
    if (NO_PATHS.has(name)) continue;
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const text of texts) {
      if (typeof text !== 'string' || !(await leadsOut(files, text, project, allowed))) continue;
      throw new StropError({
        code: 'bad-request',
        problem: 'this path is outside of the folders that the server may use',
        where: `${name}: ${text}`,
        remedy: 'Copy the file into the project, or let the user start the server with --allow FOLDER.',
      });
    }
  }
}

const LONGEST_PATH = 4096;

async function leadsOut(
  files: Real,
  text: string,
  project: string,
  allowed: readonly string[],
): Promise<boolean> {
  // `tests/test_x.py::test_y` and `cart.py:total` name a file before the colon; on Windows a drive has one, too.
  const [path = ''] = text.slice(1).split(/:(?![\\/])/);
  const whole = resolve(project, text.slice(0, 1) + path);
  const isSuspect = isAbsolute(text) || text.split(/[\\/]/).includes('..');
  // No system has so long a path, and it would be an error to ask for it.
  if (text.length > LONGEST_PATH) return isSuspect;
  // Most arguments are no path at all: only what exists can be a link that leads out.
  if (!isSuspect && (await files.real(whole)) === undefined) return false;
  return !(await isAllowed(files, whole, allowed));
}

const SOURCE = /\.(py|pyi|pyw|pyx|pxd|ipynb)$/i;
/** Python's own library, installed packages, and what an environment says of itself: never the user's source. */
const INSTALLED = /[\\/]((site-packages|dist-packages|lib[\\/]python\d[^\\/]*|Lib)[\\/]|pyvenv\.cfg$)/;

/**
 * The same world with files that can be changed only in the allowed folders and in strop's own, and in which foreign Python
 * source is not there (only what comes with strop is), nor what a link leads to that leads out of those folders. What child
 * processes do is theirs: they run the user's code.
 */
export function confineHost<T extends Host>(host: T, allowed: readonly string[]): T {
  const { files } = host;
  const { cache, data, runs, shims, skill } = host.folders;
  let own: readonly string[] | undefined;
  const ownFolders = async (): Promise<readonly string[]> => {
    // Tools are large: their folder may be a link to another disk.
    const folders = [cache, data, runs, `${data}/tools`];
    own ??= [...allowed, ...(await Promise.all(folders.map((each) => realAsFar(files, each))))];
    return own;
  };
  const guard = async (path: string): Promise<void> => {
    if (await isAllowed(files, path, await ownFolders())) return;
    throw new StropError({
      code: 'disk',
      problem: 'strop changes nothing here for an agent: this is outside of the project',
      where: path,
      remedy: 'Let the user start the server in this folder, or with --allow FOLDER.',
    });
  };
  const isHidden = async (path: string): Promise<boolean> => {
    const whole = resolve(path);
    const real = await realAsFar(files, whole);
    const folders = await ownFolders();
    if (folders.some((folder) => isInside(real, folder)) || INSTALLED.test(real)) return false;
    if ([shims, skill].some((folder) => isInside(whole, folder))) return false;
    // A link of the project's that leads out of it may be anything: the log, settings, a file that a profile names.
    return (
      SOURCE.test(whole) || SOURCE.test(real) || [host.cwd, ...folders].some((each) => isInside(whole, each))
    );
  };
  return {
    ...host,
    files: {
      ...files,
      readText: async (path) => ((await isHidden(path)) ? undefined : files.readText(path)),
      readBytes: async (path) => ((await isHidden(path)) ? undefined : files.readBytes(path)),
      async writeAtomically(path, content) {
        await guard(path);
        await files.writeAtomically(path, content);
      },
      async create(path, content) {
        await guard(path);
        return files.create(path, content);
      },
      async makeFolder(path) {
        await guard(path);
        await files.makeFolder(path);
      },
      async copy(from, to) {
        await guard(to);
        await files.copy(from, to);
      },
      async move(from, to) {
        await guard(from);
        await guard(to);
        return files.move(from, to);
      },
      async remove(path) {
        await guard(path);
        await files.remove(path);
      },
    },
  };
}
