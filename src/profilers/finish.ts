import { StropError } from '#base';
import type { Doubt } from '#base';
import type { ChildResult, Host } from '#host';
import { hookedEnvironment } from './kit.ts';
import type { Ask, Kit, Launch, Profiler } from './profiler.ts';

/** What a profiler recorded. */
export interface RecordedFile {
  readonly bytes: Uint8Array;
  /** The file, which goes with the folder of the run. */
  readonly path: string;
  /** How often the workload ran; undefined for a process that was watched. */
  readonly loops: number | undefined;
  readonly wallNs: number | undefined;
  readonly cpuNs: number | undefined;
  /** CPU time of one run without the profiler. */
  readonly bareCpuNs: number | undefined;
  /** How often a sampler looked, where that is not what it was asked for first. */
  readonly rateHz?: number;
  readonly doubts: readonly Doubt[];
}

/** One recording: with what, of what. */
export interface RecordRequest {
  readonly profiler: Profiler;
  readonly kit: Kit;
  readonly ask: Ask;
  readonly signal: AbortSignal;
}

/** What is known of a run before its file is read. */
export interface Measured extends Pick<RecordedFile, 'loops' | 'wallNs' | 'cpuNs' | 'bareCpuNs'> {
  readonly text: string;
  /** See `Printed`. */
  readonly held: boolean;
  readonly notes: Readonly<Record<string, number>>;
}

/** Looks at what the tool said and left behind, and turns it into a file that a reader knows. */
export async function finish(
  host: Host,
  request: RecordRequest,
  { output }: Pick<Launch, 'output'>,
  { text, notes, held, ...measured }: Measured,
): Promise<RecordedFile> {
  const { profiler, kit, ask, signal } = request;
  const doubts = profiler.examine?.({ text, wallNs: measured.wallNs, held, notes }, ask) ?? [];
  let path = output.endsWith('/') ? await onlyFile(host, output) : output;
  if ((await host.files.kind(path)) === undefined) throw nothingLeft(profiler, text);
  const convert = profiler.convert?.(ask, kit, path);
  if (convert !== undefined) {
    const result = await host.processes.run({
      argv: convert.argv,
      env: { ...hookedEnvironment(host, kit, host.env), ...convert.env },
      cwd: ask.folder,
      timeoutMs: CONVERT_MS,
      signal,
    });
    if (!result.ok) {
      throw new StropError({
        code: 'tool-failed',
        problem: `${profiler.title} could not read its own recording`,
        remedy: 'What it said is below; a recording that was cut off cannot be read.',
        detail: outputOf(result).trim().split('\n').slice(-12).join('\n'),
      });
    }
    path = convert.output;
  }
  const bytes = await host.files.readBytes(path);
  if (bytes === undefined) throw nothingLeft(profiler, text);
  return { ...measured, bytes, path, doubts };
}

const CONVERT_MS = 300_000;

async function onlyFile(host: Host, folder: string): Promise<string> {
  const files = (await host.files.list(folder)).filter(({ kind }) => kind === 'file');
  if (files.length > 1) {
    throw new StropError({
      code: 'tool-failed',
      problem: `the run left ${String(files.length)} profiles where one was expected`,
      where: files.map(({ name }) => name).join(', '),
      remedy: 'Name one test, and one set of its parameters.',
    });
  }
  return `${folder}${files[0]?.name ?? 'missing'}`;
}

/** All that a process printed. */
export function outputOf({ stdout, stderr }: Pick<ChildResult, 'stdout' | 'stderr'>): string {
  return `${stdout}\n${stderr}`;
}

/** What the hook of a whole program had to say, beside its file. */
export async function readNotes(host: Host, output: string): Promise<Readonly<Record<string, number>>> {
  const text = await host.files.readText(`${output}.json`);
  const notes: unknown = text === undefined ? {} : JSON.parse(text);
  const found = Object.entries(notes ?? {}).filter(
    (entry): entry is [string, number] => typeof entry[1] === 'number',
  );
  return Object.fromEntries(found);
}

function nothingLeft(profiler: Profiler, text: string): StropError {
  return new StropError({
    code: 'workload-failed',
    problem: 'the run left no profile behind',
    where: profiler.title,
    remedy:
      profiler.watch === undefined
        ? `${profiler.title} writes its file when the program ends normally: it must not end by os._exit or a signal. Watched from outside (--tool py-spy) it may end as it likes.`
        : 'What the tool said is below.',
    ...(text.trim() === '' ? {} : { detail: text.trim().split('\n').slice(-12).join('\n') }),
  });
}
