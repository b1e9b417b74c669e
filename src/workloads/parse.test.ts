import { describe, expect, it } from 'vitest';
import { looksLikeTestId, parseCallable } from '#workloads';

describe('parseCallable', () => {
  it('reads a function, a method and arguments of every shape', () => {
    expect(parseCallable('pkg.mod:run')).toMatchObject({
      module: 'pkg.mod',
      qualname: 'run',
      args: [],
      kwargs: {},
    });
    expect(parseCallable('m:C.make')).toMatchObject({ qualname: 'C.make' });
    expect(parseCallable(`m:f(1, "a,b)", [1, (2, 3)], key={'x': "="}, )`)).toMatchObject({
      args: ['1', '"a,b)"', '[1, (2, 3)]'],
      kwargs: { key: `{'x': "="}` },
    });
    expect(parseCallable(`m:f('it\\'s', "==")`)?.args).toEqual([`'it\\'s'`, '"=="']);
  });

  it('reads names in the letters of any language', () => {
    expect(parseCallable('paket.größe:messe_東京(länge=3)')).toMatchObject({
      module: 'paket.größe',
      qualname: 'messe_東京',
      kwargs: { länge: '3' },
    });
    expect(parseCallable('m:1f')).toBeUndefined();
  });

  it('refuses what does not close or has another form', () => {
    for (const text of ['m:f(1', "m:f('a)", 'm:f)(', 'm:f(1,,2)', 'no colon', 'a::b', 'm:f g']) {
      expect(parseCallable(text), text).toBeUndefined();
    }
  });

  it('leaves test ids to pytest', () => {
    expect(['tests/test_x.py::test_y[a:b]', 'tests/', 'test_x.py'].every(looksLikeTestId)).toBe(true);
    expect(['pkg.mod:f', `m:f('a/b')`].some(looksLikeTestId)).toBe(false);
  });
});
