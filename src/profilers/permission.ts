import { StropError } from '#base';
import type { Host } from '#host';
import type { SamplerWords } from './profiler.ts';

const DENIED = /Permission [Dd]enied|Operation not permitted|EPERM|task_for_pid|requires root/;
const GONE =
  /No such process|No such file or directory \(os error 2\)|Failed to open process|process exited before/i;
const NO_PYTHON = /Failed to find (?:a )?python|python interpreter|Failed to find python version/i;

/** The bit of CAP_SYS_PTRACE in the sets of capabilities of Linux. */
const SYS_PTRACE = 19n;

/** Turns what a sampler said when it could not look into a process into the error that the user sees. */
export async function explainWatch(
  host: Host,
  tool: string,
  pid: number,
  text: string,
  { denied = DENIED, gone = GONE, noPython = NO_PYTHON, missing }: SamplerWords = {},
): Promise<StropError> {
  const where = `process ${String(pid)}`;
  const detail = text.trim().split('\n').slice(0, 12).join('\n');
  if (missing?.test(text) === true) {
    return new StropError({
      code: 'tool-missing',
      problem: `this Python comes without ${tool}`,
      where,
      remedy: 'Use a complete build of Python, or another profiler: --tool py-spy.',
      detail,
    });
  }
  if (denied.test(text)) return explainDenied(host, tool, pid, detail);
  if (gone.test(text)) {
    return new StropError({
      code: 'process-missing',
      problem: 'there is no such process, or it has just ended',
      where,
      remedy: 'Look for its number again (`ps aux | grep python`).',
      detail,
    });
  }
  if (noPython.test(text)) {
    return new StropError({
      code: 'process-missing',
      problem: `${tool} finds no Python in this process`,
      where,
      remedy:
        'Name the process that runs Python itself, not a shell or launcher above it, and one that is not just starting.',
      detail,
    });
  }
  return new StropError({
    code: 'tool-failed',
    problem: `${tool} could not look into the process`,
    where,
    remedy: 'What it said is below.',
    detail,
  });
}

/**
 * Throws `no-permission` where it is certain beforehand that nobody will let us look: the process belongs to somebody
 * else. Whatever else may be in the way, the tool itself has to find out.
 */
export async function requireSight(host: Host, tool: string, pid: number): Promise<void> {
  if (host.platform !== 'linux') return;
  const own = await readStatus(host, 'self');
  const target = await readStatus(host, String(pid));
  if (own?.uid === undefined || target?.uid === undefined || own.uid === target.uid) return;
  if (own.tracer === false) throw await explainDenied(host, tool, pid, '');
}

async function explainDenied(host: Host, tool: string, pid: number, detail: string): Promise<StropError> {
  const { problem, remedy } = await findRemedy(host, tool, pid);
  const said = detail === '' ? {} : { detail };
  return new StropError({ code: 'no-permission', problem, where: `process ${String(pid)}`, remedy, ...said });
}

async function findRemedy(
  host: Host,
  tool: string,
  pid: number,
): Promise<{ readonly problem: string; readonly remedy: string }> {
  if (host.platform === 'darwin') {
    return {
      problem: `macOS lets only root look into another process, and ${tool} has to`,
      remedy: 'Run the same command with sudo, or take a profiler that runs inside: --tool cprofile.',
    };
  }
  if (host.platform !== 'linux') {
    return {
      problem: `${tool} may not look into this process`,
      remedy: 'Run the same command as administrator, or as the user who owns the process.',
    };
  }
  const own = await readStatus(host, 'self');
  const target = await readStatus(host, String(pid));
  if (own?.uid !== undefined && target?.uid !== undefined && own.uid !== target.uid && own.uid !== '0') {
    return {
      problem: `the process belongs to another user (${target.uid}, and you are ${own.uid})`,
      remedy: `Run the same command as that user or with sudo: sudo -E strop … ${String(pid)}.`,
    };
  }
  const scope = (await host.files.readText('/proc/sys/kernel/yama/ptrace_scope'))?.trim();
  if (scope === '1' || scope === '2') {
    return {
      problem: `Linux lets ${scope === '1' ? 'only a parent' : 'only root'} look into a process here (kernel.yama.ptrace_scope is ${scope})`,
      remedy:
        'Run the same command with sudo, or allow it until the next start of the machine: sudo sysctl kernel.yama.ptrace_scope=0. A program that strop starts itself needs neither under scope 1.',
    };
  }
  if (scope === '3') {
    return {
      problem:
        'Linux lets nobody look into a process here (kernel.yama.ptrace_scope is 3, which only a restart ends)',
      remedy: 'Take a profiler that runs inside: --tool cprofile.',
    };
  }
  return {
    problem:
      own?.tracer === false
        ? 'this container or user may not look into other processes (CAP_SYS_PTRACE is missing)'
        : `Linux does not let ${tool} look into this process`,
    remedy:
      'Start the container with --cap-add SYS_PTRACE (Kubernetes: securityContext.capabilities.add: [SYS_PTRACE]; Compose: cap_add: [SYS_PTRACE]), or run the same command with sudo.',
  };
}

/** Who a process is, as the kernel tells it. */
async function readStatus(
  host: Host,
  process: string,
): Promise<{ readonly uid: string | undefined; readonly tracer: boolean | undefined } | undefined> {
  const text = await host.files.readText(`/proc/${process}/status`).catch(() => undefined);
  if (text === undefined) return undefined;
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(text)?.[1];
  const capabilities = /^CapEff:\s+([0-9a-f]+)/m.exec(text)?.[1];
  const tracer =
    capabilities === undefined ? undefined : ((BigInt(`0x${capabilities}`) >> SYS_PTRACE) & 1n) === 1n;
  return { uid, tracer };
}
