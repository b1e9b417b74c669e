import { StropError, formatNumberOf, suggestWord } from '#base';
import type { Doubt } from '#base';
import { overallVerdict } from '#comparing';
import { runGit } from '#project';
import type { ProjectRoot } from '#project';
import type { Side } from '#revisions';
import { compareSnapshots, findNodePrefix, measureSnapshot, readSnapshot } from '#snapshots';
import type { ComparedSnapshotBenchmark, Snapshot, SnapshotRatio } from '#snapshots';
import type { ComparedMeter, ComparedWorkload, ComparisonDocument } from '#store';
import { readRequest } from '../compare-request.ts';
import { machineOf, pythonOf, revisionOf } from '../comparison.ts';
import { openProject } from '../opened-project.ts';
import type { OpenedProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { withSides } from '../working-sides.ts';
import type { CompareInput } from './schema.ts';

/** How many names a doubt lists. */
const SHOWN = 4;

/** Side B as it was measured or read. */
interface After {
  readonly snapshot: Snapshot;
  readonly revision: ComparisonDocument['b'];
  readonly doubts: readonly Doubt[];
}

function refuse(problem: string, remedy: string): StropError {
  return new StropError({ code: 'bad-request', problem, where: '--snapshot', remedy });
}

/** `A..B` or twice one name; dots beside a slash belong to a path. */
function splitNames(given: readonly string[]): readonly [string, string | undefined] {
  const names = given.flatMap((text) => text.split(/(?<![\\/.]|^)\.\.(?![\\/.]|$)/));
  const [a, b] = names;
  if (a === undefined || a === '' || b === '' || names.length > 2)
    throw refuse('one or two snapshots can be compared', 'Write --snapshot A, or --snapshot A..B.');
  return [a, b];
}

/** What pairs are measured by has no meaning for snapshots, and a flag without effect would be a lie. */
function refuseFlags(input: CompareInput): void {
  const given = [
    ['a revision', input.revisions !== undefined],
    ['--stmt', input.stmt !== undefined],
    ['--setup', input.setup !== undefined],
    ['a command', input.command.length > 0],
    ['--budget', input.budget !== undefined],
    [`--meter ${input.meter ?? ''}`, input.meter === 'cpu' || input.meter === 'memory'],
  ] as const;
  const [name] = given.find(([, is]) => is) ?? [];
  if (name === undefined) return;
  throw refuse(
    `${name} and --snapshot exclude each other`,
    'A snapshot holds wall times of pytest benchmarks: it is compared with another one, or with the working tree as it is now.',
  );
}

function isNamed(name: string, wanted: readonly string[]): boolean {
  return (
    wanted.length === 0 ||
    wanted.some((id) => name === id || ['::', '[', '/'].some((next) => name.startsWith(id + next)))
  );
}

/** The snapshot's benchmarks by names relative to the project, and only those that were asked for. */
function chooseFrom(snapshot: Snapshot, prefix: string, wanted: readonly string[]): Snapshot {
  const own = snapshot.benchmarks.map((each) =>
    each.fullname.startsWith(prefix) ? { ...each, fullname: each.fullname.slice(prefix.length) } : each,
  );
  const missing = wanted.find((id) => !own.some((each) => isNamed(each.fullname, [id])));
  if (missing !== undefined) {
    const names = own.map((each) => each.fullname);
    const near = suggestWord(missing, names);
    throw new StropError({
      code: 'workload-missing',
      problem: `snapshot ${titleOf(snapshot)} has no such benchmark`,
      where: missing,
      remedy: near !== undefined ? `Did you mean ${near}?` : `There is: ${names.slice(0, SHOWN).join(', ')}.`,
    });
  }
  return { ...snapshot, benchmarks: own.filter((each) => isNamed(each.fullname, wanted)) };
}

function titleOf({ number, name }: Snapshot): string {
  return number === undefined ? name : `${String(number).padStart(4, '0')}_${name}`;
}

/** What was measured is known only where nothing had been changed, and where git knows the commit. */
async function revisionOfSnapshot(
  context: Context,
  project: ProjectRoot,
  snapshot: Snapshot,
): Promise<ComparisonDocument['a']> {
  const { id, dirty } = snapshot.commit;
  const known = !dirty && /^[0-9a-f]{40,64}$/.test(id);
  const tree = known
    ? await runGit(context.host, project.root, ['rev-parse', '--verify', '--quiet', `${id}^{tree}`])
    : undefined;
  return {
    revision: `snapshot ${titleOf(snapshot)}`,
    commit: id,
    content: tree?.ok === true ? tree.stdout.trim() : 'unknown',
  };
}

/** Doubts about whether the benchmarks that run now are those of the snapshot. */
async function findYardstickDoubts(
  context: Context,
  project: ProjectRoot,
  a: Snapshot,
  side: Side,
  files: readonly string[],
): Promise<readonly Doubt[]> {
  if (a.commit.dirty || !/^[0-9a-f]{40,64}$/.test(a.commit.id)) return [];
  const changed: string[] = [];
  for (const file of files) {
    const then = await runGit(context.host, project.root, ['show', `${a.commit.id}:./${file}`]);
    const now = await context.host.files.readText(`${side.project}/${file}`);
    if (then.ok && then.stdout.replaceAll('\r\n', '\n') !== now?.replaceAll('\r\n', '\n')) changed.push(file);
  }
  if (changed.length === 0) return [];
  return [
    {
      code: 'yardstick-differs',
      text: `${changed.join(', ')} has changed since the commit of the snapshot: the benchmarks themselves may cost more or less.`,
    },
  ];
}

/** Side B's stretch of time alone bears this load, unlike the sides of a pair. */
function busyDoubts({ host: { machine } }: Context): readonly Doubt[] {
  const load = machine.load();
  if (load === undefined || load <= machine.cores) return [];
  return [
    {
      code: 'busy-machine',
      text: `The load average is ${load.toFixed(1)} on ${formatNumberOf(machine.cores, 'core')}: side B was measured under it, side A perhaps not.`,
    },
  ];
}

/** Measures the benchmarks that the snapshot has on the working tree as it is now, by pytest-benchmark as well. */
async function measureNow(
  context: Context,
  opened: OpenedProject,
  input: CompareInput,
  a: Snapshot,
  prefix: string,
): Promise<After> {
  const { host } = context;
  const { project, settings } = opened;
  const tree = { kind: 'working-tree' } as const;
  // Both sides are the same tree: preparing a commit that is not needed might mean to build it.
  return withSides(context, opened, { a: tree, b: tree }, async (run, prepared) => {
    const side = prepared.b;
    const files: string[] = [];
    for (const file of new Set(a.benchmarks.map((each) => each.fullname.split('::')[0] ?? ''))) {
      if ((await host.files.kind(`${side.project}/${file}`)) !== undefined) files.push(file);
    }
    const measured = await measureSnapshot(host, {
      side,
      project,
      name: 'now',
      files,
      // As it was for the snapshot: the collector's work is part of the times.
      disableGc: a.benchmarks.some((each) => each.gcDisabled !== false),
      only: a.benchmarks.map((each) => prefix + each.fullname),
      runFolder: run.folder,
      timeoutMs: readRequest(input, settings).timeoutMs,
      signal: context.signal,
      progress: (text) => {
        context.progress({ kind: 'step', text });
      },
    });
    if ('left' in measured) {
      throw new StropError({
        code: 'workload-failed',
        problem: `side B cannot be measured by pytest-benchmark: ${measured.left}`,
        remedy:
          'Name a second snapshot (--snapshot A..B), or compare revisions, which needs no pytest-benchmark.',
      });
    }
    const snapshot = chooseFrom(await readSnapshot(host, project, measured.file), prefix, []);
    const failed = measured.failed.slice(0, SHOWN).map(([id, reason]): Doubt => ({
      code: 'workload-skipped',
      text: `Left out: ${id} fails on side B: ${reason.trimEnd().split('\n').at(-1) ?? ''}.`,
    }));
    const { clean, commit } = side.revision;
    const same: readonly Doubt[] =
      clean && !a.commit.dirty && commit === a.commit.id
        ? [{ code: 'identical-code', text: 'The snapshot was taken of the commit that is checked out now.' }]
        : [];
    return {
      snapshot,
      revision: revisionOf(side),
      doubts: [
        ...busyDoubts(context),
        ...prepared.doubts.filter((doubt) => doubt.code !== 'identical-code'),
        ...same,
        ...(await findYardstickDoubts(context, project, a, side, files)),
        ...failed,
      ],
    };
  });
}

function meterOf(
  seen: SnapshotRatio | undefined,
  verdict: ComparedMeter['verdict'],
  before: number,
  after: number,
): ComparedMeter {
  return {
    ratio: seen?.ratio ?? 1,
    low: seen?.low ?? 0,
    high: seen?.high ?? null,
    verdict,
    pairs: 0,
    before,
    after,
    unit: 'ns',
  };
}

function reportBenchmark(each: ComparedSnapshotBenchmark): ComparedWorkload {
  const { before, after, verdict } = each;
  const median = meterOf(each.median, verdict, before.medianNs, after.medianNs);
  return {
    id: each.fullname,
    kind: 'pytest',
    verdict,
    meter: 'wall',
    ratio: median.ratio,
    low: median.low,
    high: median.high,
    detectable: each.detectable ?? null,
    pairs: 0,
    pairsNeeded: null,
    secondsNeeded: null,
    seconds: 0,
    before: before.medianNs,
    after: after.medianNs,
    doubts: [
      { code: 'unpaired-snapshot', text: 'Read from snapshots: no pairs were measured.' },
      ...each.doubts,
    ],
    meters: { wall: median, 'wall-min': meterOf(each.min, verdict, before.minNs, after.minNs) },
    witnesses: {},
  };
}

function missingDoubt(names: readonly string[], where: string): readonly Doubt[] {
  if (names.length === 0) return [];
  const more = names.length > SHOWN ? ` and ${String(names.length - SHOWN)} more` : '';
  return [
    {
      code: 'workload-skipped',
      text: `Left out, as only ${where} has them: ${names.slice(0, SHOWN).join(', ')}${more}.`,
    },
  ];
}

/**
 * Compares a snapshot of pytest-benchmark with a second one, or with the working tree measured by pytest-benchmark now.
 * The result has the form of a comparison of revisions without a pair in it, and is not kept in the history: what
 * follows from the last comparison must follow from pairs. The project's own snapshots are only read.
 */
export async function compareSnapshot(context: Context, input: CompareInput): Promise<ComparisonDocument> {
  const { host } = context;
  const begin = host.clock.nowNs();
  const [nameA, nameB] = splitNames(input.snapshot);
  refuseFlags(input);
  const opened = await openProject(context, input.python);
  const { project, settings, interpreter } = opened;
  const { rule } = readRequest(input, settings);
  const prefix = await findNodePrefix(host, project);
  const python = interpreter.version.slice(0, 2).join('.');
  const read = async (name: string): Promise<Snapshot> =>
    chooseFrom(await readSnapshot(host, project, name, python), prefix, input.workload);
  const a = await read(nameA);
  let b: After;
  if (nameB === undefined) b = await measureNow(context, opened, input, a, prefix);
  else {
    const snapshot = await read(nameB);
    b = { snapshot, revision: await revisionOfSnapshot(context, project, snapshot), doubts: [] };
  }
  const compared = compareSnapshots(a, b.snapshot, rule);
  if (compared.benchmarks.length === 0) {
    throw new StropError({
      code: 'workload-missing',
      problem: 'the sides have no benchmark in common',
      where: `${titleOf(a)}, ${nameB ?? 'working tree'}`,
      remedy:
        'Benchmarks are matched by file, class, function and parameters: name snapshots of the same ones.',
    });
  }
  const workloads = compared.benchmarks.map(reportBenchmark);
  return {
    kind: 'comparison',
    version: 1,
    date: host.clock.date(),
    a: await revisionOfSnapshot(context, project, a),
    b: b.revision,
    verdict: overallVerdict(workloads),
    rule: { ...rule, budgetSeconds: 0 },
    python: pythonOf(interpreter),
    machine: machineOf(host),
    seconds: (host.clock.nowNs() - begin) / 1e9,
    doubts: [
      ...compared.doubts,
      ...interpreter.doubts,
      ...b.doubts,
      ...missingDoubt(compared.onlyInA, 'side A'),
      ...missingDoubt(nameB === undefined ? [] : compared.onlyInB, 'side B'),
    ],
    workloads,
    samples: null,
  };
}
