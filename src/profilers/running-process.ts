import { StropError } from '#base';
import type { Host } from '#host';

/** A process that runs, as far as the system lets us see it. */
export interface RunningProcess {
  readonly pid: number;
  /** Its words; empty where they cannot be read. */
  readonly argv: readonly string[];
  /** Absolute path of its program with links resolved; undefined where it may not be seen, or is of another container. */
  readonly executable: string | undefined;
  /** Its working folder, under the same conditions. */
  readonly cwd: string | undefined;
  /** Its PATH, by which a program without a folder was found. */
  readonly path: string | undefined;
  /** By a signal or Ctrl-Z: it does nothing until it is continued. */
  readonly stopped: boolean;
  /** Of the Python that is loaded: `3.12`; undefined where its files do not tell. */
  readonly pythonVersion: string | undefined;
}

/**
 * Finds a process. Errors: `process-missing` when there is none, it has ended or runs no Python as far as its files tell;
 * `bad-request` for strop itself and for the number of a thread.
 */
export async function findProcess(host: Host, pid: number): Promise<RunningProcess> {
  return host.platform === 'linux' ? readProc(host, pid) : askPs(host, pid);
}

/** Whether it runs still; a process whose parent has not noticed its end does not. */
export async function isRunning(host: Host, pid: number): Promise<boolean> {
  const state = await stateOf(host, pid);
  return state !== undefined && !/^[ZX]/.test(state);
}

/** A tracer that was ended by force may leave the process stopped (SIGSTOP is how it begins): it goes on. */
export async function resumeStopped(host: Host, pid: number): Promise<void> {
  if ((await stateOf(host, pid))?.startsWith('T') !== true) return;
  await host.processes.run({ argv: ['kill', '-CONT', String(pid)], timeoutMs: ASK_MS, outlives: true });
}

const ASK_MS = 5_000;

async function stateOf(host: Host, pid: number): Promise<string | undefined> {
  if (host.platform === 'win32') return (await askTasklist(host, pid)) ? 'R' : undefined;
  if (host.platform !== 'linux') return (await ps(host, pid, 'stat='))?.trim();
  const status = await readQuietly(host, pid, 'status');
  return /^State:\s+(\S)/m.exec(status ?? '')?.[1];
}

async function readProc(host: Host, pid: number): Promise<RunningProcess> {
  const status = await readQuietly(host, pid, 'status');
  const state = /^State:\s+(\S)/m.exec(status ?? '')?.[1];
  if (status === undefined || state === undefined) throw missing(pid);
  if (/[ZX]/.test(state)) throw ended(pid);
  const leader = /^Tgid:\s+(\d+)/m.exec(status)?.[1];
  if (leader !== undefined && Number(leader) !== pid) {
    throw new StropError({
      code: 'bad-request',
      problem: `this is a thread of process ${leader}`,
      where: nameOf(pid),
      remedy: `Name the process: ${leader}.`,
    });
  }
  if ((await realQuietly(host, '/proc/self'))?.endsWith(`/${String(pid)}`) === true) throw itself(pid);
  const argv = ((await readQuietly(host, pid, 'cmdline')) ?? '').replace(/\0+$/, '').split('\0');
  const executable = await realQuietly(host, `/proc/${String(pid)}/exe`);
  const maps = await readQuietly(host, pid, 'maps');
  const files = [executable, ...mappedFiles(maps ?? '')].filter((file) => file !== undefined);
  // Without its files nobody can tell; the tool will.
  if (maps !== undefined && maps !== '' && !files.some((file) => /python|pypy/i.test(file)))
    throw noPython(pid, argv);
  const environ = await readQuietly(host, pid, 'environ');
  return {
    pid,
    argv: argv[0] === '' ? [] : argv,
    executable,
    cwd: await realQuietly(host, `/proc/${String(pid)}/cwd`),
    path: /(?:^|\0)PATH=([^\0]*)/.exec(environ ?? '')?.[1],
    stopped: /^T/.test(state),
    pythonVersion: versionOf(files),
  };
}

function mappedFiles(maps: string): readonly string[] {
  return [...new Set([...maps.matchAll(/ (\/.*)$/gm)].map(([, file = '']) => file))];
}

/** `libpython3.12.so.1.0` tells it best, then the name of the program, then a module of the standard library. */
function versionOf(files: readonly string[]): string | undefined {
  for (const telling of [
    /\/libpython(3\.\d+)t?\.(?:so|dylib)/,
    /\/python(3\.\d+)t?$/,
    /\/python(3\.\d+)t?\/lib-dynload\//,
  ]) {
    for (const file of files) {
      const version = telling.exec(file)?.[1];
      if (version !== undefined) return version;
    }
  }
  return undefined;
}

async function askPs(host: Host, pid: number): Promise<RunningProcess> {
  if (host.platform === 'win32') {
    if (!(await askTasklist(host, pid))) throw missing(pid);
    return { ...UNSEEN, pid };
  }
  const stat = (await ps(host, pid, 'stat='))?.trim();
  if (stat === undefined || stat === '') throw missing(pid);
  if (stat.startsWith('Z')) throw ended(pid);
  const parent = await host.processes.run({ argv: ['sh', '-c', 'echo $PPID'], timeoutMs: ASK_MS });
  if (parent.stdout.trim() === String(pid)) throw itself(pid);
  const command = (await ps(host, pid, 'command='))?.trim() ?? '';
  const program = (await ps(host, pid, 'comm='))?.trim() ?? '';
  if (command !== '' && !/python|pypy/i.test(command)) throw noPython(pid, [command]);
  const open = await host.processes.run({
    argv: ['lsof', '-a', '-p', String(pid), '-d', 'cwd', '-Fn'],
    timeoutMs: ASK_MS,
  });
  const cwd = /^n(\/.*)$/m.exec(open.stdout)?.[1];
  const executable = program.startsWith('/') ? await realQuietly(host, program) : undefined;
  const argv = command === '' ? [] : command.split(' ');
  const version = versionOf(executable === undefined ? [] : [executable]);
  return { ...UNSEEN, pid, argv, executable, cwd, stopped: stat.startsWith('T'), pythonVersion: version };
}

const UNSEEN: Omit<RunningProcess, 'pid'> = {
  argv: [],
  executable: undefined,
  cwd: undefined,
  path: undefined,
  stopped: false,
  pythonVersion: undefined,
};

async function ps(host: Host, pid: number, column: string): Promise<string | undefined> {
  const asked = await host.processes.run({
    argv: ['ps', '-ww', '-o', column, '-p', String(pid)],
    timeoutMs: ASK_MS,
  });
  return asked.ok ? asked.stdout : undefined;
}

async function askTasklist(host: Host, pid: number): Promise<boolean> {
  const asked = await host.processes.run({
    argv: ['tasklist', '/FI', `PID eq ${String(pid)}`, '/NH', '/FO', 'CSV'],
    timeoutMs: ASK_MS,
  });
  return !asked.ok || asked.stdout.includes(`"${String(pid)}"`);
}

/** What may not be read is not known. */
function readQuietly(host: Host, pid: number, file: string): Promise<string | undefined> {
  return host.files.readText(`/proc/${String(pid)}/${file}`).catch(() => undefined);
}

function realQuietly(host: Host, path: string): Promise<string | undefined> {
  return host.files.real(path).catch(() => undefined);
}

function nameOf(pid: number): string {
  return `process ${String(pid)}`;
}

function missing(pid: number): StropError {
  return new StropError({
    code: 'process-missing',
    problem: 'there is no such process',
    where: nameOf(pid),
    remedy: 'Look for its number again (`ps aux | grep python`).',
  });
}

function ended(pid: number): StropError {
  return new StropError({
    code: 'process-missing',
    problem: 'it has ended already, and only waits for its parent to notice',
    where: nameOf(pid),
    remedy: 'Look for a process that runs (`ps aux | grep python`).',
  });
}

function itself(pid: number): StropError {
  return new StropError({
    code: 'bad-request',
    problem: 'this is strop itself',
    where: nameOf(pid),
    remedy: 'Name the Python process that you want to look into (`ps aux | grep python`).',
  });
}

function noPython(pid: number, argv: readonly string[]): StropError {
  const command = argv.join(' ').replace(/\s+/g, ' ').trim().slice(0, 60);
  return new StropError({
    code: 'process-missing',
    problem: `this is no Python process${command === '' ? '' : `, but \`${command}\``}`,
    where: nameOf(pid),
    remedy:
      'Name the process that runs Python itself, not a shell or launcher above it (`ps aux | grep python`).',
  });
}
