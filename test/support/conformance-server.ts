import { setTimeout as wait } from 'node:timers/promises';
import { McpServer, ResourceTemplate, fromJsonSchema } from '@modelcontextprotocol/server';
import type { CallToolResult, JsonSchemaType, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { serveOnHttp } from '../../src/surfaces/mcp/serve-http.ts';

/*
 * What the protocol's conformance suite wants of a server (tools `test_…`, resources `test://…`), served as `strop mcp
 * --http` serves: the suite tries streams, sessions and questions to the client on it. Run by scripts/conformance.mjs.
 */

/** One red pixel, and a sound of no length. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=';

const text = (words: string) => ({ type: 'text' as const, text: words });
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' };
const embedded = (uri: string, mimeType: string, words: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType, text: words },
});

type Work = (context: ServerContext, given: Readonly<Record<string, string>>) => Promise<CallToolResult>;

const content =
  (...parts: CallToolResult['content']): Work =>
  () =>
    Promise.resolve({ content: parts });

/** Tools without arguments, or with the text that is named. */
const TOOLS: Readonly<Record<string, Work>> = {
  test_simple_text: content(text('This is a simple text response for testing.')),
  test_image_content: content(image),
  test_audio_content: content({ type: 'audio', data: WAV, mimeType: 'audio/wav' }),
  test_embedded_resource: content(
    embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
  ),
  test_multiple_content_types: content(
    text('Multiple content types test:'),
    image,
    embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  ),
  test_error_handling: () =>
    Promise.reject(new Error('This tool intentionally returns an error for testing')),
  async test_tool_with_logging({ mcpReq }) {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
      await wait(50);
    }
    return { content: [text('done')] };
  },
  async test_tool_with_progress({ mcpReq }) {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined)
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        });
      await wait(50);
    }
    return { content: [text('done')] };
  },
  async test_sampling({ mcpReq }, { prompt = '' }) {
    const answer = await mcpReq.send({
      method: 'sampling/createMessage',
      params: { messages: [{ role: 'user', content: text(prompt) }], maxTokens: 100 },
    });
    return { content: [text(`LLM response: ${JSON.stringify(answer.content)}`)] };
  },
  test_elicitation: (context, { message = '' }) =>
    elicit(context, message, 'User response', {
      username: { type: 'string', description: "User's response" },
      email: { type: 'string', description: "User's email address" },
    }),
  test_elicitation_sep1034_defaults: (context) =>
    elicit(context, 'Defaults', 'Elicitation completed', {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    }),
  test_elicitation_sep1330_enums: (context) => {
    const titled = (name: string) =>
      [1, 2, 3].map((n) => ({ const: `value${String(n)}`, title: `${name} ${String(n)}` }));
    const three = ['option1', 'option2', 'option3'];
    return elicit(context, 'Enums', 'Elicitation completed', {
      untitledSingle: { type: 'string', enum: three },
      titledSingle: { type: 'string', oneOf: titled('Option') },
      legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
      untitledMulti: { type: 'array', items: { type: 'string', enum: three } },
      titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
    });
  },
};

const ARGUMENTS: Readonly<Record<string, string>> = { test_sampling: 'prompt', test_elicitation: 'message' };

async function elicit(
  { mcpReq }: ServerContext,
  message: string,
  words: string,
  properties: Readonly<Record<string, unknown>>,
): Promise<CallToolResult> {
  const requestedSchema = { type: 'object', properties };
  const { action, content: given } = await mcpReq.send({
    method: 'elicitation/create',
    params: { mode: 'form', message, requestedSchema },
  });
  return { content: [text(`${words}: action=${action}, content=${JSON.stringify(given ?? {})}`)] };
}

function createServer(): Promise<McpServer> {
  const server = new McpServer(
    { name: 'conformance', version: '1.0.0' },
    { capabilities: { logging: {}, completions: {}, resources: { subscribe: true } } },
  );
  for (const [name, work] of Object.entries(TOOLS)) {
    const argument = ARGUMENTS[name];
    const shape: z.ZodRawShape = argument === undefined ? {} : { [argument]: z.string() };
    server.registerTool(name, { description: name, inputSchema: z.object(shape) }, (given, context) =>
      work(context, given as Readonly<Record<string, string>>),
    );
  }
  const schema: JsonSchemaType = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
    },
    properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
    additionalProperties: false,
  };
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(schema) },
    () => ({ content: [text('fine')] }),
  );
  registerResources(server);
  registerPrompts(server);
  return Promise.resolve(server);
}

function registerResources(server: McpServer): void {
  const fixed = (uri: string, mimeType: string, body: { text: string } | { blob: string }): void => {
    server.registerResource(uri, uri, { description: uri, mimeType }, () => ({
      contents: [{ uri, mimeType, ...body }],
    }));
  };
  fixed('test://static-text', 'text/plain', { text: 'This is the content of the static text resource.' });
  fixed('test://static-binary', 'image/png', { blob: PNG });
  fixed('test://watched-resource', 'text/plain', { text: 'watched' });
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { description: 'template', mimeType: 'application/json' },
    (uri, { id }) => {
      const data = { id, templateTest: true, data: `Data for ID: ${String(id)}` };
      return { contents: [{ uri: uri.href, mimeType: 'application/json', text: JSON.stringify(data) }] };
    },
  );
  for (const method of ['resources/subscribe', 'resources/unsubscribe'] as const)
    server.server.setRequestHandler(method, () => ({}));
}

function registerPrompts(server: McpServer): void {
  const say = (...parts: readonly CallToolResult['content'][number][]) => ({
    messages: parts.map((part) => ({ role: 'user' as const, content: part })),
  });
  server.registerPrompt('test_simple_prompt', { description: 'simple' }, () =>
    say(text('This is a simple prompt for testing.')),
  );
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'arguments', argsSchema: z.object({ arg1: z.string(), arg2: z.string() }) },
    ({ arg1, arg2 }) => say(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) =>
      say(
        embedded(resourceUri, 'text/plain', 'Embedded resource content for testing.'),
        text('Please process the embedded resource above.'),
      ),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'image' }, () =>
    say(image, text('Please analyze the image above.')),
  );
  server.server.setRequestHandler('completion/complete', () => ({
    completion: { values: ['paris', 'park', 'party'], total: 3, hasMore: false },
  }));
}

const { addressWithToken } = await serveOnHttp(createServer, { port: 0 }, (words) => {
  console.error(words);
});
console.log(`address: ${addressWithToken}`);
