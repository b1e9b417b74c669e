import { describe, expect, it } from 'vitest';
import { fakeHost } from '#host';
import { bytecodeFolder } from '#measuring';
import { shareYardstick } from './shared-yardstick.ts';

const SIDES = { a: { project: '/runs/one/a' }, b: { project: '/runs/one/b' } };

function world(a: string | undefined, b: string | undefined) {
  const files: Record<string, string> = {};
  if (a !== undefined) files['/runs/one/a/bench/speed.py'] = a;
  if (b !== undefined) files['/runs/one/b/bench/speed.py'] = b;
  return fakeHost({ files });
}

describe('a benchmark file', () => {
  it('that is the same on both sides stays as it is', async () => {
    const host = world('N = 1', 'N = 1');
    expect(await shareYardstick(host, SIDES, 'bench/speed.py', true)).toBeUndefined();
  });

  it('that differs is that of side A on both, and nothing compiled of the other one is left', async () => {
    const host = world('N = 1', 'N = 3');
    const compiled = `${bytecodeFolder(host, '/runs/one/b/bench')}/speed.cpython-313.pyc`;
    const other = `${bytecodeFolder(host, '/runs/one/b/pkg')}/core.cpython-313.pyc`;
    await host.files.create(compiled, 'N = 3');
    await host.files.create(other, 'core');
    const doubt = await shareYardstick(host, SIDES, 'bench/speed.py', true);
    expect(doubt?.code).toBe('yardstick-differs');
    expect(host.tree()['/runs/one/b/bench/speed.py']).toBe('N = 1');
    expect(host.tree()).not.toHaveProperty([compiled]);
    expect(host.tree()).toHaveProperty([other]);
  });

  it('that lacks a benchmark on side A, or is missing there, is that of side B', async () => {
    const lacking = world('N = 1', 'N = 3');
    await shareYardstick(lacking, SIDES, 'bench/speed.py', false);
    expect(lacking.tree()['/runs/one/a/bench/speed.py']).toBe('N = 3');
    const missing = world(undefined, 'N = 3');
    const doubt = await shareYardstick(missing, SIDES, 'bench/speed.py', false);
    expect(doubt).toMatchObject({
      code: 'yardstick-from-other-side',
      text: expect.stringMatching(/^Side A has no/) as string,
    });
    expect(missing.tree()['/runs/one/a/bench/speed.py']).toBe('N = 3');
  });
});
