import { describe, expect, it } from 'vitest';
import type { TableRow } from '#profiles';
import type { ProfileDocument } from '#store';
import { candidateLines, proposeCandidates, targetOf } from './candidates.ts';

function row(change: Partial<TableRow>): TableRow {
  const qualname = change.qualname === undefined ? 'total' : change.qualname;
  return {
    function: qualname?.split('.').at(-1) ?? '<lambda>',
    module: 'shop.cart',
    file: 'src/shop/cart.py',
    line: 3,
    origin: 'mine',
    calls: 10,
    self: 1,
    inclusive: 1,
    own: 1,
    callers: [],
    ...change,
    qualname,
  };
}

function profile(table: readonly TableRow[], total = 100): ProfileDocument {
  const known: Partial<ProfileDocument> = {
    kind: 'profile',
    total,
    table: table as ProfileDocument['table'],
  };
  return known as ProfileDocument;
}

const calledBy = (...shares: readonly number[]) => shares.map((share, at) => ({ row: at, share }));

describe('a candidate', () => {
  it.each([
    [row({}), 'shop.cart:total'],
    [row({ qualname: 'Cart.total' }), 'shop.cart:Cart.total'],
    [row({ qualname: 'Cart.__init__' }), 'shop.cart:Cart'],
    [row({ qualname: 'Cart.__eq__' }), 'shop.cart:Cart.__eq__'],
    [row({ qualname: '_total' }), undefined],
    [row({ qualname: 'Cart.__total' }), undefined],
    [row({ qualname: '_Cart.total' }), undefined],
    [row({ qualname: 'make.<locals>.inner' }), undefined],
    [row({ qualname: 'Cart.Item.total' }), undefined],
    [row({ qualname: null }), undefined],
    [row({ module: null }), undefined],
    [row({ module: 'shop.tests.test_cart', file: 'src/shop/tests/test_cart.py' }), undefined],
    [row({ module: 'shop.__main__', file: 'src/shop/__main__.py' }), undefined],
  ])('can be called by name from outside: %j', (one, target) => {
    expect(targetOf(one)).toBe(target);
  });

  it('gets the cost of private helpers and nested functions that it called, by its share', () => {
    const candidates = proposeCandidates(
      profile([
        row({ qualname: 'total', own: 20, inclusive: 60 }),
        row({ qualname: 'Cart.total', own: 10, inclusive: 30 }),
        row({ qualname: '_price', own: 60, callers: calledBy(0.75, 0.25) }),
      ]),
      [],
    );
    expect(candidates).toMatchObject([
      { number: 1, target: 'shop.cart:total', share: 0.6, gain: 0.65, calls: 10, line: 3 },
      { number: 2, target: 'shop.cart:Cart.total', share: 0.3, gain: 0.25 },
    ]);
    expect(candidates[0]?.bound).toBeCloseTo(1 / 0.35, 9);
  });

  it('is proposed once, and only when there is something to gain', () => {
    const made = proposeCandidates(
      profile([
        row({ qualname: 'Cart.__new__', own: 5 }),
        row({ qualname: 'Cart.__init__', own: 60 }),
        row({ qualname: 'tiny', own: 0.1 }),
        row({ qualname: 'loads', own: 0, origin: 'stdlib' }),
      ]),
      [],
    );
    expect(made.map(({ target }) => target)).toEqual(['shop.cart:Cart']);
    expect(proposeCandidates(profile([], 0), [])).toEqual([]);
  });

  it('is said to have a benchmark where a benchmark file names it', () => {
    const own = profile([
      row({ qualname: 'total', own: 60 }),
      row({ qualname: 'Cart.total', own: 20 }),
      row({ qualname: 'Cart.__init__', own: 10 }),
    ]);
    const namedIn = (text: string): readonly (string | null)[] =>
      proposeCandidates(own, [{ path: 'bench/test_speed.py', text }]).map(({ benchmark }) => benchmark);
    const file = 'bench/test_speed.py';
    expect(namedIn('benchmark(total, cart)')).toEqual([file, null, null]);
    expect(namedIn('benchmark(cart.total)')).toEqual([file, file, null]);
    expect(namedIn('benchmark(Cart, subtotal, total_of)')).toEqual([null, null, file]);
  });

  it('is one line that says what it could gain, and cannot steer the terminal', () => {
    const plain = (text: string): string => text;
    const style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, width: 100 };
    const [first, ...others] = proposeCandidates(
      profile([row({ own: 50, file: 'src/\u001b[2Jshop.py', calls: 1_204 })]),
      [],
    );
    const lines = candidateLines(first === undefined ? [] : [first, ...others], style);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(
      /^ +1 {2}shop\.cart:total +100\.0 % of your code, the run at most 2\.0x faster +1204 calls +src\/\?\[2Jshop\.py:3$/,
    );
  });
});
