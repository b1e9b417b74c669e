import { StropError } from '#base';

const PROBLEMS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOSPC: [
    'no space is left on the disk',
    'Free some space, or let STROP_HOME name a folder on another disk.',
  ],
  EDQUOT: ['the disk quota is used up', 'Free some space, or let STROP_HOME name a folder on another disk.'],
  EROFS: ['the file system is read-only', 'Make it writable, or let STROP_HOME name a folder that is.'],
  EACCES: ['permission denied', 'Check the owner and the mode of this path and of the folders above it.'],
  EPERM: ['permission denied', 'Check the owner and the mode of this path and of the folders above it.'],
  EISDIR: ['a folder is where a file should be', 'Name a file, or move the folder away.'],
  ENOTDIR: ['a file is where a folder should be', 'Move the file away.'],
  EEXIST: ['something else is there already', 'Move it away.'],
  EMFILE: ['too many files are open', 'Raise the limit of open files (ulimit -n).'],
  ENFILE: ['too many files are open on this machine', 'Close other programs.'],
  ENAMETOOLONG: ['the path is too long', 'Let STROP_HOME name a folder with a shorter path.'],
  ELOOP: ['symbolic links lead in a circle', 'Remove one of the links.'],
  EIO: ['the disk fails', 'Check the disk and the system log.'],
};

function errnoCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** True when the error says that the path, or a folder above it, does not exist. */
export function isMissing(error: unknown): boolean {
  const code = errnoCode(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** True when the error has this code of the system. */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  const code = errnoCode(error);
  return code !== undefined && codes.includes(code);
}

/** The trouble that the system had with a path, as a StropError; an error that does not come from the system stays. */
export function diskError(error: unknown, path: string): unknown {
  const code = errnoCode(error);
  // Node's own codes (`ERR_INVALID_ARG_TYPE`) tell of mistakes in strop.
  if (error instanceof StropError || code === undefined || code.startsWith('ERR_')) return error;
  const known = PROBLEMS[code];
  return new StropError({
    code: 'disk',
    problem: known === undefined ? String(error) : `${known[0]} (${code})`,
    where: path,
    remedy: known?.[1] ?? 'Check this path, or let STROP_HOME name another folder.',
  });
}
