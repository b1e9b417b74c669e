import { fakeHost } from '#host';
import type { Side } from '#revisions';
import { describe, expect, it } from 'vitest';
import { workerEnvironment } from './environment.ts';

const side: Side = {
  label: 'A',
  revision: { kind: 'commit', name: 'HEAD', commit: 'c', contentId: 't', clean: true },
  root: '/run/a/shop',
  original: '/home/u/shop',
  project: '/run/a/shop',
  sourceRoots: ['/run/a/shop/src'],
  modules: ['shop'],
  python: '/usr/bin/python3',
  ownFolders: [],
};

function pathOf(given: string | undefined, on: Side = side): string | undefined {
  return workerEnvironment(fakeHost({ env: { PYTHONPATH: given } }), on, '/run', 1)['PYTHONPATH'];
}

describe('the environment of a worker', () => {
  it.each(['LINE_PROFILE', 'PYTHONTRACEMALLOC', 'COVERAGE_PROCESS_START', 'PYTHONDONTWRITEBYTECODE'])(
    'has no %s, which would trace or slow down what is measured',
    (name) => {
      const env = workerEnvironment(fakeHost({ env: { [name]: '1', KEPT: '1' } }), side, '/run', 1);
      expect(env[name]).toBeUndefined();
      expect(env['KEPT']).toBe('1');
    },
  );
});

describe('the PYTHONPATH of a worker', () => {
  it('keeps what lies outside of the project, in its order', () => {
    expect(pathOf('/opt/vendored:lib:/home/u/shopping')).toBe('/opt/vendored:lib:/home/u/shopping');
    expect(pathOf(undefined)).toBeUndefined();
    expect(pathOf(':')).toBeUndefined();
  });

  it("names the side's copy of what lies in the user's own tree, however it is written", () => {
    expect(pathOf('/home/u/shop/src:/opt/vendored')).toBe('/run/a/shop/src:/opt/vendored');
    expect(pathOf('/home/u/shop')).toBe('/run/a/shop');
    expect(pathOf('/opt/../home/u//shop/lib/')).toBe('/run/a/shop/lib/');
  });

  it("is the user's where the side is the user's own tree", () => {
    const { original: _, ...inPlace } = side;
    expect(pathOf('/home/u/shop/src', inPlace)).toBe('/home/u/shop/src');
  });
});
