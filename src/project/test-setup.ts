import type { Host } from '#host';
import { iniValue, joinPath, readIniFile, readToml, tomlEvidence, tomlTable } from './documents.ts';
import type { Evidence, Fact } from './evidence.ts';
import { readPytestConfig } from './pytest-config.ts';
import type { PytestConfig } from './pytest-config.ts';
import { lineOfMatch } from './python-files.ts';
import type { PythonFile } from './python-files.ts';
import type { ProjectRoot } from './root.ts';
import type { PackagingFiles } from './sources.ts';
import { tryList, tryRead } from './readable.ts';

/** What runs the tests, or drives what runs them. */
export type RunnerName = 'pytest' | 'unittest' | 'django' | 'tox' | 'nox' | 'hatch' | 'make' | 'just';

/** How the tests of a project run. */
export interface TestSetup {
  /** Likeliest first: the runner itself, then what drives it. */
  readonly runners: readonly Fact<RunnerName>[];
  readonly pytest: PytestConfig | undefined;
  /** Files that look like tests. */
  readonly files: number;
}

const TEST_FILE = /(^|\/)(test_[^/]*|[^/]*_test|tests|run_?tests?)\.py$/;

/** Finds a distribution among the declared dependencies of a project, in whatever file they stand. */
export async function findDependency(host: Host, root: string, name: string): Promise<Evidence | undefined> {
  const spelled = name.replaceAll('-', '[-_.]');
  const pattern = new RegExp(`^(?!\\s*#).*(?<![\\w.-])${spelled}(?![\\w-]|\\.\\w)`, 'im');
  const files = [
    'pyproject.toml',
    'setup.cfg',
    'setup.py',
    'Pipfile',
    'tox.ini',
    'noxfile.py',
    'environment.yml',
    'hatch.toml',
  ];
  for (const folder of ['', 'requirements']) {
    for (const entry of await tryList(host, joinPath(root, folder))) {
      if (entry.kind !== 'file' || !/\.(txt|in)$/.test(entry.name)) continue;
      if (folder === '' && !/requirements/i.test(entry.name)) continue;
      files.push(folder === '' ? entry.name : `${folder}/${entry.name}`);
    }
  }
  for (const file of files) {
    const line = lineOfMatch((await tryRead(host, joinPath(root, file))) ?? '', pattern);
    if (line !== undefined) return { file, line };
  }
  return undefined;
}

async function findPytest(
  host: Host,
  root: string,
  config: PytestConfig | undefined,
  files: readonly PythonFile[],
): Promise<Evidence | undefined> {
  if (config !== undefined) return config.evidence;
  const declared = await findDependency(host, root, 'pytest');
  if (declared !== undefined) return declared;
  for (const file of files) {
    const line = lineOfMatch(file.text, /^[ \t]*(?:import|from)[ \t]+pytest\b/m);
    if (line !== undefined) return { file: file.path, line };
    if (/(^|\/)conftest\.py$/.test(file.path)) return { file: file.path };
  }
  return undefined;
}

function findImport(files: readonly PythonFile[], pattern: RegExp): Evidence | undefined {
  for (const file of files) {
    const line = TEST_FILE.test(file.path) ? lineOfMatch(file.text, pattern) : undefined;
    if (line !== undefined) return { file: file.path, line };
  }
  return undefined;
}

async function findDrivers(
  host: Host,
  root: string,
  files: PackagingFiles,
): Promise<readonly Fact<RunnerName>[]> {
  const found: Fact<RunnerName>[] = [];
  const tox = await readIniFile(host, root, 'tox.ini');
  const section = tox?.sections.get('tox') ?? tox?.sections.get('testenv');
  if (section !== undefined) found.push({ value: 'tox', evidence: { file: 'tox.ini', line: section.line } });
  else if ((await readToml(host, root, 'tox.toml')) !== undefined) {
    found.push({ value: 'tox', evidence: { file: 'tox.toml' } });
  } else if (files.pyproject !== undefined && tomlTable(files.pyproject, 'tool', 'tox') !== undefined) {
    found.push({ value: 'tox', evidence: tomlEvidence(files.pyproject, 'tool', 'tox') });
  } else if (iniValue(files.setupCfg, 'tox:tox', 'envlist') !== undefined) {
    found.push({
      value: 'tox',
      evidence: { file: 'setup.cfg', line: files.setupCfg?.sections.get('tox:tox')?.line },
    });
  }
  const script = async (file: string, pattern: RegExp, value: RunnerName): Promise<void> => {
    const text = await tryRead(host, joinPath(root, file));
    const line = lineOfMatch(text ?? '', pattern);
    if (line !== undefined) found.push({ value, evidence: { file, line } });
  };
  await script('noxfile.py', /^@nox\.session/m, 'nox');
  if (files.pyproject !== undefined && tomlTable(files.pyproject, 'tool', 'hatch', 'envs') !== undefined) {
    found.push({ value: 'hatch', evidence: tomlEvidence(files.pyproject, 'tool', 'hatch', 'envs') });
  }
  await script('Makefile', /^(test|tests|check)\s*:(?!=)/m, 'make');
  await script('justfile', /^(test|tests|check)\b[^:=]*:(?!=)/m, 'just');
  return found;
}

/** Reads how the tests run, without running them. */
export async function readTestSetup(
  host: Host,
  project: ProjectRoot,
  packaging: PackagingFiles,
  files: readonly PythonFile[],
): Promise<TestSetup> {
  const config = await readPytestConfig(host, project);
  const pytest = await findPytest(host, project.root, config, files);
  const runners: Fact<RunnerName>[] = [];
  if (pytest !== undefined) runners.push({ value: 'pytest', evidence: pytest });
  const manage = lineOfMatch((await tryRead(host, joinPath(project.root, 'manage.py'))) ?? '', /django/);
  if (manage !== undefined) runners.push({ value: 'django', evidence: { file: 'manage.py', line: manage } });
  const unittest = findImport(
    files,
    /^[ \t]*(?:import[ \t]+unittest|from[ \t]+unittest[ \t]+import[ \t]+(?!mock))/m,
  );
  if (unittest !== undefined && pytest === undefined) runners.push({ value: 'unittest', evidence: unittest });
  return {
    runners: [...runners, ...(await findDrivers(host, project.root, packaging))],
    pytest: config,
    files: files.filter((file) => TEST_FILE.test(file.path)).length,
  };
}
