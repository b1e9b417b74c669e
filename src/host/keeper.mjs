// The keeper: outlives strop for a moment and leaves nothing of it behind. A program of its own, because nobody can
// act after `kill -9` of himself: the end of its stdin is the one sign of strop's end that always comes.
// What is to be kept comes as its argument, a list of words with values, and then in lines on stdin: `mark "text"`, `group <pgid>`, `forget <pgid>`, `folder "path"`, `keep "path"`, `done`.
import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { killMarked } from './marked.mjs';

const groups = new Set();
const folders = new Set();
const texts = new Set();
let orderly = false;

function read(line) {
  const space = line.indexOf(' ');
  if (space < 0) obey(line, undefined);
  else obey(line.slice(0, space), JSON.parse(line.slice(space + 1)));
}

function obey(word, value) {
  if (word === 'group') groups.add(value);
  else if (word === 'forget') groups.delete(value);
  else if (word === 'folder') folders.add(value);
  else if (word === 'keep') folders.delete(value);
  else if (word === 'mark') texts.add(value);
  else if (word === 'done') orderly = true;
}

function killGroup(group) {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/PID', String(group), '/T', '/F'], { windowsHide: true, stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** Folders without write permission keep their content from being removed. */
function openFolders(folder) {
  if (!lstatSync(folder).isDirectory()) return;
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder)) {
    openFolders(join(folder, entry));
  }
}

function removeFolder(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch {
    openFolders(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
}

async function cleanUp() {
  if (!orderly) {
    [...groups].forEach(killGroup);
    // Waits until they are gone, too: a process that was killed may still write into a folder for a moment.
    await killMarked({ texts: [...texts], folders: [...folders] });
    if (process.platform !== 'linux') await wait(200);
  }
  for (const folder of folders) {
    try {
      removeFolder(folder);
    } catch {
      // The next start of strop removes what has no owner.
    }
  }
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
for (const [word, value] of JSON.parse(process.argv[2] ?? '[]')) obey(word, value);
createInterface({ input: process.stdin })
  .on('line', read)
  .on('close', () => {
    void cleanUp().then(() => process.exit(0));
  });
