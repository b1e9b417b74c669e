import { McpServer } from '@modelcontextprotocol/server';
import { expect, it } from 'vitest';
import { serveOnHttp } from './serve-http.ts';

it('closes idle sessions for new ones, and never one that waits for an answer', async () => {
  let begun: () => void = () => undefined;
  let end: () => void = () => undefined;
  const begins = new Promise<void>((resolve) => (begun = resolve));
  const ends = new Promise<void>((resolve) => (end = resolve));
  const makeServer = () => {
    const server = new McpServer({ name: 'test', version: '1' });
    server.registerTool('measure', {}, async () => {
      begun();
      await ends;
      return { content: [{ type: 'text', text: 'measured' }] };
    });
    return Promise.resolve(server);
  };
  const served = await serveOnHttp(makeServer, { port: 0 }, () => undefined);
  const post = (method: string, params: object, session?: string): Promise<Response> =>
    fetch(served.addressWithToken, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session === undefined ? {} : { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
  const open = async (): Promise<string> => {
    const client = {
      protocolVersion: '2025-06-18',
      capabilities: {},
      clientInfo: { name: 't', version: '1' },
    };
    const response = await post('initialize', client);
    await response.text();
    return response.headers.get('mcp-session-id') ?? '';
  };
  try {
    const busy = await open();
    const call = post('tools/call', { name: 'measure', arguments: {} }, busy);
    await begins;
    const idle = await open();
    for (let count = 0; count < 40; count += 1) expect(await open()).not.toBe('');
    expect((await post('tools/list', {}, idle)).status).toBe(404);
    end();
    expect(await (await call).text()).toContain('measured');
    const again = await post('tools/list', {}, busy);
    expect(await again.text()).toContain('measure');
  } finally {
    end();
    await served.close();
  }
});
