// Everything that has to hold, also on a fresh clone: installs, builds, checks, and runs all tests. `npm test`
// The last line is `N passed, N failed`; checks count as tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CHECKS, runChecks } from './checks.mjs';
import { ROOT, prepare } from './prepare.mjs';

const LINES_OF_A_FAILURE = 6;

/** End-to-end tests that measure nothing, or nothing that a busy core could turn: two at a time. */
const SIDE_BY_SIDE = [
  ...[
    ...['asv', 'attach', 'bad-input', 'cli', 'diff', 'formats', 'markdown', 'mcp', 'package', 'plain-flow'],
    ...['profile', 'provenance', 'pytest-configuration', 'revisions-safety', 'shared-yardstick', 'skill'],
    ...['step-kill', 'step-places', 'top', 'view', 'workload-kinds'],
  ].map((name) => `test/${name}.test.ts`),
  'scripts/new.e2e.mjs',
];

let passed = 0;
let skipped = 0;
/** What failed, named once more before the last line: whoever has only the end of the output needs it there. */
const failures = [];

try {
  prepare();
} catch (error) {
  console.error(error.message);
  fail('installing and building');
  finish();
}

for (const { name, ok } of await runChecks(CHECKS.filter(([name]) => name !== 'unit'))) {
  if (ok) passed += 1;
  else fail(`check: ${name}`);
}
runTests('unit', ['--maxWorkers=2']);
runTests('e2e', ['--maxWorkers=2', ...SIDE_BY_SIDE], { STROP_TEST_PARALLEL: '1' });
runTests(
  'e2e',
  SIDE_BY_SIDE.flatMap((path) => ['--exclude', path]),
);
finish();

/**
 * Runs one project of vitest and adds its counts. By itself vitest leaves one of two cores alone; what measures needs both
 * for itself.
 */
function runTests(project, more, env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'strop-test-'));
  const report = join(folder, 'report.json');
  const words = [
    ...['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'],
    ...more,
  ];
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), ...words, `--outputFile.json=${report}`],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } },
  );
  const before = failures.length;
  if (existsSync(report)) count(JSON.parse(readFileSync(report, 'utf8')));
  rmSync(folder, { recursive: true, force: true });
  // An error outside of any test fails the run without a failed test.
  if (status !== 0 && failures.length === before) fail(`${project}: an error outside of any test`);
}

function count({ numPassedTests, numPendingTests, numTodoTests, testResults }) {
  passed += numPassedTests;
  skipped += numPendingTests + numTodoTests;
  for (const { name, status, message, assertionResults } of testResults) {
    const file = relative(ROOT, name);
    const broken = assertionResults.filter((test) => test.status === 'failed');
    for (const test of broken) fail(`${file}: ${test.fullName}`, test.failureMessages[0]);
    // A file that cannot be loaded, or whose preparation fails, fails without a failed test in it.
    if (status === 'failed' && broken.length === 0) fail(file, message);
  }
}

function fail(what, why = '') {
  failures.push([what, ...why.split('\n').slice(0, LINES_OF_A_FAILURE)].join('\n    ').trimEnd());
}

function finish() {
  for (const failure of failures) console.log(`FAIL ${failure}`);
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exit(failures.length === 0 && passed > 0 ? 0 : 1);
}
