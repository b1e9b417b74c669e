// The tools that are compared. Each judges "is `after` slower or faster than `before`?" once and gives a list of
// { tool, rule, verdict, seconds, wallSeconds, … }: one entry for each rule that people read the tool's result by.
import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const TIMEOUT_MS = 600_000;
const children = new Set();

/** Ends what still runs, when the benchmark itself is broken off. */
export function endChildren() {
  for (const child of children) child.kill('SIGTERM');
}

/** Runs a command to its end: its output, exit code and wall time. */
function run(command, words, options) {
  const began = process.hrtime.bigint();
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIMEOUT_MS,
      ...options,
    });
    children.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      children.delete(child);
      resolve({ code, stdout, stderr, wallSeconds: Number(process.hrtime.bigint() - began) / 1e9 });
    });
  });
}

/** As {@link run}; an exit code that is not expected is thrown with the command's own words. */
async function runWell(command, words, options, codes = [0]) {
  const done = await run(command, words, options);
  if (codes.includes(done.code)) return done;
  const end = `${done.stdout}\n${done.stderr}`.trim().slice(-3000);
  throw new Error(`${command} ${words.join(' ')} ended with ${done.code}:\n${end}`);
}

/** A strop, named for the table, that is run from a built program. */
export function makeStrop(name, program, bench) {
  return {
    name,
    async judge({ kind, before, after }) {
      const words = [program, 'compare', `${before}..${after}`, '--workload', `yard.${kind.name}:run`];
      const flags = [
        '--json',
        '--meter',
        'cpu',
        '--budget',
        `${kind.capSeconds}s`,
        '--python',
        bench.interpreter,
      ];
      const options = {
        cwd: bench.project.repository,
        env: { ...process.env, STROP_HOME: join(bench.folder, 'home', name) },
      };
      // 0 and 1 are verdicts, 3 is undecided.
      const { stdout, wallSeconds } = await runWell(
        process.execPath,
        [...words, ...flags],
        options,
        [0, 1, 3],
      );
      const [workload] = JSON.parse(stdout).workloads;
      const { verdict, ratio, low, high, pairs, seconds } = workload;
      return [{ tool: name, rule: 'verdict', verdict, ratio, low, high, pairs, seconds, wallSeconds }];
    },
  };
}

/** Called different when they differ by more than five percent, whichever is the slower one. */
function beyondFivePercent(before, after) {
  if (after / before > 1.05) return 'slower';
  return before / after > 1.05 ? 'faster' : 'same';
}

/** What people see who look at pytest-benchmark's table: the means differ by more than the spread printed beside them. */
function beyondSpread(before, after) {
  if (Math.abs(after.mean - before.mean) <= Math.max(before.stddev, after.stddev)) return 'same';
  return after.mean > before.mean ? 'slower' : 'faster';
}

/** `--benchmark-compare-fail` in the run of `after`, as printed; it looks for regressions only. */
function regressed(stdout, field) {
  return stdout.includes(`Field '${field}' has failed`);
}

/** pytest-benchmark: a saved run of `before`, then a run of `after` that is compared with it. */
export function makePytestBenchmark(bench) {
  /** Start-up and calibration of one run in seconds, beside the time given to measuring. */
  const overheads = new Map();
  return {
    name: 'pytest-benchmark',
    async judge({ kind, before, after, budgetSeconds }) {
      const overhead = median(overheads.get(kind.name) ?? [0.8]);
      // Less than this would not be a benchmark any more: its default is one second.
      const maxTime = Math.max(0.2, budgetSeconds / 2 - overhead);
      const storage = join(bench.folder, 'pytest-benchmark');
      rmSync(storage, { recursive: true, force: true });
      const measure = async (label, flags) => {
        const json = join(bench.folder, `${label}.json`);
        rmSync(json, { force: true });
        const words = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', `benchmarks/test_${kind.name}.py`];
        const own = [
          '--benchmark-only',
          `--benchmark-max-time=${maxTime.toFixed(3)}`,
          `--benchmark-json=${json}`,
        ];
        const storing = [`--benchmark-storage=file://${storage}`, ...flags];
        const options = { cwd: bench.project.checkouts[label], env: process.env };
        // 1 is what a failed comparison gives.
        const done = await runWell(bench.interpreter, [...words, ...own, ...storing], options, [0, 1]);
        const [{ stats }] = JSON.parse(readFileSync(json, 'utf8')).benchmarks;
        return { stats, ...done };
      };
      const first = await measure(before, ['--benchmark-save=before']);
      const fails = ['--benchmark-compare-fail', 'mean:5%', 'min:5%'];
      const second = await measure(after, ['--benchmark-compare=0001', ...fails]);
      const wallSeconds = first.wallSeconds + second.wallSeconds;
      overheads.set(kind.name, [...(overheads.get(kind.name) ?? []), wallSeconds / 2 - maxTime]);
      const byField = (field) => {
        const verdict = beyondFivePercent(first.stats[field], second.stats[field]);
        if ((verdict === 'slower') !== regressed(second.stdout + second.stderr, field))
          throw new Error(`pytest-benchmark says otherwise about ${field}:\n${second.stdout}`);
        return verdict;
      };
      const common = { tool: 'pytest-benchmark', seconds: wallSeconds, wallSeconds };
      return [
        { ...common, rule: 'mean:5%', verdict: byField('mean') },
        { ...common, rule: 'min:5%', verdict: byField('min') },
        {
          ...common,
          rule: 'mean differs by more than stddev',
          verdict: beyondSpread(first.stats, second.stats),
        },
      ];
    },
  };
}

/** pyperf: `timeit` of both, then `compare_to`, whose t-test says whether the difference is significant. */
export function makePyperf(bench) {
  const loops = new Map();
  /** Seconds that one process and its share of everything else take. */
  const costs = new Map();
  const statement = (kind) => ['--setup', `from yard.${kind.name} import run`, 'run()'];
  const calibrate = async (kind, label) => {
    const json = join(bench.folder, 'calibration.json');
    const words = ['-m', 'pyperf', 'timeit', '-q', '-p', '1', '-n', '1', '-o', json, ...statement(kind)];
    rmSync(json, { force: true });
    await runWell(bench.interpreter, words, { cwd: bench.project.checkouts[label], env: process.env });
    return JSON.parse(readFileSync(json, 'utf8')).metadata.loops ?? 1;
  };
  return {
    name: 'pyperf',
    async judge({ kind, before, after, budgetSeconds }) {
      // Calibrated once for all, at pyperf's own 100 ms for a value, so that none of its budget goes into that.
      if (!loops.has(kind.name)) loops.set(kind.name, await calibrate(kind, before));
      const cost = median(costs.get(kind.name) ?? [0.6]);
      const processes = Math.max(2, Math.round(budgetSeconds / 2 / cost) - 1);
      const files = {};
      let wallSeconds = 0;
      for (const label of [before, after]) {
        files[label] = join(bench.folder, `pyperf-${label}.json`);
        rmSync(files[label], { force: true });
        const words = [
          '-m',
          'pyperf',
          'timeit',
          '-q',
          '-p',
          String(processes),
          '-l',
          String(loops.get(kind.name)),
        ];
        const options = { cwd: bench.project.checkouts[label], env: process.env };
        const done = await runWell(
          bench.interpreter,
          [...words, '-o', files[label], ...statement(kind)],
          options,
        );
        wallSeconds += done.wallSeconds;
      }
      const words = ['-m', 'pyperf', 'compare_to', '-v', files[before], files[after]];
      const compared = await runWell(bench.interpreter, words, { cwd: bench.folder, env: process.env });
      wallSeconds += compared.wallSeconds;
      costs.set(kind.name, [...(costs.get(kind.name) ?? []), wallSeconds / 2 / (processes + 1)]);
      return [
        {
          tool: 'pyperf',
          rule: 'compare_to',
          verdict: significance(compared.stdout),
          processes,
          seconds: wallSeconds,
          wallSeconds,
        },
      ];
    },
  };
}

/** pyperf's own word: "… 1.05x slower" and below it "Significant (t=…)" or "Not significant!". */
function significance(stdout) {
  if (/^Not significant!$/m.test(stdout)) return 'same';
  const direction = /(slower|faster)$/m.exec(stdout)?.[1];
  if (!/^Significant/m.test(stdout) || direction === undefined)
    throw new Error(`pyperf compare_to says something unknown:\n${stdout}`);
  return direction;
}

/** The middle value, or the mean of the two middle ones. */
export function median(values) {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
