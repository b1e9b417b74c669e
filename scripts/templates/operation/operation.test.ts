import { describe, expect, it } from 'vitest';
import { fakeHost } from '#host';
import type { Context, Style } from '../operation.ts';
import { operation } from './operation.ts';

const plain = (text: string): string => text;
const style: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };

function contextWith(host: Context['host']): Context {
  return { host, signal: new AbortController().signal, progress: () => undefined };
}

describe('example-name', () => {
  it('counts what is in the folder, as its own schema says', async () => {
    const result = await operation.run(contextWith(fakeHost()), operation.input.parse({ path: '/nowhere' }));
    expect(operation.result.parse(result)).toEqual({ kind: 'example-name', version: 1, entries: 0 });
    expect(operation.text(result, style)).toEqual(['0 entries']);
    expect(operation.exitCode(result)).toBe(0);
  });
});
