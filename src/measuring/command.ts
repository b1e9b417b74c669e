import { StropError } from '#base';
import type { Doubt } from '#base';
import type { Host } from '#host';
import type { Side } from '#revisions';
import type { CommandWorkload } from '#workloads';
import { workerEnvironment } from './environment.ts';
import { tail } from './failures.ts';
import type { MeasureRequest, Measurement } from './measurement.ts';
import type { Block, Both, Pair } from './pair.ts';
import { timeOf } from './pair.ts';
import { allowedCores, chooseMeter } from './plan.ts';
import type { Seen } from './plan.ts';
import { launchAnswer } from './protocol.ts';
import type { LaunchAnswer } from './protocol.ts';
import {
  hasCopy,
  requireOpenPython,
  requireOwnCode,
  requireRelative,
  requireSomeCode,
} from './provenance.ts';
import { z } from 'zod';
import { Session } from './session.ts';

/** {@link MeasureRequest} for a whole command. */
export interface CommandRequest extends MeasureRequest {
  readonly workload: CommandWorkload;
}

const UNPROVEN: Doubt = {
  code: 'provenance-unproven',
  text: 'The command could not be asked where its code came from (no Python program, or it ended without exit handlers): make sure that it runs the code of its working folder.',
};

const UNTOLD = { a: undefined, b: undefined };

const SEED_BOUND = 2 ** 32;

/** What starting and ending any process takes off the core: no sign of a command that waits. */
const LAUNCH_SLACK_NS = 20e6;

/** Starts commands of both sides through one small resident process, so that the kernel's figures are the child's alone. */
class Launcher {
  readonly #host: Host;
  readonly #request: CommandRequest;
  readonly #session: Session;

  private constructor(host: Host, request: CommandRequest, session: Session) {
    this.#host = host;
    this.#request = request;
    this.#session = session;
  }

  static async open(host: Host, request: CommandRequest): Promise<Launcher> {
    const { sides, workload, runFolder, timeoutMs } = request;
    const session = Session.start(host, sides.a, workload, { runFolder, timeoutMs }, 0, {}, 'launch.py');
    await session.receive(z.object({ ready: z.literal(true) }));
    return new Launcher(host, request, session);
  }

  /** Runs the command once on a side; `report` names a file for the modules that a Python command loaded. */
  async launch(side: Side, seed: number, core: number | undefined, report?: string): Promise<LaunchAnswer> {
    const { workload, runFolder } = this.#request;
    const stderr = `${runFolder}/stderr-${side.label}`;
    const env = workerEnvironment(this.#host, side, runFolder, seed);
    const probe = report === undefined ? [] : [`${this.#host.folders.shims}/_strop_probe`];
    const separator = this.#host.platform === 'win32' ? ';' : ':';
    const path = [...probe, ...side.sourceRoots, env['PYTHONPATH'] ?? ''].filter((entry) => entry !== '');
    env['PYTHONPATH'] = path.join(separator);
    const { value, observedNs } = await this.#session.ask(
      {
        op: 'launch',
        argv: workload.argv,
        cwd: side.project,
        env,
        core: core ?? null,
        stderr,
        report: report ?? null,
      },
      launchAnswer,
    );
    if (value.wall > observedNs)
      throw await this.#session.distrust('it claims more time than passed between request and answer');
    await this.#requireSuccess(side, value, stderr);
    return value;
  }

  async #requireSuccess(side: Side, answer: LaunchAnswer, stderr: string): Promise<void> {
    if (answer.startError === null && answer.exit === 0) return;
    const how =
      answer.startError ??
      (answer.signal === null ? `exit code ${String(answer.exit)}` : `signal ${answer.signal}`);
    throw new StropError({
      code: 'workload-failed',
      problem: `the command fails on side ${side.label} (${side.revision.name}): ${how}`,
      where: this.#request.workload.id,
      remedy:
        'Only a command that ends with exit code 0 can be measured; it runs in the project folder of each side.',
      detail: tail((await this.#host.files.readText(stderr)) ?? ''),
    });
  }

  /** One untimed launch that proves where a Python command's modules come from; false when the command cannot be asked. */
  async prove(side: Side): Promise<boolean> {
    const report = `${this.#request.runFolder}/provenance-${side.label}-${this.#host.random.token(4)}`;
    await this.launch(side, 0, undefined, report);
    const entries = await this.#host.files.list(this.#request.runFolder);
    const prefix = report.slice(report.lastIndexOf('/') + 1);
    const reports = entries.filter((entry) => entry.name.startsWith(`${prefix}.`));
    const files: [string, string][] = [];
    for (const entry of reports) {
      const text = await this.#host.files.readText(`${this.#request.runFolder}/${entry.name}`);
      files.push(...z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(text ?? '[]')));
    }
    // A command that is no Python program, or ends without its exit handlers, cannot be asked.
    if (reports.length === 0) return false;
    const modules = files.filter(([name]) =>
      side.modules.some((own) => name === own || name.startsWith(`${own}.`)),
    );
    const root = (await this.#host.files.real(side.root)) ?? side.root;
    const below = files.filter(([, file]) => file.startsWith(`${root}/`)).length;
    const elsewhere: [string, string][] = [];
    for (const [name, file] of files) {
      if (await hasCopy(this.#host, side, file)) elsewhere.push([name, file]);
    }
    const loaded = { modules, below, elsewhere };
    requireOwnCode(side, this.#request.workload, loaded);
    requireSomeCode(side, this.#request.workload, loaded);
    return true;
  }

  close(): Promise<void> {
    return this.#session.kill();
  }
}

function blockOf(answer: LaunchAnswer): Block {
  return {
    count: 1,
    wallNs: answer.wall,
    cpuNs: answer.cpu,
    cpuTotalNs: answer.cpu,
    runDelayNs: answer.delay ?? undefined,
    fastestNs: answer.cpu,
    voluntarySwitches: answer.nvcsw,
    involuntarySwitches: answer.nivcsw,
    minorFaults: answer.minflt,
  };
}

function seenOf(block: Block): Seen {
  return { block, threads: 1, childCpuNs: 0, othersCpuNs: undefined };
}

/** See `openMeasurement`: a pair is one launch of each side in random order. */
export async function openCommandMeasurement(host: Host, request: CommandRequest): Promise<Measurement> {
  const begin = host.clock.nowNs();
  const { sides } = request;
  requireOpenPython(request.workload);
  await requireRelative(host, request);
  const launcher = await Launcher.open(host, request);
  try {
    const proven = (await launcher.prove(sides.a)) && (await launcher.prove(sides.b));
    const a = blockOf(await launcher.launch(sides.a, 0, undefined));
    const b = blockOf(await launcher.launch(sides.b, 0, undefined));
    const meter = request.meter ?? chooseMeter({ a: seenOf(a), b: seenOf(b) }, LAUNCH_SLACK_NS);
    // Pinning a command that runs at most on one core changes nothing for it and takes the other core's state out.
    const cores = meter === 'cpu' ? await allowedCores(host) : [];
    let index = 0;
    return {
      plan: {
        meter,
        count: { a: 1, b: 1 },
        cores,
        iterationNs: { a: timeOf(a, meter), b: timeOf(b, meter) },
      },
      extras: [],
      doubts: proven ? [] : [UNPROVEN],
      calibrationNs: host.clock.nowNs() - begin,
      async nextPair() {
        request.signal.throwIfAborted();
        index += 1;
        return launchPair(host, launcher, sides, cores, index);
      },
      close: () => launcher.close(),
    };
  } catch (error) {
    await launcher.close();
    throw error;
  }
}

async function launchPair(
  host: Host,
  launcher: Launcher,
  sides: Both<Side>,
  cores: readonly number[],
  index: number,
): Promise<Pair> {
  const begin = host.clock.nowNs();
  const seed = host.random.below(SEED_BOUND);
  const core = cores[host.random.below(Math.max(cores.length, 1))];
  const ranFirst = host.random.below(2) === 0 ? 'A' : 'B';
  const first = await launcher.launch(ranFirst === 'A' ? sides.a : sides.b, seed, core);
  const second = await launcher.launch(ranFirst === 'A' ? sides.b : sides.a, seed, core);
  const [a, b] = ranFirst === 'A' ? [first, second] : [second, first];
  return {
    index,
    seed,
    core,
    startedFirst: ranFirst,
    ranFirst,
    rounds: [{ a: blockOf(a), b: blockOf(b) }],
    // The kernel itself counts for a command: there is nothing to hold against it.
    unaccountedNs: UNTOLD,
    leadNs: UNTOLD,
    coarse: false,
    unobservedNs: UNTOLD,
    elsewhereNs: UNTOLD,
    answered: UNTOLD,
    firstCallNs: { a: a.cpu, b: b.cpu },
    peakRssBytes: { a: a.peakRss, b: b.peakRss },
    extras: {},
    startupNs: 0,
    timedNs: host.clock.nowNs() - begin,
    extrasNs: 0,
  };
}
