import { spawn } from 'node:child_process';
import { once } from 'node:events';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The program that shows an address, without any shell; undefined where there is no screen. `BROWSER` goes first, as
 * for other programs: editors that run on another machine set it to a program that opens the browser at the user's.
 */
export function chooseOpener(
  address: string,
  env: Environment,
  platform: NodeJS.Platform,
): readonly [string, ...string[]] | undefined {
  const named = env['BROWSER'];
  if (named !== undefined && named !== '' && !/[:%\s]/.test(named)) return [named, address];
  if (platform === 'darwin') return ['open', address];
  // `start` is a word of the shell there; this is what it calls.
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', address];
  const hasScreen = [env['DISPLAY'], env['WAYLAND_DISPLAY']].some(
    (value) => value !== undefined && value !== '',
  );
  return hasScreen ? ['xdg-open', address] : undefined;
}

/**
 * Shows an address in the user's browser. The program is no child to be kept: the browser that it starts has to live
 * on when strop ends.
 */
export async function openAddress(
  address: string,
  env: Environment,
  platform: NodeJS.Platform,
): Promise<'opened' | 'no-display' | 'failed'> {
  const opener = chooseOpener(address, env, platform);
  if (opener === undefined) return 'no-display';
  const [program, ...words] = opener;
  const child = spawn(program, words, { env: { ...env }, detached: true, stdio: 'ignore' });
  try {
    await once(child, 'spawn');
    child.unref();
    return 'opened';
  } catch {
    return 'failed';
  }
}
