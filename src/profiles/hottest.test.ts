import { describe, expect, it } from 'vitest';
import { drawCallGraph, drawStacks } from './drawn-profile.ts';
import { tabulateFunctions } from './function-table.ts';
import type { FunctionTable, TableRow } from './function-table.ts';
import { hottest, shareOf } from './hottest.ts';

const ROOTS = { project: ['src'], stdlib: [], dependencies: [] };

/** A slow report: `Key` is called by `sorted` only, and the helper `Helper` by `Report` and, once, by `Check`. */
const SHOP = `
  Main 1
    Report 9
      sorted 10
        Key 40
      Helper 20
        copy 10
    Check 5
      Helper 5
`;

const table = (picture: string): FunctionTable => tabulateFunctions(drawCallGraph(picture), ROOTS, 100);
const gains = (rows: ReturnType<typeof hottest>) =>
  Object.fromEntries(rows.map(({ row, gain }) => [row.function, Math.round(gain * 100)]));
const callers = ({ table: rows }: FunctionTable, name: string): readonly (string | undefined)[] =>
  (rows.find((row) => row.function === name)?.callers ?? []).map(({ row }) => rows[row]?.function);

describe('the table of functions', () => {
  it.each([
    ['a tracer', table(SHOP)],
    ['a sampler', tabulateFunctions(drawStacks(SHOP), ROOTS, 100)],
  ])('of %s has own callers, also through foreign code, dearest first', (_, made) => {
    expect(callers(made, 'Key')).toEqual(['Report']);
    expect(callers(made, 'Helper')).toEqual(['Report', 'Check']);
    expect(callers(made, 'Main')).toEqual([]);
    const shares = made.table.find((row) => row.function === 'Helper')?.callers.map(({ share }) => share);
    expect(shares?.[0]).toBeCloseTo(30 / 35, 9);
    expect(made.total).toBe(100);
    expect(made.table[0]).toMatchObject({ function: 'Main', file: 'Main.py', inclusive: 100, self: 1 });
  });

  it('keeps the dearest when it is cut, and says how many are left', () => {
    const cut = tabulateFunctions(drawCallGraph(SHOP), ROOTS, 3);
    expect(cut.table.map((row) => row.function)).toEqual(['Main', 'Report', 'sorted']);
    expect(cut.left).toBe(4);
    expect(cut.total).toBe(100);
  });
});

describe('hottest', () => {
  it('ranks own functions by what each pays for', () => {
    const rows = hottest(table(SHOP));
    expect(rows.map(({ row }) => row.function)).toEqual(['Key', 'Helper', 'Report', 'Check', 'Main']);
    expect(gains(rows)).toEqual({ Key: 40, Helper: 35, Report: 19, Check: 5, Main: 1 });
    expect(rows[0]?.bound).toBeCloseTo(1 / 0.6, 9);
    expect(rows[2]?.share).toBeCloseTo(0.89, 9);
  });

  it('counts what cannot stand for itself for its callers, each by its share', () => {
    const accept = (row: TableRow) => !['Helper', 'Key'].includes(row.function);
    expect(gains(hottest(table(SHOP), { accept }))).toEqual({ Report: 89, Check: 10, Main: 1 });
  });

  it('counts it for nobody when no caller can stand for itself, circles included', () => {
    const circle = 'Even 10\n  Odd 10\n    Even 10\n      Odd 10';
    expect(hottest(table(circle), { accept: () => false })).toEqual([]);
    expect(gains(hottest(table(circle), { accept: (row) => row.function === 'Odd' }))).toEqual({ Odd: 100 });
  });

  it('leaves out what is not worth a row', () => {
    expect(hottest(table(SHOP), { most: 2 })).toHaveLength(2);
    expect(gains(hottest(table(SHOP), { least: 0.1 }))).toEqual({ Key: 40, Helper: 35, Report: 19 });
    expect(hottest({ total: 0, table: [] })).toEqual([]);
  });
});

describe('shareOf', () => {
  const share = (names: readonly string[]): number =>
    shareOf(
      table(SHOP),
      names.map((name) => ({ file: `${name}.py`, name })),
    );

  it('takes the dearest of nested functions and adds up those apart', () => {
    expect(share(['Report'])).toBeCloseTo(0.89, 9);
    expect(share(['Report', 'Key', 'Helper'])).toBeCloseTo(0.89, 9);
    expect(share(['Key', 'Check'])).toBeCloseTo(0.5, 9);
    expect(share(['Report', 'Check', 'Helper'])).toBeCloseTo(0.99, 9);
    expect(share(['Main', 'Key', 'Check'])).toBe(1);
    expect(share(['Unknown'])).toBe(0);
  });

  it('knows methods by their qualified name, and a class by its members', () => {
    const base = table('Main 90\n  Add 10').table;
    const rows = base.map((row) => (row.function === 'Add' ? { ...row, qualname: 'Cart.Add' } : row));
    const ask = (name: string): number => shareOf({ total: 100, table: rows }, [{ file: 'Add.py', name }]);
    expect(ask('Cart.Add')).toBeCloseTo(0.1, 9);
    expect(ask('Cart')).toBeCloseTo(0.1, 9);
    expect(ask('Basket.Add')).toBe(0);
    expect(ask('Add')).toBe(0);
  });
});
