// What `strop profile` costs beside the same tool called by hand: wall time of a program of about five seconds under
// each, in turns. `npm run bench:profile [-- rounds [tool…]]`; exit code 1 when the median of a tool is above
// 1.1 times by hand plus half a second. Tools are installed into a folder of the benchmark's own, once. Left out: what
// pytest-benchmark profiles lasts as long as strop chooses, and the sampler of Python 3.15 comes with a Python that few have.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPythons } from '../scripts/pythons.mjs';

const ROUNDS = Number(process.argv[2] ?? 3);
const ONLY = process.argv.slice(3);
const SECONDS = 5;
const MOST_RATIO = 1.1;
const MOST_MORE = 0.5;
const PROGRAM = fileURLToPath(new URL('../dist/strop.js', import.meta.url));
const CACHE = fileURLToPath(new URL('../.cache/bench-profile', import.meta.url));

const WORK = `def parse(text):
    fields = text.split(",")
    return {"id": int(fields[0]), "name": fields[1].strip(), "tags": fields[2:]}


def index(rows):
    found = {}
    for row in rows:
        found.setdefault(row["name"], []).append(row["id"])
    return found


def once():
    rows = [parse("%d, name %d,a,b,c" % (n, n % 50)) for n in range(4000)]
    return sum(len(ids) for ids in index(rows).values())
`;
const APP = `import sys
import work

for _ in range(int(sys.argv[1])):
    work.once()
`;
/** tracemalloc has no command of its own. */
const TRACED = `
import runpy, sys, tracemalloc
sys.argv = sys.argv[1:]
output = sys.argv.pop(0)
sys.path.insert(0, "")
tracemalloc.start()
runpy.run_path(sys.argv[0], run_name="__main__")
tracemalloc.take_snapshot().dump(output)
`;
const FUNCTIONS = ['work:parse', 'work:index'];

if (!existsSync(PROGRAM)) {
  console.error('dist/strop.js is missing: npm run build');
  process.exit(2);
}
const python = findPythons().find(({ version }) => version === '3.12') ?? findPythons().at(-1);
if (python === undefined) {
  console.error('no supported Python was found');
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'strop-bench-profile-'));
const env = { ...process.env, STROP_HOME: join(CACHE, 'home'), NO_COLOR: '1' };

try {
  mkdirSync(env.STROP_HOME, { recursive: true });
  writeFileSync(join(folder, 'work.py'), WORK);
  writeFileSync(join(folder, 'app.py'), APP);
  writeFileSync(join(folder, 'pyproject.toml'), '[project]\nname = "work"\nversion = "1.0"\n');
  run('git', ['init', '--quiet']);
  const tools = installTools();
  const calls = calibrate();
  console.log(
    `Python ${python.full}, node ${process.version}, ${ROUNDS} rounds; the program alone: ${time(python.python, ['app.py', calls]).toFixed(2)} s`,
  );
  console.log('tool            by hand     strop    ratio   more   at most 1.1x + 0.5 s');
  let failed = 0;
  for (const { tool, byHand, flags } of listWays(tools, calls)) {
    if (ONLY.length > 0 && !ONLY.includes(tool)) continue;
    const hand = [];
    const strop = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const timeHand = () => hand.push(time(...byHand));
      const timeStrop = () =>
        strop.push(
          time(process.execPath, [
            PROGRAM,
            ...['profile', '--tool', tool, '--python', python.python, ...flags],
            ...['--', 'python', 'app.py', calls],
          ]),
        );
      for (const act of round % 2 === 0 ? [timeHand, timeStrop] : [timeStrop, timeHand]) act();
    }
    const [a, b] = [median(hand), median(strop)];
    const holds = b <= MOST_RATIO * a + MOST_MORE;
    if (!holds) failed += 1;
    console.log(
      `${tool.padEnd(14)} ${a.toFixed(2).padStart(7)} s ${b.toFixed(2).padStart(7)} s ${(b / a).toFixed(2).padStart(6)}x ${(b - a).toFixed(2).padStart(5)} s   ${holds ? 'holds' : 'DOES NOT HOLD'}`,
    );
  }
  process.exitCode = failed > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Each tool as somebody who knows it would call it, with the options that strop gives it. */
function listWays(tools, calls) {
  const at = (name) => ({ PYTHONPATH: tools[name] });
  const out = (name) => join(folder, name);
  const app = ['app.py', calls];
  const module = (name, words) => [python.python, ['-m', ...words, ...app], at(name)];
  return [
    { tool: 'cprofile', flags: [], byHand: module('', ['cProfile', '-o', out('x.prof')]) },
    {
      tool: 'py-spy',
      flags: [],
      byHand: [
        join(tools['py-spy'], 'bin', 'py-spy'),
        [
          ...[
            'record',
            '--format',
            'speedscope',
            '--full-filenames',
            '--rate',
            '250',
            '--output',
            out('x.json'),
          ],
          ...['--', python.python, ...app],
        ],
      ],
    },
    {
      tool: 'line_profiler',
      flags: ['--lines', ...FUNCTIONS.flatMap((name) => ['--function', name])],
      byHand: module('line_profiler', [
        ...['kernprof', '-l', '--no-config', '-q', '-o', out('x.lprof')],
        ...FUNCTIONS.flatMap((name) => ['-p', name.replace(':', '.')]),
      ]),
    },
    {
      tool: 'scalene',
      flags: [],
      byHand: [
        python.python,
        [
          ...['-m', 'scalene', 'run', '--cpu-only', '--program-path', folder, '--cpu-percent-threshold', '0'],
          ...['-o', out('scalene.json'), 'app.py', '---', calls],
        ],
        at('scalene'),
      ],
    },
    {
      tool: 'memray',
      flags: ['--memory'],
      byHand: module('memray', ['memray', 'run', '-q', '-f', '--aggregate', '-o', out('x.bin')]),
    },
    {
      tool: 'tracemalloc',
      flags: ['--memory'],
      byHand: [python.python, ['-c', TRACED, out('x.tracemalloc'), ...app], at('')],
    },
    {
      tool: 'pyinstrument',
      flags: [],
      byHand: module('pyinstrument', ['pyinstrument', '-r', 'session', '-o', out('x.pyisession')]),
    },
  ];
}

/** Folders of the tools by name. */
function installTools() {
  const names = ['py-spy', 'line_profiler', 'scalene', 'memray', 'pyinstrument'];
  run(process.execPath, [PROGRAM, 'tools', 'install', ...names, '--python', python.python, '--yes']);
  const { tools } = JSON.parse(
    run(process.execPath, [PROGRAM, 'tools', 'list', '--python', python.python, '--json']).stdout,
  );
  const minor = python.full.split('.').slice(0, 2).join('.');
  return Object.fromEntries(
    tools.flatMap(({ name, wanted, installed }) => {
      const found = installed.find((one) => one.python === minor && one.version === wanted);
      return found === undefined ? [] : [[name, found.folder]];
    }),
  );
}

/** So many calls that the program takes about five seconds. */
function calibrate() {
  const few = 20;
  const start = time(python.python, ['app.py', '0']);
  const each = (time(python.python, ['app.py', String(few * 5)]) - start) / (few * 5);
  return String(Math.max(1, Math.round((SECONDS - start) / each)));
}

function time(program, words, more = {}) {
  const begin = process.hrtime.bigint();
  run(program, words, more);
  return Number(process.hrtime.bigint() - begin) / 1e9;
}

function run(program, words, more = {}) {
  const own = 'PYTHONPATH' in more && more.PYTHONPATH === undefined ? {} : more;
  const result = spawnSync(program, words, {
    cwd: folder,
    env: { ...env, PATH: `${join(python.python, '..')}${delimiter}${env.PATH}`, ...own },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (result.status === 0) return result;
  throw new Error(`${program} ${words.join(' ')}\n${result.stdout}\n${result.stderr}`);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
