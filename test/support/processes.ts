import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** A process with its command line, for a message that says what was left. */
export interface Found {
  readonly pid: number;
  readonly command: string;
}

/** Living processes whose environment holds a text, such as the path of a run folder. Zombies have no environment. */
export function findProcesses(text: string): readonly Found[] {
  const found: Found[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) continue;
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'utf8').includes(text)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command !== '') found.push({ pid: Number(name), command });
    } catch {
      // Gone since.
    }
  }
  return found;
}

/** Asks again until the answer is a value, and fails after the deadline with what was waited for. */
export async function until<T>(what: string, ask: () => T | undefined, deadlineMs = 60_000): Promise<T> {
  const begin = performance.now();
  for (;;) {
    const answer = ask();
    if (answer !== undefined) return answer;
    if (performance.now() - begin > deadlineMs) throw new Error(`waited in vain until ${what}`);
    await wait(20);
  }
}

/** What still lives of the processes with this text after they had some seconds to end; empty as it should be. */
export async function survivors(text: string): Promise<readonly Found[]> {
  const begin = performance.now();
  for (;;) {
    const found = findProcesses(text);
    if (found.length === 0 || performance.now() - begin > 20_000) return found;
    await wait(50);
  }
}
