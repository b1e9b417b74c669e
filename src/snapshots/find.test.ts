import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { fakeHost } from '#host';
import { findSnapshots, readSnapshot } from '#snapshots';
import { drawSnapshotFile } from './drawn-snapshot.ts';

const project = { root: '/here', gitTop: undefined, prefix: '' };
const PY312 = '.benchmarks/Linux-CPython-3.12-64bit';
const PY313 = '.benchmarks/Linux-CPython-3.13-64bit';

function hostWith(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}) {
  const absolute = Object.entries(files).map(([path, text]) => [`/here/${path}`, text]);
  return fakeHost({ files: Object.fromEntries(absolute) as Record<string, string>, env, cwd: '/here/sub' });
}

const host = hostWith({
  [`${PY313}/0001_baseline.json`]: drawSnapshotFile({ f: 1 }, { datetime: '2026-01-01T00:00:00' }),
  [`${PY313}/0002_faster.json`]: drawSnapshotFile({ f: 2 }, { datetime: '2026-01-02T00:00:00' }),
  [`${PY313}/0003_baseline.json`]: drawSnapshotFile({ f: 3 }, { datetime: '2026-01-03T00:00:00' }),
  [`${PY313}/0004_2.json`]: drawSnapshotFile({ f: 4 }, { datetime: '2026-01-04T00:00:00' }),
  [`${PY313}/notes.txt`]: 'no snapshot',
  [`${PY312}/0001_baseline.json`]: drawSnapshotFile({ f: 5 }, { datetime: '2026-01-05T00:00:00' }),
  'sub/run.json': drawSnapshotFile({ f: 6 }),
});

/** Seconds as ns are rounded by the last digit of a double. */
function roundNs(ns: number | undefined): number {
  return Math.round(ns ?? Number.NaN);
}

async function medianOf(wanted: string, python?: string): Promise<number> {
  const snapshot = await readSnapshot(host, project, wanted, python);
  return roundNs(snapshot.benchmarks[0]?.medianNs);
}

async function problemOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof StropError && error.code === 'bad-snapshot') {
      return `${error.facts.problem} | ${error.facts.remedy} | ${error.facts.detail ?? ''}`;
    }
    throw error;
  }
  return 'nothing thrown';
}

describe('finding snapshots', () => {
  it('lists those of all machine folders by number, and nothing else', async () => {
    const found = await findSnapshots(host, project);
    expect(found.map((place) => [place.number, place.name])).toEqual([
      [1, 'baseline'],
      [1, 'baseline'],
      [2, 'faster'],
      [3, 'baseline'],
      [4, '2'],
    ]);
    expect(await findSnapshots(hostWith({}), project)).toEqual([]);
  });

  it('takes a number, a name, both, a machine folder or a path', async () => {
    expect(await medianOf('0002')).toBe(2);
    expect(await medianOf('2')).toBe(2);
    expect(await medianOf('faster')).toBe(2);
    expect(await medianOf('0001_baseline', '3.13')).toBe(1);
    expect(await medianOf('Linux-CPython-3.13-64bit/0001')).toBe(1);
    expect(await medianOf('run.json')).toBe(6);
    expect(await medianOf('../sub/run.json')).toBe(6);
    expect(await medianOf('/here/sub/run.json')).toBe(6);
  });

  it('takes the newest of a name, of the same Python first', async () => {
    expect(await medianOf('baseline', '3.13')).toBe(3);
    expect(await medianOf('baseline', '3.12')).toBe(5);
    expect(await medianOf('baseline')).toBe(5);
    expect(await medianOf('baseline', '3.11')).toBe(5);
  });

  it('suggests what was meant, or tells what there is', async () => {
    expect(await problemOf(medianOf('basline'))).toContain('Did you mean baseline?');
    expect(await problemOf(medianOf('zzz'))).toContain('There is: 0001_baseline, ');
    expect(await problemOf(medianOf('99'))).toContain('no snapshot of this name or number');
    expect(await problemOf(readSnapshot(hostWith({}), project, 'x'))).toContain('/here/.benchmarks');
  });

  it("looks where the project's options say, the later one first", async () => {
    const files = {
      'pyproject.toml': `[tool.pytest.ini_options]\naddopts = "-ra --benchmark-storage 'file://./my runs'"`,
      'my runs/M/0001_a.json': drawSnapshotFile({ f: 7 }),
      'other/M/0001_a.json': drawSnapshotFile({ f: 8 }),
    };
    const read = async (env: Readonly<Record<string, string>>) =>
      roundNs((await readSnapshot(hostWith(files, env), project, 'a')).benchmarks[0]?.medianNs);
    expect(await read({})).toBe(7);
    expect(await read({ PYTEST_ADDOPTS: '-q --benchmark-storage=other' })).toBe(8);
    const remote = { PYTEST_ADDOPTS: '--benchmark-storage=elasticsearch+https://h/i' };
    expect(await problemOf(read(remote))).toContain('elasticsearch+https://h/i');
  });
});

describe('reading a snapshot', () => {
  const read = (content: string) => readSnapshot(hostWith({ 'sub/x.json': content }), project, 'x.json');

  it('reads what every version since 3.0 wrote', async () => {
    const old = {
      machine_info: { node: 'box', processor: 'x86_64', cpu: { brand: 'Old CPU' } },
      commit_info: { id: 'abc', dirty: true },
      benchmarks: [
        { group: null, name: 'f', fullname: 'f', options: {}, stats: { min: 1, mean: 2, median: 2, stddev: 0.5, rounds: 5 } },
      ],
    }; // prettier-ignore
    const snapshot = await read(JSON.stringify(old));
    expect(snapshot).toMatchObject({
      version: 'unknown',
      date: undefined,
      commit: { id: 'abc', dirty: true, branch: undefined },
      machineInfo: { node: 'box', cpu: 'Old CPU' },
    });
    expect(snapshot.benchmarks[0]).toMatchObject({ minNs: 1e9, iterations: 1, gcDisabled: undefined });
  });

  it("reads Python's numbers that are none where they do not matter", async () => {
    const text = drawSnapshotFile({ 'f "Infinity"': 1 }).replace(
      '"stddev":0',
      '"stddev":NaN,"ops":-Infinity',
    );
    const [benchmark] = (await read(text)).benchmarks;
    expect(benchmark).toMatchObject({ fullname: 'f "Infinity"', sdNs: 0 });
  });

  it('takes the later of two benchmarks with one name', async () => {
    const { benchmarks, ...rest } = JSON.parse(drawSnapshotFile({ f: 1 })) as { benchmarks: object[] };
    const other = JSON.parse(drawSnapshotFile({ f: 2 })) as { benchmarks: object[] };
    const both = JSON.stringify({ ...rest, benchmarks: [...benchmarks, ...other.benchmarks] });
    expect((await read(both)).benchmarks.map((each) => roundNs(each.medianNs))).toEqual([2]);
  });

  it.each([
    ['an empty file', '', 'no JSON'],
    ['a file that was cut off', drawSnapshotFile({ f: 1 }).slice(0, -20), 'no JSON'],
    ['another JSON file', '{"benchmarks": {}}', 'form'],
    ['a list', '[]', 'form'],
    ['a negative time', drawSnapshotFile({ f: -1 }), 'form'],
    ['a time that is none', drawSnapshotFile({ f: 1 }).replace(/"median":[^,]+/, '"median":NaN'), 'form'],
    ['no rounds', drawSnapshotFile({ f: 1 }).replace('"rounds":20', '"rounds":0'), 'form'],
    ['a name that is none', drawSnapshotFile({ f: 1 }).replace('"fullname":"f"', '"fullname":["f"]'), 'form'],
  ])('refuses %s', async (_name, content, problem) => {
    const told = await problemOf(read(content));
    expect(told).toContain(problem);
    expect(told).toContain('--benchmark-save');
  });

  it('keeps its errors short and its texts harmless', async () => {
    const many = JSON.stringify({ benchmarks: Array.from({ length: 5000 }, () => ({})) });
    expect((await problemOf(read(many))).length).toBeLessThan(2000);
    const evil = drawSnapshotFile({ 'f\u001b[2J\u202e': 1 });
    expect((await read(evil)).benchmarks[0]?.fullname).toBe('f?[2J?');
    expect((await read('{"__proto__": {"x": 1}, "benchmarks": []}')).benchmarks).toEqual([]);
  });
});
