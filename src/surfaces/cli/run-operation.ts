import { failureOf } from '#base';
import type { Operation } from '#operations';
import { askConsent } from './ask-consent.ts';
import { exitCodeOf, reportFailure } from './failure.ts';
import { createPrinter } from './printer.ts';
import { createProgressView } from './progress.ts';
import { parseRequest } from './request.ts';
import type { OpenHost } from './program.ts';
import { exitCodeOfSignal, watchForStop } from './stop.ts';
import type { Stop } from './stop.ts';
import { createStyle } from './style.ts';
import type { World } from './world.ts';

/** What running an operation takes from the program around it. */
interface Workshop {
  load(): Promise<Operation>;
  createHost(): Promise<OpenHost>;
}

/** Runs one operation on the words of a command line and resolves to the exit code, everything printed. */
export async function runOperation(
  workshop: Workshop,
  world: World,
  argv: readonly string[],
): Promise<number> {
  const json = asksForJson(argv);
  const stderr = createPrinter(world.stderr);
  const view = createProgressView(world, stderr, createStyle(world.stderr, world.env));
  let host: OpenHost | undefined;
  const stop = watchForStop(world, {
    stopping(signal) {
      view.clear();
      stderr.print(`stopping on ${signal}, cleaning up; once more to stop at once\n`);
    },
    slow() {
      // A run that waits for a child ends when the child is gone. Trouble shows when the host is closed for good.
      host?.close().catch(() => undefined);
    },
  });
  let crash: (error: unknown) => void = () => undefined;
  const crashed = new Promise<never>((_, reject) => {
    crash = reject;
  });
  // Nobody may be waiting for it yet when it comes.
  crashed.catch(() => undefined);
  const uncrash = world.onCrash(crash);
  try {
    const operation = await workshop.load();
    const request = parseRequest(operation, argv, createStyle(world.stdout, world.env).width);
    if (request.kind === 'help') return await print(world, request.text, 0);
    host = await workshop.createHost();
    const running = operation.run(
      {
        host,
        signal: stop.signal,
        hasInput: world.hasInput === true,
        progress: (event) => view.show(event),
        confirm: (question) => {
          view.clear();
          return askConsent(world, stderr, question, stop.signal);
        },
      },
      request.input,
    );
    const ended = await Promise.race([running.then((result) => ({ result })), crashed, stop.overdue]);
    view.clear();
    await stderr.flush();
    if (ended === undefined)
      return await reportStop(world, stop, json, 'the clean-up took too long and was cut off');
    const { result } = ended;
    const text = json
      ? JSON.stringify(result, undefined, 2)
      : operation.text(result, createStyle(world.stdout, world.env)).join('\n');
    const by = stop.stoppedBy();
    return await print(
      world,
      `${text}\n`,
      by === undefined ? operation.exitCode(result) : exitCodeOfSignal(by),
    );
  } catch (error) {
    view.clear();
    await stderr.flush();
    const failure = failureOf(error);
    if (stop.stoppedBy() !== undefined)
      return await reportStop(
        world,
        stop,
        json,
        failure.code === 'interrupted' ? failure.problem : 'stopped before the end',
      );
    await reportFailure(world, json, failure);
    return exitCodeOf(failure);
  } finally {
    // After the result is out: what a long measurement found is not lost because a folder cannot be removed.
    await Promise.race([host?.close(), stop.overdue]).catch((error: unknown) =>
      reportFailure(world, false, failureOf(error)),
    );
    uncrash();
    stop.release();
  }
}

/** Known before the words are understood: a wrong command line is answered in the form that was asked for, too. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).includes('--json');
}

async function print(world: World, text: string, exitCode: number): Promise<number> {
  const stdout = createPrinter(world.stdout);
  stdout.print(text);
  const trouble = await stdout.flush();
  if (trouble === undefined) return exitCode;
  await reportFailure(world, false, {
    code: 'disk',
    problem: `the result could not be written to stdout: ${trouble.message}`,
    remedy: 'make room, or send the output elsewhere',
  });
  return 2;
}

async function reportStop(world: World, stop: Stop, json: boolean, problem: string): Promise<number> {
  await reportFailure(world, json, { code: 'interrupted', problem, remedy: 'run the same command again' });
  return exitCodeOfSignal(stop.stoppedBy() ?? 'SIGINT');
}
