import { McpServer } from '@modelcontextprotocol/server';
import type { CallToolResult, ServerContext, StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import type { Answer } from './answer.ts';
import { callTool } from './call-tool.ts';
import { askFor, callerOf } from './caller.ts';
import type { Answers } from './caller.ts';
import type { JsonSchema, Tool } from './derive-tool.ts';
import type { Hub } from './hub.ts';
import { registerPrompts } from './prompts.ts';
import { registerResources } from './resources.ts';
import { callOwnTool, ownTools } from './result-tool.ts';

const INSTRUCTIONS = `strop proves whether a change makes Python code really faster. Two rules: nothing is optimised before it was measured, and no optimisation is trusted before it was measured again.
The tool "status" says where you are and what comes next; the prompts understand, baseline, find, change and close are the phases. One change at a time: "step" measures it, runs all tests, compares the API, and logs it.
Texts name commands of the command line: \`strop step "title" --commit\` is the tool "step" with {"title": "…", "commit": true}, --no-snapshot is {"snapshot": false}.
Answers are short; "run" is a handle, and the tool "result" gives what was cut. Measurements take minutes: report progress to your user, or give detach: true and ask "result" with wait.`;

/** A server for one connection, or for one request where connections do not last; all of a hub share its runs. */
export async function createServer(hub: Hub, answers: Answers): Promise<McpServer> {
  const server = new McpServer(
    { name: 'strop', title: 'strop', version: hub.program.version },
    { instructions: INSTRUCTIONS },
  );
  const clientOf = (context: ServerContext) => callerOf(server, context, answers);
  for (const offered of await hub.offered()) {
    register(server, offered.tool, async (given, context) => {
      const { caller, end } = clientOf(context);
      try {
        const called = await callTool(hub, offered, given, caller);
        return called.kind === 'answer' ? resultOf(called.answer) : askFor(called, context, answers);
      } finally {
        end();
      }
    });
  }
  for (const own of ownTools) {
    register(server, own.tool, async (given, context) => {
      const { caller, end } = clientOf(context);
      try {
        const called = await callOwnTool(own, hub, given, caller);
        return called.kind === 'answer' ? resultOf(called.answer) : askFor(called, context, answers);
      } finally {
        end();
      }
    });
  }
  registerResources(server, hub);
  registerPrompts(server);
  return server;
}

type Handler = (
  given: Readonly<Record<string, unknown>>,
  context: ServerContext,
) => ReturnType<Parameters<McpServer['registerTool']>[2]>;

function register(server: McpServer, tool: Tool, handle: Handler): void {
  server.registerTool(
    tool.name,
    {
      title: tool.title,
      description: tool.description,
      inputSchema: declared(tool.inputSchema),
      outputSchema: declared(tool.outputSchema),
      annotations: { title: tool.title, ...tool.annotations },
    },
    (given, context) => handle(isRecord(given) ? given : {}, context),
  );
}

/**
 * A schema that is shown as it is and lets everything pass: the operation checks its input itself, and its error says
 * what to do.
 */
function declared(schema: JsonSchema): StandardSchemaWithJSON {
  const show = () => ({ ...schema });
  return {
    '~standard': {
      version: 1,
      vendor: 'strop',
      validate: (value) => ({ value }),
      jsonSchema: { input: show, output: show },
    },
  };
}

function resultOf({ envelope, text, isError }: Answer): CallToolResult {
  return {
    content: [{ type: 'text', text }],
    structuredContent: { ...envelope },
    ...(isError ? { isError } : {}),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
