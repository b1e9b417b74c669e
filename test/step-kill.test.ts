import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { findProcesses, survivors, until } from './support/processes.ts';
import type { Started } from './support/program.ts';
import { seeded } from './support/seeded.ts';
import { KillStage, LOG, MORE_BY_HAND, TITLE } from './support/kill-stage.ts';
import type { RepositoryState, Start } from './support/kill-stage.ts';

/** Half of these lie anywhere in a step, the other half where it writes into the repository. */
const MOMENTS = 50;

/** Against hanging only: 50 steps take long on a crowded machine. */
const PATIENCE_MS = 1_800_000;

/** Signs of how far a step is, in their order. Times count from the last one: they vary less than a whole step. */
const MARKS = {
  begin: () => true,
  opened: ({ told }) => told.includes('looking for the interpreter'),
  gates: ({ told }) => told.includes('checking that the yardstick'),
  api: ({ told }) => told.includes('comparing the public API'),
  tests: ({ told }) => told.includes('running the whole test suite'),
  calibrating: ({ told }) => told.includes('calibrating'),
  pairs: ({ told }) => /\d pairs/.test(told),
  committing: ({ told }) => told.includes('committing'),
  landing: ({ landings }) => landings.some((name) => name.endsWith('.json')),
  claimed: ({ landings }) => landings.some((name) => name.endsWith('claim')),
  end: ({ over }) => over,
} satisfies Record<
  string,
  (seen: { readonly told: string; readonly landings: readonly string[]; readonly over: boolean }) => boolean
>;

type Mark = keyof typeof MARKS;
const ORDER = Object.keys(MARKS) as readonly Mark[];

interface Moment {
  readonly start: Start;
  readonly mark: Mark;
  readonly afterMs: number;
}

/** How long after the start each mark came. */
type Times = Readonly<Record<Mark, number>>;

const stage = new KillStage();
let bytesBefore: Readonly<Record<Start, Readonly<Record<string, string>>>>;
let stateAfter: RepositoryState;
let times: Readonly<Record<Start, Times>>;

beforeAll(async () => {
  await stage.prepare();
  const [fresh, measured] = [await watchStep('fresh'), await watchStep('measured')];
  expect(measured.state).toEqual(fresh.state);
  stateAfter = fresh.state;
  bytesBefore = { fresh: fresh.before, measured: measured.before };
  times = { fresh: fresh.times, measured: measured.times };
}, PATIENCE_MS);
afterEach(() => {
  for (const { pid } of findProcesses(stage.folder)) process.kill(pid, 'SIGKILL');
});
afterAll(() => {
  stage.close();
});

/** One step that nobody disturbs: when its marks come, and what it leaves. */
async function watchStep(start: Start) {
  stage.restore(start);
  const before = stage.readBytes();
  const began = performance.now();
  const found: Partial<Record<Mark, number>> = {};
  const started = stage.startStep();
  const isOver = watchEnd(started);
  for (const mark of ORDER) {
    await untilMark(started, mark, isOver);
    found[mark] = performance.now() - began;
  }
  const ended = await started.ended;
  expect(ended.code, ended.stderr).toBe(0);
  await expectLanded(start, 'undisturbed');
  return { before, times: found as Times, state: stage.readState() };
}

function watchEnd(started: Started): () => boolean {
  let over = false;
  started.child.once('exit', () => (over = true));
  return () => over;
}

/** Names of what lies in the folder of unfinished landings. */
function readLandings(): readonly string[] {
  const folder = join(stage.home, 'data/landings');
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) =>
    existsSync(join(folder, name, 'claim')) ? [name, `${name}/claim`] : [name],
  );
}

/** Waits for the mark or the end of strop. */
async function untilMark(started: Started, mark: Mark, isOver: () => boolean): Promise<void> {
  const isThere = MARKS[mark];
  while (!isOver() && !isThere({ told: started.told(), landings: readLandings(), over: false }))
    await wait(1);
}

/** Runs a step and kills it at the moment. */
async function killStep({ start, mark, afterMs }: Moment): Promise<void> {
  stage.restore(start);
  const started = stage.startStep();
  const isOver = watchEnd(started);
  await untilMark(started, mark, isOver);
  if (!isOver()) await Promise.race([wait(afterMs), started.ended]);
  started.child.kill('SIGKILL');
  const { signal } = await started.ended;
  // The machine has become faster, and the step was over before its moment.
  if (signal !== 'SIGKILL') await killStep({ start, mark, afterMs: afterMs / 2 });
}

/** A moment of the whole step, told by the mark before it. */
function momentAt(start: Start, from: Mark, share: number): Moment {
  const all = times[start];
  const atMs = all[from] + share * (all.end - all[from]);
  const mark = ORDER.findLast((each) => all[each] <= atMs) ?? 'begin';
  return { start, mark, afterMs: atMs - all[mark] };
}

/** Where the moments of the other half begin. With the claim a script has begun that brings the commit in, come what may. */
const LANDING: readonly Mark[] = ['landing', 'committing', 'claimed'];

function* chooseMoments(): Generator<Moment> {
  const random = seeded(50);
  for (let index = 0; index < MOMENTS; index += 1) {
    // In shares of the same size, so that no part of a step is left out.
    if (index % 2 === 0) yield momentAt('fresh', 'begin', (index + 2 * random()) / MOMENTS);
    else yield momentAt('measured', LANDING[index % LANDING.length] ?? 'landing', random());
  }
}

/** What `strop log` must tell of the attempts, with the commit of the newest if there is one. */
function rowsOf(start: Start, commit?: string): readonly unknown[] {
  return [
    ...(start === 'measured' ? [{ outcome: 'undecided', commit: null }] : []),
    ...(commit === undefined ? [] : [{ outcome: 'kept', commit }]),
  ];
}

function readRows(stdout: string): readonly unknown[] {
  const { rows } = JSON.parse(stdout) as { rows: readonly { outcome: string; commit: string | null }[] };
  return rows.map(({ outcome, commit }) => ({ outcome, commit }));
}

async function run(...argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await stage.strop([...argv, '--json']);
  expect(code, stderr).toBe(0);
  return stdout;
}

const readLog = (): string => readFileSync(join(stage.repo, LOG), 'utf8');

/** The step is in the history, in the log and in git, the same in all of them. */
async function expectLanded(from: Start, moment: string): Promise<void> {
  const head = stage.git('rev-parse', 'HEAD');
  const log = readLog();
  expect(log.startsWith(MORE_BY_HAND), moment).toBe(true);
  expect(log.split(`Optimization 1: ${TITLE}`), moment).toHaveLength(2);
  expect(log.split(`**Commit:** \`${head}\``), moment).toHaveLength(2);
  expect(stage.attempts().at(-1), moment).toMatchObject({ outcome: 'accepted', commit: head, title: TITLE });
  expect(stage.git('log', '-1', '--format=%B'), moment).toMatch(/^Sum by a formula\n\nwork: .* faster/);
  expect(readRows(await run('log', '--write', ...stage.python)), moment).toEqual(rowsOf(from, head));
  // Written anew from the history it is the same.
  expect(readLog(), moment).toBe(log);
}

/** Starts strop again, after which all or nothing of the step may be there. */
async function judge(from: Start, next: 'status' | 'log', moment: string): Promise<'landed' | 'undone'> {
  expect(await survivors(stage.home), moment).toEqual([]);
  // Also without another start the repository is one to work in.
  expect(stage.locks(), moment).toEqual([]);
  const told = next === 'status' ? await run('status') : await run('log', ...stage.python);
  expect(await survivors(stage.home), moment).toEqual([]);
  expect(stage.stray(), moment).toEqual([]);
  const head = stage.git('rev-parse', 'HEAD');
  const landed = head !== stage.head;
  if (next === 'log') expect(readRows(told), moment).toEqual(rowsOf(from, landed ? head : undefined));
  if (landed) {
    expect(stage.readState(), moment).toEqual(stateAfter);
    await expectLanded(from, moment);
  } else {
    expect(stage.readBytes(), moment).toEqual(bytesBefore[from]);
    expect(stage.attempts(), moment).toHaveLength(rowsOf(from).length);
  }
  return landed ? 'landed' : 'undone';
}

it(
  'a step that is killed at any of 50 moments has landed or never was, after the next start',
  async ({ annotate }) => {
    const counts = { landed: 0, undone: 0 };
    let index = 0;
    for (const moment of chooseMoments()) {
      const words = JSON.stringify(moment);
      await killStep(moment);
      counts[await judge(moment.start, index % 8 < 4 ? 'status' : 'log', words)] += 1;
      index += 1;
    }
    const words = JSON.stringify(counts);
    await annotate(words);
    expect(counts.landed, words).toBeGreaterThan(4);
    expect(counts.undone, words).toBeGreaterThan(4);
  },
  PATIENCE_MS,
);

it('a step that is killed while it lands leaves a repository to work in, and strop finds its way later', async () => {
  await killStep({ start: 'measured', mark: 'claimed', afterMs: 0 });
  expect(await survivors(stage.home)).toEqual([]);
  expect(stage.locks()).toEqual([]);
  const landed = stage.git('rev-parse', 'HEAD') !== stage.head;
  expect(stage.git('status', '--porcelain')).toContain(LOG);
  expect(stage.git('stash', 'list').split('\n')).toHaveLength(1);
  stage.git('fsck', '--strict', '--connectivity-only');
  stage.write({ 'notes/mine.txt': 'mine\n' });
  stage.git('add', 'notes/mine.txt');
  stage.git('commit', '--quiet', '--message', 'mine', '--', 'notes/mine.txt');
  const step = landed ? stage.git('rev-parse', 'HEAD~1') : undefined;
  expect(readRows(await run('log', ...stage.python))).toEqual(rowsOf('measured', step));
  expect(stage.stray()).toEqual([]);
  expect(stage.git('rev-parse', landed ? 'HEAD~2' : 'HEAD~1')).toBe(stage.head);
  expect(stage.git('log', '--format=%s').split('\n')).toEqual(['mine', ...(landed ? [TITLE] : []), 'change']);
  if (step === undefined) expect(readLog()).toBe(MORE_BY_HAND);
  else expect(readLog()).toContain(step);
});

it.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'a step that gets %s while it measures ends with %i and has changed nothing',
  async (name, code) => {
    stage.restore('fresh');
    const started = stage.startStep();
    await untilMark(started, 'calibrating', watchEnd(started));
    // Until there are workers: those of the tests have ended by then.
    await until('it measures', () => findWorkers()[0]);
    process.kill(started.pid, name);
    const ended = await started.ended;
    expect(ended.code, ended.stderr).toBe(code);
    expect(JSON.parse(ended.stdout)).toMatchObject({ kind: 'error', code: 'interrupted' });
    expect(await survivors(stage.home)).toEqual([]);
    // A stop that strop could handle leaves nothing, without the help of the next start.
    expect(stage.stray()).toEqual([]);
    expect(stage.readBytes()).toEqual(bytesBefore.fresh);
    expect(stage.attempts()).toEqual([]);
  },
);

it('a step that is stopped after its first pairs keeps them, and the next one goes on from there', async () => {
  stage.restore('fresh');
  const started = stage.startStep();
  await untilMark(started, 'pairs', watchEnd(started));
  process.kill(started.pid, 'SIGINT');
  const ended = await started.ended;
  expect(ended.code, ended.stderr).toBe(130);
  expect(stage.stray()).toEqual([]);
  expect(stage.attempts()).toMatchObject([{ outcome: 'undecided', attempt: 1, commit: null }]);
  expect(stage.attempts()[0]?.workloads[0]?.pairs).toBeGreaterThan(0);
  const again = await stage.startStep().ended;
  expect(again.code, again.stderr).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({
    attempt: 1,
    doubts: expect.arrayContaining([expect.objectContaining({ code: 'evidence-carried-on' })]),
  });
});

function findWorkers() {
  return findProcesses(stage.home).filter(({ command }) => command.includes('_strop/worker.py'));
}
