import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLayout } from '#project';
import { useTrees } from './testing/project-trees.ts';

const { host, tree } = useTrees();

/** The layout with paths relative to the project, and the evidence as `file:line`. */
async function layoutOf(files: Record<string, string>, sourceRoots?: readonly string[]): Promise<object> {
  const root = tree(files);
  const layout = await findLayout(host, root, sourceRoots);
  const by = layout.evidence;
  return {
    kind: layout.kind,
    roots: layout.sourceRoots.map((path) => (path === root ? '.' : path.replace(`${root}/`, ''))),
    modules: layout.modules,
    by: by === undefined ? undefined : `${by.file}:${by.line ?? ''}`,
  };
}

const PYTEST_CLUTTER = {
  'tests/__init__.py': '',
  'tests/test_a.py': '',
  'docs/conf.py': '',
  'examples/run.py': '',
  'benchmarks/__init__.py': '',
  'build/lib/pkg/__init__.py': '',
  'venv/pyvenv.cfg': '',
  'venv/lib/x/__init__.py': '',
  'conftest.py': '',
  'noxfile.py': '',
};
const backend = (name: string, rest: string): Record<string, string> => ({
  'pyproject.toml': `[build-system]\nrequires = []\nbuild-backend = "${name}"\n${rest}`,
});
const pkg = (...folders: string[]): Record<string, string> =>
  Object.fromEntries(folders.map((folder) => [`${folder}/__init__.py`, '']));

type Case = [name: string, files: Record<string, string>, expected: object];

const CASES: Case[] = [
  ['a src layout', pkg('src/pkg', 'src/pkg/sub'), { kind: 'src', roots: ['src'], modules: ['pkg'] }],
  [
    'a package in src with a name that usually serves others',
    pkg('src/demo'),
    { kind: 'src', roots: ['src'], modules: ['demo'] },
  ],
  [
    'a package in src beside its examples',
    pkg('src/pkg', 'src/examples'),
    { kind: 'src', roots: ['src'], modules: ['pkg'] },
  ],
  ['a flat layout', pkg('pkg', 'pkg/sub'), { kind: 'flat', roots: ['.'], modules: ['pkg'] }],
  [
    'a package at the top that bears the name of the project, whatever it is',
    { 'pyproject.toml': '[project]\nname = "bench-demo"\n', ...pkg('bench_demo', 'demo', 'benchmarks') },
    { kind: 'flat', roots: ['.'], modules: ['bench_demo'] },
  ],
  [
    'a single module that bears the name of the project',
    { 'pyproject.toml': '[project]\nname = "six"\n', 'six.py': '' },
    { kind: 'single-module', roots: ['.'], modules: ['six'] },
  ],
  [
    'a project that is called demo',
    { 'pyproject.toml': '[project]\nname = "demo"\n', ...pkg('demo', 'examples') },
    { kind: 'flat', roots: ['.'], modules: ['demo'] },
  ],
  [
    'a single module',
    { 'setup.py': "setup(py_modules=['six'])", 'six.py': '' },
    { kind: 'single-module', roots: ['.'], modules: ['six'], by: 'setup.py:1' },
  ],
  [
    'a single module that nothing declares',
    { 'app.py': '' },
    { kind: 'single-module', roots: ['.'], modules: ['app'] },
  ],
  [
    'several scripts',
    { 'app.py': '', 'lib.py': '' },
    { kind: 'flat', roots: ['.'], modules: ['app', 'lib'] },
  ],
  [
    'scripts beside a package',
    { ...pkg('pkg'), 'script.py': '' },
    { kind: 'flat', roots: ['.'], modules: ['pkg', 'script'] },
  ],
  [
    'scripts beside a package that is built',
    { ...backend('setuptools.build_meta', ''), ...pkg('pkg'), 'script.py': '' },
    { kind: 'flat', roots: ['.'], modules: ['pkg'] },
  ],
  [
    'a package named src',
    { ...pkg('src', 'src/sub'), 'main.py': '' },
    { kind: 'flat', roots: ['.'], modules: ['main', 'src'] },
  ],
  [
    'C sources in src beside a flat package',
    { 'src/fast.c': '', ...pkg('pkg') },
    { kind: 'flat', roots: ['.'], modules: ['pkg'] },
  ],
  [
    'packages in lib',
    { 'setup.py': "setup(package_dir={'': 'lib'})", ...pkg('lib/yaml') },
    { kind: 'src', roots: ['lib'], modules: ['yaml'], by: 'setup.py:1' },
  ],
  [
    'a folder that setup.py chooses by the version of Python',
    {
      'setup.py':
        'import sys\npkgdir = {"": "python%s" % sys.version_info[0]}\nsetup(package_dir=pkgdir, packages=["httplib2"])',
      ...pkg('python2/httplib2', 'python3/httplib2'),
    },
    { kind: 'src', roots: ['python3'], modules: ['httplib2'], by: 'setup.py:2' },
  ],
  [
    'a folder that setup.py chooses by a condition',
    {
      'setup.py':
        "if sys.version_info[0] < 3:\n    dirs = {'': 'lib'}\nelse:\n    dirs = {'': 'lib3'}\nsetup(package_dir=dirs, packages=['yaml'])",
      ...pkg('lib/yaml', 'lib3/yaml'),
    },
    { kind: 'src', roots: ['lib3'], modules: ['yaml'], by: 'setup.py:4' },
  ],
  [
    'modules in src without packages',
    { 'src/a.py': '', 'src/b.py': '' },
    { kind: 'src', roots: ['src'], modules: ['a', 'b'] },
  ],
  [
    'loose folders in src',
    { 'src/app/models.py': '', 'src/app/views/x.py': '' },
    { kind: 'namespace', roots: ['src'], modules: ['app'] },
  ],
  [
    'a namespace',
    pkg('src/google/cloud/storage', 'src/google/api'),
    { kind: 'namespace', roots: ['src'], modules: ['google.api', 'google.cloud.storage'] },
  ],
  [
    'a namespace in the old style',
    { 'zope/__init__.py': "__import__('pkg_resources').declare_namespace(__name__)", ...pkg('zope/event') },
    { kind: 'namespace', roots: ['.'], modules: ['zope.event'] },
  ],
  ['a non-ASCII package', pkg('größe'), { kind: 'flat', roots: ['.'], modules: ['größe'] }],
  ['nothing', { 'README.md': '' }, { kind: 'none', roots: ['.'], modules: [] }],
  [
    'setuptools where in pyproject.toml',
    {
      ...backend('setuptools.build_meta', '[tool.setuptools.packages.find]\nwhere = ["python"]\n'),
      ...pkg('python/one'),
    },
    { kind: 'src', roots: ['python'], modules: ['one'], by: 'pyproject.toml:4' },
  ],
  [
    'setuptools include and exclude',
    {
      ...backend(
        'setuptools.build_meta',
        '[tool.setuptools.packages.find]\ninclude = ["one*"]\nexclude = ["one_tests*"]\n',
      ),
      ...pkg('one', 'one_tests', 'two'),
    },
    { kind: 'flat', roots: ['.'], modules: ['one'] },
  ],
  [
    'setuptools with listed packages and modules',
    {
      ...backend('setuptools.build_meta', '[tool.setuptools]\npackages = ["a", "a.b"]\npy-modules = ["c"]\n'),
      ...pkg('a', 'a/b', 'other'),
      'c.py': '',
    },
    { kind: 'flat', roots: ['.'], modules: ['a', 'c'] },
  ],
  [
    'setup.cfg with package_dir',
    {
      'setup.cfg':
        '[metadata]\nname = x\n\n[options]\npackages = find:\npackage_dir =\n    =src\n[options.packages.find]\nwhere = src\n',
      'setup.py': '',
      ...pkg('src/dateutil'),
    },
    { kind: 'src', roots: ['src'], modules: ['dateutil'], by: 'setup.cfg:6' },
  ],
  [
    'setup.cfg with py_modules',
    { 'setup.cfg': '[options]\npy_modules = one\n', 'one.py': '', 'two.py': '' },
    { kind: 'single-module', roots: ['.'], modules: ['one'], by: 'setup.cfg:2' },
  ],
  [
    'setup.py with find_packages of a folder',
    {
      'setup.py': "# packages=find_packages('old')\nsetup(\n  packages=find_packages(where='source'),\n)",
      ...pkg('source/pkg'),
    },
    { kind: 'src', roots: ['source'], modules: ['pkg'], by: 'setup.py:3' },
  ],
  [
    'setup.py with a variable',
    { 'setup.py': "modules = ['one']\nsetup(py_modules=modules)", 'one.py': '', 'two.py': '' },
    { kind: 'single-module', roots: ['.'], modules: ['one'], by: 'setup.py:1' },
  ],
  [
    'setup.py with a module and a search',
    {
      'setup.py': "setup(packages=find_packages(), py_modules=['one'])",
      ...pkg('pkg'),
      'one.py': '',
      'two.py': '',
    },
    { kind: 'flat', roots: ['.'], modules: ['one', 'pkg'] },
  ],
  [
    'setup.py with slashes in package names',
    { 'setup.py': "setup(packages=['bs4', 'bs4/builder'])", ...pkg('bs4', 'bs4/builder') },
    { kind: 'flat', roots: ['.'], modules: ['bs4'] },
  ],
  [
    'poetry packages with from',
    {
      ...backend(
        'poetry.core.masonry.api',
        '[tool.poetry]\nname = "x"\npackages = [\n  { include = "one", from = "lib" },\n  { include = "tests", format = "sdist" },\n]\n',
      ),
      ...pkg('lib/one', 'tests'),
    },
    { kind: 'src', roots: ['lib'], modules: ['one'], by: 'pyproject.toml:6' },
  ],
  [
    'poetry without packages',
    { ...backend('poetry.core.masonry.api', '[tool.poetry]\nname = "my-lib"\n'), ...pkg('my_lib', 'other') },
    { kind: 'flat', roots: ['.'], modules: ['my_lib'], by: 'pyproject.toml:5' },
  ],
  [
    'hatch packages',
    {
      ...backend('hatchling.build', '[tool.hatch.build.targets.wheel]\npackages = ["src/one", "src/two"]\n'),
      ...pkg('src/one', 'src/two'),
    },
    { kind: 'src', roots: ['src'], modules: ['one', 'two'], by: 'pyproject.toml:5' },
  ],
  [
    'hatch sources',
    { ...backend('hatchling.build', '[tool.hatch.build]\nsources = ["lib"]\n'), ...pkg('lib/one') },
    { kind: 'src', roots: ['lib'], modules: ['one'] },
  ],
  [
    'hatch in hatch.toml',
    {
      ...backend('hatchling.build', ''),
      'hatch.toml': '[build.targets.wheel]\npackages = ["lib/one"]\n',
      ...pkg('lib/one'),
    },
    { kind: 'src', roots: ['lib'], modules: ['one'], by: 'hatch.toml:2' },
  ],
  [
    'flit',
    {
      ...backend('flit_core.buildapi', '[project]\nname = "other-name"\n[tool.flit.module]\nname = "one"\n'),
      'one.py': '',
      'two.py': '',
    },
    { kind: 'single-module', roots: ['.'], modules: ['one'], by: 'pyproject.toml:7' },
  ],
  [
    'pdm',
    { ...backend('pdm.backend', '[tool.pdm.build]\npackage-dir = "lib"\n'), ...pkg('lib/one') },
    { kind: 'src', roots: ['lib'], modules: ['one'] },
  ],
  [
    'uv',
    { ...backend('uv_build', '[project]\nname = "my-app"\n'), ...pkg('src/my_app', 'scripts') },
    { kind: 'src', roots: ['src'], modules: ['my_app'] },
  ],
  [
    'maturin',
    {
      ...backend('maturin', '[tool.maturin]\npython-source = "python"\nmodule-name = "fast._fast"\n'),
      ...pkg('python/fast'),
    },
    { kind: 'src', roots: ['python'], modules: ['fast'] },
  ],
  [
    'tables of a backend that does not build it',
    {
      ...backend('setuptools.build_meta', '[tool.poetry]\npackages = [{ include = "x", from = "lib" }]\n'),
      ...pkg('pkg', 'lib/x'),
    },
    { kind: 'flat', roots: ['.'], modules: ['pkg'] },
  ],
  [
    'declared modules that do not exist',
    { ...backend('flit_core.buildapi', '[tool.flit.module]\nname = "gone"\n'), ...pkg('src/there') },
    { kind: 'src', roots: ['src'], modules: ['there'] },
  ],
];

describe('the layout of a project', () => {
  it.each(CASES)('is found for %s', async (_name, files, expected) => {
    expect(await layoutOf({ ...PYTEST_CLUTTER, ...files })).toMatchObject(expected);
  });

  it('follows the source roots of the settings before everything else', async () => {
    const files = { ...pkg('src/pkg', 'app/one'), 'app/two.py': '' };
    expect(await layoutOf(files, ['app'])).toMatchObject({ roots: ['app'], modules: ['one', 'two'] });
  });

  it('names packages whose folder has another name, since no path can find them', async () => {
    const root = tree({
      'setup.py': "setup(packages=['mypkg'], package_dir={'mypkg': 'source'})",
      ...pkg('source'),
    });
    const layout = await findLayout(host, root);
    expect(layout).toMatchObject({ modules: ['mypkg'], renamed: [{ module: 'mypkg', folder: 'source' }] });
  });

  it('is an error with the line when pyproject.toml is broken', async () => {
    const root = tree({ 'pyproject.toml': '[project]\nname = \n' });
    await expect(findLayout(host, root)).rejects.toMatchObject({
      code: 'bad-config',
      facts: { where: 'pyproject.toml:2' },
    });
  });
});

const EXTENSIONS: [name: string, files: Record<string, string>, expected: object | undefined][] = [
  ['none', { 'setup.py': 'setup(ext_modules=[])', ...pkg('a') }, undefined],
  [
    'ext_modules',
    { 'setup.py': "x = 1\nsetup(ext_modules=[Extension('a._c', ['a/_c.c'])])", ...pkg('a') },
    { kind: 'setuptools', optional: false, names: ['a._c'], evidence: { file: 'setup.py', line: 2 } },
  ],
  [
    'an extension that may fail',
    { 'setup.py': 'class ve_build_ext(build_ext): pass\nsetup(ext_modules=[E])', ...pkg('a') },
    { kind: 'setuptools', optional: true },
  ],
  [
    'an extension behind a switch',
    { 'setup.py': "if os.environ.get('USE_MYPYC'):\n    ext = mypycify(['a'])", ...pkg('a') },
    { kind: 'mypyc', optional: true },
  ],
  [
    'Cython in setup.py',
    { 'setup.py': 'setup(ext_modules=cythonize("a/*.pyx"))', ...pkg('a') },
    { kind: 'cython' },
  ],
  [
    'Cython sources alone',
    { ...pkg('a'), 'a/fast.pyx': '' },
    { kind: 'cython', evidence: { file: 'a/fast.pyx' } },
  ],
  ['cffi', { 'setup.py': 'setup(cffi_modules=["b.py:ffi"])', ...pkg('a') }, { kind: 'cffi' }],
  ['maturin', backend('maturin', ''), { kind: 'maturin', evidence: { file: 'pyproject.toml', line: 3 } }],
  ['meson-python', backend('mesonpy', ''), { kind: 'meson-python' }],
  ['scikit-build', backend('scikit_build_core.build', ''), { kind: 'scikit-build' }],
  [
    'setuptools-rust',
    { 'setup.py': 'setup(rust_extensions=[RustExtension("a._r")])', ...pkg('a') },
    { kind: 'setuptools-rust' },
  ],
  [
    'setuptools in pyproject.toml',
    backend('setuptools.build_meta', '[[tool.setuptools.ext-modules]]\nname = "a._c"\nsources = ["a.c"]\n'),
    { kind: 'setuptools', names: ['a._c'] },
  ],
  [
    "poetry's build script",
    {
      ...backend('poetry.core.masonry.api', '[tool.poetry.build]\nscript = "build.py"\n'),
      'build.py': 'cythonize("a.pyx")',
    },
    { kind: 'poetry-script', evidence: { file: 'build.py', line: 1 } },
  ],
  [
    "hatch's hook",
    backend('hatchling.build', '[tool.hatch.build.targets.wheel.hooks.mypyc]\nenable-by-default = false\n'),
    { kind: 'hatch-hook', optional: true },
  ],
];

describe('the compiled part of a project', () => {
  it.each(EXTENSIONS)('is told: %s', async (_name, files, expected) => {
    const { extension } = await findLayout(host, tree(files));
    if (expected === undefined) expect(extension).toBeUndefined();
    else expect(extension).toMatchObject(expected);
  });

  it('gives a name to a project that has no source in Python', async () => {
    const root = tree({ 'setup.py': "setup(ext_modules=[Extension('ujson', ['u.c'])])", 'u.c': '' });
    expect((await findLayout(host, join(root))).modules).toEqual(['ujson']);
  });
});
