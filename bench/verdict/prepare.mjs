// What the benchmark needs before it can run: an environment with the peers, and a repository with one commit an effect.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('.', import.meta.url));
/** Name of the commit to compare with; all names are of one length, and so all paths. */
export const BEFORE = 'before';
const CACHE = fileURLToPath(new URL('../../.cache/bench-verdict/', import.meta.url));

/** Runs a child to its end and gives its stdout; what goes wrong is thrown with the child's own words. */
function runOrThrow(command, words, options = {}) {
  const done = spawnSync(command, words, { encoding: 'utf8', ...options });
  if (done.status === 0) return done.stdout;
  const why = done.error?.message ?? `${done.stdout}${done.stderr}`.slice(-3000);
  throw new Error(`failed: ${command} ${words.join(' ')}\n${why}`);
}

/** Interpreter of an environment with the pinned peers, made once for each version of Python. */
export function prepareEnvironment(python) {
  const ask = 'import sys; print("%d.%d.%d" % sys.version_info[:3])';
  const version = runOrThrow(python, ['-c', ask]).trim();
  const pins = readFileSync(join(HERE, 'requirements.txt'), 'utf8');
  const folder = join(CACHE, `env-${version}`);
  const stamp = join(folder, 'complete');
  const interpreter = join(folder, 'bin', 'python');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== pins) {
    console.error(`making an environment for Python ${version} in .cache/bench-verdict`);
    mkdirSync(CACHE, { recursive: true });
    rmSync(folder, { recursive: true, force: true });
    runOrThrow(python, ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    runOrThrow(interpreter, [...pip, '-r', join(HERE, 'requirements.txt')]);
    // Last, so that a broken installation is made anew.
    writeFileSync(stamp, pins);
  }
  return { interpreter, version, pins: pins.trim().split('\n') };
}

/**
 * A repository with a commit for each effect in percent, and a checkout of each for the tools that have no revisions of
 * their own. Effect 0 is another commit with the same code.
 */
export function prepareProject(folder, effects) {
  const repository = join(folder, 'repository');
  const checkouts = {};
  cpSync(join(HERE, 'project'), repository, {
    recursive: true,
    filter: (path) => !path.includes('__pycache__'),
  });
  const git = (...words) =>
    runOrThrow(
      'git',
      [
        '-c',
        'user.name=bench',
        '-c',
        'user.email=bench@example.invalid',
        '-c',
        'commit.gpgsign=false',
        ...words,
      ],
      { cwd: repository },
    );
  const commit = (label) => {
    git('add', '--all');
    git('commit', '--quiet', '--message', label);
    git('tag', label);
    checkouts[label] = join(folder, 'checkouts', label);
    cpSync(repository, checkouts[label], { recursive: true, filter: (path) => !path.endsWith('.git') });
  };
  git('init', '--quiet');
  commit(BEFORE);
  const extra = join(repository, 'yard', 'extra.py');
  const text = readFileSync(extra, 'utf8');
  for (const effect of effects) {
    writeFileSync(extra, text.replace('PERCENT = 0', `PERCENT = ${effect}`));
    writeFileSync(join(repository, 'NOTES'), `effect ${effect} %\n`);
    commit(labelOf(effect));
  }
  return { repository, checkouts };
}

/** Name of the commit with so many percent more work. */
export function labelOf(effect) {
  return `plus${String(effect).padStart(2, '0')}`;
}

/** What the commits really cost, from bytecodes and from CPU time measured at length; see truth.py. */
export function measureTruth(interpreter, kind, processes, project) {
  const words = Object.entries(project.checkouts).map(([label, folder]) => `${label}=${folder}`);
  const script = join(HERE, 'truth.py');
  return JSON.parse(runOrThrow(interpreter, [script, `yard.${kind}`, String(processes), ...words]));
}
