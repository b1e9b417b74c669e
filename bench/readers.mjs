// What reading a profile of a million samples costs: CPU time (user + system) and peak memory of reading a generated
// speedscope file, beside JSON.parse of the same file.
// `npm run bench:readers [-- samples]`; exit code 1 when the reader takes more than 1.5 times JSON.parse and more than
// 3 CPU seconds, or more than 400 MB.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SAMPLES = Number(process.argv[2] ?? 1_000_000);
const MOST_RATIO = 1.5;
const MOST_SECONDS = 3;
const MOST_MB = 400;
const ROUNDS = 3;
/** Like the samples of a real program: some thousand functions, 50 thousand stacks, 300 thousand nodes of a tree. */
const FRAMES = 8000;
const STACKS = 50_000;
const DEPTH = 28;

const folder = mkdtempSync(join(tmpdir(), 'strop-bench-readers-'));
try {
  const file = join(folder, 'million.speedscope.json');
  writeProfile(file);
  const readers = join(folder, 'readers.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('../src/profiles/readers/index.ts', import.meta.url))],
    outfile: readers,
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    logLevel: 'error',
  });
  const load = `const bytes = require('node:fs').readFileSync(${JSON.stringify(file)});`;
  const ways = {
    'reading the bytes alone': load,
    'JSON.parse': `${load} globalThis.kept = JSON.parse(bytes.toString());`,
    'strop, folded': `(async () => { const { readProfile } = await import(${JSON.stringify(readers)}); ${load} globalThis.kept = readProfile(bytes, 'million.speedscope.json'); console.error(globalThis.kept.nodes.length); })();`,
  };
  console.log(
    `node ${process.version}, ${SAMPLES} samples, ${(statSync(file).size / 1e6).toFixed(0)} MB, best of ${ROUNDS}`,
  );
  const best = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, script] of Object.entries(ways)) {
      const result = measure(script);
      const known = best[name];
      if (known === undefined || result.seconds < known.seconds) best[name] = result;
    }
  }
  for (const [name, { seconds, mb, said }] of Object.entries(best)) {
    console.log(
      `${name.padEnd(24)} ${seconds.toFixed(2).padStart(6)} CPU-s ${mb.toFixed(0).padStart(6)} MB ${said === '' ? '' : `(${said} nodes)`}`,
    );
  }
  const { seconds, mb } = best['strop, folded'];
  const ratio = seconds / best['JSON.parse'].seconds;
  const isFast = ratio <= MOST_RATIO || seconds <= MOST_SECONDS;
  console.log(
    `${ratio.toFixed(2)} x JSON.parse (at most ${MOST_RATIO}, or ${MOST_SECONDS} CPU-s), at most ${MOST_MB} MB`,
  );
  process.exitCode = isFast && mb <= MOST_MB ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** CPU time and highest resident memory of one process, as the kernel counted them. */
function measure(script) {
  const report = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage(); require('node:fs').writeSync(1, JSON.stringify({ seconds: (userCPUTime + systemCPUTime) / 1e6, mb: maxRSS / 1024 })); });`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', `${report} ${script}`], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`a measured process failed: ${stderr}`);
  return { ...JSON.parse(stdout), said: stderr.trim() };
}

/** A file as py-spy writes it, from a fixed seed. */
function writeProfile(path) {
  const random = seeded(7);
  const pick = (below) => Math.floor(random() * below);
  // Each frame has a few usual callees, so that stacks share their outer part.
  const stacks = Array.from({ length: STACKS }, () => {
    const stack = [0];
    for (let depth = 8 + pick(DEPTH * 2 - 16); depth > 0; depth -= 1) {
      const callee = Math.floor(random() ** 12 * 3);
      stack.push((stack.at(-1) * 31 + callee * 977 + 1) % FRAMES);
    }
    return `[${stack.join(',')}]`;
  });
  const out = openSync(path, 'w');
  writeSync(
    out,
    '{"$schema":"https://www.speedscope.app/file-format-schema.json","profiles":[{"type":"sampled","name":"Thread 1 \\"MainThread\\"","unit":"seconds","startValue":0,"endValue":1,"samples":[',
  );
  let chunk = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    chunk.push(stacks[Math.floor(random() ** 2 * STACKS)]);
    if (chunk.length === 10_000 || sample === SAMPLES - 1) {
      writeSync(out, `${sample < 10_000 ? '' : ','}${chunk.join(',')}`);
      chunk = [];
    }
  }
  writeSync(
    out,
    `],"weights":[${Array.from({ length: SAMPLES }, () => '0.001').join(',')}]}],"shared":{"frames":[`,
  );
  const frames = Array.from({ length: FRAMES }, (_, index) =>
    JSON.stringify({
      name: `function_${index >> 1}`,
      file: `/app/module_${index % 200}.py`,
      line: (index % 900) + 1,
      col: null,
    }),
  );
  writeSync(
    out,
    `${frames.join(',')}]},"activeProfileIndex":null,"exporter":"py-spy@0.4.3","name":"generated"}\n`,
  );
  closeSync(out);
}

/** mulberry32. */
function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}
