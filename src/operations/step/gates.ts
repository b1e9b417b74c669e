import { relative } from 'node:path';
import type { Doubt } from '#base';
import type { GateReport } from '#campaign';
import {
  addFindings,
  checkApi,
  checkOneChange,
  checkTests,
  checkYardstick,
  findChangedExamples,
} from '#gates';
import type { YardstickFile } from '#gates';
import type { Both } from '#measuring';
import type { ChangedPath, Run, Side } from '#revisions';
import type { StepDocument } from '#store';
import { doubtBenchmarkPlugin } from '../benchmark-plugin.ts';
import { insideProject } from '../campaign-files.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { requireTool } from '../tool-consent.ts';
import type { StepInput } from './schema.ts';

/** The frozen change, and what the user said about it. */
export interface GateRequest {
  readonly opened: OpenedProject;
  readonly run: Run;
  readonly sides: Both<Side>;
  /** Less the records of the campaign. */
  readonly change: readonly ChangedPath[];
  readonly input: StepInput;
}

/** What the gates said that need nothing measured. */
export interface GatesPassed {
  readonly gates: readonly GateReport[];
  readonly changed: StepDocument['changed'];
  readonly tests: StepDocument['tests'];
  readonly doubts: readonly Doubt[];
}

/** Of names and notes, so many are written out. */
const MOST = 5;

/** The whole suite on one side may take this long. */
const TEST_TIMEOUT_NS = 15 * 60e9;

/**
 * Runs the gates in the order of their price: yardstick, one change and public API read the code, and the tests run last,
 * only when the others hold. Side B's checkout uses side A's yardstick afterwards, unless the change of it is excused.
 */
export async function checkGates(
  context: Context,
  { opened, run, sides, change, input }: GateRequest,
): Promise<GatesPassed> {
  const { host, signal } = context;
  const say = (text: string) => {
    context.progress({ kind: 'step', text });
  };
  say('checking that the yardstick is the same');
  const reason = input.yardstickChange ?? null;
  const yardstick = await checkYardstick(host, { sides, changed: change, reason });
  const inside = new Set(
    insideProject(
      yardstick.code.map(({ path }) => path),
      sides.a,
    ),
  );
  const one = await checkOneChange(host, {
    sides,
    code: yardstick.code.filter(({ path }) => inside.has(path)),
    reason: input.allowBundle ?? null,
  });
  const beside = yardstick.code.map(({ path }) => path).filter((path) => !inside.has(path));
  say('comparing the public API');
  const griffe = await requireTool(context, 'griffe', opened.interpreter, input.yes);
  const api = await checkApi(host, {
    sides,
    griffe: { folder: griffe.folder, python: griffe.python.executable },
    runFolder: run.folder,
    reason: input.apiChange ?? null,
    signal,
  });
  const added = api.added.length === 0 ? [] : [addedNames(api.added)];
  const judging = addFindings(yardstick.report, one.hooks, 'the change adds hooks of pytest', reason);
  const early = {
    gates: [judging, one.report, api.report],
    changed: [...one.changed],
    doubts: [
      ...one.doubts,
      ...api.doubts,
      ...notedDoubts(api.notes),
      ...added,
      ...addedTests(yardstick.changed),
      ...besides(beside),
    ],
  };
  await yardstick.useSideA();
  if (early.gates.some((gate) => gate.outcome === 'failed')) return { ...early, tests: null };
  say('running the whole test suite on both sides');
  const prefix = relative(sides.a.root, sides.a.project).replaceAll('\\', '/');
  const exempt = yardstick.changed
    .filter(({ kind }) => kind !== 'added')
    .map(({ path }) => path)
    // Documents may be tests, too.
    .concat(change.map(({ path }) => path).filter((path) => !path.endsWith('.py')))
    .map((path) => (prefix === '' ? path : path.replace(`${prefix}/`, '')))
    .concat(one.examples);
  const tests = await checkTests(host, {
    sides,
    additions: yardstick.additions,
    runFolder: run.folder,
    timeoutMs: (opened.settings.testTimeoutNs ?? TEST_TIMEOUT_NS) / 1e6,
    exemptFiles: input.yardstickChange === undefined ? [] : exempt,
    noTestsReason: input.noTests ?? null,
    signal,
    progress: say,
  });
  const examples = await findChangedExamples(host, {
    sides,
    changed: change,
    docstrings: one.examples,
    files: tests.files,
  });
  const whole = addFindings(judging, examples, 'examples that the tests of A run have changed', reason);
  return {
    gates: [whole, ...early.gates.slice(1), tests.report],
    changed: early.changed,
    tests: tests.counts,
    doubts: [...early.doubts, ...tests.doubts, ...(await doubtBenchmarkPlugin(host, opened, tests.standIns))],
  };
}

function addedNames(names: readonly string[]): Doubt {
  return { code: 'api-grows', text: `New public names: ${listed(names)}.` };
}

/** The notes of the API gate; each is a sentence of its own. */
export function notedDoubts(notes: readonly string[]): readonly Doubt[] {
  const more = notes.length - MOST;
  return [
    ...notes.slice(0, MOST).map((note): Doubt => ({ code: 'api-noted', text: `${note}.` })),
    ...(more > 0
      ? [{ code: 'api-noted', text: `${String(more)} more notes on the public API.` } as const]
      : []),
  ];
}

/** New tests and benchmarks; a new file that blocks the step is run on no side. */
export function addedTests(
  changed: readonly Pick<YardstickFile, 'path' | 'kind' | 'blocks'>[],
): readonly Doubt[] {
  const added = changed.filter(({ kind, blocks }) => kind === 'added' && !blocks).map(({ path }) => path);
  return added.length === 0
    ? []
    : [{ code: 'yardstick-grows', text: `New tests or benchmarks, run on the new side: ${listed(added)}.` }];
}

function besides(paths: readonly string[]): readonly Doubt[] {
  if (paths.length === 0) return [];
  const text = `Files beside the project differ, too, and were measured with the change if it uses them: ${listed(paths)}.`;
  return [{ code: 'beside-the-project', text }];
}

function listed(words: readonly string[]): string {
  return words.length <= MOST
    ? words.join(', ')
    : `${words.slice(0, MOST).join(', ')} and ${String(words.length - MOST)} more`;
}
