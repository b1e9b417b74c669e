import { StropError } from '#base';
import { findReader } from '#readers';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { requireTool } from '../tool-consent.ts';
import { withRun } from '../working-run.ts';
import { HTML } from './page.ts';
import type { Page } from './page.ts';
import type { ViewInput } from './schema.ts';

/** Runs a module that lies in a folder of its own, whose packages come after those of the interpreter. */
const RUN_MODULE = `import runpy, sys
folder, module, *words = sys.argv[1:]
sys.path.append(folder)
sys.argv = [module, *words]
runpy.run_module(module, run_name="__main__", alter_sys=True)
`;

const TIMEOUT_MS = 600_000;

/** The tool that alone can show a file, by its first bytes: memray's recordings are read by memray only. */
export function toolOf(bytes: Uint8Array, name: string): 'memray' | undefined {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  const isCompressed =
    text.startsWith('\u0004"M\u0018') && (text.includes('memray') || name.endsWith('.bin'));
  return text.startsWith('memray\0') || isCompressed ? 'memray' : undefined;
}

/** The page that a tool itself makes of a file of its own, without anything from the network. */
export async function makeToolPage(
  context: Context,
  input: ViewInput,
  tool: 'memray' | 'scalene',
  path: string,
  bytes: Uint8Array,
): Promise<Page> {
  const fits =
    tool === 'memray' ? toolOf(bytes, path) === 'memray' : findReader(bytes, path)?.format === 'scalene';
  if (!fits) {
    throw new StropError({
      code: 'bad-request',
      problem: `${tool} cannot show this file`,
      where: input.file,
      remedy:
        tool === 'memray'
          ? 'Give the .bin file that `memray run` wrote; for any other profile leave --tool out.'
          : 'Give the JSON file that `scalene run` wrote; for any other profile leave --tool out.',
    });
  }
  const { interpreter } = await openProject(context, input.python);
  const ready = await requireTool(context, tool, interpreter, input.yes);
  return withRun(context, async ({ folder }) => {
    context.progress({ kind: 'step', text: `${tool} ${ready.version} makes its page` });
    const made = `${folder}/scalene-profile.html`;
    const words =
      tool === 'memray'
        ? ['flamegraph', '--no-web', '--force', '--output', made, path]
        : ['view', '--standalone', path];
    const run = await context.host.processes.run({
      argv: [ready.python.executable, '-I', '-B', '-c', RUN_MODULE, ready.folder, tool, ...words],
      cwd: folder,
      timeoutMs: TIMEOUT_MS,
      signal: context.signal,
      keepBytes: 65_536,
    });
    const html = run.ok ? await context.host.files.readText(made) : undefined;
    if (html !== undefined) return pageOf(tool, html);
    throw new StropError({
      code: 'bad-profile',
      problem: `${tool} ${ready.version} could not show this file`,
      where: input.file,
      remedy: `Look at what it says; a file of another version of ${tool} may have to be recorded again.`,
      detail: `${run.stdout}${run.stderr}`.trim().split('\n').slice(-15).join('\n'),
    });
  });
}

function pageOf(kind: 'memray' | 'scalene', html: string): Page {
  const served = html.replace(/<head[^>]*>/i, (head) => `${head}<script src="strop-alive.js"></script>`);
  return {
    kind,
    inlineScripts: true,
    files: new Map([['index.html', { type: HTML, content: served }]]),
    single: () => html,
  };
}
