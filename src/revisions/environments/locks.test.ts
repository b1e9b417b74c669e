import { describe, expect, it } from 'vitest';
import { compareLocks, LOCK_FILE, readLock } from './locks.ts';
import type { Lock } from './locks.ts';

function read(file: string, text: string): Lock {
  const lock = readLock(file, text);
  if (lock === undefined) throw new Error(`${file} cannot be read`);
  return lock;
}

describe('readLock', () => {
  it('reads uv.lock: the project itself is no dependency, several versions are kept', () => {
    const lock = read(
      'uv.lock',
      `version = 1
[[package]]
name = "mine"
version = "1.0"
source = { editable = "." }
[[package]]
name = "Rich_Text"
version = "13.7.0"
source = { registry = "https://index.example" }
[[package]]
name = "numpy"
version = "1.26"
source = { registry = "https://index.example" }
[[package]]
name = "numpy"
version = "2.0"
source = { registry = "https://index.example" }
[[package]]
name = "forked"
version = "3"
source = { git = "https://git.example/forked?rev=abc" }
`,
    );
    expect([...lock.pins]).toEqual([
      ['rich-text', ['13.7.0']],
      ['numpy', ['1.26', '2.0']],
    ]);
    expect(lock.others).toHaveLength(1);
    expect(lock.others[0]).toContain('forked');
  });

  it('reads poetry.lock, pdm.lock and pylock.toml', () => {
    const poetry =
      '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "b"\nversion = "2"\n[package.source]\ntype = "git"\nurl = "x"\n';
    expect([...read('poetry.lock', poetry).pins]).toEqual([['a', ['1']]]);
    expect(read('poetry.lock', poetry).others).toHaveLength(1);
    const pdm = '[[package]]\nname = "a"\nversion = "1"\n[[package]]\nname = "b"\nversion = "2"\ngit = "x"\n';
    expect([...read('pdm.lock', pdm).pins]).toEqual([['a', ['1']]]);
    const pylock =
      '[[packages]]\nname = "a"\nversion = "1"\n[[packages]]\nname = "b"\n[packages.directory]\npath = "b"\n';
    expect([...read('pylock.dev.toml', pylock).pins]).toEqual([['a', ['1']]]);
  });

  it('reads Pipfile.lock with both groups', () => {
    const text = JSON.stringify({
      default: { a: { version: '==1.0' }, g: { git: 'x', ref: 'y' } },
      develop: { pytest: { version: '==8.0' } },
    });
    const lock = read('Pipfile.lock', text);
    expect([...lock.pins.keys()]).toEqual(['a', 'pytest']);
    expect(lock.others).toHaveLength(1);
  });

  it('reads lists of requirements with hashes, markers, extras, comments and options', () => {
    const lock = read(
      'requirements.txt',
      `# pinned
--index-url https://index.example
a==1.0 \\
    --hash=sha256:00 \\
    --hash=sha256:11
B.c[extra] == 2.0 ; python_version > "3.8"  # why
loose>=3
-e .
.[dev]
`,
    );
    expect([...lock.pins]).toEqual([
      ['a', ['1.0']],
      ['b-c', ['2.0']],
    ]);
    expect(lock.others).toEqual(['--index-url https://index.example', 'loose>=3']);
  });

  it('says that a damaged file cannot be read', () => {
    expect(readLock('uv.lock', '[[package')).toBeUndefined();
    expect(readLock('Pipfile.lock', '{')).toBeUndefined();
  });

  it('knows lock files by name', () => {
    const names = [
      'uv.lock',
      'requirements.txt',
      'requirements-dev.txt',
      'pylock.toml',
      'pylock.ci.toml',
      'Pipfile.lock',
    ];
    for (const name of names) expect(name).toMatch(LOCK_FILE);
    for (const name of ['my-requirements.txt', 'Cargo.lock', 'pylock.toml.orig'])
      expect(name).not.toMatch(LOCK_FILE);
  });
});

describe('compareLocks', () => {
  it('finds changed, added and removed packages, whatever their order', () => {
    const a = read('requirements.txt', 'a==1\nb==1\nc==1\nx>=1\n');
    const b = read('requirements.txt', 'd==1\nb==1\na==2\nx>=2\n');
    expect(compareLocks(a, b)).toEqual({
      packages: [
        { name: 'a', a: ['1'], b: ['2'] },
        { name: 'c', a: ['1'], b: [] },
        { name: 'd', a: [], b: ['1'] },
      ],
      others: ['x>=1', 'x>=2'],
    });
  });
});
