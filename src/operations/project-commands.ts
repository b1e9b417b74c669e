import { posix, relative, sep } from 'node:path';
import type { Host } from '#host';
import { readToml, tomlValue } from '#project';
import type { Facts, Interpreter, ManagerName, ProjectRoot } from '#project';
import { quoteWord } from './shell-words.ts';

/** How things are run and installed in this project, by its own package manager. */
export interface Commands {
  /** Starts pytest: `uv run pytest`. */
  readonly pytest: string;
  /** Adds packages to the project's development dependencies, as words in front of their names. */
  add(packages: readonly string[]): string;
}

/** A build backend alone does not mean that its own manager is used. */
const NEEDS_A_SIGN: ReadonlySet<ManagerName> = new Set(['hatch', 'pdm']);

function chooseManager(facts: Facts): ManagerName | undefined {
  return facts.managers.find(
    (manager) =>
      !NEEDS_A_SIGN.has(manager.name) ||
      JSON.stringify(manager.evidence) !== JSON.stringify(facts.backend?.evidence),
  )?.name;
}

/** Where pytest is declared as a dependency for development. */
interface Group {
  readonly kind: 'group' | 'extra';
  readonly name: string;
}

const isPytest = (entry: unknown): boolean =>
  typeof entry === 'string' && /^pytest\s*($|[^\w\s-])/i.test(entry);

async function findGroup(host: Host, root: string): Promise<Group> {
  const pyproject = await readToml(host, root, 'pyproject.toml');
  const entries = (...path: readonly string[]): readonly (readonly [string, unknown])[] =>
    Object.entries((tomlValue(pyproject, ...path) ?? {}) as Record<string, unknown>);
  for (const [name, list] of entries('dependency-groups')) {
    if (Array.isArray(list) && list.some(isPytest)) return { kind: 'group', name };
  }
  for (const [name] of entries('tool', 'poetry', 'group')) {
    if (tomlValue(pyproject, 'tool', 'poetry', 'group', name, 'dependencies', 'pytest') !== undefined)
      return { kind: 'group', name };
  }
  for (const [name, list] of entries('tool', 'pdm', 'dev-dependencies')) {
    if (Array.isArray(list) && list.some(isPytest)) return { kind: 'group', name };
  }
  for (const [name, list] of entries('project', 'optional-dependencies')) {
    if (Array.isArray(list) && list.some(isPytest)) return { kind: 'extra', name };
  }
  return { kind: 'group', name: 'dev' };
}

/** The interpreter as a word of a command that is run in the project's folder. */
function pythonWord(host: Host, root: string, python: Interpreter): string {
  if (host.env['VIRTUAL_ENV'] === python.prefix) return 'python';
  const inside = relative(root, python.executable).split(sep).join('/');
  return quoteWord(inside.startsWith('../') || posix.isAbsolute(inside) ? python.executable : inside);
}

/**
 * A project that nothing puts on the import path is found from the current folder, which only `python -m pytest` looks
 * into.
 */
async function needsCurrentFolder(host: Host, root: string, facts: Facts): Promise<boolean> {
  if (facts.backend !== undefined || facts.layout.kind === 'src') return false;
  return (await host.files.kind(posix.join(root, 'conftest.py'))) === undefined;
}

/** The commands of this project. */
export async function chooseCommands(
  host: Host,
  project: ProjectRoot,
  python: Interpreter,
  facts: Facts,
): Promise<Commands> {
  const { root } = project;
  const interpreter = pythonWord(host, root, python);
  const pytest = (await needsCurrentFolder(host, root, facts)) ? 'python -m pytest' : 'pytest';
  const { kind, name } = await findGroup(host, root);
  const plain: Commands = {
    pytest: `${interpreter} -m pytest`,
    add: (packages) => `${interpreter} -m pip install ${packages.join(' ')}`,
  };
  const managed = (run: string, add: string): Commands => ({
    pytest: `${run} ${pytest}`,
    add: (packages) => `${add} ${packages.join(' ')}`,
  });
  switch (chooseManager(facts)) {
    case 'uv':
      return managed('uv run', kind === 'group' ? `uv add --group ${name}` : `uv add --optional ${name}`);
    case 'poetry':
      return managed(
        'poetry run',
        kind === 'group' ? `poetry add --group ${name}` : `poetry add --optional ${name}`,
      );
    case 'pdm':
      return managed('pdm run', kind === 'group' ? `pdm add -dG ${name}` : `pdm add -G ${name}`);
    case 'pipenv':
      return managed('pipenv run', 'pipenv install --dev');
    case 'pixi':
      return managed('pixi run', 'pixi add');
    case 'hatch':
      return {
        pytest: `hatch run ${pytest}`,
        // Dependencies of an environment of hatch stand in its settings; no command adds them.
        add: (packages) => `hatch run python -m pip install ${packages.join(' ')}`,
      };
    case 'conda':
      return { ...plain, add: (packages) => `conda install -c conda-forge ${packages.join(' ')}` };
    case 'pip-tools':
    case 'requirements':
    case 'setup.py':
    case 'setup.cfg':
    case 'pyproject':
    case undefined:
      return plain;
  }
}

/** What keeps benchmarks from running or distorts them, in the settings or conftest.py of a project. */
async function runFlags(
  host: Host,
  root: string,
  facts: Facts,
  benchmark: string,
): Promise<readonly string[]> {
  const addopts = ` ${facts.tests.pytest?.addopts?.value ?? ''} `;
  const flags: string[] = [];
  if (/\s--benchmark-(disable|skip)\s/.test(addopts)) flags.push('--benchmark-enable');
  // pytest-benchmark switches itself off when tests are spread over processes.
  if (/\s(-n[\s=]?\S|--numprocesses)/.test(addopts)) flags.push('-n 0');
  // A coverage tracer is measured along with everything else.
  if (/\s--cov\b/.test(addopts)) flags.push('--no-cov');
  for (let folder = posix.dirname(benchmark); ; folder = posix.dirname(folder)) {
    const text = (await host.files.readText(posix.join(root, folder, 'conftest.py'))) ?? '';
    const option = /addoption\(\s*['"](--[\w-]*slow[\w-]*)['"]/.exec(text)?.[1];
    if (option !== undefined && !flags.includes(option)) flags.push(option);
    if (folder === '.' || folder === posix.dirname(folder)) return flags;
  }
}

/** Runs the benchmarks of a file and saves the numbers as pytest-benchmark's snapshot `baseline`. */
export async function baselineCommand(
  host: Host,
  root: string,
  facts: Facts,
  commands: Commands,
  benchmark: string,
  marker: string,
): Promise<string> {
  const flags = await runFlags(host, root, facts, benchmark);
  return [
    commands.pytest,
    quoteWord(benchmark),
    `-m ${marker}`,
    '--benchmark-only --benchmark-disable-gc --benchmark-save=baseline',
    ...flags,
  ].join(' ');
}
