// What reading a profile of a million samples costs: CPU time (user + system) and peak memory of reading a generated
// speedscope file, beside JSON.parse and speedscope itself on the same file, and of the whole of `strop top` on it.
// `npm run bench:readers [-- samples]`; exit code 1 when the reader takes more than 1.5 times JSON.parse and more than
// 3 CPU seconds, or `strop top` more than 3 CPU seconds, or either more than 400 MB.
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBySpeedscope } from './speedscope-page.mjs';

const SAMPLES = Number(process.argv[2] ?? 1_000_000);
const MOST_RATIO = 1.5;
const MOST_SECONDS = 3;
const MOST_MB = 400;
const ROUNDS = 3;
const FOLDED = 'strop, folded';
const TOP = 'strop top, whole';
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
  const top = prepareTop(file);
  const load = `const bytes = require('node:fs').readFileSync(${JSON.stringify(file)});`;
  const ways = {
    'reading the bytes alone': ['-e', load],
    'JSON.parse': ['-e', `${load} globalThis.kept = JSON.parse(bytes.toString());`],
    [FOLDED]: [
      '-e',
      `(async () => { const { readProfile } = await import(${JSON.stringify(readers)}); ${load} globalThis.kept = readProfile(bytes, 'million.speedscope.json'); console.error(globalThis.kept.nodes.length + ' nodes'); })();`,
    ],
    [TOP]: top,
  };
  console.log(
    `node ${process.version}, ${SAMPLES} samples, ${(statSync(file).size / 1e6).toFixed(0)} MB, best of ${ROUNDS}`,
  );
  const best = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, words] of Object.entries(ways)) {
      const result = measure(words);
      const known = best[name];
      if (known === undefined || result.seconds < known.seconds) best[name] = result;
    }
  }
  for (const [name, result] of Object.entries(best)) print(name, result, result.said);
  await printSpeedscope(file);
  const { seconds, mb } = best[FOLDED];
  const ratio = seconds / best['JSON.parse'].seconds;
  console.log(
    `${FOLDED}: ${ratio.toFixed(2)} x JSON.parse (at most ${MOST_RATIO}, or ${MOST_SECONDS} CPU-s), at most ${MOST_MB} MB`,
  );
  console.log(`${TOP}: at most ${MOST_SECONDS} CPU-s and ${MOST_MB} MB, with the start of the program`);
  const isFast = ratio <= MOST_RATIO || seconds <= MOST_SECONDS;
  const isTopFast = best[TOP].seconds <= MOST_SECONDS && best[TOP].mb <= MOST_MB;
  process.exitCode = isFast && mb <= MOST_MB && isTopFast ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function print(name, { seconds, mb }, said = '') {
  console.log(
    `${name.padEnd(28)} ${seconds.toFixed(2).padStart(6)} CPU-s ${mb.toFixed(0).padStart(6)} MB ${said}`.trimEnd(),
  );
}

/** Once only: it takes minutes on a busy machine. */
async function printSpeedscope(file) {
  const { reason, version, imported, shown, heapMb } = await readBySpeedscope(file, folder);
  if (reason !== undefined) {
    console.log(`speedscope is not measured: ${reason}`);
    return;
  }
  const name = `speedscope ${version}`;
  if (imported !== undefined) print(`${name}, imported`, imported);
  print(`${name}, shown`, shown, `(${heapMb.toFixed(0)} MB in its heap)`);
  console.log(
    '  speedscope: once, in headless Chromium, from handing the file to its open page until its own clock of the importer stops, and until its tabs and canvas are there (left heavy). Counted is the process of the page, whole: its reading of the file, compiling, layout, and for MB the empty page. The developer tools are attached. Not counted are the processes that draw.',
  );
}

/** The arguments of Node for the built program, in a folder of its own that is no project. */
function prepareTop(file) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const built = join(folder, 'strop');
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'scripts', 'build.mjs'), join(built, 'dist')],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`strop could not be built: ${stderr}`);
  for (const name of ['python', 'package.json']) symlinkSync(join(root, name), join(built, name));
  return [join(built, 'dist', 'strop.js'), 'top', file, '--json'];
}

/** CPU time and highest resident memory of one process of Node, as the kernel counted them. */
function measure(words) {
  const usage = join(folder, 'usage.json');
  const report = join(folder, 'report.cjs');
  writeFileSync(
    report,
    `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage(); require('node:fs').writeFileSync(${JSON.stringify(usage)}, JSON.stringify({ seconds: (userCPUTime + systemCPUTime) / 1e6, mb: maxRSS / 1024 })); });`,
  );
  const { status, stderr } = spawnSync(process.execPath, ['--require', report, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, STROP_HOME: join(folder, 'home') },
  });
  if (status !== 0) throw new Error(`a measured process failed: ${stderr}`);
  return { ...JSON.parse(readFileSync(usage, 'utf8')), said: stderr.trim() };
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
