// Plain JavaScript: the keeper runs this file from source, where Node 20 cannot read TypeScript.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const PATIENCE_MS = 2000;

/** What may follow a folder's path when it is the path itself or lies below it, not a longer name beside it. */
const AFTER_PATH = new Set(['', '\0', '/', ':', ';', ',', ' ', '"', "'"]);

function carries(environment, { texts, folders }) {
  if (texts.some((text) => environment.includes(text))) return true;
  return folders.some((folder) => {
    for (let at = environment.indexOf(folder); at >= 0; at = environment.indexOf(folder, at + 1)) {
      if (AFTER_PATH.has(environment.charAt(at + folder.length))) return true;
    }
    return false;
  });
}

/**
 * Works in one of the folders, and belongs to no terminal: a child that left its group and cleared its environment is
 * still where it was started, and so may be the shell of somebody who looks around there.
 */
function worksIn(name, folders) {
  if (folders.length === 0) return false;
  const at = readlinkSync(`/proc/${name}/cwd`).replace(/ \(deleted\)$/, '');
  if (!folders.some((folder) => at === folder || at.startsWith(`${folder}/`))) return false;
  const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
  // After the name in brackets, which may hold anything: state, parent, group, session, terminal.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[4] === '0';
}

/** Says of a pid whether it may be younger than the other; pids are given in turn and begin again after the largest. */
function youngerThan(pid) {
  // The last field is the pid that was given last; some containers show 0 there.
  const newest = Number(readFileSync('/proc/loadavg', 'utf8').trim().split(' ').at(-1));
  if (!(newest > 0)) return () => true;
  return newest >= pid ? (other) => other > pid : (other) => other > pid || other <= newest;
}

function findMarked(marks, bornAfter) {
  if (process.platform !== 'linux') return [];
  const mayBe = bornAfter === undefined ? () => true : youngerThan(bornAfter);
  const found = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 1) || pid === process.pid || !mayBe(pid)) continue;
    try {
      const isMarked = carries(readFileSync(`/proc/${name}/environ`, 'utf8'), marks);
      if (isMarked || worksIn(name, marks.folders)) found.push(pid);
    } catch {
      // Gone since, or somebody else's.
    }
  }
  return found;
}

export async function killMarked(marks, bornAfter) {
  const deadline = performance.now() + PATIENCE_MS;
  // Again, because a process may have forked between the look and the kill. A zombie has no environment any more.
  for (;;) {
    const found = findMarked(marks, bornAfter);
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone since.
      }
    }
    if (found.length === 0 || performance.now() > deadline) return;
    await wait(2);
  }
}
