import { access, constants, stat } from 'node:fs/promises';
import { delimiter, extname, join, resolve } from 'node:path';

async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}

/** The absolute path of a program, looked for as a shell does; a program with a slash is looked for from `cwd`. */
export async function findProgram(
  program: string,
  options: { readonly path: string; readonly pathext: string | undefined; readonly cwd: string },
): Promise<string | undefined> {
  const windows = process.platform === 'win32';
  const endings =
    windows && extname(program) === '' ? (options.pathext ?? '.COM;.EXE;.BAT;.CMD').split(';') : [''];
  const direct = program.includes('/') || (windows && program.includes('\\'));
  // An empty part of PATH means the current folder.
  const folders = direct ? [''] : options.path.split(delimiter);
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = resolve(options.cwd, join(folder, `${program}${ending}`));
      if (await isProgram(candidate)) return candidate;
    }
  }
  return undefined;
}
