import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listTree, openStage } from './testing/stage.ts';
import type { Stage } from './testing/stage.ts';
import { prepareUntouched } from './testing/untouched.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await openStage();
  await stage.write({
    'pyproject.toml': '[project]\nname = "pkg"\nversion = "1"\n',
    'src/pkg/__init__.py': '',
    'src/pkg/core.py': '',
  });
  await stage.commit('one');
});

afterEach(async () => {
  await stage.close();
});

describe('generated files that git ignores', () => {
  beforeEach(async () => {
    await stage.write({
      '.gitignore': '_version.py\n*.so\n*.pyc\nbuild/\n.venv/\n/data/\n',
      'src/pkg/_version.py': 'version = "1.2"\n',
      'src/pkg/fast.cpython-312-x86_64-linux-gnu.so': 'built in place',
      'src/pkg/core.cpython-312-x86_64-linux-gnu.so': 'would hide core.py',
      'src/pkg/stale.pyc': 'x',
      'src/pkg/build/lib.py': 'x',
      '.venv/lib/thing.py': 'x',
      'scratch/_version.py': 'outside the package',
      'data/table.csv': '1,2\n',
    });
    await stage.commit('two');
  });

  it('are the same on both sides, which is said', async () => {
    const { a, b, doubts, changed } = await prepareUntouched(stage, 'HEAD~1..HEAD', { include: ['data/**'] });
    for (const side of [a, b]) {
      expect((await listTree(side.root)).filter((path) => path !== '.gitignore')).toEqual([
        'data/table.csv',
        'pyproject.toml',
        'src/pkg/__init__.py',
        'src/pkg/_version.py',
        'src/pkg/core.py',
        'src/pkg/fast.cpython-312-x86_64-linux-gnu.so',
      ]);
    }
    expect(changed).toEqual([{ path: '.gitignore', kind: 'added' }]);
    expect(doubts).toHaveLength(1);
    expect(doubts[0]).toMatchObject({ code: 'generated-files-shared' });
    expect(doubts[0]?.text).toContain('src/pkg/_version.py');
  });

  it('do not replace a file that a side has, nor bring a package into being', async () => {
    await stage.git('add', '--force', 'src/pkg/_version.py');
    await stage.commit('tracked now');
    await stage.git('rm', '--quiet', '-r', 'src/pkg');
    await stage.write({ 'src/other/__init__.py': '' });
    await stage.commit('another package');
    await stage.write({ 'src/pkg/_version.py': 'version = "user"\n', 'src/pkg/__init__.py': '' });
    const { a, b } = await prepareUntouched(stage, 'HEAD~1..HEAD');
    expect(await fs.readFile(join(a.root, 'src/pkg/_version.py'), 'utf8')).toContain('1.2');
    expect(await listTree(b.root)).not.toContain('src/pkg/_version.py');
  });
});
