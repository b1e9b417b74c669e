// Does strop judge real changes right? Two releases of real packages as two commits, a workload of ours in both, and a
// truth measured at length by other code (bench/real/truth.py). `npm run bench:real [-- options]`:
//   --cases ID,ID     only these                     --budget 60s      per case, handed to strop
//   --python EXE      interpreter (default: the 3.13 or 3.12 that is found, else python3)
//   --json FILE       every case with everything     --truth           measure the truths anew first (takes an hour or more)
//   --core N          core for measuring truths      --list            only list the cases and their truths
//   --program FILE    another build of strop
// Exit code 0: at least 95 in 100 right and no false alarm; 1: not so; 2: nothing could be measured.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HERE = fileURLToPath(new URL('./real/', import.meta.url));
const ROOT = fileURLToPath(new URL('../', import.meta.url));
const CACHE = join(ROOT, '.cache', 'real');
const TRUTHS = join(HERE, 'truth.json');
const MARGIN = 0.01;
const SHARE_RIGHT = 0.95;

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string' },
    budget: { type: 'string', default: '60s' },
    python: { type: 'string' },
    json: { type: 'string' },
    truth: { type: 'boolean', default: false },
    core: { type: 'string' },
    program: { type: 'string', default: join(ROOT, 'dist', 'strop.js') },
    list: { type: 'boolean', default: false },
  },
});

const python = options.python ?? findPython();
const version = pythonVersion(python);
const cases = chooseCases(JSON.parse(readFileSync(join(HERE, 'cases.json'), 'utf8')));
mkdirSync(CACHE, { recursive: true });
if (options.truth) measureTruths();
const truths = existsSync(TRUTHS) ? JSON.parse(readFileSync(TRUTHS, 'utf8')) : {};
warnAboutOtherPythons();
if (options.list) {
  for (const one of cases) console.log(`${one.id.padEnd(44)}${describeTruth(truths[one.id])}`);
  process.exit(0);
}
if (!existsSync(options.program)) stop(`${options.program} is missing: npm run build`);

console.log(`Python ${version}, ${options.budget} a case, margin ${MARGIN * 100} %, ${cases.length} cases\n`);
console.log(row(['case', 'truth', 'verdict', 'change', 'interval', 'covers', 'pairs', 'seconds', 'right?']));
const results = [];
for (const one of cases) {
  const result = await runCase(one);
  results.push(result);
  console.log(showResult(result));
}
summarise(results);

/** The newest of the interpreters that the truths were meant for, from the path or from pyenv. */
function findPython() {
  const versions = join(process.env['PYENV_ROOT'] ?? join(homedir(), '.pyenv'), 'versions');
  const found = spawnSync(
    'bash',
    ['-c', 'ls -d "$0"/3.1[32].*/bin/python 2>/dev/null | sort -rV', versions],
    {
      encoding: 'utf8',
    },
  );
  const candidates = ['python3.13', 'python3.12', ...found.stdout.split('\n').filter(Boolean), 'python3'];
  return candidates.find((name) => pythonVersion(name) !== undefined) ?? stop('no Python found');
}

function pythonVersion(name) {
  const answer = spawnSync(name, ['-c', 'import platform; print(platform.python_version())'], {
    encoding: 'utf8',
  });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}

function chooseCases(all) {
  if (options.cases === undefined) return all;
  return options.cases.split(',').map((id) => all.find((one) => one.id === id) ?? stop(`no case ${id}`));
}

function measureTruths() {
  const words = [join(HERE, 'measure_truths.py'), '--cache', CACHE, '--out', TRUTHS];
  words.push('--cases', cases.map((one) => one.id).join(','));
  if (options.core !== undefined) words.push('--core', options.core);
  if (spawnSync(python, words, { stdio: 'inherit' }).status !== 0) stop('the truths could not be measured');
}

function warnAboutOtherPythons() {
  const minor = (text) => text.split('.').slice(0, 2).join('.');
  const other = cases.filter((one) => truths[one.id] && minor(truths[one.id].python) !== minor(version));
  if (other.length > 0)
    console.error(
      `${other.length} truths were measured with another Python than ${version}: --truth measures anew`,
    );
}

async function runCase(one) {
  const truth = truths[one.id];
  const prepared = spawnSync(python, [join(HERE, 'prepare.py'), one.id, '--cache', CACHE], {
    encoding: 'utf8',
  });
  if (prepared.status !== 0) return { id: one.id, truth, problem: prepared.stderr.trim() };
  const { repository, python: interpreter } = JSON.parse(prepared.stdout);
  const words = [options.program, 'compare', 'HEAD~1..HEAD', '--workload', one.workload];
  words.push('--budget', options.budget, '--margin', `${MARGIN * 100}%`, '--python', interpreter, '--json');
  const started = performance.now();
  const { status, stdout, stderr } = await launch(words, repository);
  const seconds = (performance.now() - started) / 1000;
  if (![0, 1, 3].includes(status)) return { id: one.id, truth, seconds, problem: stderr.trim().slice(-400) };
  const [workload] = JSON.parse(stdout).workloads;
  return { id: one.id, truth, seconds, workload, ...judge(truth, workload) };
}

function launch(words, folder) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}

/**
 * Right is: the direction of a change that is beyond the margin by twice the truth's error, and anything but a direction
 * for one that is inside by as much. Where the truth cannot tell, only the wrong direction is wrong.
 */
function judge(truth, { verdict, low, high }) {
  if (truth === undefined) return { kind: 'no truth', right: undefined };
  const effect = truth.ratio - 1;
  const slack = 2 * truth.error;
  const direction = effect < 0 ? 'faster' : 'slower';
  const decided = verdict === 'faster' || verdict === 'slower';
  const covers = low <= truth.ratio + slack && high >= truth.ratio - slack;
  if (Math.abs(effect) > MARGIN + slack) return { kind: 'change', right: verdict === direction, covers };
  if (Math.abs(effect) < MARGIN - slack)
    return { kind: 'no-op', right: !decided, falseAlarm: decided, covers };
  return { kind: 'border', right: !decided || verdict === direction, covers };
}

function describeTruth(truth) {
  if (truth === undefined) return 'not measured';
  return `${percent(truth.ratio)} +-${(truth.error * 100).toFixed(2)}`;
}

function percent(ratio) {
  const change = (ratio - 1) * 100;
  return `${change < 0 ? '' : '+'}${change.toFixed(Math.abs(change) < 100 ? 2 : 0)} %`;
}

function showResult({ id, truth, problem, workload, right, falseAlarm, covers, seconds, kind }) {
  if (problem !== undefined) return `${row([id, describeTruth(truth), 'error'])}\n    ${problem}`;
  return row([
    id,
    describeTruth(truth),
    workload.verdict,
    percent(workload.ratio),
    `${percent(workload.low)} .. ${percent(workload.high)}`,
    covers === undefined ? '' : covers ? 'yes' : 'NO',
    String(workload.pairs),
    seconds.toFixed(1),
    falseAlarm
      ? 'FALSE ALARM'
      : right === undefined
        ? kind
        : `${right ? 'yes' : 'NO'}${kind === 'border' ? ' (border)' : ''}`,
  ]);
}

function row(cells) {
  const widths = [40, 17, 14, 10, 22, 7, 6, 8, 0];
  return cells
    .map((cell, index) => cell.padEnd(widths[index]))
    .join(' ')
    .trimEnd();
}

function summarise(all) {
  const judged = all.filter((one) => one.right !== undefined);
  const broken = all.filter((one) => one.problem !== undefined);
  const count = (items, test) => `${items.filter(test).length} of ${items.length}`;
  const changes = judged.filter((one) => one.kind === 'change');
  const noOps = judged.filter((one) => one.kind === 'no-op');
  const alarms = judged.filter((one) => one.falseAlarm).length;
  const total = judged.length + broken.length;
  const right = judged.filter((one) => one.right).length;
  const seconds = judged.map((one) => one.seconds).sort((left, right) => left - right);
  console.log(
    `\nright          ${right} of ${total}${broken.length > 0 ? ` (${broken.length} failed to run)` : ''}`,
  );
  console.log(`changes found  ${count(changes, (one) => one.right)}`);
  console.log(
    `no-ops         ${noOps.length}: ${noOps.filter((one) => one.workload.verdict === 'no difference').length} no difference, ` +
      `${noOps.filter((one) => one.workload.verdict === 'undecided').length} undecided, ${alarms} false alarms`,
  );
  console.log(`covered        ${count(judged, (one) => one.covers)} truths lie in the interval`);
  if (seconds.length > 0)
    console.log(
      `seconds        median ${seconds[seconds.length >> 1].toFixed(1)}, most ${seconds.at(-1).toFixed(1)}`,
    );
  if (options.json !== undefined)
    writeFileSync(
      options.json,
      `${JSON.stringify({ python: version, budget: options.budget, results: all }, null, 2)}\n`,
    );
  if (total === 0 || judged.length === 0) process.exit(2);
  process.exit(right >= SHARE_RIGHT * total && alarms === 0 ? 0 : 1);
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
