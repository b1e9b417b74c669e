import { ResourceNotFoundError, ResourceTemplate } from '@modelcontextprotocol/server';
import type { McpServer, ReadResourceResult } from '@modelcontextprotocol/server';
import { openKept } from '#operations';
import { boundLines, boundValue, cutText } from './bounded.ts';
import { carryOut } from './carry-out.ts';
import { confineHost } from './boundaries.ts';
import type { Hub } from './hub.ts';

/** Bytes of one resource. */
const MOST_BYTES = 16_000;
const MOST_LISTED = 50;

/** Offers what is kept about the project of the start folder. Each is read when it is asked for; none is longer than 16 kB. */
export function registerResources(server: McpServer, hub: Hub): void {
  const markdown = { mimeType: 'text/markdown' };
  const json = { mimeType: 'application/json' };
  server.registerResource(
    'log',
    'strop://log',
    { title: 'OPTIMIZATION_LOG.md', description: 'The progress log of the project', ...markdown },
    async (uri) => {
      // A link may stand in its place that leads out of the project.
      const log = await (await openKept(confineHost(hub.host, hub.allowed))).log();
      return textOf(uri, 'text/markdown', log ?? 'There is no log yet: the first accepted step writes it.\n');
    },
  );
  server.registerResource(
    'checklist',
    'strop://checklist',
    {
      title: 'The checklist',
      description: 'Each line with its evidence, as the tool check tells it',
      mimeType: 'text/plain',
    },
    async (uri) => textOf(uri, 'text/plain', await readCheck(hub)),
  );
  server.registerResource(
    'comparison',
    'strop://comparison/latest',
    { title: 'The last comparison', description: 'As compare or step measured it', ...json },
    async (uri) => documentOf(uri, await (await openKept(hub.host)).comparison(), 'comparison'),
  );
  server.registerResource(
    'cheat-sheet',
    'strop://cheat-sheet',
    {
      title: 'Cheat sheet of profilers',
      description: 'Commands, output and traps of the Python tools that measure',
      ...markdown,
    },
    async (uri) =>
      textOf(
        uri,
        'text/markdown',
        (await hub.host.files.readText(hub.program.cheatSheet)) ??
          'This copy of strop comes without its cheat sheet.\n',
        64_000,
      ),
  );
  server.registerResource(
    'profile',
    new ResourceTemplate('strop://profiles/{name}', {
      list: async () => ({
        resources: (await (await openKept(hub.host)).profiles()).slice(0, MOST_LISTED).map((name) => ({
          uri: `strop://profiles/${encodeURIComponent(name)}`,
          name,
          ...json,
        })),
      }),
    }),
    { title: 'A kept profile', description: 'The newest 50 are listed', ...json },
    async (uri, { name }) => {
      const known = nameOf(String(name));
      const document = known === undefined ? undefined : await (await openKept(hub.host)).profile(known);
      if (document === undefined)
        throw new ResourceNotFoundError(
          uri.href,
          `no profile of this name is kept: ${uri.href}. The list of resources has those that are.`,
        );
      return documentOf(uri, document, 'profile');
    },
  );
}

/** Undefined for what is no encoded name. */
function nameOf(encoded: string): string | undefined {
  try {
    return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
}

async function readCheck(hub: Hub): Promise<string> {
  const check = (await hub.offered()).find(({ tool }) => tool.name === 'check');
  if (check === undefined) return '';
  const end = await carryOut({
    operation: check.operation,
    input: check.operation.input.parse({}),
    host: confineHost(await hub.program.createHost({ cwd: hub.options.start }), hub.allowed),
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  return end.outcome === 'failed' ? `${end.failure.problem}\n${end.failure.remedy}` : end.lines.join('\n');
}

function textOf(uri: URL, mimeType: string, text: string, mostBytes = MOST_BYTES): ReadResourceResult {
  const { text: kept, left } = boundLines(text.split('\n'), mostBytes);
  const rest = left > 0 ? `\n… ${String(left)} more lines\n` : '';
  return { contents: [{ uri: uri.href, mimeType, text: `${kept}${rest}` }] };
}

function documentOf(uri: URL, document: unknown, what: string): ReadResourceResult {
  const { value, cut } =
    document === undefined
      ? { value: { kept: null, problem: `no ${what} of this name is kept` }, cut: [] }
      : boundValue(document, MOST_BYTES - 2_000);
  const shown = cut.length === 0 ? value : { cut: cut.slice(0, 20), document: value };
  const text = cutText(JSON.stringify(shown, undefined, 1), MOST_BYTES * 2);
  return { contents: [{ uri: uri.href, mimeType: 'application/json', text }] };
}
