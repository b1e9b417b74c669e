import type { Command, Host } from '#host';
import type { ToolPython } from './tool.ts';

/** A program that can install packages for an interpreter into a folder. */
export interface Installer {
  readonly name: 'pip' | 'uv';
  command(requirement: string, target: string): Pick<Command, 'argv' | 'env'>;
}

/** Long enough for a cold interpreter on a network file system. */
const ASK_TIMEOUT_MS = 30_000;

/** Alike for both: wheels only, since building would run strangers' code and need compilers. */
const WHEELS_ONLY = ['--only-binary', ':all:'] as const;

/**
 * pip of the interpreter itself, else uv, else another pip that can work for the interpreter; undefined when there is
 * none. Nothing is ever installed to get an installer: that would change the environment.
 */
export async function findInstaller(host: Host, python: ToolPython): Promise<Installer | undefined> {
  // `-I`: no packages of the user, and no file of the folder we are in, can get between.
  const own = [python.executable, '-I', '-m', 'pip'] as const;
  if (await answers(host, [...own, '--version'])) return pip(host, own);
  const uv = await host.processes.find('uv');
  if (uv !== undefined) return uvInstaller(host, uv, python);
  for (const program of ['pip3', 'pip']) {
    const found = await host.processes.find(program);
    if (found === undefined) continue;
    const foreign = [found, '--python', python.executable] as const;
    if (await answers(host, [...foreign, '--version'])) return pip(host, foreign);
  }
  return undefined;
}

async function answers(host: Host, argv: Command['argv']): Promise<boolean> {
  const run = await host.processes.run({ argv, env: pipEnvironment(host), timeoutMs: ASK_TIMEOUT_MS });
  return run.ok;
}

/**
 * The user's own index, proxy, certificates and configuration hold. Taken out or overruled is what would let pip refuse a
 * folder, install elsewhere, ask, or find other packages.
 */
function pipEnvironment(host: Host): Readonly<Record<string, string | undefined>> {
  const { PYTHONPATH: _path, PYTHONHOME: _home, PIP_TARGET: _target, PIP_PREFIX: _prefix, ...env } = host.env;
  return {
    ...env,
    PYTHONNOUSERSITE: '1',
    PIP_USER: '0',
    PIP_REQUIRE_VIRTUALENV: '0',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
  };
}

function pip(host: Host, start: readonly [string, ...string[]]): Installer {
  return {
    name: 'pip',
    command: (requirement, target) => ({
      argv: [...start, 'install', '--quiet', ...WHEELS_ONLY, '--target', target, requirement],
      env: pipEnvironment(host),
    }),
  };
}

/** uv does not read pip's settings: those that lead to the packages are handed on where it has none of its own. */
const PIP_FOR_UV: readonly (readonly [uv: string, pip: string])[] = [
  ['UV_DEFAULT_INDEX', 'PIP_INDEX_URL'],
  ['UV_INDEX', 'PIP_EXTRA_INDEX_URL'],
  ['UV_FIND_LINKS', 'PIP_FIND_LINKS'],
  ['SSL_CERT_FILE', 'PIP_CERT'],
];

function uvInstaller(host: Host, uv: string, python: ToolPython): Installer {
  const handed: Record<string, string> = {};
  for (const [ours, theirs] of PIP_FOR_UV) {
    const value = host.env[ours] ?? host.env[theirs];
    if (value !== undefined) handed[ours] = value;
  }
  return {
    name: 'uv',
    command: (requirement, target) => ({
      argv: [
        ...[uv, 'pip', 'install', '--quiet', ...WHEELS_ONLY],
        ...['--python', python.executable, '--target', target, requirement],
      ] as [string, ...string[]],
      env: { ...host.env, ...handed, UV_PYTHON_DOWNLOADS: 'never', UV_NO_PROGRESS: '1' },
    }),
  };
}
