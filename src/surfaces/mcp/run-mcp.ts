import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { StropError, failureOf } from '#base';
import type { Answers } from './caller.ts';
import { CARRY_OUT, carryOutKept } from './detached.ts';
import { openHub } from './hub.ts';
import type { Program } from './program.ts';

const HELP = `Usage: strop mcp [options]

Serves every command as a tool of the Model Context Protocol, for coding agents: on stdin and stdout, or by HTTP on
this machine alone.

Options:
  --http             Serve by streamable HTTP on 127.0.0.1; the address with its token is printed on stderr
  --port <number>    With --http: the port (default: any free one)
  --project <folder> The project that is worked on (default: the folder in which it is started)
  --allow <folder>   Another folder that may be read and changed (repeatable)
  --yes              Agree beforehand that strop installs the profilers that are missing, in a folder of its own
  -h, --help         Show this help

Environment:
  STROP_MCP_TOKEN    With --http: the token (at least 16 characters) instead of a random one

Runs your code, needs the machine for itself while it measures, installs only what you agree to, changes files of the
project when a tool says so.

Examples:
  strop mcp
      what an agent starts for itself
  strop mcp --project ~/work/shop
      for one project, wherever the agent runs
  strop mcp --http --port 7700
      one server for several agents
`;

/** Time for all calls to end. */
const CLEAN_UP_MS = 10_000;

interface Flags {
  readonly help: boolean;
  readonly http: boolean;
  readonly port: number;
  readonly project: string;
  readonly allow: readonly string[];
  readonly yes: boolean;
  readonly carryOut: string | undefined;
}

/** Serves agents until they are gone or a signal comes; resolves to the exit code when nothing is left running. */
export async function runMcp(program: Program, argv: readonly string[]): Promise<number> {
  const report = (text: string): void => {
    process.stderr.write(`strop mcp: ${text}\n`);
  };
  try {
    const flags = readFlags(argv);
    if (flags.help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (flags.carryOut !== undefined) return await carryOutKept(program, flags.carryOut);
    return await serve(program, flags, report);
  } catch (error) {
    const { code, problem, where, remedy, detail } = failureOf(error);
    process.stderr.write(
      [
        `error: ${problem}`,
        ...(where === undefined ? [] : [`  where:  ${where}`]),
        `  remedy: ${remedy}`,
        ...(code === 'bug' ? [detail ?? ''] : []),
        '',
      ].join('\n'),
    );
    return code === 'bug' ? 70 : 2;
  }
}

async function serve(program: Program, flags: Flags, report: (text: string) => void): Promise<number> {
  const token = takeToken(process.env);
  const hub = await openHub(program, {
    start: resolve(flags.project),
    allow: flags.allow,
    yes: flags.yes,
  });
  // Before anything is served: a signal that comes early must not leave anything behind.
  const stopped = new Promise<number>((resolve) => {
    const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
    let isStopping = false;
    for (const [name, code] of Object.entries(signals))
      process.on(name, () => {
        // Whoever says it twice does not want to wait.
        if (isStopping) process.exit(code);
        isStopping = true;
        resolve(code);
      });
  });
  process.on('unhandledRejection', (reason) => {
    report(reason instanceof Error ? (reason.stack ?? reason.message) : String(reason));
  });
  const { createServer } = await import('./create-server.ts');
  const answers: Answers = new Map();
  const makeServer = () => createServer(hub, answers);
  if (flags.http) {
    const { serveOnHttp } = await import('./serve-http.ts');
    const listening = await serveOnHttp(makeServer, { port: flags.port, token }, report);
    process.stderr.write(
      `strop mcp: serving ${hub.options.start}\n  address: ${listening.addressWithToken}\n  or:      ${listening.address} with the header "Authorization: Bearer ${listening.token}"\n`,
    );
    const code = await stopped;
    // The calls first: their clients hear that they were stopped.
    await inTime(hub.close().then(() => listening.close()));
    return code;
  }
  const { serveOnStdio } = await import('./serve-stdio.ts');
  const served = serveOnStdio(makeServer, report);
  const code = await Promise.race([stopped, served.gone.then(() => 0)]);
  // The calls first: their answers could still arrive, and their processes must not outlive the client.
  await inTime(hub.close().then(() => served.close()));
  return code;
}

/** Waits for an end, but not for ever: the keeper takes away what is left when the process ends. */
async function inTime(ending: Promise<void>): Promise<void> {
  await Promise.race([ending, wait(CLEAN_UP_MS)]);
}

function readFlags(argv: readonly string[]): Flags {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        http: { type: 'boolean', default: false },
        port: { type: 'string' },
        project: { type: 'string', default: '.' },
        allow: { type: 'string', multiple: true, default: [] },
        yes: { type: 'boolean', default: false },
        [CARRY_OUT.slice(2)]: { type: 'string' },
      },
    });
    const carryOut = (values as Readonly<Record<string, unknown>>)[CARRY_OUT.slice(2)];
    return {
      ...values,
      port: portOf(values.port, values.http),
      carryOut: typeof carryOut === 'string' ? carryOut : undefined,
    };
  } catch (error) {
    if (error instanceof StropError) throw error;
    throw refuse(error instanceof Error ? error.message : String(error));
  }
}

function portOf(text: string | undefined, http: boolean): number {
  if (text === undefined) return 0;
  if (!http) throw refuse('--port needs --http');
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw refuse(`"${text}" is no port`);
  return Number(text);
}

/** Takes it out of the environment, which the measured code inherits. */
function takeToken(env: NodeJS.ProcessEnv): string | undefined {
  const token = env['STROP_MCP_TOKEN'];
  delete env['STROP_MCP_TOKEN'];
  if (token === undefined || token === '') return undefined;
  if (/^[\w.~-]{16,}$/.test(token)) return token;
  throw refuse('STROP_MCP_TOKEN has to be 16 or more letters, digits, dots, dashes or underscores');
}

function refuse(problem: string): StropError {
  return new StropError({ code: 'bad-request', problem, remedy: "'strop mcp --help' lists what it takes" });
}
