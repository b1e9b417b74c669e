import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerDocument } from '#store';
import type { AnswerDocument } from '#store';
import type { Ended } from './support/program.ts';
import { Stage, expectRefusal, plainPython } from './support/stage.ts';

/** Recordings that real tools made of `two_lines.py` in another folder. */
const FIXTURES = new URL('../src/profiles/answer/fixtures/', import.meta.url);
const SPY = ['list-1.raw', 'list-2.raw', 'list-3.raw'];

let stage: Stage;

beforeAll(() => {
  stage = new Stage();
  for (const name of [...SPY, 'set.raw', 'scalene.json', 'two_lines.lprof', 'two_lines.prof', 'two_lines.py'])
    copyFileSync(new URL(name, FIXTURES), join(stage.repo, name));
  stage.commit({ 'pyproject.toml': '[project]\nname = "demo"\nversion = "1.0"\n' });
});

afterAll(() => {
  stage.close();
});

function good(ended: Ended): string {
  expect(ended.code, ended.stderr).toBe(0);
  return ended.stdout;
}

async function answered(...argv: readonly string[]): Promise<AnswerDocument> {
  const value: unknown = JSON.parse(good(await stage.strop(['top', ...argv, '--json'])));
  const document = answerDocument.parse(value);
  expect(document).toEqual(value);
  return document;
}

function expectSmall(text: string, bytes: number): void {
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bytes);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  expect(text).not.toContain('\u001b');
}

describe('strop top', () => {
  it('names the line that costs most, from recordings made in another folder', async () => {
    const document = await answered(...SPY);
    expect(document.lines[0]).toMatchObject({
      file: 'two_lines.py',
      line: 11,
      function: 'dedupe',
      code: 'if row["id"] not in seen:',
      doubts: [],
    });
    expect(document.lines[0]?.share).toBeGreaterThan(0.7);
    expect(document.sources).toMatchObject([{ kind: 'sampler', recordings: 3, ranks: true }]);
  });

  it.each(['scalene.json', 'two_lines.lprof'])('doubts it beside %s, and ranks as before', async (other) => {
    const document = await answered(other, ...SPY);
    expect(document.lines[0]?.line).toBe(11);
    expect(document.lines[0]?.doubts.map(({ code }) => code)).toEqual(['sources-differ']);
    const text = good(await stage.strop(['top', other, ...SPY]));
    expect(text).toContain('differ');
  });

  it('says all of it in 1.2 kB', async () => {
    const text = good(
      await stage.strop(['top', ...SPY, 'scalene.json', 'two_lines.lprof', 'two_lines.prof']),
    );
    expectSmall(text, 1200);
    expect(text.split('\n')[1]).toMatch(/^81 % ±\d+ +two_lines\.py:11 +dedupe .*at most/);
  });

  it('answers without an argument from the newest kept profile, of the code as it was', async () => {
    expectRefusal(await stage.strop(['top']), 'no profile of this project is kept');
    const command = ['--python', plainPython(), '--', 'python', 'two_lines.py', '1500', 'list', '4'];
    good(await stage.strop(['profile', ...command]));
    const document = await answered();
    expect(document.functions[0]).toMatchObject({ file: 'two_lines.py', function: 'dedupe', hits: 4 });
    expect(document.commit).toBe(stage.git('rev-parse', 'HEAD'));
    expect(document.doubts.map(({ code }) => code)).not.toContain('recorded-before-change');
    // The second is of the same work, and is pooled.
    good(await stage.strop(['profile', ...command]));
    expect((await answered()).sources[0]?.recordings).toBe(2);
    expect((await answered('newest')).sources[0]?.recordings).toBe(1);
    const page = await stage.strop(['view', 'newest', '--print']);
    expect(page.code, page.stderr).toBe(0);
    // The text is that of then: the lines have moved since.
    const text = readFileSync(join(stage.repo, 'two_lines.py'), 'utf8');
    stage.commit({ 'two_lines.py': `import os\n\n${text}` });
    const old = await answered();
    expect(old.doubts.map(({ code }) => code)).toContain('recorded-before-change');
    expect(old.functions[0]?.code).toMatch(/^def dedupe\(/);
    stage.commit({ 'two_lines.py': text });
  });

  it('names commands that work as they are printed', async () => {
    for (const files of [[SPY[0] ?? ''], ['two_lines.prof'], ['two_lines.lprof']]) {
      const text = good(await stage.strop(['top', ...files]));
      const ways = /^next: (.*)$/m.exec(text)?.[1]?.split('   |   ') ?? [];
      expect(ways.length, text).toBeGreaterThan(0);
      for (const way of ways) good(await stage.strop(way.split(' ').slice(1)));
    }
  });

  it('says the same of what was written for speedscope', async () => {
    good(await stage.strop(['view', SPY[0] ?? '', '--out', 'again.json']));
    const places = ({ lines }: AnswerDocument) =>
      lines.map(({ file, line, share }) => [file, line, share.toFixed(3)]);
    const [before, after] = [await answered(SPY[0] ?? ''), await answered('again.json')];
    expect(places(after)).toEqual(places(before));
    expect(after.folded).toEqual(before.folded);
  });

  it('refuses what is no profile', async () => {
    expectRefusal(await stage.strop(['top', 'nothing.raw']), 'nothing.raw', 'no kept profile');
    expectRefusal(await stage.strop(['top', 'two_lines.py']), 'two_lines.py');
  });
});

describe('looking deeper', () => {
  const from = SPY.flatMap((name) => ['--profile', name]);

  it('shows a function line by line, by every tool', async () => {
    const text = good(
      await stage.strop(['source', 'two_lines.py:dedupe', ...from, '--profile', 'two_lines.lprof']),
    );
    expectSmall(text, 2000);
    expect(text).toMatch(/^ +11 +81 % ±\d+ .*31 % +64\.0 k ! +if row\["id"\] not in seen:$/m);
    // As a workload is named.
    expect(good(await stage.strop(['source', 'two_lines:dedupe', ...from]))).toContain('two_lines.py');
    expectRefusal(await stage.strop(['source', 'two_lines.py:dedup', ...from]), 'Did you mean dedupe?');
  });

  it('goes down a tree by its paths, within 2 kB', async () => {
    const text = good(await stage.strop(['tree', ...from]));
    expectSmall(text, 2000);
    expect(text).toContain('deepcopy');
    const deeper = await stage.strop(['tree', ...from, '--root', '<module>/main/dedupe', '--depth', '1']);
    expect(good(deeper)).toMatch(/--root '<module>\/main\/dedupe\/deepcopy'/);
    expectRefusal(await stage.strop(['tree', '--profile', 'two_lines.prof']), 'no stacks');
  });

  it('tells callers and callees, with calls where they were counted', async () => {
    expect(good(await stage.strop(['callers', 'deepcopy', ...from]))).toMatch(/ dedupe +two_lines\.py/);
    const callees = await stage.strop(['callees', 'dedupe', '--profile', 'two_lines.prof']);
    expect(good(callees)).toMatch(/deepcopy .*32000 calls/);
    expectRefusal(await stage.strop(['callers', 'dedub', ...from]), 'Did you mean dedupe?');
  });

  it('compares two states in absolute amounts, and leaves quiet what did not change', async () => {
    stage.write({
      'before.raw': 'main (app.py:1);A (app.py:2) 80\nmain (app.py:1);B (app.py:3) 20\n',
      'after.raw': 'main (app.py:1);A (app.py:2) 10\nmain (app.py:1);B (app.py:3) 20\n',
    });
    const result: unknown = JSON.parse(
      good(await stage.strop(['diff', 'before.raw', 'after.raw', '--json'])),
    );
    expect(result).toMatchObject({
      kind: 'profile-diff',
      total: { a: 100, b: 30 },
      frames: [{ function: 'A', state: 'less', a: 80, b: 10, change: -70 }],
    });
    const text = good(await stage.strop(['diff', SPY.join(','), 'set.raw']));
    expect(text).toMatch(/^gone .*dedupe/m);
    expect(text).toMatch(/^new .*dedupe_with_set/m);
  });
});
