import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { doubtEnd, explainQuarrel, failureOfCommand } from './command-failure.ts';
import { cprofile } from './cprofile/profiler.ts';
import { pySpy } from './py-spy/profiler.ts';

const ENDED = { kind: 'ended', exitCode: 1, signal: undefined } as const;
const of = (printed: string, end: Parameters<typeof failureOfCommand>[2] = ENDED) =>
  failureOfCommand(cprofile, { id: 'python app.py' }, end, printed).facts;

describe('a command that fails under a profiler', () => {
  it.each([
    ['ValueError: Another profiling tool is already active', /profiler of its own.*--tool py-spy/],
    ['ValueError: tool 2 is already in use', /profiler of its own.*--tool py-spy/],
    [
      "_pickle.PicklingError: Can't pickle <function f at 0x7f>: not the same object",
      /--tool py-spy.*other processes/,
    ],
    [
      "AttributeError: Can't get attribute 'f' on <module '__main__' (built-in)>",
      /--tool py-spy.*other processes/,
    ],
    ['pytest: error: unrecognized arguments: --benchmark-cprofile=cumtime', /too old.*5\.1/],
  ])('says what helps against %j', (said, remedy) => {
    expect(of(said).remedy).toMatch(remedy);
    // Printed by a child that cannot be given its work, while the program waits for it for ever.
    expect(of(said, { kind: 'timeout' })).toMatchObject({ code: 'workload-timeout' });
    expect(of(said, { kind: 'timeout' }).remedy).toMatch(remedy);
    expect(() => doubtEnd(cprofile, { id: 'x' }, ENDED, said)).toThrow(StropError);
  });

  it('is left to its own words otherwise, and an exit code of its choice is a doubt', () => {
    expect(of('no luck')).toMatchObject({ problem: 'the command fails: exit code 1', detail: 'no luck' });
    expect(doubtEnd(cprofile, { id: 'x' }, ENDED, 'no luck')).toMatchObject([{ code: 'ended-with-code' }]);
  });
});

describe('the failure of a workload that strop holds', () => {
  const failed = (detail: string) =>
    new StropError({ code: 'workload-failed', problem: 'it fails', remedy: 'Mend it.', detail });

  it('says what helps where workload and profiler are in the way of each other', () => {
    const told = explainQuarrel(failed('ValueError: Another profiling tool is already active'), cprofile);
    expect(told).toMatchObject({
      facts: { problem: 'it fails', remedy: expect.stringContaining('py-spy') as string },
    });
  });

  it('is left alone otherwise', () => {
    const own = failed("PicklingError: Can't pickle <function <lambda>");
    const other = new Error('Another profiling tool is already active');
    expect([own, other].map((error) => explainQuarrel(error, cprofile))).toEqual([own, other]);
    const twice = failed('ValueError: Another profiling tool is already active');
    expect(explainQuarrel(twice, pySpy)).toBe(twice);
  });
});
