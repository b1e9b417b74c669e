import type { Doubt } from '#base';
import type { Host } from '#host';
import { listAvailability } from './availability.ts';
import type { Availability } from './availability.ts';
import { findBenchmarks } from './benchmarks.ts';
import type { BenchmarkSource } from './benchmarks.ts';
import { iniValue, tomlFact } from './documents.ts';
import { formatEvidence } from './evidence.ts';
import type { Evidence, Fact } from './evidence.ts';
import { readGitState } from './git-state.ts';
import type { GitState } from './git-state.ts';
import type { Interpreter } from './interpreter.ts';
import { findLayout } from './layout/layout.ts';
import type { Layout } from './layout/layout.ts';
import { findManagers } from './managers.ts';
import type { Manager } from './managers.ts';
import { readTellingFiles } from './python-files.ts';
import { allowsVersion, readPythonRange } from './python-range.ts';
import type { PythonRange } from './python-range.ts';
import type { ProjectRoot } from './root.ts';
import { findBackend, lineAt, readPackaging } from './sources.ts';
import type { Backend, PackagingFiles } from './sources.ts';
import { findDependency, readTestSetup } from './test-setup.ts';
import type { TestSetup } from './test-setup.ts';
import { listFiles } from './walk.ts';

/** Everything that strop knows about a project without running its code, each fact with its place. */
export interface Facts {
  /** The distribution's name, where one is declared. */
  readonly name: Fact<string> | undefined;
  readonly python: PythonRange;
  readonly availability: readonly Availability[];
  /** Likeliest first. */
  readonly managers: readonly Manager[];
  readonly backend: Backend | undefined;
  readonly layout: Layout;
  readonly tests: TestSetup;
  readonly benchmarks: readonly BenchmarkSource[];
  readonly git: GitState | undefined;
  readonly doubts: readonly Doubt[];
}

function findName(files: PackagingFiles): Fact<string> | undefined {
  const named =
    tomlFact(files.pyproject, 'project', 'name') ?? tomlFact(files.pyproject, 'tool', 'poetry', 'name');
  if (named !== undefined) return named;
  const cfg = iniValue(files.setupCfg, 'metadata', 'name');
  if (cfg !== undefined) return { value: cfg.text, evidence: { file: 'setup.cfg', line: cfg.line } };
  const setup = files.setupPy;
  const match = setup === undefined ? null : /\bname\s*=\s*['"]([^'"]+)['"]/.exec(setup.text);
  if (setup === undefined || match === null) return undefined;
  return { value: match[1] ?? '', evidence: { file: setup.file, line: lineAt(setup.text, match.index) } };
}

function judgeVersion(python: PythonRange, interpreter: Interpreter): readonly Doubt[] {
  const requires = python.requires;
  if (requires === undefined || allowsVersion(requires.value, interpreter.version) !== false) return [];
  return [
    {
      code: 'interpreter-guessed',
      text: `The interpreter is Python ${interpreter.versionText}, which ${formatEvidence(requires.evidence)} (${requires.value}) does not allow.`,
    },
  ];
}

/**
 * Whether the `benchmark` fixture of this project is pytest-codspeed's: it depends on that and not on
 * pytest-benchmark.
 */
async function usesCodspeed(host: Host, root: string): Promise<boolean> {
  const codspeed: Evidence | undefined = await findDependency(host, root, 'pytest-codspeed');
  return codspeed !== undefined && (await findDependency(host, root, 'pytest-benchmark')) === undefined;
}

/**
 * Reads every fact about a project. Only files are read, and git is asked without a lock; nothing of the
 * project runs. `sourceRoots` are those of the settings. Fails with `bad-config` when pyproject.toml is no
 * valid TOML.
 */
export async function readFacts(
  host: Host,
  project: ProjectRoot,
  interpreter: Interpreter,
  sourceRoots?: readonly string[],
): Promise<Facts> {
  const { root } = project;
  const packaging = await readPackaging(host, root);
  const walked = await listFiles(host, root);
  const files = await readTellingFiles(host, root, walked);
  const python = await readPythonRange(host, root, packaging);
  return {
    name: findName(packaging),
    python,
    availability: listAvailability(interpreter, python, host.platform),
    managers: await findManagers(host, project),
    backend: findBackend(packaging),
    layout: await findLayout(host, root, sourceRoots),
    tests: await readTestSetup(host, project, packaging, files),
    benchmarks: await findBenchmarks(host, root, walked, files, await usesCodspeed(host, root)),
    git: project.gitTop === undefined ? undefined : await readGitState(host, project.gitTop),
    doubts: [...interpreter.doubts, ...judgeVersion(python, interpreter)],
  };
}
