// The whole idea on one screen: `npm run demo`. Part 1 looks for time in the bundled sample project and judges three
// changes of it; part 2 judges two published releases of a real package. Nothing of yours is touched.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, prepare } from './prepare.mjs';
import { PINNED, findPythons, testVenv } from './pythons.mjs';

const REAL = { name: 'packaging', old: '25.0', new: '26.0' };
const folder = mkdtempSync(join(tmpdir(), 'strop-demo-'));
const env = {
  ...process.env,
  STROP_HOME: join(folder, 'home'),
  GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
  GIT_CONFIG_NOSYSTEM: '1',
};
for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX', 'PYTHONPATH']) delete env[name];

try {
  await tell();
} catch (error) {
  console.error(`\nthe demo failed: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function tell() {
  prepare();
  writeFileSync(
    env.GIT_CONFIG_GLOBAL,
    '[user]\n\tname = demo\n\temail = demo@localhost\n[init]\n\tdefaultBranch = main\n',
  );
  const newest = findPythons().at(-1);
  if (newest === undefined) throw new Error('no Python from 3.9 to 3.13 with the module venv was found');
  say('installing pytest and pytest-benchmark into an environment of the demo (once)');
  const { folder: venv } = await testVenv(newest.version, [PINNED.pytest, PINNED.pytestBenchmark]);
  env.VIRTUAL_ENV = venv;
  sample();
  const proven = real(venv);
  end(proven);
}

function sample() {
  heading('1. A small project: where does the time go, and does a change help?');
  const project = join(folder, 'orders');
  cpSync(join(ROOT, 'fixtures', 'projects', 'orders'), project, { recursive: true });
  git(project, 'init', '--quiet');
  commitAll(project, 'The order desk as it is');

  const reconcile = 'benchmarks/test_performance.py::TestReconcile::test_reconcile[1200]';
  say('First: what is this, and with which interpreter will it run?');
  strop(project, ['inspect']);
  say('Then: where does the time of one benchmark go?');
  strop(project, ['profile', reconcile, '--top', '5']);

  say('Change 1 adds up the payments of each order once, instead of searching all of them for each order.');
  const first = compareWith(project, '03-payments-by-order.patch', [reconcile]);
  expect(first, ['faster']);
  say('Proven: it is kept, in a commit of its own.');
  commitAll(project, 'Add up the payments of each order once');

  say('Change 2 looks like an optimisation: an alias for a method, taken out of a loop. Does it matter?');
  const second = compareWith(project, '21-alias-in-render.patch', [
    'benchmarks/test_performance.py::TestReport::test_render',
    '--margin',
    '3%',
    '--budget',
    '40s',
  ]);
  expect(second, ['no difference', 'undecided']);
  say(
    second.verdict === 'no difference'
      ? 'It does not: less than 3 % either way, proven. It is taken back.'
      : 'This machine is too busy to prove that it does not within 40 s; strop says so instead of guessing. It is taken back.',
  );
  git(project, 'checkout', '--quiet', '.');

  say('Change 3 looks clever: a cache around a function that is cheaper than the cache.');
  const third = compareWith(project, '30-cache-percentages.patch', [
    'benchmarks/test_performance.py::TestPricing::test_price_all',
  ]);
  expect(third, ['slower']);
  say('Slower: it is taken back.');
  git(project, 'checkout', '--quiet', '.');
}

/** Two published releases as two commits; undefined where the registry cannot be reached. */
function real(venv) {
  heading(`2. A real package: ${REAL.name} ${REAL.old} and ${REAL.new}, as published`);
  const project = join(folder, REAL.name);
  mkdirSync(project);
  git(project, 'init', '--quiet');
  for (const version of [REAL.old, REAL.new]) {
    for (const name of readdirSync(project))
      if (name !== '.git') rmSync(join(project, name), { recursive: true });
    const pip = spawnSync(
      join(venv, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'),
      [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--no-input',
        '--no-deps',
        '--no-compile',
        '--retries',
        '1',
        '--target',
        project,
        `${REAL.name}==${version}`,
      ],
      { env, encoding: 'utf8' },
    );
    if (pip.status !== 0) {
      say(
        `pip cannot fetch it (${(pip.stderr ?? '').trim().split('\n').at(-1)}): without a network this part is skipped.`,
      );
      return undefined;
    }
    commitAll(project, `${REAL.name} ${version}`);
  }
  say('Each release is a commit. How much faster does the new one read version numbers?');
  const result = strop(project, [
    'compare',
    'HEAD~1..HEAD',
    '--setup',
    'from packaging.version import Version\ntexts = [f"{a}.{b}.{c}rc{a}" for a in range(4) for b in range(4) for c in range(4)]',
    '--stmt',
    'for text in texts: Version(text)',
  ]);
  expect(result, ['faster']);
  return result.workloads[0];
}

function end(proven) {
  heading('Now your own project');
  if (proven !== undefined) {
    const percent = ((1 - proven.ratio) * 100).toFixed(0);
    console.log(
      `Proof of a real speedup: ${REAL.name} ${REAL.new} takes ${percent} % less time for it than ${REAL.old} did (${proven.pairs} pairs, ${proven.seconds.toFixed(1)} s).\n`,
    );
  }
  console.log(`  npm install --global .           gives you the command strop (from this folder)

  cd your/project
  strop                            where you are, and the one next command
  strop profile -- python app.py   where the time goes
  strop compare                    what you have changed since the last commit, on all benchmarks found
  strop compare --workload "package.module:function(1000)"
`);
}

function compareWith(project, patch, words) {
  git(project, 'apply', join(ROOT, 'fixtures', 'projects', 'orders.patches', patch));
  const [workload, ...options] = words;
  return strop(project, ['compare', '--workload', workload, ...options]);
}

/** Runs the built strop as a user would, and answers with the document that it kept, if it compared. */
function strop(project, words) {
  console.log(`\n$ strop ${words.map(quote).join(' ')}`);
  const { status, error } = spawnSync(process.execPath, [join(ROOT, 'dist', 'strop.js'), ...words], {
    cwd: project,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (status !== 0 && status !== 1 && status !== 3) throw new Error(`strop ended with exit code ${status}`);
  return words[0] === 'compare' ? newestComparison() : undefined;
}

function newestComparison() {
  const projects = join(env.STROP_HOME, 'data', 'projects');
  const files = readdirSync(projects).flatMap((name) => {
    const comparisons = join(projects, name, 'comparisons');
    return readdirSync(comparisons)
      .filter((file) => file.endsWith('.json'))
      .map((file) => join(comparisons, file));
  });
  const documents = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
  return documents.sort((one, other) => (one.date < other.date ? -1 : 1)).at(-1);
}

function expect(document, verdicts) {
  if (!verdicts.includes(document.verdict))
    throw new Error(`expected ${verdicts.join(' or ')}, but the verdict is ${document.verdict}`);
}

function commitAll(project, message) {
  git(project, 'add', '--all', '--force');
  git(project, 'commit', '--quiet', '--message', message);
}

function git(project, ...words) {
  const { status, stderr } = spawnSync('git', words, { cwd: project, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
}

function quote(word) {
  return /^[\w./:=~@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function heading(text) {
  console.log(`\n${'='.repeat(text.length)}\n${text}\n${'='.repeat(text.length)}`);
}

function say(text) {
  console.log(`\n# ${text}`);
}
