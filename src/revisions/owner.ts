import type { Host } from '#host';
import { z } from 'zod';

/** Who made a run folder: enough to tell later, from another process, whether that strop still lives. */
export interface Owner {
  readonly pid: number;
  /** When the process started, as the system tells it: a later process with the same number has another one. */
  readonly processStart: string | undefined;
  /** Name of the machine or container: process numbers mean nothing elsewhere. */
  readonly machine: string | undefined;
  /** Id of the system's present boot (Linux). */
  readonly boot: string | undefined;
  /** Wall time in UTC, ISO 8601. */
  readonly started: string;
}

const OwnerSchema = z.object({
  pid: z.number().int().positive(),
  processStart: z.string().optional(),
  machine: z.string().optional(),
  boot: z.string().optional(),
  started: z.string(),
});

/** Where nothing can be told about the owner, its folder is left alone for a week. */
const PATIENCE_MS = 7 * 24 * 3600 * 1000;

async function readLine(host: Host, path: string): Promise<string | undefined> {
  return (await host.files.readText(path))?.trim();
}

/**
 * Start time of a process as the system writes it, `undefined` when there is no such process, `unknown` when the system
 * cannot tell. Linux: field 22 of /proc/PID/stat (proc_pid_stat(5)), in clock ticks since boot.
 */
async function startOf(host: Host, pid: number): Promise<string | undefined> {
  if (host.platform === 'linux') {
    const stat = await host.files.readText(`/proc/${pid}/stat`);
    // The second field is the program's name in brackets, which may hold anything.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is gone: it only waits to be collected.
    return fields === undefined || fields[0] === 'Z' ? undefined : (fields[19] ?? 'unknown');
  }
  const asked = await host.processes.run({
    argv: ['ps', '-o', 'lstart=', '-p', String(pid)],
    timeoutMs: 10_000,
  });
  if (asked.startError !== undefined || asked.timedOut) return 'unknown';
  const text = asked.stdout.trim();
  return text === '' ? undefined : text;
}

/** Whether there is a process of this number; where nothing can be told there may be. */
export async function hasProcess(host: Host, pid: number): Promise<boolean> {
  return (await startOf(host, pid)) !== undefined;
}

/** This strop as an owner. */
export async function describeOwner(host: Host): Promise<Owner> {
  return {
    pid: process.pid,
    processStart: await startOf(host, process.pid),
    machine: await readLine(host, '/proc/sys/kernel/hostname'),
    boot: await readLine(host, '/proc/sys/kernel/random/boot_id'),
    started: host.clock.date(),
  };
}

/** Reads an owner file; undefined when it is missing or damaged. */
export async function readOwner(host: Host, path: string): Promise<Owner | undefined> {
  const text = await host.files.readText(path);
  if (text === undefined) return undefined;
  try {
    return parseOwner(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** An owner read back as a part of another document; undefined when it is damaged. */
export function parseOwner(value: unknown): Owner | undefined {
  const owner = OwnerSchema.safeParse(value);
  if (!owner.success) return undefined;
  return { processStart: undefined, machine: undefined, boot: undefined, ...owner.data };
}

/** Whether the owner has ended for certain. In doubt it lives, for a week. */
export async function isGone(host: Host, owner: Owner): Promise<boolean> {
  const now = await describeOwner(host);
  const age = Date.parse(now.started) - Date.parse(owner.started);
  const old = !Number.isFinite(age) || age > PATIENCE_MS;
  if (owner.machine !== now.machine) return old;
  if (owner.boot !== undefined && now.boot !== undefined && owner.boot !== now.boot) return true;
  const start = await startOf(host, owner.pid);
  if (start === undefined) return true;
  if (start === 'unknown' || owner.processStart === undefined || owner.processStart === 'unknown') return old;
  return start !== owner.processStart;
}
