import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cprofile, profilers } from '#profilers';
import type { CallGraphProfile, LineProfile, Roots } from '#profiles';
import { readProfile } from '#readers';
import { profileDocument } from '#store';
import { drawCallGraph } from '../profiles/drawn-profile.ts';
import { summarise } from './profile-summary.ts';
import type { Choice, ProfileSummary, Recording } from './profile-summary.ts';

const summary = profileDocument.omit({
  date: true,
  project: true,
  command: true,
  commit: true,
  content: true,
  python: true,
  machine: true,
});
const ROOTS: Roots = { project: ['/project'], stdlib: [], dependencies: [] };

/** A drawn profile in milliseconds whose project is /project. */
function draw(picture: string): CallGraphProfile {
  const ms = picture.replace(/ (\d+)$/gm, ' $1000000');
  const graph = drawCallGraph(ms);
  const frames = graph.frames.map((frame) =>
    frame.file === undefined ? frame : { ...frame, file: `/project/${frame.file}` },
  );
  return { ...graph, frames };
}

function recordingOf(known: Partial<Recording>): Recording {
  return {
    profiler: cprofile,
    roots: ROOTS,
    workload: 'shop:report',
    revision: undefined,
    loops: undefined,
    wallNs: undefined,
    cpuNs: undefined,
    bareCpuNs: undefined,
    ...known,
  };
}

function ask(
  profile: CallGraphProfile,
  choice: Partial<Choice> = {},
  known: Partial<Recording> = {},
): ProfileSummary {
  const result = summarise(profile, recordingOf(known), { top: 15, sort: 'own', ...choice });
  // Whatever is answered must be what the schema promises, JSON and back.
  expect(summary.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  return result;
}

const names = (result: ProfileSummary): string[] => result.functions.map((row) => row.function);
const codes = (result: ProfileSummary): string[] => result.doubts.map((doubt) => doubt.code);

const SHOP = `
  Main 10
    Load 20
      json.loads 170
    Report 100
      Line 40
      Line 60
    deepcopy 400
      copy 200
`;

describe('the answer of a profile', () => {
  it('ranks own functions by what fixing them could gain, foreign code after them', () => {
    const result = ask(draw(SHOP));
    expect(names(result)).toEqual(['Main', 'Load', 'Report', 'Line', 'deepcopy', 'copy', 'json.loads']);
    expect(result.functions[0]).toMatchObject({
      function: 'Main',
      file: 'src/Main.py',
      line: 1,
      origin: 'mine',
      calls: 1,
      self: 10e6,
      inclusive: 1000e6,
      own: 610e6,
      selfShare: 0.01,
      ownShare: 0.61,
      inclusiveShare: 1,
      inclusiveBound: null,
      paidTo: [{ function: 'deepcopy', file: null, share: 0.6 }],
    });
    expect(result.functions[0]?.bound).toBeCloseTo(1 / 0.39, 9);
    expect(result.total).toBe(1000e6);
  });

  it('takes the most that a share of samples may be for the most that can be gained', () => {
    const [pySpy] = profilers.filter(({ tool }) => tool === 'py-spy');
    const source = { tool: 'py-spy', samples: 200 };
    const drawn = { ...draw(`Main 50\n  Load 150`), source };
    const traced = ask(draw(`Main 50\n  Load 150`)).functions.find((row) => row.function === 'Load');
    const sampled = ask(drawn, {}, pySpy === undefined ? {} : { profiler: pySpy }).functions.find(
      (row) => row.function === 'Load',
    );
    expect(traced?.bound).toBeCloseTo(4, 1);
    expect(sampled?.ownShare).toBeCloseTo(0.75);
    expect(sampled?.bound).toBeGreaterThan(5);
    expect(sampled?.bound).toBeLessThan(6.5);
  });

  it('never charges a cost twice: own shares and what nobody pays make up the whole', () => {
    const result = ask(draw(`${SHOP}importlib 50`));
    const paid = result.functions.reduce((sum, row) => sum + row.ownShare, 0);
    expect(paid + result.hidden.share + result.hidden.unpaidShare).toBeCloseTo(1, 9);
    expect(result.hidden.unpaidShare).toBeCloseTo(50 / 1050, 9);
  });

  it.each<[Choice['sort'], string[]]>([
    ['own', ['Main', 'Load', 'Report', 'Line']],
    ['cumulative', ['Main', 'Report', 'Load', 'Line']],
    ['self', ['Report', 'Line', 'Load', 'Main']],
    ['calls', ['Line', 'Main', 'Load', 'Report']],
  ])('sorts own functions by %s when asked', (sort, order) => {
    expect(names(ask(draw(SHOP), { sort })).slice(0, 4)).toEqual(order);
  });

  it('says how many rows it left out and what they cost', () => {
    const result = ask(draw(SHOP), { top: 2 });
    expect(names(result)).toEqual(['Main', 'Load']);
    expect(result.hidden).toMatchObject({ functions: 2, foreign: 3 });
    expect(result.hidden.share).toBeCloseTo(0.2, 9);
  });

  it('marks functions whose time is mostly the price of being traced', () => {
    const tiny = Array.from({ length: 2000 }, () => '      Tiny 0.0003')
      .join('\n')
      .replace(/0\.0003/g, '300');
    const profile = drawCallGraph(`
  Main 90000000
    Loop 1000
${tiny}`);
    const frames = profile.frames.map((frame) => ({ ...frame, file: `/project/${frame.file ?? ''}` }));
    const result = ask({ ...profile, frames });
    const marked = result.functions.filter((row) => row.doubts.length > 0).map((row) => row.function);
    expect(marked).toEqual(['Tiny', 'Loop']);
  });

  it('measures the price of tracing where the workload also ran without the profiler', () => {
    const tiny = Array.from({ length: 1000 }, () => '  Tiny 2000').join('\n');
    const profile = drawCallGraph(`Main 100000000\n${tiny}`);
    const frames = profile.frames.map((frame) => ({ ...frame, file: `/project/${frame.file ?? ''}` }));
    const marked = (bareCpuNs: number): string[] => {
      const known = { loops: 2, wallNs: 210e6, cpuNs: 100e6, bareCpuNs };
      const result = ask({ ...profile, frames }, {}, known);
      expect(result).toMatchObject({ slowdown: 50e6 / bareCpuNs, loops: 2, seconds: 0.21 });
      return result.functions.filter((row) => row.doubts.length > 0).map((row) => row.function);
    };
    // 200 or 500 ns for each of the 1001 calls, of the 2000 ns that Tiny shows; 5 µs is no price but noise.
    expect(marked(50e6 - 100e3)).toEqual([]);
    expect(marked(50e6 - 250e3)).toEqual(['Tiny']);
    expect(marked(50e6 - 2500e3)).toEqual([]);
  });

  it('doubts a recording that is too short, and one without own code', () => {
    expect(codes(ask(draw('Main 49')))).toEqual(['profile-too-short', 'tracer-distorts']);
    expect(codes(ask(draw('Main 51')))).toEqual(['tracer-distorts']);
    expect(codes(ask(draw('len 60')))).toContain('nothing-of-the-project-runs');
  });

  it('doubts a recording that went into compiling imports, which the next run does not pay', () => {
    const compiling = (cost: number) => {
      const graph = draw(`Main 100\n  SourceLoader.source_to_code ${String(cost)}`);
      const file = '<frozen importlib._bootstrap_external>';
      const frames = graph.frames.map((frame) =>
        frame.name.endsWith('source_to_code') ? { ...frame, file } : frame,
      );
      return codes(ask({ ...graph, frames }));
    };
    expect(compiling(40)).toContain('imports-compiled');
    expect(compiling(2)).not.toContain('imports-compiled');
  });

  it('answers about an empty profile without dividing by nothing', () => {
    const empty = { ...draw('Main 1'), rows: [], edges: [] };
    const result = ask(empty);
    expect(result).toMatchObject({ total: 0, functions: [], hidden: { share: 0, unpaidShare: 0 } });
  });

  it('gives compiled code no file and hides addresses that change with every run', () => {
    const result = ask(draw('Main 1\n  <built-in method __new__ of type object at 0x7f09a4b2c3> 99'));
    expect(result.functions[1]).toMatchObject({
      function: '<built-in method __new__ of type object>',
      file: null,
      line: null,
      origin: 'native',
    });
  });

  it.each(['cprofile-3.8', 'cprofile-3.9', 'cprofile-3.11', 'cprofile-3.12', 'cprofile-3.13'])(
    'names the function that pays for deepcopy in a program that %s recorded',
    (name) => {
      const path = join(import.meta.dirname, `../profiles/readers/cprofile/fixtures/${name}.prof`);
      const profile = readProfile(new Uint8Array(readFileSync(path)), name);
      if (profile.shape !== 'call-graph') throw new Error('cProfile has no stacks');
      const roots = { project: ['/tmp/p'], stdlib: [], dependencies: [] };
      const result = ask(profile, {}, { roots });
      const dedupe = result.functions.find((row) => row.function === 'dedupe');
      expect(names(result)).toContain('größe');
      expect(dedupe).toMatchObject({ file: 'program.py', line: 27, origin: 'mine' });
      expect(dedupe?.ownShare).toBeGreaterThan(0.2);
      expect(dedupe?.paidTo[0]?.function).toBe('deepcopy');
      expect(codes(result)).toEqual(['profile-too-short', 'tracer-distorts']);
    },
  );
});

describe('a recording of time and memory', () => {
  const both: LineProfile = {
    ...{ format: 'scalene', shape: 'lines', charged: 'self', doubts: [] },
    metrics: [
      { name: 'cpu', unit: 'ns' },
      { name: 'allocated', unit: 'bytes' },
    ],
    frames: ['dear', 'large'].map((name) => ({ name, file: `/project/${name}.py`, origin: 'mine' })),
    rows: [
      { frame: 0, line: 1, self: [9e8, 10] },
      { frame: 1, line: 1, self: [1e8, 990] },
    ],
  };

  it.each([
    ['memory', 'bytes', 'large'],
    ['native', 'ns', 'dear'],
  ])('asked about %s is about that', (question, unit, first) => {
    const result = summarise(both, recordingOf({ question }), { top: 15, sort: 'own' });
    expect(result.metric.unit).toBe(unit);
    expect(result.functions[0]?.function).toBe(first);
    expect(result.table[0]?.function).toBe(first);
  });
});
