// What starting strop costs: CPU time (user + system) of the built program against an empty Node, launched in turns so
// that a busy machine hits both alike. `npm run bench:startup [-- rounds]`; exit code 1 when it costs too much.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LIMIT = 1.5;
const ROUNDS = Number(process.argv[2] ?? 20);
const PROGRAM = fileURLToPath(new URL('../dist/strop.js', import.meta.url));
const EMPTY = ['-e', '0'];
const STARTS = [
  ['strop --version', [PROGRAM, '--version']],
  ['strop --help', [PROGRAM, '--help']],
];

if (!existsSync(PROGRAM)) {
  console.error('dist/strop.js is missing: npm run build');
  process.exit(2);
}

const samples = new Map([['node -e 0', []], ...STARTS.map(([name]) => [name, []])]);
for (let round = -1; round < ROUNDS; round += 1) {
  for (const [name, words] of shuffle([['node -e 0', EMPTY], ...STARTS])) {
    const ms = cpuMs(words);
    // The first round only warms the caches of the file system.
    if (round >= 0) samples.get(name).push(ms);
  }
}

const empty = samples.get('node -e 0');
console.log(`node ${process.version}, ${ROUNDS} rounds`);
console.log(`node -e 0         ${median(empty).toFixed(0).padStart(4)} ms`);
let worst = 0;
for (const [name] of STARTS) {
  const own = samples.get(name);
  const ratio = median(own.map((ms, round) => ms / empty[round]));
  worst = Math.max(worst, ratio);
  console.log(
    `${name.padEnd(16)}  ${median(own).toFixed(0).padStart(4)} ms  ${ratio.toFixed(2)} x (at most ${LIMIT})`,
  );
}
process.exit(worst <= LIMIT ? 0 : 1);

/** CPU time of one launch, as the kernel accounts it to the shell that waited for it. */
function cpuMs(words) {
  const script = 'TIMEFORMAT="%3U %3S"; time "$@" >/dev/null 2>/dev/null';
  const { stderr, status } = spawnSync('bash', ['-c', script, 'bash', process.execPath, ...words], {
    encoding: 'utf8',
  });
  const [user, system] = stderr.trim().split(' ').map(Number);
  if (status !== 0 || !(user + system > 0))
    throw new Error(`${words.join(' ')} could not be measured: ${stderr}`);
  return (user + system) * 1000;
}

function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function shuffle(items) {
  return items
    .map((item) => [Math.random(), item])
    .sort(([left], [right]) => left - right)
    .map(([, item]) => item);
}
