import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileDocument } from '#store';
import type { ProfileDocument } from '#store';
import { PINNED, findPythons, testVenv } from '../scripts/pythons.mjs';
import type { Ended } from './support/program.ts';
import { Stage, expectRefusal } from './support/stage.ts';

/**
 * Membership in a list costs four fifths of the time; tracers and line tools blame the deep copy.
 */
const SHOP = `import copy


def dedupe(rows):
    seen, kept = [], []
    for row in rows:
        if row["name"] not in seen:
            seen.append(row["name"])
            kept.append(copy.deepcopy(row))
    return kept


def report(count=6000):
    rows = [{"name": "item %d" % (n % 700), "tags": ["a"]} for n in range(count)]
    return len(dedupe(rows))


def hoard(megabytes=24):
    blocks = [bytearray(1024 * 1024) for _ in range(megabytes)]
    return len(blocks)
`;
const MEMBERSHIP = 7;

const BENCHMARK = `import shop


def test_report(benchmark):
    assert benchmark(shop.report) == 700
`;

let stage: Stage;
let python: string;

beforeAll(async () => {
  const newest = findPythons().at(-1);
  ({ python } = await testVenv(newest?.version ?? '', [PINNED.pytest, PINNED.pytestBenchmark]));
  stage = new Stage();
  stage.commit({
    'pyproject.toml': '[project]\nname = "shop"\nversion = "1.0"\n',
    'uv.lock': 'version = 1\n',
    'shop.py': SHOP,
    'tests/test_speed.py': BENCHMARK,
  });
});

afterAll(() => {
  stage.close();
});

function profile(...argv: readonly string[]): Promise<Ended> {
  return stage.strop(['profile', '--python', python, ...argv]);
}

function read(ended: Ended): ProfileDocument {
  expect(ended.code, ended.stderr).toBe(0);
  return profileDocument.parse(JSON.parse(ended.stdout));
}

/** Names, sizes and contents of everything that an installation would change. */
function fingerprint(): string {
  const hash = createHash('sha256');
  const visit = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      if (name === '__pycache__') continue;
      const path = join(folder, name);
      const about = lstatSync(path);
      hash.update(`${path} ${String(about.size)} ${String(about.mtimeMs)}\n`);
      if (about.isDirectory()) visit(path);
    }
  };
  visit(join(python, '..', '..'));
  for (const name of ['uv.lock', 'pyproject.toml']) hash.update(readFileSync(join(stage.repo, name)));
  hash.update(spawnSync(python, ['-m', 'pip', 'freeze', '--all'], { encoding: 'utf8' }).stdout);
  return hash.digest('hex');
}

describe('strop profile', () => {
  it('answers by cProfile, and says what would be better, where nothing may be installed', async () => {
    const document = read(await profile('shop:report()', '--json'));
    expect(document.tool).toBe('cprofile');
    const [second] = document.doubts.filter(({ code }) => code === 'second-best-tool');
    expect(second?.text).toContain('strop tools install py-spy');
  });

  it('refuses the tool that was named when it is not there, with what to run', async () => {
    expectRefusal(
      await profile('shop:report()', '--tool', 'py-spy'),
      'py-spy is needed and not installed',
      'strop tools install py-spy --yes',
    );
    expectRefusal(await profile('shop:report()', '--tool', 'pyspi'), "'pyspi' is no profiler");
    expectRefusal(await profile('shop:report()', '--lines', '--memory'), 'different questions');
    expectRefusal(await profile('shop:report()', '--duration', 'long'), "'long' is no duration");
  });

  it('names the dear line by a sampler, installed without a trace in the environment of the project', async () => {
    const before = fingerprint();
    const document = read(await profile('shop:report()', '--yes', '--json'));
    expect(document).toMatchObject({ tool: 'py-spy', question: 'cpu', rateHz: 250 });
    expect(document.toolVersion).toMatch(/^\d+\.\d+/);
    expect(document.answer?.lines[0]).toMatchObject({
      file: 'shop.py',
      line: MEMBERSHIP,
      function: 'dedupe',
      origin: 'mine',
    });
    const lines = read(await profile('tests/test_speed.py::test_report', '--lines', '--yes', '--json'));
    expect(lines.tool).toBe('line_profiler');
    expect(lines.answer?.lines.find(({ line }) => line === MEMBERSHIP)?.hits).toBe(6000 * (lines.loops ?? 0));
    // The sampler that named the functions ranks, the line tool stands beside it.
    expect(lines.answer?.lines[0]).toMatchObject({ line: MEMBERSHIP, sources: [{ tool: 'py-spy' }, {}] });
    expect(lines.functions.map(({ bound }) => bound)).not.toContainEqual(expect.any(Number));
    // Alone it sees what it is told to look at: of the whole nothing follows.
    const chosen = ['--lines', '--function', 'shop:dedupe', '--yes', '--json'];
    const alone = read(await profile('shop:report(3000)', ...chosen));
    expect(alone.answer?.lines.map(({ bound }) => bound)).not.toContainEqual(expect.any(Number));
    expect(alone.answer?.doubts.map(({ code }) => code)).toContain('chosen-functions-only');
    const elsewhere = ['--lines', '--function', 'shop:hoard', '--yes'];
    expectRefusal(await profile('shop:report()', ...elsewhere), 'saw not a line', '--lines --function');
    const memory = read(await profile('shop:hoard()', '--memory', '--yes', '--json'));
    expect(memory).toMatchObject({ tool: 'memray', metric: { unit: 'bytes' } });
    expect(memory.answer?.lines[0]).toMatchObject({ file: 'shop.py', line: 19 });
    expect(memory.total).toBeGreaterThan(24 * 2 ** 20);
    expect(fingerprint()).toBe(before);
    expect(stage.git('status', '--porcelain')).toBe('');
  });

  it("keeps the dump of pytest-benchmark's own profiler", async () => {
    const deep = read(await profile('tests/test_speed.py::test_report', '--deep', '--json'));
    expect(deep.tool).toBe('pytest-benchmark');
    const again = read(await stage.strop(['profile', '--read', deep.recording ?? 'nothing kept', '--json']));
    const callsOf = ({ functions }: ProfileDocument) =>
      functions.find((one) => one.function === 'dedupe')?.calls;
    expect(callsOf(deep)).toBeGreaterThan(0);
    expect(callsOf(again)).toBe(callsOf(deep));
  });

  it('ends with the screen of strop top, which holds all recordings of that workload', async () => {
    const ended = await profile('shop:report()', '--tool', 'py-spy');
    expect(ended.code, ended.stderr).toBe(0);
    const dear = new RegExp(`shop\\.py:${String(MEMBERSHIP)} +dedupe .*at most`);
    expect(ended.stdout).toMatch(dear);
    const top = await stage.strop(['top']);
    expect(top.stdout).toMatch(dear);
    expect(top.stdout).toMatch(/^shop:report\(\): .*py-spy, [23] recordings/);
  });

  it('gives a program what strop was given on stdin, whatever the tool', async () => {
    mkdirSync(stage.home, { recursive: true });
    const reads = join(stage.home, 'reads.py');
    writeFileSync(
      reads,
      'import sys, time, shop\nassert sys.stdin.read() == "words"\nend = time.perf_counter() + 0.5\nwhile time.perf_counter() < end: shop.report()\n',
    );
    for (const tool of ['py-spy', 'cprofile']) {
      const argv = ['profile', '--python', python, '--tool', tool, '--yes', '--json'];
      const env = { PYTHONPATH: stage.repo };
      const document = read(await stage.strop([...argv, '--', 'python', reads], { input: 'words', env }));
      expect(document.tool).toBe(tool);
    }
  });

  it('sees a program of several seconds to an end, or ends it when its time is over', async () => {
    const loop = ['python', '-c', 'import shop\nwhile True: shop.report()'];
    const document = read(await profile('--duration', '1s', '--json', '--', ...loop));
    expect(document.tool).toBe('py-spy');
    expect(document.answer?.lines[0]).toMatchObject({ file: 'shop.py', line: MEMBERSHIP });
  });
});
