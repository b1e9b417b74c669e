// Everything that has to hold, also on a fresh clone: installs, builds, checks, and runs all tests. `npm test`
// The last line is `N passed, N failed`; checks count as tests.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKS, runChecks } from './checks.mjs';
import { ROOT, prepare } from './prepare.mjs';

let passed = 0;
let failed = 0;
let skipped = 0;

try {
  prepare();
} catch (error) {
  console.error(error.message);
  finish(0, 1);
}

for (const { ok } of await runChecks(CHECKS.filter(([name]) => name !== 'unit'))) {
  if (ok) passed += 1;
  else failed += 1;
}
for (const project of ['unit', 'e2e']) runTests(project);
if (skipped > 0) console.log(`${skipped} skipped`);
finish(passed, failed);

/** Runs one project of vitest and adds its counts. */
function runTests(project) {
  const folder = mkdtempSync(join(tmpdir(), 'strop-test-'));
  const report = join(folder, 'report.json');
  const words = ['run', '--project', project, '--passWithNoTests', '--reporter=default', '--reporter=json'];
  const { status } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), ...words, `--outputFile.json=${report}`],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const counts = existsSync(report)
    ? countTests(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(folder, { recursive: true, force: true });
  passed += counts.passed;
  skipped += counts.skipped;
  // An error outside of any test fails the run without a failed test.
  failed += status !== 0 && counts.failed === 0 ? 1 : counts.failed;
}

function countTests({ numPassedTests, numPendingTests, numTodoTests, numFailedTests, testResults }) {
  // A file that cannot be loaded fails without a single test in it.
  const broken = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + broken.length,
    skipped: numPendingTests + numTodoTests,
  };
}

function finish(good, bad) {
  console.log(`${good} passed, ${bad} failed`);
  process.exit(bad === 0 && good > 0 ? 0 : 1);
}
