import { join } from 'node:path';
import { StropError } from '#base';
import type { ChildResult, Host } from '#host';

/** The project's interpreter, as far as environments need to know it. */
export interface BasePython {
  readonly executable: string;
  readonly version: readonly [major: number, minor: number, micro: number];
  readonly versionText: string;
  readonly basePrefix: string;
  readonly platform: string;
  readonly abi: string;
  readonly sitePackages: readonly string[];
}

/** Settings that would send an installation somewhere else than into our environment. */
const MISLEADING = [
  'PYTHONPATH',
  'PYTHONHOME',
  'PYTHONSTARTUP',
  'VIRTUAL_ENV',
  '__PYVENV_LAUNCHER__',
  'PIP_USER',
  'PIP_TARGET',
  'PIP_PREFIX',
  'PIP_ROOT',
  'PIP_PYTHON',
  'PIP_REQUIRE_VIRTUALENV',
  'UV_PYTHON',
  'UV_TARGET',
  'UV_PREFIX',
  'UV_SYSTEM_PYTHON',
  'UV_PROJECT_ENVIRONMENT',
];

/** Environment for Python, pip and uv. */
export function pythonEnvironment(
  host: Host,
  more: Readonly<Record<string, string | undefined>> = {},
): Record<string, string | undefined> {
  const env: Record<string, string | undefined> = { ...host.env };
  for (const name of MISLEADING) env[name] = undefined;
  return {
    ...env,
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_NO_INPUT: '1',
    PIP_ROOT_USER_ACTION: 'ignore',
    UV_PYTHON_DOWNLOADS: 'never',
    UV_NO_PROGRESS: '1',
    ...more,
  };
}

/** A build of a large project may take as long as this. */
const INSTALL_TIMEOUT_MS = 60 * 60_000;

/** One way to install packages into an environment. */
export interface Installer {
  readonly name: 'uv' | 'pip';
  install(target: string, args: readonly string[]): Promise<ChildResult>;
  buildWheel(target: string, source: string, into: string, isolated: boolean): Promise<ChildResult>;
}

/** What installers need besides the host. */
export interface InstallContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal | undefined;
}

function uvInstaller(host: Host, uv: string, context: InstallContext): Installer {
  const run = (args: readonly string[]): Promise<ChildResult> => runTool(host, [uv, ...args], context);
  return {
    name: 'uv',
    install: (target, args) => run(['pip', 'install', '--python', target, ...args]),
    buildWheel: (target, source, into, isolated) =>
      run([
        ...['build', '--wheel', '--python', target, '--out-dir', into],
        ...(isolated ? [] : ['--no-build-isolation']),
        source,
      ]),
  };
}

/** pip of another interpreter, which serves the target, or the target's own. */
function pipInstaller(host: Host, owner: string, context: InstallContext): Installer {
  const at = (target: string): readonly [string, ...string[]] =>
    owner === target ? [target, '-m', 'pip'] : [owner, '-m', 'pip', '--python', target];
  return {
    name: 'pip',
    install: (target, args) =>
      runTool(
        host,
        [...at(target), 'install', '--no-warn-script-location', '--progress-bar', 'off', ...args],
        context,
      ),
    buildWheel: (target, source, into, isolated) =>
      runTool(
        host,
        [
          ...at(target),
          ...['wheel', '--no-deps', '--progress-bar', 'off', '--wheel-dir', into],
          ...(isolated ? [] : ['--no-build-isolation']),
          source,
        ],
        context,
      ),
  };
}

async function runTool(
  host: Host,
  argv: readonly [string, ...string[]],
  context: InstallContext,
): Promise<ChildResult> {
  const result = await host.processes.run({
    argv,
    cwd: context.cwd,
    env: context.env,
    timeoutMs: INSTALL_TIMEOUT_MS,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  if (result.aborted) {
    throw new StropError({
      code: 'interrupted',
      problem: 'stopped while an environment was being built',
      remedy: 'Start the comparison again.',
    });
  }
  return result;
}

/** `pip --python` came with pip 22.3. */
function canServeOthers(version: string): boolean {
  const match = /^pip (\d+)\.(\d+)/.exec(version);
  const major = Number(match?.[1] ?? 0);
  return major > 22 || (major === 22 && Number(match?.[2] ?? 0) >= 3);
}

/**
 * The ways to install into an environment without pip of its own, best first: uv, then a pip that can serve another
 * environment (making one in each environment takes seconds), else one that is put into the environment after all.
 */
export async function findInstallers(
  host: Host,
  python: BasePython,
  target: string,
  context: InstallContext,
): Promise<readonly Installer[]> {
  const found: Installer[] = [];
  const uv = await host.processes.find('uv');
  if (uv !== undefined) found.push(uvInstaller(host, uv, context));
  const [major, minor] = python.version;
  const base =
    host.platform === 'win32'
      ? join(python.basePrefix, 'python.exe')
      : join(python.basePrefix, 'bin', `python${major}.${minor}`);
  for (const candidate of [python.executable, base]) {
    const asked = await host.processes.run({
      argv: [candidate, '-m', 'pip', '--version'],
      cwd: context.cwd,
      env: context.env,
      timeoutMs: 60_000,
    });
    if (!asked.ok || !canServeOthers(asked.stdout)) continue;
    found.push(pipInstaller(host, candidate, context));
    return found;
  }
  if (found.length > 0) return found;
  const made = await runTool(host, [target, '-m', 'ensurepip', '--default-pip'], context);
  if (made.ok) return [pipInstaller(host, target, context)];
  throw new StropError({
    code: 'environment-failed',
    problem: 'neither uv nor pip is there to build an environment with',
    where: python.executable,
    remedy: 'Install uv or pip (on Debian: apt install python3-venv python3-pip).',
    detail: made.stderr.slice(-4000),
  });
}

/** What a tool said when it failed: the end of its output, where the reason stands. */
export function outputTail(result: ChildResult): string {
  if (result.timedOut) return 'gave no answer in time and was stopped';
  const text = [result.stdout.trim(), result.stderr.trim()].filter((part) => part !== '').join('\n');
  return text === '' ? (result.startError ?? `exit code ${result.exitCode ?? 'unknown'}`) : text.slice(-4000);
}
