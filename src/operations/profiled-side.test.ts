import { describe, expect, it } from 'vitest';
import { fakeHost, whenRun } from '#host';
import type { Side } from '#revisions';
import type { OpenedProject } from './opened-project.ts';
import { compileCheckout, findUnbuilt, profiledEnvironment } from './profiled-side.ts';

const SIDE: Side = {
  label: 'B',
  revision: { kind: 'working-tree', name: 'working tree', commit: '', contentId: '', clean: false },
  root: '/project',
  project: '/project',
  sourceRoots: ['/project/src'],
  modules: ['shop'],
  python: '/env/bin/python',
  ownFolders: [],
};

describe('bytecode of a command that is profiled', () => {
  it('is read where the user runs it, so that imports are as warm as there, and written nowhere', () => {
    const env = { PYTHONPATH: '/more', COVERAGE_PROCESS_START: 'x', LINE_PROFILE: '1' };
    expect(profiledEnvironment(fakeHost({ env }), SIDE)).toEqual({
      COVERAGE_PROCESS_START: undefined,
      LINE_PROFILE: undefined,
      PYTHONPATH: '/project/src:/more',
      PYTHONDONTWRITEBYTECODE: '1',
    });
    const own = fakeHost({ env: { PYTHONPYCACHEPREFIX: '/cache' } });
    expect(profiledEnvironment(own, SIDE)).toMatchObject({ PYTHONPYCACHEPREFIX: '/cache' });
  });

  it("is made beforehand in a checkout, and never in the user's own tree", async () => {
    const host = fakeHost({ answers: [whenRun(['/env/bin/python', '-m', 'compileall'], {})] });
    const { signal } = new AbortController();
    await compileCheckout(host, SIDE, signal);
    expect(host.ran).toEqual([]);
    await compileCheckout(host, { ...SIDE, original: '/users' }, signal);
    expect(host.ran.map(({ argv }) => argv.slice(3))).toEqual([
      ['-q', '/project/src/shop', '/project/src/shop.py'],
    ]);
  });
});

describe('compiled modules that a comparison would build', () => {
  const SOURCES = {
    '/project/setup.py': 'setup(\n  ext_modules=[Extension("shop._fast", ["shop/_fast.c"])],\n)\n',
    '/project/shop/__init__.py': '',
  };
  const opened = {
    project: { root: '/project', gitTop: '/project', prefix: '' },
    settings: {},
    interpreter: { sitePackages: ['/env/site-packages'] },
  } as unknown as OpenedProject;
  const doubtsWith = async (files: Record<string, string>) =>
    (await findUnbuilt(fakeHost({ files: { ...SOURCES, ...files } }), opened)).map(({ text }) => text);

  it('are missed in a profile of a tree that has none', async () => {
    const [text] = await doubtsWith({});
    expect(text).toContain('(setup.py:2) are not built here');
  });

  it.each(['/project/shop/_fast.so', '/env/site-packages/shop/_fast.cpython-311.so'])(
    'are there as %s',
    async (file) => {
      expect(await doubtsWith({ [file]: '' })).toEqual([]);
    },
  );
});
