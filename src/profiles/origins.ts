import type { Doubt } from '#base';
import type { Frame, Origin, Profile } from './profile.ts';

/**
 * Where the code of the measured Python lives: absolute folders, or the exact pseudo file of code that has no file
 * (`<statement>`). Give a folder as recorded and also resolved when it is reached by a symbolic link.
 */
export interface Roots {
  /** The project; in a comparison the checkout of the side. */
  readonly project: readonly string[];
  /** The standard library of the interpreter (`sysconfig.get_path('stdlib')`), empty when not known. */
  readonly stdlib: readonly string[];
  /** Folders with installed packages, empty when not known. */
  readonly dependencies: readonly string[];
}

interface Root {
  readonly folder: string;
  readonly origin: Origin;
}

const INSTALLED = /(^|\/)(site|dist)-packages\//;
/** `/usr/lib/python3.11/json/…`, `C:/Python311/Lib/json/…`: the last resort for a profile made elsewhere. */
const STDLIB_SHAPE = /\/lib(?:64)?\/python\d+\.\d+t?\/|^[A-Za-z]:\/(?:.*\/)?Lib\//;
/** Kernel pages and unknown places, and sources of compiled code by the path that their own build used. */
const COMPILED = /^(?:\?+|\[[^/]*\])$|^(?![/\\]|[A-Za-z]:).*\.(?:c|cc|cpp|cxx|h|hpp|rs|s|S)$/;
const WINDOWS = /^(?:[A-Za-z]:[\\/]|\\\\)/;

function normalise(path: string): string {
  const slashed = WINDOWS.test(path) ? path.replaceAll('\\', '/') : path;
  return slashed.startsWith('./') ? slashed.slice(2) : slashed;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || WINDOWS.test(path);
}

/** The rest of the path below the folder (empty when equal), or undefined when it is not below. */
function below(path: string, folder: string): string | undefined {
  const trimmed = folder.length > 1 && folder.endsWith('/') ? folder.slice(0, -1) : folder;
  if (path === trimmed) return '';
  const prefix = trimmed === '/' ? '/' : `${trimmed}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** Longest folder first, so that an environment inside the project is not taken for the project. */
function listRoots(roots: Roots): readonly Root[] {
  const as = (origin: Origin) => (folder: string) => ({ folder: normalise(folder), origin });
  return [
    ...roots.project.map(as('mine')),
    ...roots.stdlib.map(as('stdlib')),
    ...roots.dependencies.map(as('dependency')),
  ].sort((a, b) => b.folder.length - a.folder.length);
}

function findOrigin(file: string, roots: readonly Root[]): Origin {
  const path = normalise(file);
  for (const root of roots) {
    const rest = below(path, root.folder);
    if (rest === undefined) continue;
    // An environment in the project, or `site-packages` in the library, is often named by nobody, yet easy to know.
    if (INSTALLED.test(`/${rest}`)) return 'dependency';
    return STDLIB_SHAPE.test(`/${rest}`) ? 'stdlib' : root.origin;
  }
  if (COMPILED.test(path)) return 'native';
  if (path.startsWith('<frozen ')) return 'stdlib';
  if (path.startsWith('<')) return 'unknown';
  if (INSTALLED.test(path)) return 'dependency';
  if (STDLIB_SHAPE.test(path) || STDLIB_SHAPE.test(`/${path}`)) return 'stdlib';
  return isAbsolute(path) ? 'unknown' : 'mine';
}

/**
 * Says of each frame whose code it is. The innermost of the given folders decides; a relative path is the project's,
 * since Python makes every path absolute except that of the started script. Files in none of the folders are
 * dependencies, unless nothing at all lies in the project: then the profile was made at another place, those files
 * are taken for the project's own, and the profile carries the doubt `origins-guessed`.
 */
export function classifyFrames(profile: Profile, roots: Roots): Profile {
  const list = listRoots(roots);
  const origins = profile.frames.map((frame) =>
    frame.file === undefined ? 'native' : findOrigin(frame.file, list),
  );
  const somethingIsMine = origins.includes('mine');
  const elsewhere = (frame: Frame, origin: Origin | undefined): boolean =>
    origin === 'unknown' && frame.file !== undefined && isAbsolute(normalise(frame.file));
  const guessed = !somethingIsMine && profile.frames.some((frame, index) => elsewhere(frame, origins[index]));
  const frames = profile.frames.map((frame, index): Frame => {
    const origin = origins[index] ?? 'unknown';
    if (!elsewhere(frame, origin)) return { ...frame, origin };
    return { ...frame, origin: guessed ? 'mine' : 'dependency' };
  });
  if (!guessed) return { ...profile, frames };
  const doubt: Doubt = {
    code: 'origins-guessed',
    text:
      'No file of this profile lies in the project; files that look neither like the standard library nor ' +
      'like an installed package are taken for your own.',
  };
  return { ...profile, frames, doubts: [...profile.doubts, doubt] };
}

/**
 * A path as people want to read it: relative to the project, to the folder of installed packages or to the standard
 * library, whichever holds it; unchanged when none does.
 */
export function shortenPath(file: string, roots: Roots): string {
  const path = normalise(file);
  const installed = /^(?:.*\/)?(?:site|dist)-packages\/(.+)$/.exec(path)?.[1];
  if (installed !== undefined) return installed;
  for (const root of listRoots(roots)) {
    const rest = below(path, root.folder);
    if (rest !== undefined && rest !== '') return rest;
  }
  return belowLibrary(path) ?? path;
}

/** The rest of a path below a standard library that is known by its shape alone. */
function belowLibrary(path: string): string | undefined {
  // A path that was shortened before begins at `lib`.
  const rooted = /^(?:\/|[A-Za-z]:)/.test(path) ? path : `/${path}`;
  const library = STDLIB_SHAPE.exec(rooted);
  return library === null ? undefined : rooted.slice(library.index + library[0].length);
}

/**
 * A path without the folders of a machine, from which its origin can still be told: `lib/python3.13/json/decoder.py`,
 * `site-packages/numpy/linalg.py`, and own files relative to the project.
 */
export function portablePath(file: string, roots: Roots): string {
  const path = normalise(file);
  const origin = findOrigin(path, listRoots(roots));
  if (origin === 'dependency') return /^(?:.*\/)?((?:site|dist)-packages\/.+)$/.exec(path)?.[1] ?? path;
  if (origin !== 'stdlib') return shortenPath(path, roots);
  const windows = /^([A-Za-z]:\/)(?:.*\/)?(Lib\/.*)$/.exec(path);
  if (windows !== null) return `${windows[1] ?? ''}${windows[2] ?? ''}`;
  return /(?:^|\/)(lib(?:64)?\/python\d+\.\d+t?\/.*)$/.exec(path)?.[1] ?? path;
}
