import { StropError } from '#base';
import type { Doubt } from '#base';
import type { ChildResult, Host } from '#host';
import { readFacts } from '#project';
import type { Facts, Interpreter } from '#project';
import { prepareSides } from '#revisions';
import type { Side } from '#revisions';
import { openHistory } from '#store';
import type { ProfileDocument } from '#store';
import { z } from 'zod';
import type { OpenedProject } from './opened-project.ts';
import type { Context } from './operation.ts';
import { describeRecorded } from './profile-document.ts';
import { compileCheckout, profiledEnvironment } from './profiled-side.ts';
import { latestWhole } from './whole-profiles.ts';
import { withRun } from './working-run.ts';

/** How the tests are profiled. */
export interface TestsProfileOptions {
  readonly seconds: number;
  /** Answer the newest kept profile instead of making one, when it is of the same content. */
  readonly reuse: boolean;
}

type Runner = 'pytest' | 'unittest';

const Report = z.object({
  passed: z.number(),
  failed: z.number(),
  code: z.number().nullable(),
  cut: z.boolean(),
});

/** How long the runner may take to find the tests before they begin. */
const FINDING_SECONDS = 30;

/** What the tests may take to end after their time is up, the writing of the profile included. */
const GRACE_MS = 15_000;

/** What the user is told where no tests can be profiled. */
const INSTEAD =
  'Name the function to measure (strop scaffold module:function), or profile a program of yours first (strop profile -- python app.py).';

/**
 * Profiles the project's own tests, for where there is no benchmark yet, on a frozen copy of the working tree, and keeps
 * the profile. Errors: `workload-missing` where there are no tests or none ran, `workload-failed`, `workload-timeout`,
 * and those of `prepareSides`.
 */
export async function profileTests(
  context: Context,
  opened: OpenedProject,
  options: TestsProfileOptions,
): Promise<ProfileDocument> {
  const { host } = context;
  const { project, settings, interpreter } = opened;
  const runner = requireRunner(
    await readFacts(host, project, interpreter, settings.sourceRoots),
    interpreter,
  );
  const history = openHistory(host, project.root);
  return withRun(context, async (run) => {
    const { b: side } = await prepareSides(
      host,
      project,
      { a: { kind: 'commit', name: 'HEAD' }, b: { kind: 'working-tree' } },
      {
        run,
        python: interpreter,
        include: settings.include,
        sourceRoots: settings.sourceRoots,
        signal: context.signal,
        progress: (text) => {
          context.progress({ kind: 'step', text });
        },
      },
    );
    const { name, commit, contentId: content } = side.revision;
    if (options.reuse) {
      const kept = await latestWhole(history);
      if (kept?.content === content) return kept;
    }
    context.progress({
      kind: 'step',
      text: `running the tests under cProfile to see where the time goes, for ${String(options.seconds)} s at most`,
    });
    const recorded = await recordTests(context, side, runner, options.seconds, run.folder);
    const state = { name, commit, content };
    const document = await describeRecorded(host, opened, side, state, recorded, { top: 15, sort: 'own' });
    return (await history.profiles.save(document)).document;
  });
}

/** Who runs the tests; a StropError that says what to name instead where nobody can. */
function requireRunner(facts: Facts, interpreter: Interpreter): Runner {
  const missing = (problem: string, remedy: string) =>
    new StropError({ code: 'workload-missing', problem, remedy });
  if (facts.tests.files === 0)
    throw missing('the project has no tests that show where its time goes', INSTEAD);
  if (interpreter.tools['pytest'] !== undefined) return 'pytest';
  if (facts.tests.runners.some(({ value }) => value === 'unittest')) return 'unittest';
  throw missing(
    `the tests need pytest, which is not installed for ${interpreter.executable}`,
    `Install pytest into the project environment. ${INSTEAD}`,
  );
}

async function recordTests(
  context: Context,
  side: Side,
  runner: Runner,
  seconds: number,
  runFolder: string,
): Promise<Parameters<typeof describeRecorded>[4]> {
  const { host, signal } = context;
  const path = `${runFolder}/tests.prof`;
  const report = `${runFolder}/tests.json`;
  const shim = `${host.folders.shims}/_strop/suite.py`;
  await compileCheckout(host, side, signal);
  const result = await host.processes.run({
    argv: [side.python, shim, path, report, String(seconds), String(FINDING_SECONDS), runner],
    cwd: side.project,
    env: { ...profiledEnvironment(host, side), TMPDIR: `${runFolder}/tmp` },
    timeoutMs: (seconds + FINDING_SECONDS) * 1000 + GRACE_MS,
    signal,
    keepBytes: 262_144,
  });
  const text = await host.files.readText(report);
  const bytes = await host.files.readBytes(path);
  if (signal.aborted) {
    throw new StropError({
      code: 'interrupted',
      problem: 'stopped while the tests ran',
      remedy: 'Run the same command again.',
    });
  }
  if (text === undefined) throw withoutProfile(result, seconds);
  const tests = Report.parse(JSON.parse(text));
  if (bytes === undefined || (tests.passed + tests.failed === 0 && !tests.cut))
    throw withoutTests(result, tests.cut);
  const command = ['python', '-m', runner];
  return {
    bytes,
    path,
    workload: command.join(' '),
    command,
    loops: 1,
    wallNs: result.durationNs,
    cpuNs: undefined,
    bareCpuNs: undefined,
    doubts: [...doubtTests(tests, seconds)],
  };
}

function doubtTests(tests: z.infer<typeof Report>, seconds: number): readonly Doubt[] {
  const ran = tests.passed + tests.failed;
  return [
    ...(tests.cut
      ? [
          {
            code: 'profile-cut-short' as const,
            text: `Only ${String(ran)} tests ended in ${String(seconds)} s: what others use is not in the profile.`,
          },
        ]
      : []),
    ...(tests.failed > 0
      ? [
          {
            code: 'tests-failed' as const,
            text: `${String(tests.failed)} of ${String(ran)} tests failed: what they did not reach is not in the profile.`,
          },
        ]
      : []),
  ];
}

function tail(result: ChildResult): string {
  return `${result.stdout}\n${result.stderr}`.trim().split('\n').slice(-25).join('\n');
}

function withoutProfile(result: ChildResult, seconds: number): StropError {
  return new StropError({
    code: result.timedOut ? 'workload-timeout' : 'workload-failed',
    problem: result.timedOut
      ? `the tests did not let themselves be ended after ${String(seconds)} s and were killed`
      : `the tests could not be profiled: ${result.startError ?? `exit code ${String(result.exitCode ?? result.signal ?? 'unknown')}`}`,
    remedy: INSTEAD,
    detail: tail(result),
  });
}

function withoutTests(result: ChildResult, cut: boolean): StropError {
  return new StropError({
    code: cut ? 'workload-timeout' : 'workload-missing',
    problem: cut
      ? `finding the tests took longer than ${String(FINDING_SECONDS)} s`
      : 'no test ran that could be profiled',
    remedy: INSTEAD,
    detail: tail(result),
  });
}

/** Whether a project has tests at all that {@link profileTests} could try, without starting anything. */
export async function hasTests(host: Host, opened: OpenedProject): Promise<boolean> {
  const { project, settings, interpreter } = opened;
  return (await readFacts(host, project, interpreter, settings.sourceRoots)).tests.files > 0;
}
