// What the parts of the demo stand on: a folder of its own with a history and a git configuration of its own, and the
// built strop, run as a user would run it.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../prepare.mjs';

const GIT_SETTINGS = '[user]\n\tname = demo\n\temail = demo@localhost\n[init]\n\tdefaultBranch = main\n';

/** Everything happens below `folder`; close() removes it. */
export function openStage() {
  const folder = mkdtempSync(join(tmpdir(), 'strop-demo-'));
  const env = {
    ...process.env,
    STROP_HOME: join(folder, 'home'),
    GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
  };
  for (const name of ['VIRTUAL_ENV', 'CONDA_PREFIX', 'PYTHONPATH']) delete env[name];
  writeFileSync(env.GIT_CONFIG_GLOBAL, GIT_SETTINGS);
  return { folder, env, close: () => rmSync(folder, { recursive: true, force: true }) };
}

/** An empty project under git. */
export function openProject(stage, name) {
  const project = join(stage.folder, name);
  mkdirSync(project, { recursive: true });
  git(stage, project, 'init', '--quiet');
  return project;
}

/**
 * Runs the built strop and says with which exit code it ended, which must be one of `codes`. With `lines` only so many
 * lines of what it prints are shown.
 */
export function strop(stage, project, words, { codes = [0], lines } = {}) {
  console.log(`\n$ strop ${words.map(quote).join(' ')}`);
  const { status, stdout, error } = spawnSync(process.execPath, [join(ROOT, 'dist', 'strop.js'), ...words], {
    cwd: project,
    env: stage.env,
    encoding: 'utf8',
    stdio: ['ignore', lines === undefined ? 'inherit' : 'pipe', 'inherit'],
  });
  if (error !== undefined) throw error;
  if (lines !== undefined) {
    const all = stdout.trimEnd().split('\n');
    console.log(all.slice(0, lines).join('\n'));
    if (all.length > lines) console.log(`… (${all.length - lines} more lines)`);
  }
  if (!codes.includes(status))
    throw new Error(
      `strop ${words[0]} ended with exit code ${status}, where the story needs ${codes.join(' or ')}`,
    );
  return status;
}

/** The newest document of one kind (`comparisons`, `steps`) in the history of the stage. */
export function newestDocument(stage, kind) {
  const projects = join(stage.env.STROP_HOME, 'data', 'projects');
  const documents = readdirSync(projects)
    .map((name) => join(projects, name, kind))
    .flatMap((folder) => filesIn(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8'))));
  return documents.sort((one, other) => (one.date < other.date ? -1 : 1)).at(-1);
}

function filesIn(folder) {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

export function expect(actual, wanted, what) {
  if (!wanted.includes(actual))
    throw new Error(`${what} is ${actual}, where the story needs ${wanted.join(' or ')}`);
}

export function commitAll(stage, project, message) {
  git(stage, project, 'add', '--all', '--force');
  git(stage, project, 'commit', '--quiet', '--message', message);
}

export function git(stage, project, ...words) {
  const { status, stdout, stderr } = spawnSync('git', words, {
    cwd: project,
    env: stage.env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
  return stdout;
}

function quote(word) {
  return /^[\w./:=~@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function heading(text) {
  console.log(`\n${'='.repeat(text.length)}\n${text}\n${'='.repeat(text.length)}`);
}

export function say(text) {
  console.log(`\n# ${text}`);
}
