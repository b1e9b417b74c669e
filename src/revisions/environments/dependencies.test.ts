import { fakeHost } from '#host';
import { describe, expect, it } from 'vitest';
import { findChangedLocks, planDependencies } from './dependencies.ts';

const NOTHING = { pinned: [], loose: [], optional: [] };

function requirements(a: string, b: string): { file: string; a: string; b: string } {
  return { file: 'requirements.txt', a, b };
}

describe('planDependencies', () => {
  it('installs only what differs from the project, for the side that wants it', () => {
    const plan = planDependencies([requirements('rich==13.0\nsame==1\n', 'rich==13.1\nsame==1\n')], {
      rich: '13.1',
      same: '9',
    });
    expect(plan.a).toEqual({ ...NOTHING, pinned: ['rich==13.0'] });
    expect(plan.b).toEqual(NOTHING);
    expect(plan.changes).toEqual(['rich 13.0 -> 13.1']);
    expect(plan.unresolved).toEqual([]);
  });

  it('passes over packages of other platforms and tries those that only one side locks', () => {
    const plan = planDependencies([requirements('pywin32==1\nold==1\n', 'pywin32==2\n')], {});
    expect(plan.a).toEqual({ ...NOTHING, optional: ['old==1'] });
    expect(plan.b).toEqual(NOTHING);
    expect(plan.changes).toEqual([]);
  });

  it('leaves loose requirements alone that the project meets', () => {
    const plan = planDependencies([requirements('a>=1\nb<2\n', 'a>=1.5\nb<3 ; python_version > "3"\n')], {
      a: '1.7',
      b: '2.5',
    });
    expect(plan.a).toEqual({ ...NOTHING, loose: ['b<2'] });
    expect(plan.b).toEqual(NOTHING);
  });

  it('leaves what runs the tests as the project has it, and what only checks it away', () => {
    const plan = planDependencies(
      [
        requirements(
          'pytest==3.2.5\nflake8<3.0\nold-dep<2\n',
          'pytest>=5.4.2,<6\nflake8>=3.8\ntox<4\npytest-new\nold-dep>=2\n',
        ),
      ],
      { pytest: '9.1', 'old-dep': '2.1' },
    );
    expect(plan.a).toEqual({ ...NOTHING, loose: ['old-dep<2'] });
    expect(plan.b).toEqual({ ...NOTHING, loose: ['pytest-new'] });
    expect(plan.changes).toEqual([]);
    expect(plan.unresolved).toEqual([]);
  });

  it('installs no extras that the project does without', () => {
    const a = 'fast-trie==1\ngenshi\nhad<2\n';
    const plan = planDependencies([{ file: 'requirements-optional.txt', a, b: 'had>=2\n' }], { had: '2.1' });
    expect(plan.a).toEqual({ ...NOTHING, loose: ['had<2'] });
    expect(plan.b).toEqual(NOTHING);
  });

  it('names what it cannot rebuild', () => {
    const lock = (version: string, other: string): string =>
      ['1', version]
        .map((v) => `[[package]]\nname = "forked"\nversion = "${v}"\nsource = { registry = "x" }\n`)
        .join('') + `[[package]]\nname = "pinned-git"\nversion = "1"\nsource = { git = "${other}" }\n`;
    const plan = planDependencies(
      [
        { file: 'uv.lock', a: lock('2', 'x#1'), b: lock('3', 'x#2') },
        { file: 'poetry.lock', a: '[[', b: '' },
      ],
      { forked: '0' },
    );
    expect(plan.unresolved).toEqual([
      'forked (locked at 1 and 2)',
      'forked (locked at 1 and 3)',
      'pinned-git (not from an index)',
      'poetry.lock (cannot be read)',
    ]);
  });

  it('takes a lock file that one side lacks for an empty one', () => {
    const plan = planDependencies(
      [{ file: 'uv.lock', a: undefined, b: '[[package]]\nname="a"\nversion="1"\nsource={registry="x"}\n' }],
      {
        a: '2',
      },
    );
    expect(plan.a).toEqual(NOTHING);
    expect(plan.b).toEqual({ ...NOTHING, pinned: ['a==1'] });
  });
});

describe('findChangedLocks', () => {
  it('passes over lists that no workload runs with', async () => {
    const host = fakeHost({
      files: {
        '/a/requirements.txt': 'x==1',
        '/b/requirements.txt': 'x==2',
        '/a/requirements/docs.txt': 'sphinx==1',
        '/b/requirements/docs.txt': 'sphinx==2',
        '/a/requirements/tests.txt': 'y==1',
        '/b/requirements/tests.txt': 'y==2',
        '/a/requirements-lint.txt': 'ruff==1',
      },
    });
    const changed = await findChangedLocks(
      host,
      { root: '/a', project: '/a' },
      { root: '/b', project: '/b' },
    );
    expect(changed.map((each) => each.file)).toEqual(['requirements.txt', 'requirements/tests.txt']);
  });
});
