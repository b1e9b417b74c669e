import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PINNED, findPythons, testVenv } from '../scripts/pythons.mjs';
import { findProcesses, survivors, until } from './support/processes.ts';
import type { Ended, Started } from './support/program.ts';
import { seeded } from './support/seeded.ts';
import { takeSnapshot } from './support/snapshot.ts';
import { FASTER_WORK, Stage, demoFiles, plainPython } from './support/stage.ts';

let stage: Stage;
let before: ReturnType<typeof takeSnapshot>;

const BENCHMARK = `from demo.core import work

def test_work(benchmark):
    assert benchmark(work) > 0
`;

beforeEach(() => {
  stage = new Stage();
  stage.commit({ ...demoFiles(), 'tests/test_speed.py': BENCHMARK, '.gitignore': '.venv/\n' });
  // All that git can hold of a working tree: staged, changed, untracked, ignored, stashed.
  stage.write({ 'demo/core.py': FASTER_WORK });
  stage.git('stash', 'push', '--quiet');
  stage.write({ 'demo/core.py': FASTER_WORK, 'demo/new.py': 'x = 1\n', 'demo/staged.py': 'y = 1\n' });
  stage.git('add', 'demo/staged.py');
  stage.write({
    'demo/staged.py': 'y = 2\n',
    '.venv/pyvenv.cfg': 'home = /usr/bin\n',
    '.venv/lib/ours.py': 'z = 1\n',
  });
  before = takeSnapshot(stage.repo);
});

afterEach(() => {
  for (const { pid } of findProcesses(stage.folder)) process.kill(pid, 'SIGKILL');
  stage.close();
});

const STATEMENT = ['--stmt', 'work()', '--setup', 'from demo.core import work'];

function startLong(): Started {
  const python = ['--python', plainPython()];
  // Time never decides between a state and itself within a margin of nothing.
  const endless = ['--budget', '60s', '--margin', '0%', '--meter', 'cpu', 'HEAD..HEAD'];
  return stage.start(['compare', ...python, ...endless, ...STATEMENT]);
}

/** The workers of a strop that runs: Python processes that carry its home, which strop's own process does, too. */
function workersOf(started: Started): readonly number[] {
  return findProcesses(stage.home)
    .filter(({ pid, command }) => pid !== started.pid && command.includes('_strop/worker.py'))
    .map(({ pid }) => pid);
}

/**
 * Kills workers until strop ends, those of two pairs at most. One is not always enough: a worker that has given its last
 * answer is not missed, and one that has ended by itself just before cannot be killed.
 */
async function killWorkers(started: Started): Promise<Ended> {
  let ended: Ended | undefined;
  void started.ended.then((end) => (ended = end));
  const killed = new Set<number>();
  const end = await until('strop ends', () => {
    const victim = ended === undefined ? workersOf(started).find((pid) => !killed.has(pid)) : undefined;
    if (victim !== undefined && killIfThere(victim)) killed.add(victim);
    return ended;
  });
  expect(killed.size).toBeLessThanOrEqual(4);
  return end;
}

/** Whether there was one to kill. */
function killIfThere(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

async function expectNothingChanged(): Promise<void> {
  expect(await survivors(stage.home)).toEqual([]);
  expect(takeSnapshot(stage.repo)).toEqual(before);
}

/** The next start works and takes away whatever the last one had to leave. */
async function expectCleanNextStart(): Promise<void> {
  const next = await stage.compare(['--budget', '1s', ...STATEMENT]);
  expect([0, 3], next.stderr).toContain(next.code);
  expect(stage.leftRuns()).toEqual([]);
  await expectNothingChanged();
}

/** Lets strop run for a while from its start, or from its first worker. */
async function runUntilMoment(started: Started, fraction: number): Promise<void> {
  // The first half of the moments lies in the preparation, the other in the measurement.
  if (fraction >= 0.5) await until('a worker runs', () => workersOf(started)[0]);
  await wait(Math.round((fraction % 0.5) * 2 * 1500));
}

describe.each([
  ['Ctrl-C in the terminal, which reaches the whole group', 'SIGINT', true],
  ['SIGINT to strop alone', 'SIGINT', false],
  ['SIGTERM', 'SIGTERM', false],
] as const)('after %s', (_name, signal, group) => {
  it('nothing of the user has changed and no process is left', async () => {
    const random = seeded(signal.length + (group ? 1 : 0));
    for (const fraction of [random() * 0.5, 0.5 + random() * 0.5]) {
      const started = startLong();
      await until('it has begun', () => (started.told() === '' ? undefined : true));
      await runUntilMoment(started, fraction);
      process.kill(group ? -started.pid : started.pid, signal);
      const ended: Ended = await started.ended;
      expect(ended, `moment ${fraction}`).toMatchObject({
        code: signal === 'SIGINT' ? 130 : 143,
        stdout: '',
      });
      expect(ended.stderr).toMatch(/interrupted|stopped before the end/);
      // A stop that strop could handle leaves nothing, without the help of the next start.
      expect(stage.leftRuns(), `moment ${fraction}`).toEqual([]);
      await expectNothingChanged();
    }
  });
});

describe('after kill -9', () => {
  it('of strop, at any moment, the keeper ends the rest and the next start cleans up', async () => {
    const random = seeded(9);
    for (let index = 0; index < 6; index += 1) {
      const fraction = random();
      const started = startLong();
      await runUntilMoment(started, fraction);
      process.kill(started.pid, 'SIGKILL');
      expect((await started.ended).signal).toBe('SIGKILL');
      expect(await survivors(stage.home), `moment ${fraction}`).toEqual([]);
      expect(takeSnapshot(stage.repo), `moment ${fraction}`).toEqual(before);
    }
    await expectCleanNextStart();
  });

  it('of a worker, strop says on which side, ends with 2 and leaves nothing', async () => {
    const random = seeded(99);
    for (let index = 0; index < 4; index += 1) {
      const started = startLong();
      await runUntilMoment(started, 0.5 + random() / 2);
      const ended = await killWorkers(started);
      expect(ended, ended.stderr).toMatchObject({ code: 2, stdout: '' });
      expect(ended.stderr).toMatch(/SIGKILL.*side [AB]/);
      expect(stage.leftRuns()).toEqual([]);
      await expectNothingChanged();
    }
  });
});

describe('a comparison that is left alone', () => {
  it('changes nothing of the user, the environment included, and freezes what it measures', async () => {
    const venv = await testVenv('3.13', [PINNED.pytest, PINNED.pytestBenchmark]);
    const environment = takeSnapshot(venv.folder);
    const started = stage.start(['compare', '--python', venv.python, '--budget', '2s', '--meter', 'cpu']);
    await until('a worker runs', () => workersOf(started)[0]);
    // Editing goes on while it measures: what was frozen is measured, and the edit stays.
    stage.write({ 'demo/core.py': 'def work(:\n' });
    const ended = await started.ended;
    expect([0, 3], ended.stderr).toContain(ended.code);
    expect(readFileSync(join(stage.repo, 'demo/core.py'), 'utf8')).toBe('def work(:\n');
    stage.write({ 'demo/core.py': FASTER_WORK });
    await expectNothingChanged();
    expect(stage.leftRuns()).toEqual([]);
    expect(takeSnapshot(venv.folder)).toEqual(environment);
  });

  it('works on the oldest and the newest Python found', async () => {
    const pythons = findPythons();
    for (const { python } of new Set([pythons[0]!, pythons.at(-1)!])) {
      const ended = await stage.compare(['--python', python, '--budget', '1s', ...STATEMENT]);
      expect([0, 3], ended.stderr).toContain(ended.code);
    }
    await expectNothingChanged();
  });
});
