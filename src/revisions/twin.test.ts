import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openRun } from './run.ts';
import type { Run } from './run.ts';
import type { Side } from './side.ts';
import { listTree, openStage, writeFiles } from './testing/stage.ts';
import type { Stage } from './testing/stage.ts';
import { copySide, removeTwin } from './twin.ts';

let stage: Stage | undefined;

afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

async function open(): Promise<{ stage: Stage; run: Run; side: (label: 'A' | 'B') => Side }> {
  stage = await openStage(false);
  const run = await openRun(stage.host);
  const side = (label: 'A' | 'B'): Side => {
    const root = join(run.folder, label.toLowerCase(), 'my project');
    return {
      label,
      revision: { kind: 'commit', name: 'HEAD', commit: 'c', contentId: label, clean: true },
      root,
      original: '/home/u/my project',
      project: join(root, 'sub'),
      sourceRoots: [join(root, 'sub/src'), root],
      modules: ['pkg'],
      python: '/usr/bin/python3',
      ownFolders: [join(root, 'built'), `${root}-else`, '/cache/env-a'],
    };
  };
  for (const label of ['A', 'B'] as const) {
    await writeFiles(side(label).root, {
      'sub/src/pkg/__init__.py': `SIDE = "${label}"\n`,
      'tool.sh': '#!/bin/sh\n',
    });
    await fs.chmod(join(side(label).root, 'tool.sh'), 0o755);
    await fs.symlink('sub/src', join(side(label).root, 'link'));
    await fs.mkdir(join(side(label).root, 'empty'));
  }
  return { stage, run, side };
}

describe('the twin of a side', () => {
  it('is the whole checkout with its links and modes, and every path below the root leads to it', async () => {
    const { stage: on, run, side } = await open();
    const twin = await copySide(on.host, side('A'), run.folder);
    const root = join(run.folder, 'ta', 'my project');
    expect(twin).toEqual({
      ...side('A'),
      root,
      project: join(root, 'sub'),
      sourceRoots: [join(root, 'sub/src'), root],
      ownFolders: [join(root, 'built'), `${side('A').root}-else`, '/cache/env-a'],
    });
    expect(await listTree(root)).toEqual(['empty/', 'link@', 'sub/src/pkg/__init__.py', 'tool.sh*']);
    expect(await fs.readlink(join(root, 'link'))).toBe('sub/src');
  });

  it("has a path as long as the other side's twin", async () => {
    const { stage: on, run, side } = await open();
    const a = await copySide(on.host, side('A'), run.folder);
    const b = await copySide(on.host, side('B'), run.folder);
    expect(b.root).toHaveLength(a.root.length);
    expect(b.root).not.toBe(a.root);
  });

  it('takes what is written into it, and the checkout stays as it was', async () => {
    const { stage: on, run, side } = await open();
    const before = await listTree(side('A').root);
    const twin = await copySide(on.host, side('A'), run.folder);
    await writeFiles(twin.root, { 'sub/src/pkg/__init__.py': 'dirty', 'sub/new.txt': '' });
    expect(await listTree(side('A').root)).toEqual(before);
    expect(await fs.readFile(join(side('A').root, 'sub/src/pkg/__init__.py'), 'utf8')).toBe('SIDE = "A"\n');
  });

  it('is clean again when it is made once more', async () => {
    const { stage: on, run, side } = await open();
    const twin = await copySide(on.host, side('A'), run.folder);
    const clean = await listTree(twin.root);
    await writeFiles(twin.root, { 'left.txt': '' });
    await copySide(on.host, side('A'), run.folder);
    expect(await listTree(twin.root)).toEqual(clean);
  });

  it('goes away alone, and with the run', async () => {
    const { stage: on, run, side } = await open();
    await copySide(on.host, side('A'), run.folder);
    const b = await copySide(on.host, side('B'), run.folder);
    await removeTwin(on.host, side('A'), run.folder);
    expect((await fs.readdir(run.folder)).sort()).toEqual(['a', 'b', 'tb']);
    await run.dispose();
    expect(await on.host.files.kind(b.root)).toBeUndefined();
  });
});
