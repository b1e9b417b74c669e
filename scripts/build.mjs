// Bundles strop into dist/ (or into the folder given): the program with all its dependencies, the keeper, the viewer
// for profiles, and the licences of what is bundled.
import { chmod, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = resolve(process.argv[2] ?? join(ROOT, 'dist'));

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // Names stay, so that a stack trace of a user can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  charset: 'utf8',
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
};

/**
 * Modules in the old format ask for Node's own by `require`, which an ES module does not have. Each such request
 * becomes an import in the chunk that holds the module, so that no other chunk pays for it.
 */
const requireOfNode = {
  name: 'require-of-node',
  setup(bundler) {
    bundler.onResolve({ filter: /^[a-z]/ }, ({ path, kind, namespace }) => {
      if (kind !== 'require-call' || !isBuiltin(path)) return undefined;
      return { path, namespace: namespace === 'node-required' ? 'node-imported' : 'node-required' };
    });
    // Two steps, because `require` of an ES module gives its exports and never its default export alone.
    bundler.onLoad({ filter: /.*/, namespace: 'node-required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)}).default;`,
    }));
    bundler.onLoad({ filter: /.*/, namespace: 'node-imported' }, ({ path }) => ({
      contents: `export { default } from ${JSON.stringify(path)};`,
    }));
  },
};

const program = await build({
  ...COMMON,
  entryPoints: { strop: 'src/main.ts' },
  outdir: DIST,
  // Chunks lie beside the program: what looks for its files from `import.meta.url` finds them from any chunk.
  splitting: true,
  chunkNames: '[name]-[hash]',
  plugins: [requireOfNode],
});
const keeper = await build({
  ...COMMON,
  entryPoints: { keeper: 'src/host/keeper.mjs' },
  outdir: DIST,
  outExtension: { '.js': '.mjs' },
});

const viewer = await collectViewer();
const licences = [
  await collectLicences([...listPackages(program.metafile), viewer.package]),
  viewer.licences,
  await readContained('@modelcontextprotocol/server', 'licences-in-mcp-server.txt'),
].join('\n\n');
// Only now, so that a failed build leaves the former one; and the old files go last, so that there is no moment
// without a program.
const files = new Map(
  [...program.outputFiles, ...keeper.outputFiles].map((file) => [file.path, file.contents]),
);
files.set(join(DIST, 'THIRD-PARTY-LICENSES.txt'), licences);
for (const [name, content] of viewer.files) files.set(join(DIST, 'speedscope', name), content);
for (const [path, content] of files) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
await chmod(join(DIST, 'strop.js'), 0o755);
const kept = [...files.keys()];
for (const name of await readdir(DIST, { recursive: true })) {
  const path = join(DIST, name);
  const isKept = kept.some((file) => file === path || file.startsWith(join(path, '/')));
  if (!isKept) await rm(path, { recursive: true, force: true });
}

/** The parts of speedscope's own release that show a profile: not its example and not the reader of Java's format. */
async function collectViewer() {
  const folder = dirname(fileURLToPath(import.meta.resolve('speedscope/package.json')));
  const release = join(folder, 'dist', 'release');
  const names = (await readdir(release)).filter((name) =>
    /^(speedscope-\w+\.(js|css)|.*\.woff2|favicon-.*\.(png|ico)|.*LICENSE\.md|release\.txt)$/.test(name),
  );
  const contents = await Promise.all(names.map((name) => readFile(join(release, name))));
  const licences = await readContained('speedscope', 'licences-in-speedscope.txt');
  return {
    package: relative(ROOT, folder),
    files: names.map((name, index) => [name, contents[index]]),
    licences,
  };
}

/** The licences of what a package has bundled into itself. What another release of it contains has to be looked up again. */
async function readContained(name, file) {
  const { version } = JSON.parse(await readFile(join(ROOT, 'node_modules', name, 'package.json'), 'utf8'));
  const licences = await readFile(join(ROOT, 'scripts', file), 'utf8');
  if (!licences.startsWith(`${name} ${version} `)) throw new Error(`${file} is not about ${name} ${version}`);
  return licences;
}

/** The folders of the packages of which something is in the bundle. */
function listPackages({ outputs }) {
  const folders = new Set();
  for (const { inputs } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0];
      if (folder !== undefined && bytesInOutput > 0) folders.add(folder);
    }
  }
  return [...folders];
}

/** The licence texts of packages. */
async function collectLicences(folders) {
  const texts = [];
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(ROOT, folder, 'package.json'), 'utf8'));
    const file = (await readdir(join(ROOT, folder))).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    if (file === undefined) throw new Error(`${name} is bundled and has no licence text`);
    const text = (await readFile(join(ROOT, folder, file), 'utf8')).trim();
    texts.push(`${name} ${version} (${license})\n${'='.repeat(60)}\n${text}\n`);
  }
  return `strop contains the following packages.\n\n${texts.join('\n\n')}`;
}
