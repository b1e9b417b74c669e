import type { Operation, OperationEntry } from '#operations';
import { declareOperation } from '#operations';
import { z } from 'zod';
import type { Output, StopSignal, World } from '../world.ts';

/** A world for tests: keeps what is printed, and a clock, signals and crashes that the test sets off. */
export interface FakeWorld extends World {
  out(): string;
  err(): string;
  exits(): readonly number[];
  send(signal: StopSignal): void;
  crash(error: unknown): void;
  /** Moves the clock and calls what is due. */
  pass(ms: number): void;
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly tty?: boolean;
  readonly columns?: number;
  readonly stdout?: Output;
  /** What the user types at a terminal, line by line. */
  readonly types?: readonly string[];
}

export function fakeWorld(argv: readonly string[], options: Options = {}): FakeWorld {
  const printed = { out: '', err: '' };
  const exits: number[] = [];
  const stops = new Set<(signal: StopSignal) => void>();
  const crashes = new Set<(error: unknown) => void>();
  const timers = new Set<{ readonly dueMs: number; readonly call: () => void }>();
  let nowMs = 0;
  const lines = [...(options.types ?? [])];
  const output = (key: 'out' | 'err'): Output => ({
    ...(options.tty === true ? { isTTY: true, columns: options.columns ?? 80, rows: 24 } : {}),
    write(text, done) {
      printed[key] += text;
      done?.();
      return true;
    },
    on: () => undefined,
  });
  const register = <T>(set: Set<T>, item: T): (() => void) => {
    set.add(item);
    return () => set.delete(item);
  };
  return {
    argv,
    env: options.env ?? {},
    stdout: options.stdout ?? output('out'),
    stderr: output('err'),
    ...(options.types === undefined ? {} : { readLine: () => Promise.resolve(lines.shift()) }),
    nowMs: () => nowMs,
    after: (delayMs, call) => register(timers, { dueMs: nowMs + delayMs, call }),
    onStop: (listener) => register(stops, listener),
    onCrash: (listener) => register(crashes, listener),
    exit: (code) => exits.push(code),
    out: () => printed.out,
    err: () => printed.err,
    exits: () => exits,
    send: (signal) => stops.forEach((listener) => listener(signal)),
    crash: (error) => crashes.forEach((listener) => listener(error)),
    pass(ms) {
      nowMs += ms;
      for (const timer of [...timers].filter(({ dueMs }) => dueMs <= nowMs)) {
        timers.delete(timer);
        timer.call();
      }
    },
  };
}

/** The input of {@link sharpen}: one property of each shape that an operation may ask for. */
const sharpenInput = z.object({
  blades: z.array(z.string()).default([]).describe('Blades to sharpen'),
  grit: z.number().int().min(100).default(1000).describe('Grit of the stone'),
  stone: z.enum(['water', 'oil']).default('water').describe('Kind of stone'),
  meters: z
    .array(z.enum(['edge', 'weight']))
    .default([])
    .describe('What to measure')
    .meta({ title: 'meter' }),
  budget: z
    .string()
    .regex(/^\d+s$/, 'a duration such as 30s')
    .prefault('60s')
    .transform((text) => Number(text.slice(0, -1)))
    .describe('Time for one blade'),
  hashSeed: z.number().optional().describe('Seed of the order'),
  dryRun: z.boolean().default(false).describe('Only say what would be done'),
  rinse: z.boolean().default(true).describe('Rinse the blade'),
  extra: z.record(z.string(), z.unknown()).optional().describe('Anything as JSON'),
  command: z.array(z.string()).optional().describe('Command that uses the blade'),
});

type Input = z.output<typeof sharpenInput>;

/** An operation for tests, whose run the test may replace. */
export function sharpen(
  run: Operation<Input>['run'] = (_context, input) => Promise.resolve(input),
): Operation {
  return declareOperation<Input, unknown>({
    name: 'sharpen',
    summary: 'Sharpen blades',
    description: 'Sharpens each blade on a stone and says how sharp it got.',
    examples: [['strop sharpen kitchen --grit 3000', 'One blade on a fine stone']],
    effects: { runsCode: true, measures: true, installs: false, edits: false },
    input: sharpenInput,
    result: z.unknown(),
    positionals: ['blades'],
    rest: 'command',
    run,
    text: (result, style) => [style.good('sharp'), JSON.stringify(result)],
    exitCode: (result) => (result === 'blunt' ? 1 : result === 'unclear' ? 3 : 0),
  });
}

export function entryOf(operation: Operation, phase: OperationEntry['phase'] = 'change'): OperationEntry {
  return { name: operation.name, summary: operation.summary, phase, load: () => Promise.resolve(operation) };
}
