import { describe, expect, it } from 'vitest';
import { refuseLines } from './refuse-lines.ts';

/** What is answered to chunks, and what goes on to the transport. */
async function pass(...chunks: readonly string[]) {
  const answers: unknown[] = [];
  const stream = refuseLines((line) => answers.push(JSON.parse(line)));
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  const on: Buffer[] = [];
  for await (const chunk of stream) on.push(chunk as Buffer);
  return { answers, on: Buffer.concat(on).toString() };
}

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}\n';

describe('lines that are no messages', () => {
  it('are answered with an error that has no id, and messages are passed on', async () => {
    const { answers, on } = await pass('hello\n', PING, '[1]\n', '\n');
    expect(answers).toMatchObject([
      { jsonrpc: '2.0', id: null, error: { code: -32700 } },
      { jsonrpc: '2.0', id: null, error: { code: -32600 } },
    ]);
    expect(on).toBe(`${PING}\n`);
  });

  it('are those whose id is no text and no number, too', async () => {
    const { answers, on } = await pass('{"jsonrpc":"2.0","id":{"a":1},"method":"ping"}\n', PING);
    expect(answers).toMatchObject([{ id: null, error: { code: -32600 } }]);
    expect(on).toBe(PING);
  });

  it('may come in pieces, as messages do', async () => {
    const { answers, on } = await pass(PING.slice(0, 9), PING.slice(9) + 'hel', 'lo\n');
    expect(answers).toHaveLength(1);
    expect(on).toBe(PING);
  });

  it('are left to the transport when they are too long to be one', async () => {
    const long = 'x'.repeat(11 * 1024 * 1024);
    expect(await pass(long)).toEqual({ answers: [], on: long });
  });
});
