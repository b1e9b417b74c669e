import { readFileSync, readdirSync } from 'node:fs';
import os from 'node:os';
import type { Machine } from './host.ts';

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
  processTimes: (pid) => Promise.resolve(readThreadTimes(pid)),
};

/** Read synchronously: procfs never waits for a disk, and a trip through the thread pool costs more than the reading. */
function readThreadTimes(pid: number): { cpuNs: number; runDelayNs: number } | undefined {
  if (process.platform !== 'linux') return undefined;
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
  return seen === 0 ? undefined : { cpuNs, runDelayNs };
}
