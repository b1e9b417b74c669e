import { readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import type { Machine, ProcessTimes } from './host.ts';

/** The running machine. Getters, because reading the CPU's name costs milliseconds and few ask for it. */
export const realMachine: Machine = {
  get cores() {
    return os.availableParallelism();
  },
  load: () => (process.platform === 'win32' ? undefined : os.loadavg()[0]),
  get memoryBytes() {
    return os.totalmem();
  },
  get cpuModel() {
    return os.cpus()[0]?.model.trim() ?? 'unknown';
  },
  arch: os.arch(),
  get system() {
    return `${os.type()} ${os.release()}`;
  },
  processTimes: (pid) => Promise.resolve(readTimes(pid)),
};

/** Clock ticks of `/proc/PID/stat`: a hundred in a second on every Linux that people run (USER_HZ). */
const TICK_NS = 1e7;

/** Read synchronously: procfs never waits for a disk, and a trip through the thread pool costs more than the reading. */
function readTimes(pid: number): ProcessTimes | undefined {
  if (process.platform !== 'linux') return undefined;
  const living = readThreads(pid);
  if (living === undefined) return undefined;
  const ticksNs = readTicks(pid);
  return {
    cpuNs: Math.max(living.cpuNs, ticksNs),
    coarse: ticksNs > living.cpuNs,
    runDelayNs: living.runDelayNs,
    descendantsNs: readDescendants(pid, living.threads),
  };
}

/** User and system time of a process with its ended threads, cut to whole ticks; fields 14 and 15 of proc_pid_stat(5). */
function readTicks(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_NS;
  } catch {
    return 0;
  }
}

function readDescendants(pid: number, threads: readonly string[]): number {
  let sum = 0;
  for (const thread of threads) {
    let children: string[];
    try {
      children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean);
    } catch {
      // The thread has ended, or the kernel was built without the list.
      continue;
    }
    for (const child of children) {
      const living = readThreads(Number(child));
      if (living !== undefined) sum += living.cpuNs + readDescendants(Number(child), living.threads);
    }
  }
  return sum;
}

function readThreads(pid: number): { cpuNs: number; runDelayNs: number; threads: string[] } | undefined {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return undefined;
  }
  let cpuNs = 0;
  let runDelayNs = 0;
  let seen = 0;
  for (const thread of threads) {
    try {
      // "on-cpu-ns run-delay-ns timeslices", https://docs.kernel.org/scheduler/sched-stats.html
      const [cpu, delay] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
      cpuNs += Number(cpu);
      runDelayNs += Number(delay);
      seen += 1;
    } catch {
      // A thread that ended meanwhile.
    }
  }
  return seen === 0 ? undefined : { cpuNs, runDelayNs, threads };
}
