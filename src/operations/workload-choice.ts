import { StropError, suggestWord } from '#base';
import type { Doubt } from '#base';
import type { Selected } from '#comparing';
import type { Host } from '#host';
import { listAsv, listPytest } from '#measuring';
import type { Both, WorkerSettings } from '#measuring';
import type { Interpreter, Settings } from '#project';
import type { Side } from '#revisions';
import { findAsvFolder, findBenchmarkFiles, looksLikeTestId, parseCallable, profilerOf } from '#workloads';
import type { AsvWorkload, PytestWorkload, Workload } from '#workloads';
import { z } from 'zod';
import { placeNamedFiles } from './named-files.ts';
import { shareSupport } from './shared-support.ts';
import { shareYardstick } from './shared-yardstick.ts';
import { takeFromWorkingTree } from './working-yardstick.ts';

/** The flags of every operation that runs workloads. */
export const workloadFlags = {
  workload: z
    .array(z.string())
    .default([])
    .describe(
      'pytest node id, module:function(args), asv id, or a name from the settings; default: all benchmarks found',
    ),
  stmt: z.string().optional().describe('measure this Python statement, as timeit does'),
  setup: z.string().optional().describe('code to run before --stmt, outside of the measured time'),
  command: z
    .array(z.string())
    .default([])
    .describe('measure a whole command, launched in the project folder of each side'),
};

/** What the user may say about what to run; exactly one of the three ways, or none. */
export interface WorkloadInput {
  readonly workload: readonly string[];
  readonly stmt?: string | undefined;
  readonly setup?: string | undefined;
  readonly command: readonly string[];
}

/** What the selection looks at. With one state of the project only, both sides are that one. */
export interface Selection {
  readonly host: Host;
  readonly sides: Both<Side>;
  readonly worker: WorkerSettings;
  readonly interpreter: Interpreter;
  readonly settings: Settings;
  /** Told what was left out of a selection by default, and why. */
  readonly leaveOut?: (doubt: Doubt) => void;
}

type FileWorkload = PytestWorkload | AsvWorkload;

/** What one side has of the workloads that live in files of their own. */
interface Listing {
  readonly workloads: readonly FileWorkload[];
  readonly errors: readonly (readonly [file: string, reason: string])[];
}

/** Turns what the user asked for into workloads, or finds all benchmarks; throws a StropError for what does not exist. */
export async function selectWorkloads(
  selection: Selection,
  input: WorkloadInput,
): Promise<readonly Selected[]> {
  const direct = directWorkload(input);
  if (direct !== undefined) return [await selectNamed(selection, direct)];
  const ids = input.workload.flatMap((id) => namedWorkload(selection.settings, id) ?? [id]);
  if (input.workload.length === 0) return selectAll(selection);
  const selected: Selected[] = [];
  for (const id of ids) {
    if (typeof id === 'string' && looksLikeTestId(id))
      selected.push(...(await selectFromFile(selection, id)));
    else selected.push(await selectNamed(selection, id));
  }
  return withoutTwins(selected);
}

/** A workload that is said in words, or the id of a callable. */
async function selectNamed(selection: Selection, named: Workload | string): Promise<Selected> {
  const { host, sides, interpreter, settings } = selection;
  const said = typeof named === 'string' ? requireCallable(settings, named) : named;
  const { workload, doubts } = await placeNamedFiles(host, sides, said, interpreter.executable);
  const profiler = workload.kind === 'command' ? profilerOf(workload.argv) : undefined;
  if (profiler === undefined) return { workload, doubts };
  const text = `The command runs under ${profiler}, which is measured along and slows some code down more than other: measure the program without it.`;
  return { workload, doubts: [...doubts, { code: 'profiler-along', text }] };
}

function withoutTwins(selected: readonly Selected[]): readonly Selected[] {
  return selected.filter(
    (each, index) => selected.findIndex((other) => other.workload.id === each.workload.id) === index,
  );
}

function directWorkload(input: WorkloadInput): Workload | undefined {
  const given = [input.stmt !== undefined, input.command.length > 0, input.workload.length > 0].filter(
    Boolean,
  );
  if (given.length > 1) {
    throw new StropError({
      code: 'bad-request',
      problem: '--workload, --stmt and a command after -- exclude each other',
      remedy: 'Give one of them.',
    });
  }
  if (input.setup !== undefined && input.stmt === undefined) {
    throw new StropError({
      code: 'bad-request',
      problem: '--setup needs --stmt',
      remedy: 'Give the statement that is to be measured.',
    });
  }
  if (input.stmt !== undefined) {
    return { kind: 'statement', id: input.stmt, statement: input.stmt, setup: input.setup ?? '' };
  }
  const [program, ...rest] = input.command;
  if (program === undefined) return undefined;
  return { kind: 'command', id: input.command.join(' '), argv: [program, ...rest] };
}

function namedWorkload(settings: Settings, id: string): readonly (Workload | string)[] | undefined {
  const setting = settings.workloads.find((each) => each.name === id);
  if (setting === undefined) return undefined;
  switch (setting.kind) {
    case 'id':
      return [setting.id];
    case 'statement':
      return [{ kind: 'statement', id, statement: setting.statement, setup: setting.setup }];
    case 'command':
      return [{ kind: 'command', id, argv: setting.argv }];
    case 'callable': {
      const [module = '', qualname = ''] = setting.target.split(':');
      return [{ kind: 'callable', id, module, qualname, args: setting.args, kwargs: setting.kwargs }];
    }
  }
}

function requireCallable(settings: Settings, id: string): Workload {
  const workload = parseCallable(id);
  if (workload !== undefined) return workload;
  const near = suggestWord(
    id,
    settings.workloads.map((each) => each.name),
  );
  throw new StropError({
    code: 'workload-missing',
    problem: 'this is no workload that strop knows',
    where: id,
    remedy:
      near !== undefined
        ? `Did you mean ${near}?`
        : 'Give a pytest node id (tests/test_x.py::test_y), module:function or module:function(1, "text"), or a name from [tool.strop.workloads].',
  });
}

async function list(selection: Selection, side: Side, targets: readonly string[]): Promise<Listing> {
  const { host, worker, interpreter } = selection;
  const asvFolder = await findAsvFolder(host, side.project);
  const inAsv = (target: string) =>
    asvFolder !== undefined && (asvFolder === '.' || target.startsWith(`${asvFolder}/`));
  const asv = asvFolder !== undefined && targets.some((target) => target === '' || inAsv(target));
  const asvFound = asv ? await listAsv(host, side, worker, asvFolder) : { found: [], errors: [] };
  const files = targets.includes('') ? await findBenchmarkFiles(host, side.project) : targets;
  const existing: string[] = [];
  for (const file of files) {
    if ((await host.files.kind(`${side.project}/${file.split('::')[0] ?? file}`)) !== undefined)
      existing.push(file);
  }
  const hasPytest = interpreter.tools['pytest'] !== undefined;
  const isAsv = (file: string) => asvFound.found.some((each) => matches(each, file));
  // What seems to be a benchmark of pytest is one in asv's folder, too.
  const tests = existing.filter(
    (file) =>
      !inAsv(file) ||
      asvFound.found.length === 0 ||
      (hasPytest && (targets.includes('') || !isAsv(file) || !file.includes('.py'))),
  );
  if (tests.length === 0) return { workloads: asvFound.found, errors: asvFound.errors };
  if (!hasPytest) throw withoutPytest(interpreter);
  const collected = await listPytest(host, side, worker, tests);
  const benchmarks = collected.found.filter((each) => each.isBenchmark);
  // A named test need not be a benchmark: its whole call is measured then.
  const chosen = benchmarks.length > 0 || targets.includes('') ? benchmarks : collected.found;
  return {
    workloads: [...chosen.map((each) => each.workload), ...asvFound.found],
    errors: [...collected.errors, ...asvFound.errors],
  };
}

/** Both sides at the same time, or the one side once. */
async function listBoth(selection: Selection, ask: (side: Side) => Promise<Listing>): Promise<Both<Listing>> {
  const { a, b } = selection.sides;
  if (a === b) {
    const only = await ask(a);
    return { a: only, b: only };
  }
  const [first, second] = await Promise.all([ask(a), ask(b)]);
  return { a: first, b: second };
}

function withoutPytest(interpreter: Interpreter): StropError {
  return new StropError({
    code: 'workload-failed',
    problem: `pytest is not installed for ${interpreter.executable} (${interpreter.why})`,
    remedy:
      'Install pytest into the project environment, name its interpreter with --python, or measure a module:function.',
  });
}

function matches(workload: FileWorkload, id: string): boolean {
  return (
    workload.id === id ||
    workload.id.startsWith(`${id}::`) ||
    workload.id.startsWith(`${id}[`) ||
    (workload.kind === 'asv' && id.includes('::') && workload.id.startsWith(`${id}.`)) ||
    (id.endsWith('/') ? workload.id.startsWith(id) : workload.id.startsWith(`${id}/`))
  );
}

async function selectAll(selection: Selection): Promise<readonly Selected[]> {
  const { a, b } = await listBoth(selection, (side) => list(selection, side, ['']));
  const ids = new Set([...a.workloads, ...b.workloads].map((each) => each.id));
  const found = [
    ...(await selectCommon(selection, { a, b }, [...ids])),
    ...(await selectFromSettings(selection)),
  ];
  if (found.length > 0) {
    const reasons = new Map([...a.errors, ...b.errors]);
    for (const [file, reason] of reasons) {
      const why = reason.trimEnd().split('\n').at(-1)?.replace(/^E\s+/, '').trim() ?? '';
      selection.leaveOut?.({
        code: 'workload-skipped',
        text: `Left out: ${file} cannot be collected: ${why}`,
      });
    }
    return withoutTwins(found);
  }
  const [file, reason] = [...b.errors, ...a.errors][0] ?? [];
  throw new StropError({
    code: 'workload-missing',
    problem:
      file === undefined
        ? 'the project has no benchmark that strop could find'
        : 'the benchmarks cannot be collected',
    ...(file === undefined ? {} : { where: file }),
    remedy:
      'Name something to measure: --workload module:function, --stmt "…", or a command after --; `strop scaffold module:function` writes a first benchmark.',
    ...(reason === undefined ? {} : { detail: reason }),
  });
}

async function selectFromSettings(selection: Selection): Promise<readonly Selected[]> {
  const selected: Selected[] = [];
  for (const { name } of selection.settings.workloads) {
    for (const each of namedWorkload(selection.settings, name) ?? []) {
      if (typeof each !== 'string' || !looksLikeTestId(each))
        selected.push(await selectNamed(selection, each));
      else {
        try {
          selected.push(...(await selectFromFile(selection, each)));
        } catch (error) {
          // It need not exist in the states that are compared.
          if (!(error instanceof StropError) || error.code !== 'workload-missing') throw error;
          selection.leaveOut?.({
            code: 'workload-skipped',
            text: `Left out: workload ${name} of the settings (${each}): ${error.message}.`,
          });
        }
      }
    }
  }
  return selected;
}

/** The id with the path as pytest prints it. Behind the path a backslash is part of a parameter (`test_x[\xdf]`). */
export function normalId(id: string): string {
  const end = id.indexOf('::');
  const path = end < 0 ? id : id.slice(0, end);
  return path.replaceAll('\\', '/').replace(/^\.\//, '') + id.slice(path.length);
}

async function selectFromFile(selection: Selection, id: string): Promise<readonly Selected[]> {
  const normal = normalId(id);
  // Collecting the whole file tells what else there is when the id is wrong.
  const target = normal.split('::')[0] ?? normal;
  const taken = await takeFromWorkingTree(selection.host, selection.sides, target);
  const { a, b } = await listBoth(selection, (side) => list(selection, side, [target]));
  const known = [...a.workloads, ...b.workloads];
  let ids = [...new Set(known.filter((each) => matches(each, normal)).map((each) => each.id))];
  let listing = { a, b };
  if (ids.length === 0 && normal.includes('::')) {
    // The file has benchmarks, but a plain test of it was named.
    listing = await listBoth(selection, (side) => listExactly(selection, side, normal));
    ids = [
      ...new Set(
        [...listing.a.workloads, ...listing.b.workloads]
          .filter((each) => matches(each, normal))
          .map((each) => each.id),
      ),
    ];
  }
  if (ids.length > 0) {
    const selected = await selectCommon(selection, listing, ids);
    return selected.map(({ workload, doubts }) => ({ workload, doubts: [...taken, ...doubts] }));
  }
  const [, reason] = [...b.errors, ...a.errors][0] ?? [];
  const near = suggestWord(
    normal,
    known.map((each) => each.id),
  );
  throw new StropError({
    code: 'workload-missing',
    problem: reason === undefined ? 'neither side has such a test or benchmark' : 'this cannot be collected',
    where: id,
    remedy:
      near !== undefined
        ? `Did you mean ${near}?`
        : known.length > 0
          ? `There is: ${known
              .slice(0, 4)
              .map((each) => each.id)
              .join(', ')}.`
          : 'Give the id as pytest prints it, relative to the project folder.',
    ...(reason === undefined ? {} : { detail: reason }),
  });
}

async function listExactly(selection: Selection, side: Side, id: string): Promise<Listing> {
  const path = id.split('::')[0] ?? id;
  if ((await selection.host.files.kind(`${side.project}/${path}`)) === undefined)
    return { workloads: [], errors: [] };
  const collected = await listPytest(selection.host, side, selection.worker, [id]);
  return { workloads: collected.found.map((each) => each.workload), errors: collected.errors };
}

/** The workloads of these ids, from benchmark files that are made the same on both sides. */
async function selectCommon(
  { host, sides }: Selection,
  listing: Both<Listing>,
  ids: readonly string[],
): Promise<readonly Selected[]> {
  const selected: Selected[] = [];
  const inA = new Set(listing.a.workloads.map((each) => each.id));
  const wanted = [...listing.a.workloads, ...listing.b.workloads].filter((each) => ids.includes(each.id));
  const files = [...new Set(wanted.map((each) => each.file))];
  const fromA = wanted.every((each) => inA.has(each.id));
  const support = sides.a === sides.b ? undefined : await shareSupport(host, sides, files, fromA);
  for (const file of files) {
    const workloads = wanted.filter((each) => each.file === file);
    const unique = workloads.filter(
      (each, index) => workloads.findIndex((other) => other.id === each.id) === index,
    );
    const own = await shareYardstick(
      host,
      sides,
      file,
      unique.every((each) => inA.has(each.id)),
    );
    const doubts = [own, support].filter((doubt) => doubt !== undefined);
    selected.push(...unique.map((workload) => ({ workload, doubts })));
  }
  return selected;
}
