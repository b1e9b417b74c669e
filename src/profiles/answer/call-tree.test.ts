import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { classifyFrames } from '#profiles';
import { readProfile } from '#readers';
import { describe, expect, it } from 'vitest';
import { growTree } from './call-tree.ts';
import type { CallTree, TreeRequest } from './call-tree.ts';
import type { Recording } from './recording.ts';

const ROOTS = { project: ['/p'], stdlib: [], dependencies: [] };

function record(bytes: Uint8Array, name: string, kind: Recording['kind']): Recording {
  const profile = classifyFrames(readProfile(bytes, name), ROOTS);
  return { profile, roots: ROOTS, tool: name, kind, name };
}

/** Collapsed stacks of functions of `/p/app.py`, or of another file by `name@file`. */
function stacks(...lines: readonly string[]): Recording {
  const frame = (text: string): string => {
    const [name = '', file = 'app'] = text.split('@');
    return `${name} (/p/${file}.py:1)`;
  };
  const text = lines.map((line) => {
    const [path = '', count = ''] = line.split(' ');
    return `${path.split(';').map(frame).join(';')} ${count}\n`;
  });
  return record(Buffer.from(text.join('')), 'x.raw', 'sampler');
}

const ALL: TreeRequest = { question: 'time', direction: 'down', depth: 50, most: 1000 };

function grow(recording: Recording, change: Partial<TreeRequest> = {}): CallTree {
  const found = growTree([recording], { ...ALL, ...change });
  if ('problem' in found) throw new Error(found.problem);
  return found;
}

const shown = (found: CallTree) =>
  found.rows.map(({ path, share }) => `${path} ${String(Math.round(share * 100))}`);

const SHOP = stacks('main;parse;loads 30', 'main;parse 10', 'main;total;loads 20', 'main;walk;walk;walk 40');

describe('the tree of calls', () => {
  it('joins equal functions, and takes direct recursion for one level', () => {
    expect(shown(grow(SHOP))).toEqual([
      ' 100',
      'main 100',
      'main/parse 40',
      'main/parse/loads 30',
      'main/walk 40',
      'main/total 20',
      'main/total/loads 20',
    ]);
  });

  it('begins at a function wherever it was called, or at a path', () => {
    expect(shown(grow(SHOP, { name: 'parse' }))).toEqual(['parse 40', 'parse/loads 30']);
    expect(shown(grow(SHOP, { root: 'main/total' }))).toEqual(['main/total 20', 'main/total/loads 20']);
    expect(shown(grow(SHOP, { name: 'parse', root: 'parse/loads' }))).toEqual(['parse/loads 30']);
  });

  it('grows upwards to who called', () => {
    expect(shown(grow(SHOP, { name: 'loads', direction: 'up' }))).toEqual([
      'loads 50',
      'loads/parse 30',
      'loads/parse/main 30',
      'loads/total 20',
      'loads/total/main 20',
    ]);
  });

  it('lists the dearest rows first, and says what it hides', () => {
    const found = grow(SHOP, { most: 3 });
    expect(shown(found)).toEqual([' 100', 'main 100', 'main/parse 40', 'main/walk 40']);
    const main = found.rows.find(({ path }) => path === 'main');
    expect(main?.hidden).toMatchObject({ count: 1 });
    expect(main?.hidden.share).toBeCloseTo(0.2, 9);
  });

  it('asks back when a name means several functions, none, or nearly one', () => {
    const twins = stacks('main;load@a 5', 'main;load@b 5');
    expect(growTree([twins], { ...ALL, name: 'load' })).toEqual({
      problem: 'ambiguous',
      name: 'load',
      candidates: ['a.py:load', 'b.py:load'],
    });
    expect(shown(grow(twins, { name: 'b.py:load' }))).toEqual(['load 50']);
    expect(growTree([SHOP], { ...ALL, name: 'parze' })).toMatchObject({ meant: 'parse' });
    expect(growTree([SHOP], { ...ALL, root: 'main/x' })).toMatchObject({
      problem: 'no-such-path',
      at: 'main/x',
    });
  });

  it('leads with the path of each row to this row again', () => {
    const stack = fc.array(fc.constantFrom('a', 'b', 'a@other', 'c'), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.tuple(stack, fc.integer({ min: 1, max: 99 })), { minLength: 1 }), (lines) => {
        const recording = stacks(...lines.map(([names, count]) => `${names.join(';')} ${String(count)}`));
        for (const row of grow(recording).rows.filter(({ path }) => path !== '')) {
          const [again] = grow(recording, { root: row.path }).rows;
          expect(again).toMatchObject({ path: row.path, share: row.share, file: row.file });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('never invents stacks: cProfile gives neighbours with their calls, and no tree', () => {
    const bytes = readFileSync(new URL('fixtures/two_lines.prof', import.meta.url));
    const traced = record(bytes, 'two_lines.prof', 'tracer');
    expect(growTree([traced], ALL)).toEqual({ problem: 'no-stacks', tool: 'two_lines.prof' });
    const found = grow(traced, { name: 'dedupe' });
    expect(found).toMatchObject({ oneLevel: true, distorted: true });
    expect(found.rows[1]).toMatchObject({ function: 'deepcopy', calls: 16 * 2000, depth: 1 });
  });
});
