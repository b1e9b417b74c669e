import { fakeHost } from '#host';
import type { Workload } from '#workloads';
import { describe, expect, it } from 'vitest';
import { placeNamedFiles } from './named-files.ts';

const USER = '/home/u/repo';
const PYTHON = `${USER}/.venv/bin/python`;

const side = (label: 'a' | 'b') => ({
  label: label === 'a' ? ('A' as const) : ('B' as const),
  revision: { kind: 'commit', name: 'v1', commit: 'c', contentId: 't', clean: true } as const,
  root: `/runs/one/${label}`,
  original: USER,
  project: `/runs/one/${label}`,
  sourceRoots: [`/runs/one/${label}/src`],
  modules: ['pkg'],
  python: PYTHON,
  ownFolders: [],
});
const SIDES = { a: side('a'), b: side('b') };

const callable = (module: string): Workload => ({
  kind: 'callable',
  id: `${module}:run`,
  module,
  qualname: 'run',
  args: [],
  kwargs: {},
});
const command = (...argv: [string, ...string[]]): Workload => ({ kind: 'command', id: argv.join(' '), argv });

async function place(workload: Workload, files: Readonly<Record<string, string>>) {
  const host = fakeHost({ files });
  const placed = await placeNamedFiles(host, SIDES, workload, PYTHON);
  return { ...placed, codes: placed.doubts.map((doubt) => doubt.code), tree: host.tree() };
}

describe('the module of a callable', () => {
  it('that only the working tree has is put on both sides', async () => {
    const { tree, codes, workload } = await place(callable('work'), { [`${USER}/work.py`]: 'new' });
    expect(workload).toMatchObject({ file: 'work.py' });
    expect(codes).toEqual(['yardstick-from-working-tree']);
    expect([tree['/runs/one/a/work.py'], tree['/runs/one/b/work.py']]).toEqual(['new', 'new']);
  });

  it('that one side lacks comes from the other, also from a folder of sources', async () => {
    const { tree, codes } = await place(callable('tools.work'), { '/runs/one/b/src/tools/work.py': 'b' });
    expect(codes).toEqual(['yardstick-from-other-side']);
    expect(tree['/runs/one/a/src/tools/work.py']).toBe('b');
  });

  it('stays where both sides have one, and where it is code of the project', async () => {
    const both = await place(callable('work'), {
      '/runs/one/a/work.py': 'a',
      '/runs/one/b/work.py': 'b',
      [`${USER}/work.py`]: 'new',
    });
    expect(both.codes).toEqual([]);
    expect(both.workload).not.toHaveProperty('file');
    expect(both.tree['/runs/one/b/work.py']).toBe('b');
    const code = await place(callable('pkg.fresh'), { '/runs/one/b/src/pkg/fresh.py': 'b' });
    expect(code.codes).toEqual([]);
    expect(code.tree).not.toHaveProperty(['/runs/one/a/src/pkg/fresh.py']);
  });
});

describe('the files of a command', () => {
  it('that a side lacks are put there, whatever place they have in it', async () => {
    const { tree, codes } = await place(command('python', './bench/run.py', '--quick', 'data.json'), {
      [`${USER}/bench/run.py`]: 'new',
      '/runs/one/a/data.json': '[]',
    });
    expect(codes).toEqual(['yardstick-from-working-tree', 'yardstick-from-other-side']);
    expect(tree['/runs/one/b/bench/run.py']).toBe('new');
    expect(tree['/runs/one/b/data.json']).toBe('[]');
  });

  it("outside of the project are nobody's business", async () => {
    const { tree, codes } = await place(command('cat', '../secret', '/home/u/other', '-x'), {
      '/home/u/secret': 's',
      '/home/u/other': 'o',
    });
    expect(codes).toEqual([]);
    expect(Object.keys(tree).sort()).toEqual(['/home/u/other', '/home/u/secret']);
  });

  it("are not those of the environment: its interpreter is that of each side, its programs are the user's", async () => {
    const files = {
      [`${USER}/.venv/pyvenv.cfg`]: '',
      [PYTHON]: 'elf',
      [`${USER}/.venv/bin/shop`]: '#!',
      '/runs/one/a/x.py': '',
      '/runs/one/b/x.py': '',
    };
    const interpreter = await place(command('.venv/bin/python', 'x.py'), files);
    expect(interpreter.workload).toMatchObject({
      id: '.venv/bin/python x.py',
      argv: ['python', 'x.py'],
    });
    const program = await place(command('.venv/bin/shop', 'x.py'), files);
    expect(program.workload).toMatchObject({ argv: [`${USER}/.venv/bin/shop`, 'x.py'] });
    expect(
      Object.keys(program.tree).filter((path) => path.startsWith('/runs') && path.includes('venv')),
    ).toEqual([]);
  });
});
