// Everything that has to hold, also on a fresh clone: installs, builds, checks, and runs all tests. `npm test`
// The last line is `N passed, N failed`; checks count as tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CHECKS, runChecks } from './checks.mjs';
import { ROOT, prepare } from './prepare.mjs';

const LINES_OF_A_FAILURE = 6;

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
for (const project of ['unit', 'e2e']) runTests(project);
finish();

/** Runs one project of vitest and adds its counts. */
function runTests(project) {
  const folder = mkdtempSync(join(tmpdir(), 'strop-test-'));
  const report = join(folder, 'report.json');
  const words = [
    ...['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'],
    // By itself vitest leaves one of two cores alone; the measuring tests end to end need both for themselves.
    ...(project === 'unit' ? ['--maxWorkers=2'] : []),
  ];
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), ...words, `--outputFile.json=${report}`],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
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
