import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { comparisonDocument } from '#store';
import type { ComparisonDocument } from '#store';
import type { Ended } from './support/program.ts';
import { FASTER_WORK, Stage, WORK, demoFiles, expectRefusal } from './support/stage.ts';

let stage: Stage;

const WORKLOAD = ['--workload', 'demo.core:work'];

beforeAll(() => {
  stage = new Stage();
  stage.commit(demoFiles());
  stage.git('tag', 'plain');
  stage.commit({ 'demo/core.py': FASTER_WORK });
  stage.git('tag', 'fast');
});

afterAll(() => {
  stage.close();
});

/** The document is all that stands on stdout, and has the form that it promises, to the last field. */
function readDocument(ended: Ended): ComparisonDocument {
  const value: unknown = JSON.parse(ended.stdout);
  expect(ended.stdout.endsWith('}\n')).toBe(true);
  const document = comparisonDocument.parse(value);
  expect(document).toEqual(value);
  return document;
}

async function compared(revisions: string, ...more: readonly string[]): Promise<Ended> {
  return stage.compare([revisions, '--json', '--budget', '30s', ...WORKLOAD, ...more]);
}

describe('strop compare', () => {
  it('ends with 0 when nothing is slower, and keeps the document and its samples', async () => {
    const ended = await compared('plain..fast');
    expect(ended.code, ended.stderr).toBe(0);
    const document = readDocument(ended);
    expect(document).toMatchObject({ verdict: 'faster', a: { revision: 'plain' }, b: { revision: 'fast' } });
    const [workload] = document.workloads;
    expect(workload?.high).toBeLessThan(0.99);
    expect(workload?.meters['cpu']?.ratio).toBe(workload?.ratio);
    expect(document.samples !== null && existsSync(document.samples)).toBe(true);
    const samples = readFileSync(document.samples ?? '', 'utf8')
      .trimEnd()
      .split('\n');
    expect(samples).toHaveLength(workload?.pairs ?? 0);
    expect(JSON.parse(samples[0] ?? '')).toMatchObject({ workload: 'demo.core:work', index: 1 });
    // The kept document is the printed one.
    const kept: unknown = JSON.parse(
      readFileSync((document.samples ?? '').replace(/\.samples\.jsonl$/, '.json'), 'utf8'),
    );
    expect(kept).toEqual(document);
  });

  it('ends with 1 when something is slower', async () => {
    const ended = await compared('fast..plain');
    expect(ended.code, ended.stderr).toBe(1);
    expect(readDocument(ended)).toMatchObject({ verdict: 'slower' });
  });

  it('ends with 2 when the request is wrong', async () => {
    expectRefusal(await stage.compare(['plain..nowhere', ...WORKLOAD]), 'nowhere');
  });

  it('ends with 3 when it is undecided, and says what a decision would need', async () => {
    const ended = await stage.compare([
      'plain..plain',
      '--json',
      '--budget',
      '1s',
      '--margin',
      '0%',
      ...WORKLOAD,
    ]);
    expect(ended.code, ended.stderr).toBe(3);
    const document = readDocument(ended);
    expect(document.verdict).toBe('undecided');
    expect(document.doubts.map((doubt) => doubt.code)).toContain('identical-code');
  });

  it('prints the same for people, without colours in a pipe', async () => {
    stage.write({ 'demo/core.py': WORK });
    const ended = await stage.compare(['--budget', '1s', ...WORKLOAD]);
    expect([1, 3], ended.stderr).toContain(ended.code);
    expect(ended.stdout).toMatch(/^A HEAD \([0-9a-f]{9}\) {2}→ {2}B working tree/);
    expect(ended.stdout).toContain('demo.core:work');
    expect(ended.stdout).not.toContain('\u001b');
  });
});
