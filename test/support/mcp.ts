import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { PROGRAM, startStrop } from './program.ts';
import type { Stage } from './stage.ts';
import { until } from './processes.ts';

/** Longer than any call of these tests takes on a crowded machine. */
const PATIENCE_MS = 120_000;

/** A client that is connected, with what its calls reported. */
export interface Connected {
  readonly client: Client;
  /** Calls a tool with progress and patience. */
  call(name: string, given?: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<ToolAnswer>;
  close(): Promise<void>;
}

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (message: string, count: number) => void;
}

/** The parts of an answer that the tests look at. */
export interface ToolAnswer {
  readonly text: string;
  readonly isError: boolean;
  readonly data: {
    readonly outcome: string;
    readonly run?: string;
    readonly result?: Readonly<Record<string, unknown>>;
    readonly cut?: readonly unknown[];
    readonly error?: Readonly<Record<string, string>>;
  };
}

/** Which generation of the protocol the client speaks. */
export type Generation = 'older' | 'newer';

/** How the newer generation is asked for; the older one is the default of the library. */
export function optionsFor(generation: Generation, more: ClientOptions = {}): ClientOptions {
  return generation === 'older' ? more : { ...more, versionNegotiation: { mode: 'auto' } };
}

function createClient(options: ClientOptions): Client {
  return new Client({ name: 'strop-test', version: '1.0.0' }, { capabilities: {}, ...options });
}

function connected(client: Client): Connected {
  return {
    client,
    close: () => client.close(),
    async call(name, given = {}, { signal, progress } = {}) {
      const answer = await client.callTool(
        { name, arguments: { ...given } },
        {
          timeout: PATIENCE_MS,
          ...(signal === undefined ? {} : { signal }),
          onprogress: ({ message = '', progress: count }) => progress?.(message, count),
        },
      );
      const [first] = answer.content;
      return {
        text: first?.type === 'text' ? first.text : '',
        isError: answer.isError === true,
        data: answer.structuredContent as ToolAnswer['data'],
      };
    },
  };
}

/** Starts `strop mcp` as an agent does and connects to it; `prepare` sees the client before. */
export async function connectStdio(
  stage: Stage,
  options: ClientOptions = {},
  prepare: (client: Client) => void = () => undefined,
  argv: readonly string[] = [],
): Promise<Connected> {
  const client = createClient(options);
  prepare(client);
  const env = Object.entries(stage.env()).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [PROGRAM, 'mcp', ...argv],
      cwd: stage.repo,
      env: Object.fromEntries(env),
      stderr: 'ignore',
    }),
  );
  return connected(client);
}

/** `strop mcp --http` on a free port. */
export interface Served {
  readonly address: string;
  readonly token: string;
  connect(options?: ClientOptions): Promise<Connected>;
  stop(): Promise<void>;
}

/** Starts a server for several clients. */
export async function serveHttp(stage: Stage): Promise<Served> {
  const started = startStrop(['mcp', '--http'], { cwd: stage.repo, env: stage.env() });
  const [, address = '', token = ''] = await until(
    'the server tells its address',
    () => /or: +(\S+) with the header "Authorization: Bearer (\w+)"/.exec(started.told()) ?? undefined,
  );
  return {
    address,
    token,
    async connect(options = {}) {
      const client = createClient(options);
      const headers = { authorization: `Bearer ${token}` };
      await client.connect(new StreamableHTTPClientTransport(new URL(address), { requestInit: { headers } }));
      return connected(client);
    },
    async stop() {
      started.child.kill('SIGTERM');
      await started.ended;
    },
  };
}

/** A client in a process of its own that calls a tool and prints each progress message; to be killed. */
export async function startClientProcess(
  stage: Stage,
  name: string,
  given: Readonly<Record<string, unknown>>,
): Promise<{ readonly child: ChildProcess; readonly told: () => string }> {
  const script = `
    import { Client } from '@modelcontextprotocol/client';
    import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
    const client = new Client({ name: 'killed', version: '1' }, { capabilities: {} });
    const [program, cwd, tool, given] = process.argv.slice(1);
    await client.connect(new StdioClientTransport({ command: process.execPath, args: [program, 'mcp'], cwd, env: process.env }));
    await client.callTool({ name: tool, arguments: JSON.parse(given) }, { timeout: 600000, onprogress: ({ message }) => console.log(message) });
  `;
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, PROGRAM, stage.repo, name, JSON.stringify(given)],
    { env: stage.env(), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child, 'spawn');
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  return { child, told: () => told };
}
