// Plain JavaScript: the keeper runs this file from source, where Node 20 cannot read TypeScript.
import { readFileSync, readdirSync } from 'node:fs';

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

export function findMarked(marks) {
  if (process.platform !== 'linux') return [];
  const found = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 1) || pid === process.pid) continue;
    try {
      if (carries(readFileSync(`/proc/${name}/environ`, 'utf8'), marks)) found.push(pid);
    } catch {
      // Gone since, or somebody else's.
    }
  }
  return found;
}

export function killMarked(marks) {
  // Again, because a process may have forked between the look and the kill; zombies have an empty environment.
  for (let round = 0; round < 50; round += 1) {
    const found = findMarked(marks);
    if (found.length === 0) return true;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // Gone since.
      }
    }
  }
  return false;
}
