import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { Host } from '#host';
import { readToml, tomlTable } from './documents.ts';
import type { ProjectRoot } from './root.ts';

/** An interpreter that may be the project's. */
export interface Candidate {
  readonly path: string;
  /** Why it is thought to be the project's, as a clause: `VIRTUAL_ENV is set`. */
  readonly why: string;
  /**
   * `binding`: something says that this is the one, so a fault in it is an error. `fallback`: the next may be
   * tried.
   */
  readonly weight: 'binding' | 'fallback';
}

/** A place that was looked at in vain. */
export interface Miss {
  readonly missed: string;
}

/** Tools that manage environments may resolve or create nothing here, and answer within seconds. */
const ASK_TIMEOUT_MS = 20_000;

/** The interpreter inside an environment's folder, in the form of this platform. */
function environmentPython(host: Host, folder: string): string {
  return host.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

/**
 * An environment is there as soon as one of its parts is, so that a broken one is noticed and not passed over.
 */
async function isEnvironment(host: Host, folder: string): Promise<boolean> {
  const parts = [join(folder, 'pyvenv.cfg'), environmentPython(host, folder), join(folder, 'conda-meta')];
  for (const part of parts) if ((await host.files.kind(part)) !== undefined) return true;
  return false;
}

/** conda keeps `python.exe` at the top of an environment on Windows. */
function condaPython(host: Host, folder: string): string {
  return host.platform === 'win32' ? join(folder, 'python.exe') : join(folder, 'bin', 'python');
}

/** The folders from the project up to the git top. */
export function foldersUpwards(project: ProjectRoot): readonly string[] {
  const folders = [project.root];
  while (project.gitTop !== undefined && folders.at(-1) !== project.gitTop) {
    const parent = dirname(folders.at(-1) ?? project.gitTop);
    if (parent === folders.at(-1)) break;
    folders.push(parent);
  }
  return folders;
}

/** The first line that a tool prints, or undefined when it is not installed or fails. */
async function ask(
  host: Host,
  root: string,
  argv: readonly [string, ...string[]],
): Promise<string | undefined> {
  const [name, ...args] = argv;
  const program = await host.processes.find(name);
  if (program === undefined) return undefined;
  const run = await host.processes.run({
    argv: [program, ...args],
    cwd: root,
    env: {
      ...host.env,
      UV_PYTHON_DOWNLOADS: 'never',
      PIPENV_VERBOSITY: '-1',
      PIPENV_YES: '1',
      NO_COLOR: '1',
    },
    timeoutMs: ASK_TIMEOUT_MS,
  });
  const line = run.stdout.split(/\r?\n/).find((text) => isAbsolute(text.trim()));
  return run.ok ? line?.trim() : undefined;
}

/** What `--python` or the setting may name: a file, an environment's folder, a program on PATH, a version. */
async function namedPython(host: Host, root: string, name: string): Promise<string> {
  const path = resolve(root, name.replace(/^~(?=\/)/, host.env['HOME'] ?? '~'));
  const kind = await host.files.kind((await host.files.real(path)) ?? path);
  if (kind === 'folder') {
    const inside = environmentPython(host, path);
    return (await host.files.kind(inside)) === undefined ? condaPython(host, path) : inside;
  }
  if (kind !== undefined || name.includes('/') || name.includes('\\')) return path;
  const program = /^\d+(\.\d+)*$/.test(name) ? `python${name}` : name;
  return (await host.processes.find(program)) ?? program;
}

async function fromActiveConda(host: Host, base: boolean): Promise<Candidate | Miss> {
  const folder = host.env['CONDA_PREFIX'];
  if (folder === undefined || folder === '') return { missed: 'CONDA_PREFIX is not set' };
  // conda activates its base environment in every shell: that says nothing about the project.
  if ((host.env['CONDA_DEFAULT_ENV'] === 'base') !== base)
    return { missed: 'conda: base is no project environment' };
  const weight = base ? 'fallback' : 'binding';
  return { path: condaPython(host, folder), why: `CONDA_PREFIX is set (${folder})`, weight };
}

async function fromPoetry(host: Host, root: string): Promise<Candidate | Miss> {
  const path = await ask(host, root, ['poetry', 'env', 'info', '--executable']);
  if (path === undefined)
    return { missed: 'poetry.lock is here, but `poetry env info --executable` names no interpreter' };
  return { path, why: 'poetry.lock is here and `poetry env info --executable` names it', weight: 'binding' };
}

async function fromPipenv(host: Host, root: string): Promise<Candidate | Miss> {
  const path = await ask(host, root, ['pipenv', '--py']);
  if (path === undefined) return { missed: 'Pipfile is here, but `pipenv --py` names no interpreter' };
  return { path, why: 'Pipfile is here and `pipenv --py` names it', weight: 'binding' };
}

async function fromHatch(host: Host, root: string): Promise<Candidate | Miss> {
  const folder = await ask(host, root, ['hatch', 'env', 'find', 'default']);
  // hatch names the place of an environment whether it exists or not.
  if (folder === undefined || !(await isEnvironment(host, folder))) {
    return { missed: 'hatch environments are configured, but `hatch env find` names none that exists' };
  }
  return { path: environmentPython(host, folder), why: '`hatch env find` names it', weight: 'binding' };
}

async function fromUv(host: Host, root: string): Promise<Candidate | Miss> {
  const path = await ask(host, root, ['uv', 'python', 'find']);
  if (path === undefined) return { missed: '`uv python find` is not available or names no interpreter' };
  return { path, why: '`uv python find` names it', weight: 'fallback' };
}

async function fromTools(
  host: Host,
  root: string,
  found: (name: string) => Promise<boolean>,
): Promise<(Candidate | Miss)[]> {
  const list: (Candidate | Miss)[] = [];
  if (await found('poetry.lock')) list.push(await fromPoetry(host, root));
  const pdm = (await host.files.readText(join(root, '.pdm-python')))?.trim();
  if (pdm !== undefined && pdm !== '')
    list.push({ path: pdm, why: '.pdm-python names it', weight: 'binding' });
  if (await found('Pipfile')) list.push(await fromPipenv(host, root));
  const pyproject = await readToml(host, root, 'pyproject.toml');
  if ((await found('hatch.toml')) || tomlTable(pyproject, 'tool', 'hatch', 'envs') !== undefined) {
    list.push(await fromHatch(host, root));
  }
  list.push(await fromUv(host, root));
  return list;
}

/**
 * Interpreters that may be the project's, best first, looked up one after the other: whoever takes the first
 * spares the calls of the others. Misses stand between them, so that a message can say what was tried.
 */
export async function* listCandidates(
  host: Host,
  project: ProjectRoot,
  named: { readonly python: string; readonly source: string } | undefined,
): AsyncGenerator<Candidate | Miss> {
  const { root } = project;
  if (named !== undefined) {
    const path = await namedPython(host, root, named.python);
    yield { path, why: `${named.source} names it`, weight: 'binding' };
    return;
  }
  const active = host.env['VIRTUAL_ENV'];
  if (active !== undefined && active !== '') {
    yield { path: environmentPython(host, active), why: `VIRTUAL_ENV is set (${active})`, weight: 'binding' };
  } else yield { missed: 'VIRTUAL_ENV is not set' };
  yield await fromActiveConda(host, false);
  for (const folder of foldersUpwards(project)) {
    for (const name of ['.venv', 'venv', 'env']) {
      const place = join(folder, name);
      if (await isEnvironment(host, place)) {
        yield {
          path: environmentPython(host, place),
          why: `${place} is a virtual environment`,
          weight: 'binding',
        };
      } else yield { missed: `no environment at ${place}` };
    }
  }
  const found = async (name: string): Promise<boolean> =>
    (await host.files.kind(join(root, name))) !== undefined;
  yield* await fromTools(host, root, found);
  yield await fromActiveConda(host, true);
  for (const name of host.platform === 'win32' ? ['python', 'python3'] : ['python3', 'python']) {
    const path = await host.processes.find(name);
    if (path === undefined) yield { missed: `no ${name} on PATH` };
    else yield { path, why: `${name} on PATH`, weight: 'fallback' };
  }
}
