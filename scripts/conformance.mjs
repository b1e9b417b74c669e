// Runs the published conformance suite of the Model Context Protocol against `strop mcp --http`, and against what the
// suite wants of a server (test/support/conformance-server.ts) served in the same way. Needs a built clone; suite and the
// newer Node that it takes come from the npm registry. `node scripts/conformance.mjs [--write]`: with --write the results
// go to docs/mcp-conformance.md. Exit code 1 when a check fails.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ROOT, runNpm } from './prepare.mjs';

/** The built program; STROP_PROGRAM names another copy of it. */
const PROGRAM = process.env['STROP_PROGRAM'] ?? join(ROOT, 'dist', 'strop.js');
const NODE = '24';

/**
 * Releases of the suite. Of a real server each can try only what every server has (`general`); its other scenarios want
 * tools and resources named `test_…`.
 */
const SUITES = [
  {
    version: '0.1.16',
    protocol: '2025-11-25',
    words: [],
    general: [
      ...['server-initialize', 'ping', 'tools-list', 'server-sse-multiple-streams', 'resources-list'],
      ...['prompts-list', 'dns-rebinding-protection'],
    ],
  },
  {
    version: '0.2.0-alpha.12',
    protocol: '2026-07-28',
    words: ['--spec-version', '2026-07-28'],
    general: [
      ...['tools-list', 'server-sse-multiple-streams', 'resources-list', 'sep-2164-resource-not-found'],
      ...['prompts-list', 'caching', 'dns-rebinding-protection'],
    ],
  },
];

const cache = join(ROOT, '.cache', 'conformance');
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const node = join(install('node', `${nodePackage}@${NODE}`), nodePackage, 'bin', 'node');

const scratch = mkdtempSync(join(tmpdir(), 'strop-conformance-'));
try {
  const reference = join(cache, 'server.mjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: ['test/support/conformance-server.ts'],
    outfile: reference,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  const results = [];
  for (const release of SUITES) {
    const product = await tryServer([PROGRAM, 'mcp', '--http'], release, release.general);
    results.push({ ...release, product, all: await tryServer([reference], release) });
  }
  const text = render(results);
  console.log(text);
  if (process.argv.includes('--write')) writeFileSync(join(ROOT, 'docs', 'mcp-conformance.md'), text);
  const rows = results.flatMap(({ product, all }) => [...product, ...all]);
  process.exitCode = rows.some(({ failed }) => failed > 0) ? 1 : 0;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Installs a package into a folder of its own if that was not done before; the folder of its modules. */
function install(name, wanted) {
  const folder = join(cache, name);
  if (!existsSync(join(folder, 'node_modules'))) {
    mkdirSync(folder, { recursive: true });
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    runNpm(['install', '--prefix', folder, ...quiet, wanted]);
  }
  return join(folder, 'node_modules');
}

/** Starts a server that tells its address, runs these scenarios (all when none are named) and ends it. */
async function tryServer(words, release, scenarios = [undefined]) {
  const child = spawn(process.execPath, words, {
    cwd: join(ROOT, 'fixtures', 'projects', 'orders'),
    env: { ...process.env, STROP_HOME: join(scratch, 'home') },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  try {
    const address = await new Promise((resolve, reject) => {
      let told = '';
      const hear = (chunk) => {
        told += chunk;
        const [, found] = /address: (\S+)/.exec(told) ?? [];
        if (found !== undefined) resolve(found);
      };
      child.stdout.on('data', hear);
      child.stderr.on('data', hear);
      child.once('exit', () => reject(new Error(`the server ended: ${told}`)));
    });
    return scenarios.flatMap((scenario) => runSuite(address, release, scenario));
  } finally {
    child.kill('SIGTERM');
  }
}

function runSuite(url, { version, words }, scenario) {
  const modules = install(version, `@modelcontextprotocol/conformance@${version}`);
  const program = join(modules, '@modelcontextprotocol', 'conformance', 'dist', 'index.js');
  const one = scenario === undefined ? [] : ['--scenario', scenario];
  const { stdout, stderr } = spawnSync(node, [program, 'server', '--url', url, ...words, ...one], {
    cwd: scratch,
    encoding: 'utf8',
  });
  const lines = [...stdout.matchAll(/^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed/gm)].map(
    ([, name, passed, failed]) => ({ name, passed: Number(passed), failed: Number(failed) }),
  );
  if (lines.length > 0) return lines;
  const [, passed, total] = /Passed: (\d+)\/(\d+)/.exec(stdout) ?? [];
  if (total === undefined) throw new Error(`the suite said nothing to count:\n${stdout}${stderr}`);
  return [{ name: scenario, passed: Number(passed), failed: Number(total) - Number(passed) }];
}

function render(results) {
  const row = ({ name, passed, failed }) => `| ${name} | ${passed} | ${failed} |`;
  const table = (rows) =>
    ['| scenario | checks passed | failed |', '| --- | --- | --- |', ...rows.map(row)].join('\n');
  const parts = results.map(
    ({ version, protocol, product, all }) => `## Protocol ${protocol}, suite ${version}

\`strop mcp --http\` itself, in the scenarios that ask for nothing but what every server has:

${table(product)}

The suite's own tools, served in the same way:

${table(all)}
`,
  );
  return `# Conformance with the Model Context Protocol

Made by \`node scripts/conformance.mjs --write\` after \`npm run build\`: the published suite
\`@modelcontextprotocol/conformance\` on Node ${NODE}, the server on Node ${process.versions.node}. The suite speaks HTTP only; stdio is
tested with the client of the protocol's own library in \`test/mcp.test.ts\`, in both generations.

Most scenarios call tools, resources and prompts of fixed names (\`test_simple_text\` …) that a real server has not.
\`test/support/conformance-server.ts\` has them, behind the same HTTP code as \`strop mcp --http\`: that tries streams, sessions,
progress and questions to the client. Of the newer release, which is a preview, only the scenarios that it runs by default for
its protocol version are run: not those about questions within a call and about tasks, which want more tools of its own.

${parts.join('\n')}`;
}
