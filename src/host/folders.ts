import os from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Folders } from './host.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What comes with the package: this file lies in `src/host` when run from source and in `dist` when built. */
function shippedFolders(): Pick<Folders, 'shims' | 'skill' | 'speedscope'> {
  const isSource = import.meta.url.endsWith('.ts');
  const top = fileURLToPath(new URL(isSource ? '../../' : '../', import.meta.url));
  const speedscope = isSource ? ['node_modules', 'speedscope', 'dist', 'release'] : ['dist', 'speedscope'];
  return { shims: join(top, 'python'), skill: join(top, 'skill'), speedscope: join(top, ...speedscope) };
}

/**
 * Where strop keeps its things: `STROP_HOME`, else the platform's custom (XDG Base Directory Specification on Linux,
 * `~/Library` on macOS, `%LOCALAPPDATA%` on Windows).
 */
export function chooseFolders(env: Environment, platform: NodeJS.Platform, cwd: string): Folders {
  // An empty variable counts as unset (XDG), and HOME of the given environment goes before that of the account.
  const variable = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const home = variable('HOME') ?? variable('USERPROFILE') ?? os.homedir();
  const fixed = { ...shippedFolders(), home: resolve(cwd, home) };
  // A relative path has no meaning for the XDG custom and is ignored there.
  const folder = (name: string): string | undefined => {
    const value = variable(name);
    return value !== undefined && isAbsolute(value) ? value : undefined;
  };
  const named = variable('STROP_HOME');
  if (named !== undefined) {
    const own = resolve(cwd, named);
    return { ...fixed, cache: join(own, 'cache'), data: join(own, 'data'), runs: join(own, 'runs') };
  }
  if (platform === 'darwin') {
    const cache = join(home, 'Library', 'Caches', 'strop');
    const data = join(home, 'Library', 'Application Support', 'strop');
    return { ...fixed, cache, data, runs: join(cache, 'runs') };
  }
  if (platform === 'win32') {
    const local = join(variable('LOCALAPPDATA') ?? join(home, 'AppData', 'Local'), 'strop');
    return { ...fixed, cache: join(local, 'cache'), data: join(local, 'data'), runs: join(local, 'runs') };
  }
  const cache = join(folder('XDG_CACHE_HOME') ?? join(home, '.cache'), 'strop');
  const data = join(folder('XDG_DATA_HOME') ?? join(home, '.local', 'share'), 'strop');
  return { ...fixed, cache, data, runs: join(cache, 'runs') };
}
