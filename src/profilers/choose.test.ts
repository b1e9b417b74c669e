import { describe, expect, it } from 'vitest';
import { chooseProfilers, profilers } from '#profilers';
import type { Place, Question, Wish } from '#profilers';

const LINUX: Place = { platform: 'linux', version: [3, 12, 1], freeThreaded: false };

function choose(question: Question, wish: Partial<Wish> = {}, place: Partial<Place> = {}): readonly string[] {
  const full = { question, tool: undefined, benchmark: false, ...wish };
  return chooseProfilers(profilers, full, { ...LINUX, ...place }).candidates.map(
    ({ profiler }) => profiler.tool,
  );
}

function refused(question: Question, place: Partial<Place>): readonly string[] {
  const wish = { question, tool: undefined, benchmark: false };
  return chooseProfilers(profilers, wish, { ...LINUX, ...place }).refused;
}

describe('choosing a profiler', () => {
  it('asks a sampler from outside first where time goes', () => {
    expect(choose('cpu')).toEqual(['py-spy', 'cprofile']);
    expect(choose('wall')).toEqual(['py-spy', 'cprofile']);
  });

  it('takes what is left where a tool does not exist', () => {
    expect(choose('cpu', {}, { version: [3, 13, 0], freeThreaded: true })).toEqual(['cprofile']);
    expect(choose('memory', {}, { platform: 'win32' })).toEqual(['tracemalloc']);
    expect(choose('native', {}, { freeThreaded: true, version: [3, 14, 0] })).toEqual(['scalene']);
  });

  it('takes only what gets into a process that runs already', () => {
    expect(choose('cpu', { running: true })).toEqual(['py-spy']);
    expect(choose('memory', { running: true })).toEqual(['memray']);
    expect(() => choose('cpu', { running: true, tool: 'cprofile' })).toThrow(
      'cProfile cannot look into a process that runs already',
    );
    expect(() => choose('cpu', { running: true }, { version: [3, 14, 0], freeThreaded: true })).toThrow(
      'without the global lock',
    );
  });

  it('takes only samplers from outside where nothing else is wanted, the best one first', () => {
    expect(choose('cpu', { outside: true })).toEqual(['py-spy']);
    expect(choose('wall', { outside: true }, { version: [3, 15, 2] })).toEqual(['tachyon', 'py-spy']);
    expect(choose('lines', { outside: true }, { version: [3, 15, 2] })).toEqual(['tachyon', 'py-spy']);
    expect(choose('cpu', { outside: true, running: true })).toEqual(['py-spy']);
    expect(choose('cpu', { outside: true, tool: 'py-spy' })).toEqual(['py-spy']);
  });

  it('refuses to look from inside then, and says how to allow it', () => {
    const unlocked = { version: [3, 14, 0], freeThreaded: true } as const;
    const remedy = expect.stringContaining('Leave --sample away') as string;
    for (const [question, wish, place, problem] of [
      ['cpu', {}, unlocked, 'py-spy cannot read builds of Python without the global lock'],
      ['leaks', {}, {}, 'no sampler from outside answers this'],
      ['cpu', { tool: 'cprofile' }, {}, 'cProfile does not look from outside'],
    ] as const) {
      expect(() => choose(question, { ...wish, outside: true }, place)).toThrow(
        expect.objectContaining({
          code: 'bad-request',
          facts: expect.objectContaining({
            problem: expect.stringContaining(problem) as string,
            remedy,
          }) as object,
        }) as Error,
      );
    }
  });

  it('says why when nothing is left', () => {
    expect(() => choose('temporary', {}, { platform: 'win32' })).toThrow(
      'memray exists for Linux and macOS only',
    );
    expect(() => choose('async', { tool: 'pyinstrument' }, { version: [3, 15, 0] })).toThrow(
      'no wheel for Python 3.15',
    );
  });

  it('profiles inside of a benchmark by its own plugin only where there is one', () => {
    expect(choose('calls')).toEqual(['cprofile']);
    expect(choose('calls', { benchmark: true })).toEqual(['pytest-benchmark', 'cprofile']);
  });

  it("takes the user's word, however it is written, and nothing else", () => {
    expect(choose('cpu', { tool: 'pyspy' })).toEqual(['py-spy']);
    expect(choose('memory', { tool: 'line-profiler' })).toEqual(['line_profiler']);
    expect(() => choose('cpu', { tool: 'py-spi' })).toThrow("'py-spi' is no profiler that strop drives");
    expect(() => choose('cpu', { tool: 'memray' }, { platform: 'win32' })).toThrow('Linux and macOS');
  });
});

describe('what is said of tools that cannot work', () => {
  it('is left out where they would be no better than the one that is taken', () => {
    // Without the global lock py-spy is missed, and scalene, that comes after it, is not.
    expect(refused('native', {})).toEqual([]);
    expect(refused('native', { version: [3, 15, 0] })).toEqual([]);
    expect(refused('native', { freeThreaded: true, version: [3, 14, 0] })).toEqual([
      'py-spy cannot read builds of Python without the global lock',
    ]);
  });
});

describe('choosing for Python 3.15', () => {
  const newest: Partial<Place> = { version: [3, 15, 2] };

  it('takes the sampler that comes with it, and py-spy where that sees more', () => {
    expect(choose('cpu', {}, newest)).toEqual(['tachyon', 'py-spy', 'cprofile']);
    expect(choose('wall', {}, newest)).toEqual(['tachyon', 'py-spy', 'cprofile']);
    expect(choose('gil', {}, newest)[0]).toBe('tachyon');
    // It only marks where compiled code ran.
    expect(choose('native', {}, newest)).toEqual(['py-spy', 'tachyon']);
    expect(choose('lines', {}, newest)[0]).toBe('line_profiler');
  });

  it('has an answer for tasks although pyinstrument is not there, and says what is missed', () => {
    expect(choose('async', {}, newest)).toEqual(['tachyon']);
    expect(refused('async', newest)).toEqual([expect.stringContaining('no wheel for Python 3.15')]);
    expect(choose('async', {}, { version: [3, 14, 0] })).toEqual(['pyinstrument']);
  });

  it('has a sampler from outside also for builds without the global lock', () => {
    expect(choose('cpu', {}, { ...newest, freeThreaded: true })).toEqual(['tachyon', 'cprofile']);
    expect(refused('cpu', { ...newest, freeThreaded: true })).toEqual([]);
  });

  it('says nothing of it to those who have an older Python', () => {
    expect(refused('cpu', {})).toEqual([]);
    expect(() => choose('cpu', { tool: 'tachyon' })).toThrow('comes with Python 3.15 and newer');
  });
});
