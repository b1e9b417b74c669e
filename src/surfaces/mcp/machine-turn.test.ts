import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { takeTurn, turnAddress } from './machine-turn.ts';

const never = new AbortController().signal;
const address = (): string => turnAddress(`strop-test-${randomUUID().slice(0, 8)}`);

describe('a turn on the machine', () => {
  it('is had by one at a time, and the others hear who has it', async () => {
    const place = address();
    const order: string[] = [];
    const endFirst = await takeTurn('first', () => order.push('nobody waits for the first'), never, place);
    let heard: (words: string) => void = () => undefined;
    const hears = new Promise<string>((resolve) => (heard = resolve));
    const second = takeTurn('second', heard, never, place).then((end) => {
      order.push('second');
      end();
    });
    expect(await hears).toBe('first');
    order.push('first ends');
    endFirst();
    await second;
    expect(order).toEqual(['first ends', 'second']);
  });

  it('comes to each of several who wait', async () => {
    const place = address();
    let running = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      const end = await takeTurn('x', () => undefined, never, place);
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      end();
    };
    await Promise.all([work(), work(), work(), work()]);
    expect(most).toBe(1);
  });

  it('is free again when its process is killed', async () => {
    const place = address();
    const script = `require('net').createServer().listen({path: ${JSON.stringify(place)}}, () => console.log('has it'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const waiting = takeTurn('second', () => undefined, never, place);
    child.kill('SIGKILL');
    (await waiting)();
  });

  it('is not waited for after an abort', async () => {
    const place = address();
    const end = await takeTurn('first', () => undefined, never, place);
    const stop = new AbortController();
    const waiting = takeTurn(
      'second',
      () => {
        stop.abort();
      },
      stop.signal,
      place,
    );
    await expect(waiting).rejects.toThrow();
    end();
  });
});
