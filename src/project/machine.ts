import { join } from 'node:path';
import type { Host } from '#host';
import type { Interpreter } from './interpreter.ts';

/** What can be told about the machine, as far as it bears on measuring. */
export interface MachineFacts {
  readonly system: string;
  readonly arch: string;
  readonly cpuModel: string;
  readonly cores: number;
  /** CPUs' worth of time that the container may use; undefined without a limit. */
  readonly cpuLimit: number | undefined;
  readonly memoryBytes: number;
  /** One-minute load average. */
  readonly load: number | undefined;
  /** Whether instructions can be counted in hardware, with what was tried. */
  readonly counters: { readonly available: boolean; readonly reason: string };
  /** Whether a profiler may look into a running process of the same user. */
  readonly ptrace: {
    readonly allowed: 'same-user' | 'own-children' | 'root' | 'nobody' | 'unknown';
    readonly reason: string;
  };
  /** CPU frequency governor of the first core (`performance`, `powersave`), where it can be read. */
  readonly governor: string | undefined;
  /** Whether the clock rate may rise above its nominal value. */
  readonly boost: boolean | undefined;
  /** The kernel tells how long a process waited for a core. */
  readonly runDelay: boolean;
  /** Addresses differ from run to run: 0 off, 1 partly, 2 fully. */
  readonly addressRandomization: number | undefined;
  /** A container or virtual machine, when something says so. */
  readonly inside: string | undefined;
}

async function readLine(host: Host, path: string): Promise<string | undefined> {
  if (host.platform !== 'linux') return undefined;
  try {
    return (await host.files.readText(path))?.trim();
  } catch {
    // Some files of /sys exist but may not be read; a fact is then simply not known.
    return undefined;
  }
}

async function readNumber(host: Host, path: string): Promise<number | undefined> {
  const text = await readLine(host, path);
  return text === undefined || !/^-?\d+$/.test(text) ? undefined : Number(text);
}

async function readCounters(
  host: Host,
  interpreter: Interpreter | undefined,
): Promise<MachineFacts['counters']> {
  if (host.platform !== 'linux') return { available: false, reason: `not read on ${host.platform}` };
  const paranoid = await readNumber(host, '/proc/sys/kernel/perf_event_paranoid');
  const level = paranoid === undefined ? '' : ` (perf_event_paranoid is ${paranoid})`;
  if (interpreter === undefined)
    return { available: false, reason: `not tried without an interpreter${level}` };
  const mark = `strop-${host.random.token(12)}`;
  const run = await host.processes.run({
    argv: [interpreter.executable, join(host.folders.shims, '_strop', 'counters.py'), mark],
    timeoutMs: 20_000,
  });
  const said = run.stdout.split(mark)[1]?.trim();
  if (said === 'counted') return { available: true, reason: `perf_event_open counts instructions${level}` };
  return { available: false, reason: `${said ?? 'perf_event_open could not be tried'}${level}` };
}

async function readPtrace(host: Host): Promise<MachineFacts['ptrace']> {
  if (host.platform === 'darwin')
    return { allowed: 'root', reason: 'macOS lets only root look into a process' };
  if (host.platform !== 'linux') return { allowed: 'unknown', reason: `not read on ${host.platform}` };
  const scope = await readNumber(host, '/proc/sys/kernel/yama/ptrace_scope');
  if (scope === undefined) return { allowed: 'same-user', reason: 'the kernel has no ptrace_scope' };
  const allowed = (['same-user', 'own-children', 'root', 'nobody'] as const)[scope] ?? 'unknown';
  return { allowed, reason: `kernel.yama.ptrace_scope is ${scope}` };
}

async function readCpuLimit(host: Host): Promise<number | undefined> {
  const [quota, period] = ((await readLine(host, '/sys/fs/cgroup/cpu.max')) ?? '').split(' ').map(Number);
  if (quota !== undefined && period !== undefined && quota > 0 && period > 0) return quota / period;
  const old = await readNumber(host, '/sys/fs/cgroup/cpu/cpu.cfs_quota_us');
  const base = await readNumber(host, '/sys/fs/cgroup/cpu/cpu.cfs_period_us');
  return old !== undefined && base !== undefined && old > 0 && base > 0 ? old / base : undefined;
}

async function readBoost(host: Host): Promise<boolean | undefined> {
  const noTurbo = await readNumber(host, '/sys/devices/system/cpu/intel_pstate/no_turbo');
  if (noTurbo !== undefined) return noTurbo === 0;
  const boost = await readNumber(host, '/sys/devices/system/cpu/cpufreq/boost');
  return boost === undefined ? undefined : boost === 1;
}

async function findInside(host: Host): Promise<string | undefined> {
  if (host.platform !== 'linux') return undefined;
  if ((await host.files.kind('/.dockerenv')) !== undefined) return 'Docker container';
  if ((await host.files.kind('/run/.containerenv')) !== undefined) return 'Podman container';
  if (host.env['KUBERNETES_SERVICE_HOST'] !== undefined) return 'Kubernetes pod';
  if (/docker|kubepods|lxc|containerd/.test((await readLine(host, '/proc/1/cgroup')) ?? ''))
    return 'container';
  const flags = /^flags\s*:(.*)$/m.exec((await readLine(host, '/proc/cpuinfo')) ?? '')?.[1] ?? '';
  return / hypervisor\b/.test(flags) ? 'virtual machine' : undefined;
}

/**
 * Reads the machine's facts; what cannot be read is undefined. The interpreter is needed to try the hardware
 * counters.
 */
export async function readMachine(host: Host, interpreter?: Interpreter): Promise<MachineFacts> {
  const { machine } = host;
  return {
    system: machine.system,
    arch: machine.arch,
    cpuModel: machine.cpuModel,
    cores: machine.cores,
    cpuLimit: await readCpuLimit(host),
    memoryBytes: machine.memoryBytes,
    load: machine.load(),
    counters: await readCounters(host, interpreter),
    ptrace: await readPtrace(host),
    governor: await readLine(host, '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor'),
    boost: await readBoost(host),
    runDelay: (await readLine(host, '/proc/self/schedstat')) !== undefined,
    addressRandomization: await readNumber(host, '/proc/sys/kernel/randomize_va_space'),
    inside: await findInside(host),
  };
}
