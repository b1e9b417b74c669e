import { logRatios, openMeasurement } from '#measuring';
import type { Both } from '#measuring';
import type { Interpreter } from '#project';
import type { Side } from '#revisions';
import { combineRounds, judge, robustSd, smallestEffect } from '#verdict';
import type { CallableWorkload } from '#workloads';
import type { Context } from '../operation.ts';
import { withRun } from '../working-run.ts';
import type { Noise } from './noise-schema.ts';

const SOURCE = `"""Two workloads of the size that people measure."""

NUMBERS = {index: str(index) for index in range(97)}
LINES = ["%d;item %d;%d.50" % (index, index % 89, index % 1000) for index in range(9000)]


class Ledger:
    def __init__(self):
        self.total = 0

    def add(self, text):
        self.total += len(text)


def short():
    ledger = Ledger()
    for index in range(900):
        ledger.add(NUMBERS[index % 97])
    return ledger.total


def long():
    rows = []
    for line in LINES:
        number, name, price = line.split(";")
        rows.append({"number": int(number), "name": name.strip(), "price": float(price)})
    return rows
`;

const MODULE = 'ledger';
const RULE = { alpha: 0.01, margin: 0.01, method: 'signs' } as const;
const PAIRS = 16;

function sideOf(label: 'A' | 'B', folder: string, python: string): Side {
  return {
    label,
    revision: { kind: 'commit', name: 'identical code', commit: '', contentId: '', clean: true },
    root: folder,
    project: folder,
    sourceRoots: [folder],
    modules: [MODULE],
    python,
    ownFolders: [],
  };
}

/** Measures A/A pairs of two workloads of strop's own with the project's interpreter: about ten seconds each. */
export async function measureNoise(context: Context, interpreter: Interpreter): Promise<Noise> {
  const { host } = context;
  return withRun(context, async (run) => {
    for (const name of ['a', 'b']) {
      await host.files.makeFolder(`${run.folder}/${name}`);
      await host.files.writeAtomically(`${run.folder}/${name}/${MODULE}.py`, SOURCE);
    }
    const sides = {
      a: sideOf('A', `${run.folder}/a`, interpreter.executable),
      b: sideOf('B', `${run.folder}/b`, interpreter.executable),
    };
    const noise: Noise = [];
    for (const name of ['short', 'long']) noise.push(await measureOne(context, sides, run.folder, name));
    return noise;
  });
}

async function measureOne(
  context: Context,
  sides: Both<Side>,
  runFolder: string,
  name: string,
): Promise<Noise[number]> {
  const workload: CallableWorkload = {
    kind: 'callable',
    id: `${MODULE}:${name}`,
    module: MODULE,
    qualname: name,
    args: [],
    kwargs: {},
  };
  const measurement = await openMeasurement(context.host, {
    sides,
    workload,
    runFolder,
    budgetNs: 60e9,
    timeoutMs: 60_000,
    meter: undefined,
    withExtras: false,
    signal: context.signal,
  });
  try {
    const values: number[] = [];
    let spentNs = 0;
    for (let pair = 1; pair <= PAIRS; pair += 1) {
      const measured = await measurement.nextPair({ timed: true, extras: [] });
      spentNs += measured.timedNs;
      values.push(combineRounds(logRatios(measured, measurement.plan.meter)));
      context.progress({
        kind: 'state',
        topic: `identical code, ${name} workload`,
        text: `${String(pair)} of ${String(PAIRS)} pairs`,
        last: pair === PAIRS,
      });
    }
    const { outcome } = judge(values, RULE);
    const pairSd = robustSd(values);
    const pairSeconds = spentNs / PAIRS / 1e9;
    const within = (seconds: number): number | null => {
      const effect = smallestEffect(pairSd, Math.floor(seconds / pairSeconds), RULE);
      return Number.isFinite(effect) ? effect : null;
    };
    return {
      workload: name === 'short' ? 'a call of dictionary look-ups and methods' : 'a parser of 9000 lines',
      iterationNs: measurement.plan.iterationNs.a,
      pairs: PAIRS,
      secondsPerPair: pairSeconds,
      pairSd,
      worst: Math.expm1(Math.max(...values.map(Math.abs))),
      changed: outcome === 'faster' || outcome === 'slower',
      detectableIn15s: within(15),
      detectableIn60s: within(60),
    };
  } finally {
    await measurement.close();
  }
}
