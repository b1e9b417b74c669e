import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { operations } from '#operations';
import { PYTHONS, cachedTool } from '../src/tools/testing/cached-tool.ts';
import { Stage, expectRefusal } from './support/stage.ts';

/** The newest Python; the sampler for it comes from the registry once, into the cache of the repository. */
const python = PYTHONS.at(-1);

/** `first` costs four times as much as `second`, and after the change half as much. */
const work = (times: number): string => `def run():
    return first() + second()


def first():
    total = 0
    for i in range(${String(times)}):
        total += i * i
    return total


def second():
    total = 0
    for i in range(10_000):
        total += i * i
    return total
`;

const MANIFEST = '[project]\nname = "demo"\nversion = "1.0"\nrequires-python = ">=3.9"\n';

const frame = z.object({
  function: z.string(),
  state: z.string(),
  a: z.number(),
  b: z.number(),
  low: z.number(),
  high: z.number(),
});
const printed = z.object({
  per: z.string(),
  unit: z.string(),
  total: z.object({ low: z.number(), high: z.number() }),
  a: z.object({ files: z.array(z.string()), revision: z.object({ content: z.string() }) }),
  b: z.object({ files: z.array(z.string()), revision: z.object({ content: z.string() }) }),
  frames: z.array(frame),
  quiet: z.object({ frames: z.array(frame) }),
  proof: z.string(),
});

let stage: Stage;

beforeAll(async () => {
  stage = new Stage();
  stage.commit({ 'pyproject.toml': MANIFEST, 'demo/__init__.py': '', 'demo/core.py': work(40_000) });
  if (python === undefined) throw new Error('no Python was found');
  const { folder } = await cachedTool('py-spy', python);
  const there = join(stage.home, 'data', 'tools', ...folder.split(/[\\/]/).slice(-2));
  mkdirSync(dirname(there), { recursive: true });
  symlinkSync(folder, there, 'junction');
});

afterAll(() => {
  stage.close();
});

// Elsewhere a sampler may look into processes of the superuser's only, and another tool would answer.
describe.skipIf(process.platform !== 'linux')('strop diff of two revisions', () => {
  it('leaves quiet what stays at 20 when the other falls from 80 to 10', async () => {
    stage.write({ 'demo/core.py': work(5_000) });
    const argv = ['--workload', 'demo.core:run', '--python', python?.executable ?? ''];
    const ended = await stage.strop(['diff', ...argv, '--json']);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toContain('profiling with py-spy: it looks from outside');
    const value: unknown = JSON.parse(ended.stdout);
    const operation = await operations.find(({ name }) => name === 'diff')?.load();
    expect(operation?.result.parse(value)).toEqual(value);
    const found = printed.parse(value);
    expect(found).toMatchObject({ per: 'loop', unit: 'ns', proof: 'strop compare --workload demo.core:run' });
    expect(found.frames.map(({ function: name, state }) => [name, state])).toEqual([['first', 'less']]);
    expect(found.total.high).toBeLessThan(0);
    // In shares of the whole it went from 20 % to 67 %.
    const second = found.quiet.frames.find(({ function: name }) => name === 'second');
    expect((second?.b ?? 0) / (second?.a ?? 0)).toBeGreaterThan(0.4);
    expect((second?.b ?? 9) / (second?.a ?? 1)).toBeLessThan(2.5);
    expect(second?.low).toBeLessThanOrEqual(0);
    expect(second?.high).toBeGreaterThanOrEqual(0);

    // What was recorded is kept, with the content of each side, and can be looked at.
    expect(found.a.revision.content).toBe(stage.git('rev-parse', 'HEAD^{tree}'));
    expect(found.b.revision.content).not.toBe(found.a.revision.content);
    expect([found.a.files.length, found.b.files.length]).toEqual([4, 4]);
    const older = await stage.strop(['top', ...found.a.files]);
    expect(older.stdout).toMatch(/^demo\.core:run: .*py-spy, 4 recordings$/m);
    expect(older.stdout).toContain('has changed since');
    const newer = await stage.strop(['top']);
    expect(newer.stdout).toMatch(/demo\/core\.py:1\d +second/);
    expect(newer.stdout).not.toContain('has changed since');

    // The same profiles named again give the same answer, in few words.
    const again = await stage.strop(['diff', found.a.files.join(','), found.b.files.join(',')]);
    expect(again.code, again.stderr).toBe(0);
    expect(Buffer.byteLength(again.stdout)).toBeLessThanOrEqual(1500);
    expect(again.stdout).toMatch(/^less .*first {2}demo\/core\.py$/m);
    expect(again.stdout).not.toContain('second');
    expect(again.stdout).toContain('only a measurement proves');
    expect(stage.leftRuns()).toEqual([]);
    expect(existsSync(join(stage.repo, '.git', 'worktrees'))).toBe(false);
  });
});

describe('strop diff', () => {
  it('refuses what is one side only, and what mixes profiles with revisions', async () => {
    expectRefusal(await stage.strop(['diff', 'old.raw']), "'old.raw' is one side only");
    expectRefusal(
      await stage.strop(['diff', 'a.raw', 'b.raw', '--rounds', '2']),
      '--rounds is for revisions',
    );
    expectRefusal(await stage.strop(['diff', 'HEAD~1', 'HEAD']), 'no file', 'HEAD~1..HEAD');
  });
});
