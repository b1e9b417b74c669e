import { StropError } from '#base';
import { dumpProcess, openKit, profilers } from '#profilers';
import { readProfile } from '#readers';
import { openProcess } from '../attached-process.ts';
import type { Context } from '../operation.ts';
import { rootsOf, sideInPlace } from '../profiled-side.ts';
import { requireTool } from '../tool-consent.ts';
import { withRun } from '../working-run.ts';
import type { DumpedThread, DumpInput, DumpResult } from './schema.ts';
import { listThreads } from './threads.ts';
import type { FoundThread } from './threads.ts';

/** Says where each thread of a process stands now. The process goes on. */
export async function dump(given: Context, input: DumpInput): Promise<DumpResult> {
  const attached = await openProcess(given, input.pid, input.python);
  const { process, context, opened } = attached;
  const { host } = context;
  const { project, interpreter } = opened;
  const profiler = profilers.find(({ tool }) => tool === 'py-spy');
  if (profiler?.needs === undefined) throw new Error('py-spy is not among the profilers');
  if (attached.sameInterpreter) refuseVersion(profiler.refuses({ ...interpreter, platform: host.platform }));
  const tool = await requireTool(context, profiler.needs, interpreter, input.yes);
  return withRun(context, async (run) => {
    const kit = await openKit(host, interpreter.executable, tool);
    const ask = {
      question: 'dump',
      seconds: 0,
      rateHz: 1,
      native: input.native,
      deep: false,
      functions: [],
      folder: run.folder,
      project: project.root,
      version: interpreter.version,
      running: true,
      locals: input.locals,
      stopped: process.stopped,
    } as const;
    const bytes = await dumpProcess(host, { profiler, kit, ask, signal: context.signal }, process.pid);
    const read = readProfile(bytes, 'dump of py-spy');
    const text = input.locals ? new TextDecoder().decode(bytes) : undefined;
    const roots = rootsOf(await sideInPlace(host, opened), interpreter);
    const found = listThreads(read, roots, text);
    return {
      kind: 'dump',
      version: 1,
      date: host.clock.date(),
      pid: process.pid,
      command: [...process.argv],
      folder: process.cwd ?? null,
      python: attached.sameInterpreter ? interpreter.versionText : (process.pythonVersion ?? null),
      project: project.root,
      tool: profiler.tool,
      toolVersion: tool.version,
      threads: await readLines(context, found),
      doubts: [...attached.doubts, ...read.doubts.filter(({ code }) => code !== 'not-a-recording')],
    };
  });
}

function refuseVersion(reason: string | undefined): void {
  if (reason === undefined) return;
  throw new StropError({
    code: 'bad-request',
    problem: reason,
    remedy:
      'Make the process print it itself: start it with `python -X faulthandler` and faulthandler.register(signal.SIGUSR1).',
  });
}

/** Own lines with their text. */
async function readLines({ host }: Context, threads: readonly FoundThread[]): Promise<DumpedThread[]> {
  const texts = new Map<string, readonly string[]>();
  for (const { frames } of threads) {
    for (const { path, origin } of frames) {
      if (origin !== 'mine' || path === undefined || texts.has(path)) continue;
      const text = path.startsWith('/') ? await host.files.readText(path).catch(() => undefined) : undefined;
      texts.set(path, text?.split(/\r?\n/) ?? []);
    }
  }
  return threads.map(({ frames, ...thread }) => ({
    ...thread,
    frames: frames.map(({ path, ...frame }) => ({
      ...frame,
      code:
        path === undefined || frame.line === null || frame.origin !== 'mine'
          ? null
          : (texts.get(path)?.[frame.line - 1]?.trim() ?? null),
    })),
  }));
}
