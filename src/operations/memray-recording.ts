import { StropError } from '#base';
import { openProject } from './opened-project.ts';
import type { Context } from './operation.ts';
import { requireTool } from './tool-consent.ts';
import type { ReadyTool } from './tool-consent.ts';
import { withRun } from './working-run.ts';

/** Runs a module that lies in a folder of its own, whose packages come after those of the interpreter. */
const RUN_MODULE = `import runpy, sys
folder, module, *words = sys.argv[1:]
sys.path.append(folder)
sys.argv = [module, *words]
runpy.run_module(module, run_name="__main__", alter_sys=True)
`;

const TIMEOUT_MS = 600_000;

/** Whether a file is one of those that only memray can read (plain, or as an LZ4 frame), by its first bytes. */
export function isMemrayRecording(bytes: Uint8Array, name: string): boolean {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  const isCompressed =
    text.startsWith('\u0004"M\u0018') && (text.includes('memray') || name.endsWith('.bin'));
  return text.startsWith('memray\0') || isCompressed;
}

/**
 * Has a tool make another file of its own recording. Throws `bad-profile` with what the tool said when nothing came of it;
 * `where` is the file as the user named it.
 */
export async function runOnRecording(
  { host, signal }: Context,
  tool: ReadyTool,
  work: {
    readonly words: readonly string[];
    readonly folder: string;
    readonly made: string;
    readonly where: string;
  },
): Promise<Uint8Array> {
  const run = await host.processes.run({
    argv: [tool.python.executable, '-I', '-B', '-c', RUN_MODULE, tool.folder, tool.name, ...work.words],
    cwd: work.folder,
    timeoutMs: TIMEOUT_MS,
    signal,
    keepBytes: 65_536,
  });
  const bytes = run.ok ? await host.files.readBytes(work.made) : undefined;
  if (bytes !== undefined) return bytes;
  throw new StropError({
    code: 'bad-profile',
    problem: `${tool.name} ${tool.version} could not read this file`,
    where: work.where,
    remedy: `Look at what it says; a file of another version of ${tool.name} may have to be recorded again.`,
    detail: `${run.stdout}${run.stderr}`.trim().split('\n').slice(-15).join('\n'),
  });
}

/** A file that a reader knows, with the name that says so. */
export interface Readable {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/**
 * The file itself, or what memray says of its recording: who held memory at the peak. Throws what `requireTool` and
 * {@link runOnRecording} throw.
 */
export async function makeReadable(
  context: Context,
  file: Readable & { readonly path: string },
  options: { readonly python?: string | undefined; readonly yes: boolean },
): Promise<Readable> {
  const { bytes, name, path } = file;
  if (!isMemrayRecording(bytes, name)) return { bytes, name };
  const { interpreter } = await openProject(context, options.python);
  const tool = await requireTool(context, 'memray', interpreter, options.yes);
  return withRun(context, async ({ folder }) => {
    const made = `${folder}/recording.csv`;
    context.progress({ kind: 'step', text: `memray ${tool.version} reads its recording` });
    const words = ['transform', 'csv', '-f', '-o', made, path];
    return { bytes: await runOnRecording(context, tool, { words, folder, made, where: name }), name: made };
  });
}
