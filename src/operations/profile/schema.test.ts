import { describe, expect, it } from 'vitest';
import { planOf } from './plan.ts';
import { profileInput } from './schema.ts';

describe('what strop profile can be asked', () => {
  it('shows 15 rows by what fixing them could gain unless told otherwise', () => {
    expect(profileInput.parse({ workload: 'shop:report' })).toMatchObject({
      workload: 'shop:report',
      top: 15,
      sort: 'own',
      yes: false,
    });
  });

  it.each([
    { workload: 'a', stmt: 'b' },
    { stmt: 'b', command: ['python', 'x.py'] },
    { read: 'x.prof', workload: 'a' },
    { pid: 7, workload: 'a' },
    { pid: 7, command: ['python', 'x.py'] },
    { pid: 7, stmt: 'b' },
    { pid: 7, read: 'x.prof' },
    { pid: 7, lines: true, function: ['a:b'] },
    { pid: 0 },
    { setup: 'import x' },
    { top: 0 },
    { sort: 'time' },
    { workload: 'a', memory: true, gil: true },
    { workload: 'a', function: ['a:b'] },
    { rate: 0 },
  ])('refuses %j', (input) => {
    expect(profileInput.safeParse(input).success).toBe(false);
  });

  it.each([
    [{}, 'cpu', undefined],
    [{ sample: true }, 'cpu', undefined],
    [{ wall: true }, 'wall', undefined],
    [{ lines: true }, 'lines', undefined],
    [{ memory: true }, 'memory', undefined],
    [{ memory: true, sample: true }, 'memory', 'scalene'],
    [{ memory: true, deep: true }, 'memory', undefined],
    [{ leaks: true }, 'leaks', undefined],
    [{ temporary: true }, 'temporary', undefined],
    [{ gil: true }, 'gil', undefined],
    [{ async: true }, 'async', undefined],
    [{ native: true }, 'native', undefined],
    [{ deep: true }, 'calls', undefined],
    [{ tool: 'memray' }, 'memory', 'memray'],
    [{ tool: 'line-profiler' }, 'lines', 'line-profiler'],
    [{ tool: 'cprofile' }, 'cpu', 'cprofile'],
    [{ tool: 'nothing' }, 'cpu', 'nothing'],
  ])('%j asks for %s', (flags, question, tool) => {
    expect(planOf(profileInput.parse(flags))).toMatchObject({ question, tool });
  });

  it.each([
    [{}, 'cpu', undefined],
    [{ sample: true }, 'cpu', true],
    [{ sample: true, wall: true }, 'wall', true],
    [{ sample: true, deep: true }, 'cpu', true],
    [{ sample: true, tool: 'py-spy' }, 'cpu', true],
    [{ sample: true, memory: true }, 'memory', undefined],
  ])('%j asks for %s, and whether only from outside: %s', (flags, question, outside) => {
    const plan = planOf(profileInput.parse(flags));
    expect([plan.question, plan.outside]).toEqual([question, outside]);
  });

  it('reads durations and functions, and refuses others', () => {
    const plan = planOf(
      profileInput.parse({ lines: true, function: ['shop.cart:Cart.total'], duration: '5s' }),
    );
    expect(plan).toMatchObject({ seconds: 5, functions: [{ module: 'shop.cart', qualname: 'Cart.total' }] });
    expect(() => planOf(profileInput.parse({ duration: 'soon' }))).toThrow('no duration');
    expect(() => planOf(profileInput.parse({ lines: true, function: ['total'] }))).toThrow('no function');
  });
});
