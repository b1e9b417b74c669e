import type { Side } from '#revisions';
import { describe, expect, it } from 'vitest';
import { requireOpenPython, requireOwnCode, requireSomeCode } from './provenance.ts';

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

  it.each([
    ['python -I app.py', true],
    ['/usr/bin/python3.12 -BI -m shop', true],
    ['python -Ic pass', true],
    ['python app.py -I', false],
    ['python -m shop -I', false],
    ['python -Xdev -WIgnore app.py', false],
    ['grep -I shop', false],
    ['python', false],
  ])('says of %s whether it ignores the code of its side: %s', (line, isRefused) => {
    const command = { kind: 'command', id: line, argv: line.split(' ') } as const;
    const ask = (): void => {
      requireOpenPython(command as unknown as Parameters<typeof requireOpenPython>[0]);
    };
    if (isRefused) expect(ask).toThrow(/-I/);
    else expect(ask).not.toThrow();
  });

  it('refuses a workload that loads nothing of the project', () => {
    expect(() => {
      requireSomeCode(side, workload, { modules: [], below: 0, elsewhere: [] });
    }).toThrow(/without loading anything of the project/);
  });
});
