import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findInstalledProjects, findLayout, joinInstalled } from '#project';
import type { InstalledProject, Layout } from '#project';
import { useTrees } from './testing/project-trees.ts';

const { host, tree } = useTrees();

const WORKSPACE = {
  'pyproject.toml': '[tool.pytest.ini_options]\ntestpaths = ["tests"]\n',
  'tests/test_speed.py': '',
  'packages/shop/pyproject.toml': '[project]\nname = "the-shop"\n',
  'packages/shop/src/shop/__init__.py': '',
};
const RECORD = 'shop/__init__.py,,\nthe_shop-1.dist-info/RECORD,,\n';

function found(top: string, site: Record<string, string>): Promise<readonly InstalledProject[]> {
  return findInstalledProjects(host, top, [tree(site)]);
}

function origin(folder: string): string {
  return JSON.stringify({ dir_info: {}, url: pathToFileURL(folder).href });
}

async function joined(top: string, installed: readonly InstalledProject[], rooted = false): Promise<Layout> {
  return joinInstalled(host, await findLayout(host, top), { top, project: top, rooted }, installed);
}

describe('an installed distribution', () => {
  it('that came from a folder of the repository is a project of it, whatever its name', async () => {
    const top = tree(WORKSPACE);
    const site = {
      'other-1.dist-info/RECORD': RECORD,
      'other-1.dist-info/direct_url.json': origin(join(top, 'packages/shop')),
    };
    expect(await found(top, site)).toEqual([{ name: 'other', folder: 'packages/shop', modules: ['shop'] }]);
  });

  it('that is called like a project of the repository is one, too', async () => {
    const installed = await found(tree(WORKSPACE), { 'the_shop-1.dist-info/RECORD': RECORD });
    expect(installed).toEqual([{ name: 'the-shop', folder: 'packages/shop', modules: ['shop'] }]);
  });

  it('is a stranger otherwise, also where a project that only serves tests has its name', async () => {
    const top = tree({ ...WORKSPACE, 'tests/data/pyproject.toml': '[project]\nname = "six"\n' });
    const site = {
      'six-1.dist-info/RECORD': 'six.py,,\n',
      'away-1.dist-info/direct_url.json': origin('/somewhere/else'),
      'archive-1.dist-info/direct_url.json': JSON.stringify({
        archive_info: {},
        url: pathToFileURL(join(top, 'x.whl')).href,
      }),
    };
    expect(await found(top, site)).toEqual([]);
  });

  it('owns its part of a namespace only, and single modules and compiled ones', async () => {
    const record = ['google/__init__.py', 'google/storage/__init__.py', 'one.py', 'fast.cpython-313.so'];
    const installed = await found(tree(WORKSPACE), {
      'the_shop-1.dist-info/RECORD': record.map((path) => `${path},sha256=x,1`).join('\n'),
      'google/__init__.py': "__path__ = __import__('pkgutil').extend_path(__path__, __name__)",
    });
    expect(installed[0]?.modules).toEqual(['fast', 'google.storage', 'one']);
  });

  it('in editable mode has the names of its list of modules', async () => {
    const installed = await found(tree(WORKSPACE), {
      'the_shop-1.dist-info/RECORD': '__editable__.the_shop-1.pth,,\n',
      'the_shop-1.dist-info/top_level.txt': 'shop\n',
    });
    expect(installed[0]?.modules).toEqual(['shop']);
  });
});

describe('the layout of a workspace', () => {
  const shop = { name: 'the-shop', folder: 'packages/shop', modules: ['shop'] };

  it('has the folders and modules of what is installed from it', async () => {
    const top = tree(WORKSPACE);
    expect(await joined(top, [shop])).toMatchObject({
      sourceRoots: [top, join(top, 'packages/shop/src')],
      modules: ['shop'],
    });
  });

  it('keeps to the folders that the user names, yet no module may come from the installed copy', async () => {
    const top = tree(WORKSPACE);
    expect(await joined(top, [shop], true)).toMatchObject({ sourceRoots: [top], modules: ['shop'] });
  });

  it('takes no folder of a project that has to be built', async () => {
    const top = tree({ ...WORKSPACE, 'packages/shop/Cargo.toml': '' });
    const built = await joined(top, [{ ...shop, modules: ['shop', 'shop_fast'] }]);
    expect(built.modules).toEqual(['shop', 'shop_fast']);
  });

  it('names what the project itself installs beside what was found', async () => {
    const top = tree({ 'pyproject.toml': '[project]\nname = "a"\n', 'a/__init__.py': '' });
    const own = { name: 'a', folder: '', modules: ['a', 'hidden'] };
    expect(await joined(top, [own])).toMatchObject({ sourceRoots: [top], modules: ['a', 'hidden'] });
  });
});
