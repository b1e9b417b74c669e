import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { fakeHost } from '#host';
import type { Operation, OperationEntry } from '#operations';
import { entryOf, fakeWorld, sharpen } from './testing/fake-world.ts';
import type { FakeWorld } from './testing/fake-world.ts';
import { runCli } from './run-cli.ts';
import type { OpenHost, Program } from './program.ts';
import type { Output } from './world.ts';

function program(...operations: readonly OperationEntry[]): Program {
  return { version: '9.8.7', operations, createHost: () => Promise.resolve(hostThatCloses()) };
}

function hostThatCloses(close: () => Promise<void> = () => Promise.resolve()): OpenHost {
  return Object.assign(fakeHost(), { close });
}

/** A list of operations that cannot be loaded: whatever works with it loads none. */
const unloadable: OperationEntry = {
  name: 'sharpen',
  summary: 'Sharpen blades',
  phase: 'change',
  load: () => Promise.reject(new Error('loaded')),
};

async function run(world: FakeWorld, operation: Operation = sharpen()): Promise<number> {
  return await runCli(program(entryOf(operation)), world);
}

describe('the command line without an operation', () => {
  it('prints the version', async () => {
    const world = fakeWorld(['--version']);
    expect(await runCli(program(unloadable), world)).toBe(0);
    expect(world.out()).toBe('9.8.7\n');
  });

  it('lists the operations under the phases of the loop, empty phases left out', async () => {
    for (const argv of [['--help'], ['-h'], ['help'], []]) {
      const world = fakeWorld(argv);
      expect(await runCli(program(unloadable), world)).toBe(0);
      expect(world.out()).toContain('Prove one change\n  sharpen    Sharpen blades\n');
      expect(world.out()).not.toContain('Take a baseline');
    }
  });

  it('runs the operation named status when no command is given, its options included', async () => {
    const status = { ...sharpen(() => Promise.resolve('here')), name: 'status' };
    const world = fakeWorld(['--json']);
    expect(await runCli(program(entryOf(status, 'understand')), world)).toBe(0);
    expect(world.out()).toBe('"here"\n');
  });

  it('lists a service, hands it the words after its name, and ends with its exit code', async () => {
    const heard: (readonly string[])[] = [];
    const serve = {
      name: 'serve',
      summary: 'Serve blades',
      run: (argv: readonly string[]) => Promise.resolve(heard.push(argv) + 6),
    };
    const offer = { ...program(unloadable), services: [serve] };
    const help = fakeWorld(['--help']);
    expect(await runCli(offer, help)).toBe(0);
    expect(help.out()).toContain('Serve others\n  serve      Serve blades\n');
    expect(await runCli(offer, fakeWorld(['serve', '--port', '7']))).toBe(7);
    expect(await runCli(offer, fakeWorld(['help', 'serve']))).toBe(8);
    expect(heard).toEqual([['--port', '7'], ['--help']]);
    const wrong = fakeWorld(['srve']);
    expect(await runCli(offer, wrong)).toBe(2);
    expect(wrong.err()).toContain("did you mean 'strop serve'?");
  });

  it('refuses an unknown command and says which one was probably meant', async () => {
    const world = fakeWorld(['sharpne']);
    expect(await runCli(program(unloadable), world)).toBe(2);
    expect(world.err()).toContain("error: unknown command 'sharpne'");
    expect(world.err()).toContain("did you mean 'strop sharpen'?");
    expect(world.out()).toBe('');
  });

  it('answers an unknown command as JSON when asked for JSON', async () => {
    const world = fakeWorld(['grind', '--json']);
    expect(await runCli(program(unloadable), world)).toBe(2);
    expect(JSON.parse(world.out())).toEqual({
      kind: 'error',
      version: 1,
      code: 'bad-request',
      problem: "unknown command 'grind'",
      remedy: 'strop --help lists the commands',
    });
  });
});

describe('an operation on the command line', () => {
  it('prints the text of the result on stdout and ends with its exit code', async () => {
    for (const [result, code] of [
      ['keen', 0],
      ['blunt', 1],
      ['unclear', 3],
    ] as const) {
      const world = fakeWorld(['sharpen']);
      expect(
        await run(
          world,
          sharpen(() => Promise.resolve(result)),
        ),
      ).toBe(code);
      expect(world.out()).toBe(`sharp\n"${result}"\n`);
    }
  });

  it('prints only the document with --json, and progress elsewhere', async () => {
    const world = fakeWorld(['sharpen', '--json'], { tty: true });
    const operation = sharpen((context) => {
      context.progress({ kind: 'step', text: 'wetting the stone' });
      context.progress({ kind: 'state', topic: 'kitchen', text: '3 strokes', last: false });
      return Promise.resolve({ a: [1] });
    });
    expect(await run(world, operation)).toBe(0);
    expect(world.out()).toBe('{\n  "a": [\n    1\n  ]\n}\n');
    expect(world.err()).toContain('wetting the stone');
  });

  it('colours the text on a terminal only, and NO_COLOR and FORCE_COLOR are obeyed', async () => {
    const green = '\u001b[32m';
    for (const [options, coloured] of [
      [{ tty: true }, true],
      [{ tty: false }, false],
      [{ tty: true, env: { NO_COLOR: '1' } }, false],
      [{ tty: true, env: { NO_COLOR: '' } }, true],
      [{ tty: false, env: { FORCE_COLOR: '1' } }, true],
      [{ tty: true, env: { FORCE_COLOR: '0' } }, false],
      [{ tty: true, env: { TERM: 'dumb' } }, false],
    ] as const) {
      const world = fakeWorld(['sharpen'], options);
      await run(world);
      expect(world.out().includes(green), JSON.stringify(options)).toBe(coloured);
    }
  });

  it('shows a problem with where and remedy on stderr and ends with 2', async () => {
    const world = fakeWorld(['sharpen']);
    const detail = Array.from({ length: 50 }, (_, index) => `line ${String(index)}\u001b]0;title\u0007`).join(
      '\n',
    );
    const facts = {
      code: 'no-python',
      problem: 'no Python',
      where: 'a.py:3',
      remedy: 'install one',
      detail,
    } as const;
    expect(
      await run(
        world,
        sharpen(() => Promise.reject(new StropError(facts))),
      ),
    ).toBe(2);
    expect(world.err()).toContain(
      'error: no Python\n  where:  a.py:3\n  remedy: install one\n\n  … 10 earlier lines\n  line 10\n',
    );
    expect(world.err()).not.toContain('\u001b]');
    expect(world.out()).toBe('');
  });

  it('gives a problem as a document with --json', async () => {
    const world = fakeWorld(['sharpen', '--json']);
    const facts = {
      code: 'no-python',
      problem: 'no Python',
      where: 'a.py:3',
      remedy: 'install one',
    } as const;
    expect(
      await run(
        world,
        sharpen(() => Promise.reject(new StropError(facts))),
      ),
    ).toBe(2);
    expect(JSON.parse(world.out())).toEqual({ kind: 'error', version: 1, ...facts });
    expect(world.err()).toContain('error: no Python');
  });

  it('calls anything else that is thrown a bug, with its stack, and ends with 70', async () => {
    const world = fakeWorld(['sharpen', '--json']);
    expect(
      await run(
        world,
        sharpen(() => Promise.reject(new TypeError('x is undefined'))),
      ),
    ).toBe(70);
    expect(world.err()).toContain('strop itself failed: x is undefined');
    expect(world.err()).toContain('run-cli.test.ts');
    expect(JSON.parse(world.out())).toMatchObject({ kind: 'error', code: 'bug' });
  });

  it('calls an error that nobody caught a bug, even while the run waits', async () => {
    const world = fakeWorld(['sharpen']);
    const operation = sharpen(() => {
      world.crash(new Error('lost'));
      return new Promise(() => undefined);
    });
    expect(await run(world, operation)).toBe(70);
    expect(world.err()).toContain('strop itself failed: lost');
  });
});

describe('the host of an operation', () => {
  it('is closed after a result, after a problem and after a stop, and its trouble does not cost the result', async () => {
    const ways = [
      () => Promise.resolve('keen'),
      () =>
        Promise.reject(new StropError({ code: 'no-python', problem: 'no Python', remedy: 'install one' })),
      (world: FakeWorld) => {
        world.send('SIGINT');
        return Promise.resolve('keen');
      },
    ];
    const codes = [];
    for (const way of ways) {
      const world = fakeWorld(['sharpen']);
      let closed = 0;
      const close = () => {
        closed += 1;
        return Promise.reject(new StropError({ code: 'disk', problem: 'folder stays', remedy: 'remove it' }));
      };
      const operations = [entryOf(sharpen(() => way(world)))];
      const opened = { version: '1', operations, createHost: () => Promise.resolve(hostThatCloses(close)) };
      codes.push(await runCli(opened, world));
      expect(closed).toBe(1);
      expect(world.err()).toContain('error: folder stays');
    }
    expect(codes).toEqual([0, 2, 130]);
  });
});

describe('stopping', () => {
  /** Runs until the signal comes, then ends as the operation chooses. */
  function waiting(onAbort: () => Promise<unknown>, act: () => void): Operation {
    return sharpen(async (context) => {
      await new Promise<void>((resolve) => {
        context.signal.addEventListener('abort', () => resolve());
        act();
      });
      return await onAbort();
    });
  }

  it('aborts the run, waits for it, and ends with 128 + signal', async () => {
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      const world = fakeWorld(['sharpen', '--json']);
      let cleaned = false;
      const operation = waiting(
        () => {
          cleaned = true;
          return Promise.reject(
            new StropError({ code: 'interrupted', problem: 'stopped after 3 pairs', remedy: '' }),
          );
        },
        () => world.send(signal),
      );
      expect(await run(world, operation)).toBe(code);
      expect(cleaned).toBe(true);
      expect(world.err()).toContain(`stopping on ${signal}`);
      expect(JSON.parse(world.out())).toMatchObject({
        code: 'interrupted',
        problem: 'stopped after 3 pairs',
      });
    }
  });

  it('still prints what a stopped run has to say', async () => {
    const world = fakeWorld(['sharpen', '--json']);
    expect(
      await run(
        world,
        waiting(
          () => Promise.resolve({ pairs: 3 }),
          () => world.send('SIGINT'),
        ),
      ),
    ).toBe(130);
    expect(JSON.parse(world.out())).toEqual({ pairs: 3 });
  });

  it('ends at once at the second signal', async () => {
    const world = fakeWorld(['sharpen']);
    const operation = waiting(
      () => Promise.resolve('late'),
      () => {
        world.send('SIGINT');
        world.send('SIGINT');
      },
    );
    await run(world, operation);
    expect(world.exits()).toEqual([130]);
  });

  it('takes its children away from a run that waits for them', async () => {
    const world = fakeWorld(['sharpen']);
    let childGone: () => void = () => undefined;
    const operation = sharpen(async () => {
      queueMicrotask(() => {
        world.send('SIGINT');
        world.pass(2_000);
      });
      await new Promise<void>((resolve) => {
        childGone = resolve;
      });
      throw new StropError({
        code: 'worker-lost',
        problem: 'the worker is gone',
        remedy: 'look for the reason',
      });
    });
    const close = () => {
      childGone();
      return Promise.resolve();
    };
    const operations = [entryOf(operation)];
    const opened = { version: '1', operations, createHost: () => Promise.resolve(hostThatCloses(close)) };
    expect(await runCli(opened, world)).toBe(130);
    expect(world.err()).toContain('error: stopped before the end');
  });

  it('does not wait for ever for a run that does not stop', async () => {
    const world = fakeWorld(['sharpen']);
    const operation = sharpen(() => {
      queueMicrotask(() => {
        world.send('SIGTERM');
        world.pass(10_000);
      });
      return new Promise(() => undefined);
    });
    expect(await run(world, operation)).toBe(143);
    expect(world.err()).toContain('took too long');
  });
});

describe('writing', () => {
  function failing(code: string): Output {
    let tell: (error: NodeJS.ErrnoException) => void = () => undefined;
    return {
      write(_text, done) {
        const error = Object.assign(new Error(`write ${code}`), { code });
        tell(error);
        done?.(error);
        return false;
      },
      on: (_event, listener) => (tell = listener),
    };
  }

  it('is quiet when the reader of stdout went away', async () => {
    const world = fakeWorld(['sharpen'], { stdout: failing('EPIPE') });
    expect(await run(world)).toBe(0);
    expect(world.err()).toBe('');
  });

  it('says so when stdout cannot be written', async () => {
    const world = fakeWorld(['sharpen'], { stdout: failing('ENOSPC') });
    expect(await run(world)).toBe(2);
    expect(world.err()).toContain('could not be written to stdout: write ENOSPC');
  });
});
