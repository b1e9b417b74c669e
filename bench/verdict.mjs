// How well a change is judged, by strop and by the tools that people use, side by side: the same two workloads, the same
// commits with known effects, the same wall time for each verdict, in one shuffled run on one machine.
// `npm run bench:verdict -- --help`; takes about a quarter of an hour.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BEFORE, labelOf, measureTruth, prepareEnvironment, prepareProject } from './verdict/prepare.mjs';
import { compareTools, describeTruth, detailStrop } from './verdict/table.mjs';
import { endChildren, makePyperf, makePytestBenchmark, makeStrop, median } from './verdict/tools.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DOCUMENT = join(ROOT, 'docs', 'benchmarks.md');
const EFFECTS = [0, 2, 5, 10];
const KINDS = [
  { name: 'lookups', title: '100 µs', capSeconds: 10 },
  { name: 'parser', title: '20 ms', capSeconds: 15 },
];
/** False positives are rare where they should be: the same code is compared this many times as often. */
const SAME_CODE_TIMES = 2;

const ABOUT = `## Verdicts beside other tools

Is a change judged right, and how fast? Two workloads (\`bench/verdict/project\`: look-ups in a dict with method calls, about
100 µs; a parser of JSON-like records with a quarter of a million allocations, about 20 ms) are compared with themselves and with
versions that have 2, 5 and 10 % more of the same input. Every tool judges every case in each cycle, in shuffled order and
in both directions, with the same interpreter, and with the same wall time: what strop needs for a change of 5 %.

- strop: \`strop compare A..B --workload module:function --meter cpu\`; its verdict.
- pytest-benchmark: a saved run of A, then a run of B with \`--benchmark-compare\`; \`--benchmark-max-time\` fills the budget.
  Rules: \`--benchmark-compare-fail=mean:5%\` and \`min:5%\`, each taken in both directions (the flag itself looks for
  regressions only), and "the means differ by more than the standard deviation". A rule at 5 % sees a change of 5 % half of
  the time at best: its column at 10 % shows what it can see, its false positives what it costs.
- pyperf: \`timeit\` of both with as many processes as fit (3 values each, at least 2 processes, loops calibrated beforehand and not
  charged), then \`compare_to -v\`, whose own "Significant" or "Not significant!" is taken as it stands. pyperf's defaults
  (20 processes a side) take ten times as long.`;

const HELP = `npm run bench:verdict -- [options]

  --runs N         comparisons for each tool, workload and effect (5); same code counts twice
  --quick          one of each with less time for strop, about two minutes
  --seed N         order of runs and directions (drawn and printed)
  --json FILE      every single run as JSON
  --write          put the tables into docs/benchmarks.md
  --python PROGRAM interpreter to make the environment from (python3)
  --strop NAME=FILE  a built strop, repeatable (strop=dist/strop.js)
  --only WORD      tools (strop, pytest-benchmark, pyperf) or workloads (lookups, parser), repeatable
  --effects LIST   effects in percent (0,2,5,10)`;

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string' },
    json: { type: 'string' },
    write: { type: 'boolean', default: false },
    python: { type: 'string', default: 'python3' },
    strop: { type: 'string', multiple: true, default: [`strop=${join(ROOT, 'dist', 'strop.js')}`] },
    only: { type: 'string', multiple: true, default: [] },
    effects: { type: 'string', default: EFFECTS.join(',') },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) {
  console.log(HELP);
  process.exit(0);
}
const runCount = wholeNumber('--runs', flags.runs ?? (flags.quick ? '1' : '5'));
const seed = wholeNumber('--seed', flags.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
const random = makeRandom(seed);
const effects = flags.effects.split(',').map((text) => wholeNumber('--effects', text));
/** The effect whose verdicts are timed. */
const timed = effects.includes(5) ? 5 : Math.max(...effects);

const folder = mkdtempSync(join(os.tmpdir(), 'bench-verdict-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
let stopping = false;
process.on('SIGINT', () => {
  if (stopping) process.exit(130);
  stopping = true;
  endChildren();
});

const environment = prepareEnvironment(flags.python);
const project = prepareProject(folder, effects);
const bench = { folder, project, interpreter: environment.interpreter };
const wanted = (group) => (entry) =>
  !flags.only.some((word) => group.includes(word)) || flags.only.some((word) => matches(entry, word));
const kinds = KINDS.filter(wanted(KINDS.map(({ name }) => name))).map((kind) =>
  flags.quick ? { ...kind, capSeconds: 6 } : kind,
);
const strops = flags.strop.map(readStrop).map(([name, program]) => makeStrop(name, program, bench));
const tools = [...strops, makePytestBenchmark(bench), makePyperf(bench)].filter(
  wanted(['strop', 'pytest-benchmark', 'pyperf']),
);

console.error(`seed ${seed}; measuring what the effects really cost`);
const truths = {};
const loads = [];
for (const kind of kinds) {
  truths[kind.name] = measureTruth(environment.interpreter, kind.name, flags.quick ? 2 : 8, project);
  loads.push(os.loadavg()[0]);
}
const began = Date.now();
const runs = [];
const budgets = await findBudgets();
for (let cycle = 1; cycle <= runCount && !stopping; cycle += 1) await runCycle(cycle);
report();

/**
 * What strop takes for a change of five percent, start and checkouts included, is what the others get. Every tool judges
 * one uncounted case: caches are warm afterwards, and each knows what its start-up costs.
 */
async function findBudgets() {
  const found = {};
  for (const kind of kinds) {
    const judged = await strops[0].judge({ kind, before: BEFORE, after: labelOf(timed) });
    found[kind.name] = [judged[0].wallSeconds];
    const rest = { kind, before: BEFORE, after: labelOf(timed), budgetSeconds: judged[0].wallSeconds };
    for (const tool of tools.filter((each) => each !== strops[0])) await tool.judge(rest);
  }
  return found;
}

async function runCycle(cycle) {
  const cells = kinds.flatMap((kind) =>
    effects.flatMap((effect) =>
      Array.from({ length: effect === 0 ? SAME_CODE_TIMES : 1 }, () => ({ kind, effect })),
    ),
  );
  // Every tool meets every cell once in each cycle, in an order of chance: a busy minute hits anyone.
  const jobs = shuffle(cells.flatMap((cell) => tools.map((tool) => ({ ...cell, tool }))));
  for (const [index, { kind, effect, tool }] of jobs.entries()) {
    if (stopping) return;
    // Both directions: a rule that only ever says "slower" is not right half of the time.
    const slower = random() < 0.5;
    const truth = effect === 0 ? 'same' : slower ? 'slower' : 'faster';
    const [before, after] = slower ? [BEFORE, labelOf(effect)] : [labelOf(effect), BEFORE];
    const load = os.loadavg()[0];
    const budgetSeconds = median(budgets[kind.name]);
    let judged;
    try {
      judged = await tool.judge({ kind, before, after, budgetSeconds });
    } catch (error) {
      if (stopping) return;
      throw error;
    }
    loads.push(load);
    runs.push(...judged.map((each) => ({ cycle, kind: kind.name, effect, truth, load, ...each })));
    if (tool === strops[0] && effect === timed) budgets[kind.name].push(judged[0].wallSeconds);
    const words = judged.map(({ rule, verdict }) => `${rule}: ${verdict}`).join(', ');
    const place = `cycle ${cycle}/${runCount}, ${index + 1}/${jobs.length}`;
    const minutes = ((Date.now() - began) / 60_000).toFixed(1);
    console.error(
      `${minutes} min, ${place}: ${tool.name} on ${kind.title}, ${effect} % ${truth}: ${words} (${judged[0].wallSeconds.toFixed(1)} s)`,
    );
  }
}

function report() {
  const cpu = os.cpus()[0]?.model ?? 'unknown';
  const sorted = [...loads].sort((left, right) => left - right);
  const facts = {
    date: new Date().toISOString().slice(0, 10),
    command: `npm run bench:verdict -- ${process.argv
      .slice(2)
      // Where the runs and the tables go makes no difference to them.
      .filter(
        (word, index, words) => word !== '--write' && word !== '--json' && words[index - 1] !== '--json',
      )
      .concat(flags.seed === undefined ? [`--seed ${seed}`] : [])
      .join(' ')}`,
    machine: `${os.cpus().length} × ${cpu}, ${os.type()} ${os.release()}`,
    load: `median ${median(loads).toFixed(1)}, from ${sorted[0].toFixed(1)} to ${sorted.at(-1).toFixed(1)}`,
    python: environment.version,
    node: process.version,
    peers: environment.pins.join(', '),
    minutes: Math.round((Date.now() - began) / 60_000),
  };
  const labels = new Map(effects.map((effect) => [labelOf(effect), effect]));
  const caps = kinds.map((kind) => `${kind.capSeconds} s (${kind.title})`).join(' and ');
  const shared = kinds
    .map((kind) => `${median(budgets[kind.name]).toFixed(1)} s (${kind.title})`)
    .join(' and ');
  const text = [
    `Date ${facts.date}; ${facts.machine}; load average ${facts.load}; Python ${facts.python}, Node ${facts.node}; ${facts.peers}; ${facts.minutes} min.`,
    `\`${facts.command}\``,
    `True effects (${Object.keys(project.checkouts).length} versions in turns in one process, median over processes ± standard error):`,
    describeTruth(truths, kinds, (label) => labels.get(label)),
    `Verdicts. The other tools get ${shared} for both sides together: strop's median for a whole command at ${timed} %. strop itself may spend up to ${caps}; undecided is not right, and never a false positive. Seconds are those of the runs at ${timed} %, decided or not.`,
    compareTools(runs, kinds, effects, timed),
    'What strop needed:',
    detailStrop(runs, kinds, effects),
  ].join('\n\n');
  console.log(text);
  if (flags.json !== undefined)
    writeFileSync(flags.json, `${JSON.stringify({ ...facts, seed, truths, runs }, null, 1)}\n`);
  if (flags.write) writeDocument(text);
}

/** Puts the tables between their marks in the document, which is made when it is missing. */
function writeDocument(text) {
  const [open, close] = ['<!-- bench:verdict begin -->', '<!-- bench:verdict end -->'];
  const known = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '# Benchmarks\n';
  const block = `${open}\n${text}\n${close}`;
  const [from, to] = [known.indexOf(open), known.indexOf(close)];
  const next =
    from < 0 || to < from
      ? `${known.trimEnd()}\n\n${ABOUT}\n\n${block}\n`
      : known.slice(0, from) + block + known.slice(to + close.length);
  mkdirSync(dirname(DOCUMENT), { recursive: true });
  writeFileSync(DOCUMENT, next);
  console.error('docs/benchmarks.md is written');
}

/** A copy of a built strop: building it again, or changing its Python side, must not disturb a run. */
function readStrop(text) {
  const at = text.indexOf('=');
  const [name, program] =
    at < 0 ? ['strop', resolve(text)] : [text.slice(0, at), resolve(text.slice(at + 1))];
  if (!existsSync(program)) {
    console.error(`${program} is missing: npm run build`);
    process.exit(2);
  }
  const home = resolve(dirname(program), '..');
  const copy = join(folder, 'strop', name);
  for (const part of ['dist', 'python', 'package.json']) {
    const filter = (path) => !path.includes('__pycache__');
    if (existsSync(join(home, part))) cpSync(join(home, part), join(copy, part), { recursive: true, filter });
  }
  return [name, join(copy, 'dist', 'strop.js')];
}

function matches({ name }, word) {
  return name === word || (word === 'strop' && name.startsWith('strop'));
}

function wholeNumber(flag, text) {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`${flag}: "${text}" is no whole number`);
  process.exit(2);
}

function shuffle(items) {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

/** Numbers from 0 to 1 that a seed fixes (mulberry32). */
function makeRandom(start) {
  let state = start >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
