// Runs the tests under each Node that strop supports, taken from the npm registry. `npm run nodes [-- --smoke]`
// Needs an installed and built clone. With --smoke only the built program is tried, which takes seconds.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ROOT, prepare, runNpm } from './prepare.mjs';

const VERSIONS = ['20', '22', '24'];
const WINDOWS = process.platform === 'win32';

/** What the built program has to do: words, exit code, and what stdout has to show. */
const SMOKE = [
  [['--version'], 0, /^\d+\.\d+\.\d+$/m],
  [['--help'], 0, /inspect/],
  [['inspect', '--help'], 0, /--json/],
  [['inspect', '--json'], 0, /"kind": "/],
  [['no-such-command'], 2, /^$/],
];

const smokeOnly = process.argv.includes('--smoke');
const program = join(ROOT, 'dist', 'strop.js');
const project = join(ROOT, 'fixtures', 'projects', 'orders');
prepare();
let failed = 0;
for (const version of VERSIONS) {
  const startMs = performance.now();
  const trouble = tryVersion(fetchNode(version));
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  console.log(`node ${version}: ${trouble === undefined ? 'ok' : 'FAIL'} (${seconds} s)`);
  if (trouble !== undefined) console.log(trouble.replace(/^/gm, '    '));
  failed += trouble === undefined ? 0 : 1;
}
process.exit(failed === 0 ? 0 : 1);

/** The path of this Node, installed from the registry below .cache/ if that was not done before. */
function fetchNode(version) {
  const folder = join(ROOT, '.cache', 'nodes', version);
  const name = `node-${WINDOWS ? 'win' : process.platform}-${process.arch}`;
  const node = join(folder, 'node_modules', name, 'bin', WINDOWS ? 'node.exe' : 'node');
  if (!existsSync(node)) {
    mkdirSync(folder, { recursive: true });
    runNpm([
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${name}@${version}`,
    ]);
  }
  return node;
}

/** What went wrong under this Node, or undefined. */
function tryVersion(node) {
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env['PATH'] ?? ''}` };
  for (const [words, code, shown] of SMOKE) {
    const { status, stdout, stderr } = spawnSync(node, [program, ...words], {
      cwd: project,
      env,
      encoding: 'utf8',
    });
    if (status !== code || !shown.test(stdout))
      return `strop ${words.join(' ')}: exit code ${status} instead of ${code}\n${stdout}${stderr}`;
  }
  if (smokeOnly) return undefined;
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const { status, stdout, stderr } = spawnSync(node, [vitest, 'run', '--reporter=dot'], {
    cwd: ROOT,
    env,
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  return status === 0 ? undefined : `${stdout}${stderr}`;
}
