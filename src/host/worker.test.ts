import { tmpdir } from 'node:os';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createHost, type Worker } from '#host';
import { isAlive, until } from './real-children.ts';

const host = createHost();
const LINUX = process.platform === 'linux';
const LONG_MS = 20_000;
const workers: Worker[] = [];

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
});
afterAll(() => host.close());

/** A worker in Node whose script has `say(text)` and `onLine(call)` for its channel. */
function start(script: string): Worker {
  const prelude = `
    const channel = new (require('net').Socket)({ fd: 3 });
    const say = (text) => channel.write(text + '\\n');
    const onLine = (call) => require('readline').createInterface({ input: channel }).on('line', call);
  `;
  return startProgram([process.execPath, '--eval', prelude + script]);
}

function startProgram(argv: readonly [string, ...string[]]): Worker {
  const worker = host.processes.startWorker({ argv, cwd: tmpdir(), env: host.env });
  workers.push(worker);
  return worker;
}

describe('a worker', () => {
  it('answers line by line, in order, whatever the size', async () => {
    const worker = start(`onLine((line) => say('got ' + line))`);
    const large = 'ü'.repeat(2 ** 20);
    for (const line of ['a', '', 'zwölf', large, 'b']) worker.send(line);
    for (const line of ['a', '', 'zwölf', large, 'b']) {
      const reply = await worker.receive(LONG_MS);
      expect(reply.kind === 'line' && reply.line === `got ${line}`).toBe(true);
    }
    expect(worker.unread()).toBe(0);
  });

  it('tells when a line arrived, by the clock of the host', async () => {
    const worker = start(`onLine(say)`);
    const beforeNs = host.clock.nowNs();
    worker.send('x');
    await until(() => worker.unread() === 1);
    const afterNs = host.clock.nowNs();
    const reply = await worker.receive(0);
    expect(reply).toMatchObject({ kind: 'line', line: 'x' });
    const arrivedNs = reply.kind === 'line' ? reply.arrivedNs : 0;
    expect(arrivedNs).toBeGreaterThan(beforeNs);
    expect(arrivedNs).toBeLessThanOrEqual(afterNs);
  });

  it('still runs after a timeout, and its answer is the next reply', async () => {
    const worker = start(`onLine(say)`);
    expect(await worker.receive(1)).toEqual({ kind: 'timeout' });
    worker.send('late');
    expect(await worker.receive(Number.POSITIVE_INFINITY)).toMatchObject({ line: 'late' });
  });

  it('tells its exit code after its last line, again and again', async () => {
    const worker = start(`channel.end('last\\n'); console.error('why'); process.exitCode = 7;`);
    expect(await worker.receive(LONG_MS)).toMatchObject({ line: 'last' });
    const ended = { kind: 'ended', exitCode: 7, signal: undefined };
    expect(await worker.receive(LONG_MS)).toEqual(ended);
    expect(await worker.receive(LONG_MS)).toEqual(ended);
    expect(worker.output()).toBe('why\n');
    worker.send('nobody hears');
  });

  it('tells the signal that killed it, and the last words on stderr', async () => {
    const worker = start(`console.error('x'.repeat(50000) + 'end'); process.kill(process.pid, 'SIGSEGV')`);
    expect(await worker.receive(LONG_MS)).toMatchObject({ kind: 'ended', signal: 'SIGSEGV' });
    expect(worker.output()).toMatch(/end\n$/);
  });

  it('may print megabytes while it talks; the end of it is kept', async () => {
    const worker = start(`
      onLine((line) => {
        const block = (line.repeat(1000) + '\\n').repeat(100);
        for (let i = 0; i < 50; i += 1) require('fs').writeSync(1, block);
        require('fs').writeSync(2, 'error ' + line + '\\n');
        say('printed ' + line);
      });
    `);
    for (const line of ['ä', 'b', 'c']) {
      worker.send(line);
      expect(await worker.receive(LONG_MS)).toMatchObject({ line: `printed ${line}` });
    }
    await until(() => worker.output().includes('error c'));
    const output = worker.output();
    expect(output).toMatch(/^…c+\n/);
    expect(output).toMatch(/\nerror ä\nerror b\nerror c\n$/);
    expect(Buffer.byteLength(output)).toBeLessThan(2 ** 16 + 100);
  });

  it('tells why it could not start', async () => {
    const worker = startProgram(['no-such-program']);
    expect(worker.pid).toBeUndefined();
    worker.send('x');
    expect(await worker.receive(LONG_MS)).toEqual({
      kind: 'ended',
      exitCode: undefined,
      signal: undefined,
      problem: 'ENOENT',
    });
    await worker.kill();
  });

  it('is ended when it sends what is no text, or a line without end, or far too much', async () => {
    const bytes = start(`channel.write(Buffer.from([0xff, 0x0a])); setInterval(() => {}, 1000)`);
    expect(await bytes.receive(LONG_MS)).toMatchObject({
      kind: 'ended',
      signal: 'SIGKILL',
      problem: 'it sent a line that is no UTF-8 text',
    });
    const endless = start(`
      const more = () => channel.write('x'.repeat(2 ** 20), more);
      more();
    `);
    expect(await endless.receive(LONG_MS)).toMatchObject({
      kind: 'ended',
      problem: 'it sent a line of more than 64 MiB',
    });
    const chatty = start(`
      const more = () => channel.write('x'.repeat(2 ** 20) + '\\n', more);
      more();
    `);
    await until(() => !isAlive(chatty.pid!));
    expect(chatty.unread()).toBeGreaterThan(60);
  });

  it('is ended when it closes its channel and goes on', async () => {
    const worker = start(`channel.destroy(); setInterval(() => {}, 1000)`);
    expect(await worker.receive(LONG_MS)).toMatchObject({
      kind: 'ended',
      signal: 'SIGKILL',
      problem: 'it closed its channel',
    });
  });

  it('is gone with its group when killed, and tells that it ended', async () => {
    const worker = start(`
      process.on('SIGTERM', () => {});
      say(require('child_process').spawn('sleep', ['1000'], { stdio: 'inherit' }).pid);
    `);
    const reply = await worker.receive(LONG_MS);
    const grandchild = Number(reply.kind === 'line' && reply.line);
    const waiting = worker.receive(LONG_MS);
    await worker.kill();
    expect(isAlive(worker.pid!)).toBe(false);
    expect(await waiting).toMatchObject({ kind: 'ended', signal: 'SIGKILL' });
    await until(() => !isAlive(grandchild));
    await worker.kill();
  });

  it.runIf(LINUX)('takes a daemon of its own with it when killed, even after its end', async () => {
    const worker = start(`
      const options = { detached: true, stdio: ['ignore', 'inherit', 'inherit', 3] };
      say(require('child_process').spawn('sleep', ['1000'], options).pid);
      setTimeout(() => process.exit(0), 10);
    `);
    const other = start(`onLine(say)`);
    const reply = await worker.receive(LONG_MS);
    const daemon = Number(reply.kind === 'line' && reply.line);
    expect(await worker.receive(LONG_MS)).toMatchObject({ kind: 'ended', exitCode: 0 });
    expect(isAlive(daemon)).toBe(true);
    await worker.kill();
    expect(isAlive(daemon)).toBe(false);
    other.send('still here');
    expect(await other.receive(LONG_MS)).toMatchObject({ line: 'still here' });
  });

  it('refuses a second reader', async () => {
    const worker = start(`onLine(say)`);
    const first = worker.receive(LONG_MS);
    expect(() => worker.receive(LONG_MS)).toThrow('another one waits');
    worker.send('x');
    expect(await first).toMatchObject({ line: 'x' });
  });
});
