// Measures the patterns of the skill with strop, each as it would be measured by a reader: before.py is committed,
// after.py is the change. `node scripts/patterns.mjs [name ...] [--python=3.10]`; `--write` puts the numbers into the page.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, prepare } from './prepare.mjs';
import { findPythons } from './pythons.mjs';

const PAGE = join(ROOT, 'skill', 'references', 'patterns.md');
const PATTERNS = join(ROOT, 'skill', 'references', 'patterns');
const TABLE = /(<!-- measured begin -->\n)[^]*(<!-- measured end -->)/;
/** The version that the table of the page is about. */
const VERSION = '3.12';
const BUDGET = '20s';

const words = process.argv.slice(2);
const wanted = words.filter((word) => !word.startsWith('--'));
const asked = words.find((word) => word.startsWith('--python='))?.slice('--python='.length) ?? VERSION;
const python = findPythons().find(({ version }) => version === asked);
if (python === undefined) throw new Error(`Python ${asked} was not found`);
const program = process.env['STROP_PROGRAM'] ?? join(ROOT, 'dist', 'strop.js');
if (process.env['STROP_PROGRAM'] === undefined) prepare();

const names = readdirSync(PATTERNS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && (wanted.length === 0 || wanted.includes(entry.name)))
  .map(({ name }) => name);
const rows = [];
const loads = [];
for (const name of names) {
  loads.push(loadavg()[0]);
  rows.push(row(name, measure(name)));
  console.log(rows.at(-1));
}
if (words.includes('--write')) writePage();

/** What `strop compare` says of one pattern, in a repository of its own. */
function measure(name) {
  const folder = mkdtempSync(join(tmpdir(), 'strop-pattern-'));
  const env = { ...process.env, STROP_HOME: join(folder, 'home'), NO_COLOR: '1' };
  const repo = join(folder, name);
  const git = (...args) =>
    run(
      'git',
      ['-C', repo, '-c', 'user.name=Patterns', '-c', 'user.email=patterns@example.org', ...args],
      env,
    );
  try {
    run('git', ['init', '--quiet', repo], env);
    copyFileSync(join(PATTERNS, name, 'before.py'), join(repo, 'pattern.py'));
    git('add', '.');
    git('commit', '--quiet', '--message', 'before');
    copyFileSync(join(PATTERNS, name, 'after.py'), join(repo, 'pattern.py'));
    const options = ['--workload', 'pattern:run', '--python', python.python, '--budget', BUDGET, '--json'];
    const printed = run(process.execPath, [program, 'compare', ...options], env, {
      cwd: repo,
      codes: [0, 1, 3],
    });
    return JSON.parse(printed).workloads[0];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(command, args, env, { cwd, codes = [0] } = {}) {
  const child = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (codes.includes(child.status)) return child.stdout;
  throw new Error(`${command} ${args.join(' ')}: ${child.status}\n${child.stdout}${child.stderr}`);
}

function row(name, { verdict, ratio, low, high, before, after, pairs, meters }) {
  const { peak } = meters;
  const memory =
    peak === undefined || peak.before === 0
      ? '-'
      : `${bytes(peak.before)} → ${bytes(peak.after)}, ${peak.verdict}`;
  return `| [${name}](patterns/${name}) | ${verdict} | ${factor(ratio)} [${factor(low)}, ${high === null ? '?' : factor(high)}] | ${time(before)} → ${time(after)} | ${memory} | ${pairs} |`;
}

function factor(value) {
  return value >= 0.095 ? value.toFixed(2) : value.toPrecision(2);
}

function time(ns) {
  return ns >= 1e6 ? `${(ns / 1e6).toPrecision(3)} ms` : `${(ns / 1e3).toPrecision(3)} µs`;
}

function bytes(count) {
  return count >= 2 ** 20 ? `${(count / 2 ** 20).toFixed(2)} MiB` : `${(count / 1024).toFixed(1)} KiB`;
}

function writePage() {
  if (wanted.length > 0 || asked !== VERSION)
    throw new Error(`--write measures all patterns on Python ${VERSION}: name none and no other Python`);
  const sorted = [...loads].sort((a, b) => a - b);
  const text = [
    `CPython ${python.full}, ${cpus().length} × ${cpus()[0].model.trim()}, ${process.platform}; load average median ${sorted[Math.floor(sorted.length / 2)].toFixed(1)}, at most ${sorted.at(-1).toFixed(1)}; ${new Date().toISOString().slice(0, 10)}.`,
    '',
    '| pattern | verdict | time after / before [99 % interval] | time | peak memory | pairs |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
  writeFileSync(
    PAGE,
    readFileSync(PAGE, 'utf8').replace(TABLE, (_all, begin, end) => `${begin}${text}${end}`),
  );
}
