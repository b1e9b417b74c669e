// Does the line that `strop profile` puts first cost what it says? Real packages, a workload of ours, several
// recordings; then the line is written twice and the program measured at length without any profiler
// (bench/real/truth.py, nothing of strop's): what it takes longer is what the line costs.
// `npm run bench:lines [-- --cases ID,ID] [--recordings 5] [--error 0.005]`; exit code 1 when a line is another, or when
// both 99 % intervals exclude each other by more than a tenth of the cost: a line that was just run is a little cheaper.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findPythons } from '../scripts/pythons.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PROGRAM = join(ROOT, 'dist', 'strop.js');
const REAL = join(ROOT, 'bench', 'real');
const CACHE = join(ROOT, '.cache', 'real');
const Z99 = 2.576;
/** A line is cheaper right after itself, with warm caches. */
const SLACK = 0.1;

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    recordings: { type: 'string', default: '5' },
    error: { type: 'string', default: '0.005' },
  },
});

if (!existsSync(PROGRAM)) stop('dist/strop.js is missing: npm run build');
const python = findPythons().at(-1)?.python ?? stop('no supported Python was found');
const lines = JSON.parse(readFileSync(join(ROOT, 'bench', 'lines.json'), 'utf8'));
const wanted = options.cases?.split(',');
const known = JSON.parse(readFileSync(join(REAL, 'cases.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'strop-bench-lines-'));
const env = { ...process.env, STROP_HOME: join(ROOT, '.cache', 'bench-profile', 'home'), NO_COLOR: '1' };
mkdirSync(CACHE, { recursive: true });

let wrong = 0;
try {
  console.log(
    'workload                 line that strop puts first            strop: share    written twice: share',
  );
  for (const one of lines) {
    if (wanted !== undefined && !wanted.includes(one.case)) continue;
    const { id, workload } = known.find((each) => each.id === one.case);
    const { right, said } = judge(one, id, workload);
    if (!right) wrong += 1;
    console.log(`${id.padEnd(24)} ${said}  ${right ? 'agrees' : 'DISAGREES'}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = wrong > 0 ? 1 : 0;

function judge({ line, twice }, id, workload) {
  const prepared = JSON.parse(run(python, [join(REAL, 'prepare.py'), id, '--cache', CACHE], ROOT));
  const [once, double] = ['once', 'double'].map((name) => join(folder, `${id}-${name}`));
  for (const tree of [once, double]) cpSync(prepared.repository, tree, { recursive: true });
  // Releases that were made before are other projects to the history: only these recordings are pooled.
  for (let count = Number(options.recordings); count > 0; count -= 1)
    strop(once, ['profile', workload, '--sample', '--python', prepared.python, '--yes']);
  const [first] = JSON.parse(strop(once, ['top', '--json'])).lines;
  const path = join(double, first.file);
  const text = readFileSync(path, 'utf8');
  const place = `${first.file}:${first.line}`.padEnd(36);
  if (text.split('\n')[first.line - 1] !== line.trimEnd())
    return { right: false, said: `${place} is another line` };
  if (text.split(line).length !== 2) stop(`${id}: the line is not in its file exactly once`);
  writeFileSync(path, text.replace(line, twice));
  const words = [
    once,
    double,
    workload,
    '--python',
    prepared.python,
    '--pairs',
    '8',
    '--error',
    options.error,
  ];
  const truth = JSON.parse(run(python, [join(REAL, 'truth.py'), ...words], ROOT));
  const measured = [-Z99, 0, Z99].map((z) => truth.ratio + z * truth.error - 1);
  const [low, , high] = measured;
  const right = first.low <= high * (1 + SLACK) && first.high >= low * (1 - SLACK);
  const percents = (values) => values.map((value) => (value * 100).toFixed(1)).join(' … ');
  return {
    right,
    said: `${place}  ${percents([first.low, first.share, first.high])} %   ${percents(measured)} %`,
  };
}

function strop(cwd, words) {
  return run(process.execPath, [PROGRAM, ...words], cwd);
}

function run(program, words, cwd) {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return status === 0 ? stdout : stop(`${program} ${words.join(' ')}\n${stdout}\n${stderr}`);
}

function stop(problem) {
  console.error(problem);
  process.exit(2);
}
