import { describe, expect, it } from 'vitest';
import { tachyon } from './profiler.ts';
import type { Ask, Place, Printed } from '../profiler.ts';
import type { StackProfile } from '#profiles';

const ASK: Ask = {
  question: 'cpu',
  seconds: 1.5,
  rateHz: 250,
  native: false,
  deep: false,
  functions: [],
  folder: '/out',
  project: '/project',
  version: [3, 15, 0],
};
const KIT = { python: '/py', folder: undefined, shims: '/shims', program: (name: string) => name };

const launch = (more: Partial<Ask>) => {
  const found = tachyon.watch?.({ ...ASK, ...more }, KIT, 77);
  if (found === undefined) throw new Error('it watches');
  return found;
};
/** What stands behind the code that starts profiling.sampling. */
const words = (more: Partial<Ask>) => launch(more).argv.slice(4).join(' ');

describe('the command of profiling.sampling', () => {
  it('records binary stacks of all threads, by the state that the question is about', () => {
    expect(words({})).toBe(
      'attach --sampling-rate 250 --all-threads --mode cpu --binary --output /out/tachyon.bin 77',
    );
    for (const question of ['lines', 'attach', 'native'] as const)
      expect(words({ question })).toContain('--mode cpu');
    expect(words({ question: 'wall' })).toContain('--mode wall');
    expect(words({ question: 'gil' })).toContain('--mode gil');
    expect(words({ question: 'native' })).toContain('--native');
    expect(words({ native: true })).toContain('--native');
  });

  it('ends by its time only where the process goes on', () => {
    expect(words({})).not.toContain('--duration');
    // It takes whole seconds.
    expect(words({ running: true })).toContain('--duration 2');
  });

  it('stops the program for each sample in every mode but the one in which nothing is seen then', () => {
    expect(words({ question: 'wall', deep: true })).toContain('--blocking');
    expect(words({ question: 'gil', deep: true })).toContain('--blocking');
    expect(words({ deep: true })).not.toContain('--blocking');
    expect(words({ question: 'wall' })).not.toContain('--blocking');
  });

  it('asks for tasks in the one form that has their files, with nothing that tasks exclude', () => {
    const asked = words({ question: 'async', native: true, deep: true });
    expect(asked).toBe(
      'attach --sampling-rate 250 --async-aware --async-mode all --pstats --output /out/tachyon.pstats 77',
    );
  });

  it('is never taken from where strop was started', () => {
    expect(launch({}).argv.slice(0, 3)).toEqual(['/py', '-I', '-c']);
  });
});

describe('where profiling.sampling can work', () => {
  const refuses = (place: Partial<Place>) =>
    tachyon.refuses({ platform: 'linux', version: [3, 15, 2], freeThreaded: false, ...place });

  it('is in Python 3.15 and newer', () => {
    expect(refuses({ version: [3, 14, 10] })).toBe('profiling.sampling comes with Python 3.15 and newer');
    expect(refuses({})).toBeUndefined();
    expect(refuses({ version: [3, 16, 0], freeThreaded: true, platform: 'darwin' })).toBeUndefined();
    expect(refuses({ platform: 'freebsd' })).toContain('freebsd');
  });
});

describe('what profiling.sampling prints', () => {
  const END = 'Captured 1,234 samples in 4.94 seconds\nSample rate: 250.00 samples/sec\nError rate: 0.10\n';
  const examine = (text: string, more: Partial<Ask> = {}) => {
    const printed: Printed = { text, wallNs: 5e9, held: true, notes: {} };
    return (tachyon.examine?.(printed, { ...ASK, ...more }) ?? []).map(({ code }) => code);
  };

  it('is refused when it took no sample, although it ended well', () => {
    const written = (count: number) => `${END}Binary profile written to /out/x (${String(count)} samples)\n`;
    expect(() => examine(written(0))).toThrow('took no sample');
    expect(examine(written(10))).toEqual([]);
    expect(() => examine('Captured 0 samples in 0.00 seconds\n', { question: 'async' })).toThrow('no sample');
    expect(examine(END, { question: 'async' })).toEqual([]);
  });

  it('is doubted when it came late, or stopped before the program did', () => {
    const missed = (percent: string) =>
      `${END}Warning: missed 5 samples from the expected total of 50 (${percent}%)\n`;
    expect(examine(missed('10.50'))).toEqual(['sampling-behind']);
    expect(examine(missed('1.03'))).toEqual([]);
    expect(examine('Warning: too much; stopping early and keeping the data\n')).toEqual([
      'profile-cut-short',
    ]);
  });
});

describe('what a recording of profiling.sampling leaves out', () => {
  const profile = (metric: string, selfNs: number, file = '/p/a.py'): StackProfile => ({
    format: 'tachyon-binary',
    shape: 'stacks',
    metrics: [{ name: metric, unit: 'ns' }],
    frames: [{ name: 'f', file, origin: 'mine' }],
    nodes: [{ parent: -1, frame: 0, self: [selfNs] }],
    source: { durationNs: 1e9 },
    doubts: [],
  });
  const codes = (...given: Parameters<typeof profile>) =>
    tachyon.doubt(profile(...given)).map(({ code }) => code);

  it('is the waiting of a program that hardly ran', () => {
    expect(codes('cpu', 3e8)).toEqual(['mostly-waiting']);
    expect(codes('cpu', 8e8)).toEqual([]);
    expect(codes('wall', 3e8)).toEqual([]);
  });

  it('are the processes that the program started', () => {
    expect(codes('wall', 1e9, '/lib/python3.15/subprocess.py')).toEqual(['children-missed']);
    expect(codes('wall', 1e9, 'C:\\Python315\\Lib\\multiprocessing\\popen_spawn_win32.py')).toEqual([
      'children-missed',
    ]);
    expect(codes('wall', 1e9, '/p/my_subprocess.py')).toEqual([]);
  });
});
