import type { Side } from '#revisions';
import { describe, expect, it } from 'vitest';
import { requireOwnCode, requireSomeCode } from './provenance.ts';

const side: Side = {
  label: 'A',
  revision: { kind: 'commit', name: 'HEAD', commit: 'c', contentId: 't', clean: true },
  root: '/run/a',
  project: '/run/a',
  sourceRoots: ['/run/a/src'],
  modules: ['pkg'],
  python: '/usr/bin/python3',
  ownFolders: ['/cache/env-a/site-packages'],
};
const workload = { kind: 'statement', id: 'pass', statement: 'pass', setup: '' } as const;

function own(file: string): () => void {
  return () => {
    requireOwnCode(side, workload, { modules: [['pkg', file]], below: 0, elsewhere: [] });
  };
}

describe('provenance', () => {
  it("takes modules from the side's checkout and from the environment built for it", () => {
    expect(own('/run/a/src/pkg/__init__.py')).not.toThrow();
    expect(own('/cache/env-a/site-packages/pkg/core.so')).not.toThrow();
  });

  it('refuses any other place, also one that only begins alike', () => {
    for (const file of ['/home/u/proj/pkg/__init__.py', '/run/b/src/pkg/x.py', '/run/abc/pkg.py']) {
      expect(own(file), file).toThrow(/would not run its own code/);
    }
  });

  it("refuses what lies in the user's own tree, whatever module it is", () => {
    expect(() => {
      requireOwnCode(side, workload, {
        modules: [],
        below: 1,
        elsewhere: [['conftest', '/home/u/conftest.py']],
      });
    }).toThrow(/conftest was loaded from/);
  });

  it('refuses a workload that loads nothing of the project', () => {
    expect(() => {
      requireSomeCode(side, workload, { modules: [], below: 0, elsewhere: [] });
    }).toThrow(/without loading anything of the project/);
  });
});
