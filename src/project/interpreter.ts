import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import { listCandidates } from './candidates.ts';
import type { Candidate } from './candidates.ts';
import { probePython } from './probe.ts';
import type { ProbeAnswer } from './probe.ts';
import type { ProjectRoot } from './root.ts';

/** The interpreter that runs the project: started once, and described by itself. */
export interface Interpreter {
  /** Absolute path to start; inside a virtual environment it is the environment's own, not what it links to. */
  readonly executable: string;
  readonly version: readonly [major: number, minor: number, micro: number];
  /** As Python writes it: `3.13.0`, `3.15.0b2`. */
  readonly versionText: string;
  /** `sys.implementation.name`: `cpython`, `pypy`. */
  readonly implementation: string;
  readonly prefix: string;
  /** Differs from `prefix` inside a virtual environment. */
  readonly basePrefix: string;
  /** `linux-x86_64` and the like (sysconfig.get_platform). */
  readonly platform: string;
  /** Tag of compiled modules: `cpython-312-x86_64-linux-gnu`. */
  readonly abi: string;
  /** A build that can run without the global lock, and whether the lock is on now. */
  readonly freeThreaded: boolean;
  readonly gil: boolean;
  readonly debugBuild: boolean;
  /** Existing folders in which installed packages lie. */
  readonly sitePackages: readonly string[];
  /** Importable tools by import name (`pytest_benchmark`), with their version; empty when it cannot be told. */
  readonly tools: Readonly<Record<string, string>>;
  /** Why this one: one clause. */
  readonly why: string;
  readonly doubts: readonly Doubt[];
}

/** Which interpreter the user asked for, if any. */
export interface PythonWish {
  /** A file, an environment's folder, a program on PATH or a version like `3.12`; relative to the project. */
  readonly python?: string | undefined;
  /** Who says so, for messages: `--python` (default) or `strop.toml:3`. */
  readonly source?: string | undefined;
  /** How long one interpreter may take to answer. Default 30 s. */
  readonly timeoutMs?: number | undefined;
}

/** The oldest version that the shims run on. */
const OLDEST_PYTHON: readonly [number, number] = [3, 9];

function isTooOld(version: readonly number[]): boolean {
  const [major = 0, minor = 0] = version;
  return major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1]);
}

function describe(answer: ProbeAnswer, candidate: Candidate): Interpreter {
  const doubts: Doubt[] = [];
  if (candidate.weight === 'fallback') {
    doubts.push({
      code: 'interpreter-guessed',
      text: `No environment of the project was found, so the interpreter is a guess (${candidate.why}).`,
    });
  }
  return {
    executable: answer.executable === '' ? candidate.path : answer.executable,
    version: answer.version,
    versionText: answer.text,
    implementation: answer.implementation,
    prefix: answer.prefix,
    basePrefix: answer.basePrefix,
    platform: answer.platform,
    abi: answer.abi,
    freeThreaded: answer.freeThreaded,
    gil: answer.gil,
    debugBuild: answer.debug,
    sitePackages: answer.sitePackages,
    tools: answer.tools,
    why: candidate.why,
    doubts,
  };
}

function refuse(candidate: Candidate, reason: string, detail: string): StropError {
  const environment = /virtual environment|VIRTUAL_ENV|CONDA_PREFIX/.test(candidate.why);
  return new StropError({
    code: 'no-python',
    problem: `the project's interpreter cannot be used: ${reason}`,
    where: candidate.path,
    remedy: environment
      ? `Repair or make the environment anew (${candidate.why}), or name another interpreter with --python.`
      : `Name a working interpreter with --python (this one was taken because ${candidate.why}).`,
    detail,
  });
}

/**
 * The project's interpreter. The first that something points at is taken: `--python` or the setting,
 * VIRTUAL_ENV, an active conda environment, `.venv`, `venv` or `env` in the project or above it up to the git
 * top, then what poetry, pdm, pipenv, hatch and uv say, then PATH. It must answer: a broken one is an error
 * (`no-python`) and never passed over in silence, since another one would measure with other dependencies. Only
 * what stands on PATH may be skipped.
 */
export async function findPython(
  host: Host,
  project: ProjectRoot,
  wish: PythonWish = {},
): Promise<Interpreter> {
  const named =
    wish.python === undefined ? undefined : { python: wish.python, source: wish.source ?? '--python' };
  const tried: string[] = [];
  for await (const candidate of listCandidates(host, project, named)) {
    if ('missed' in candidate) {
      tried.push(candidate.missed);
      continue;
    }
    const probe = await probePython(host, candidate.path, project.root, wish.timeoutMs);
    const reason = probe.ok
      ? isTooOld(probe.answer.version)
        ? `it is Python ${probe.answer.text}, and strop needs ${OLDEST_PYTHON.join('.')} or newer`
        : undefined
      : probe.reason;
    if (probe.ok && reason === undefined) return describe(probe.answer, candidate);
    const detail = probe.ok ? '' : probe.detail;
    if (candidate.weight === 'binding') throw refuse(candidate, reason ?? '', detail);
    tried.push(`${candidate.path} (${candidate.why}): ${reason ?? ''}`);
  }
  throw new StropError({
    code: 'no-python',
    problem: 'no usable Python interpreter was found',
    where: project.root,
    remedy: 'Make a virtual environment (python3 -m venv .venv) or name an interpreter with --python.',
    detail: `Tried in this order:\n${tried.map((line) => `- ${line}`).join('\n')}`,
  });
}
