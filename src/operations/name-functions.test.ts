import { describe, expect, it } from 'vitest';
import { moduleOf } from './name-functions.ts';

const layout = {
  sourceRoots: ['/p/src', '/p'],
  modules: ['shop', 'tools', 'google.ads'],
  renamed: [{ module: 'parts', folder: 'lib/code' }],
};

describe('the module of a file', () => {
  it.each([
    ['src/shop/cart.py', 'shop.cart'],
    ['src/shop/__init__.py', 'shop'],
    ['tools.py', 'tools'],
    ['src/google/ads/api.py', 'google.ads.api'],
    ['src/google/other.py', undefined],
    ['tests/test_cart.py', undefined],
    ['src/shop/data.txt', undefined],
    ['src/shop/not-a-name.py', undefined],
  ])('%s is %s', (file, module) => {
    expect(moduleOf(file, '/p', layout)).toBe(module);
  });

  it('follows a package whose folder has another name', () => {
    const own = { ...layout, modules: [...layout.modules, 'parts'] };
    expect(moduleOf('lib/code/wheel.py', '/p/', own)).toBe('parts.wheel');
  });
});
