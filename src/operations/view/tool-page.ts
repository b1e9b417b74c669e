import { StropError } from '#base';
import { findReader } from '#readers';
import { openProject } from '../opened-project.ts';
import type { Context } from '../operation.ts';
import { isMemrayRecording, runOnRecording } from '../memray-recording.ts';
import { requireTool } from '../tool-consent.ts';
import { withRun } from '../working-run.ts';
import { HTML, PAGE_MARK } from './page.ts';
import type { Page } from './page.ts';
import type { ViewInput } from './schema.ts';

/** The page that a tool itself makes of a file of its own, without anything from the network. */
export async function makeToolPage(
  context: Context,
  input: ViewInput,
  tool: 'memray' | 'scalene',
  path: string,
  bytes: Uint8Array,
): Promise<Page> {
  const fits =
    tool === 'memray' ? isMemrayRecording(bytes, path) : findReader(bytes, path)?.format === 'scalene';
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
    const html = await runOnRecording(context, ready, { words, folder, made, where: input.file });
    return pageOf(tool, new TextDecoder().decode(html));
  });
}

function pageOf(kind: 'memray' | 'scalene', html: string): Page {
  const inHead = (what: string) => html.replace(/<head[^>]*>/i, (head) => `${head}${what}`);
  return {
    kind,
    inlineScripts: true,
    files: new Map([
      ['index.html', { type: HTML, content: inHead('<script src="strop-alive.js"></script>') }],
    ]),
    single: () => inHead(PAGE_MARK),
  };
}
