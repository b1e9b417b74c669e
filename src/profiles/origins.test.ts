import { describe, expect, it } from 'vitest';
import { classifyFrames, portablePath, shortenPath, type Roots } from './origins.ts';
import type { Frame, Profile } from './profile.ts';

const ROOTS: Roots = {
  project: ['/home/me/shop/', '<statement>'],
  stdlib: ['/usr/lib/python3.13'],
  dependencies: ['/opt/env/lib/python3.13/site-packages'],
};
const ELSEWHERE: Roots = { project: ['/elsewhere'], stdlib: [], dependencies: [] };

function classify(files: readonly (string | undefined)[], roots: Roots): Profile {
  const frames = files.map((file): Frame => ({
    name: 'f',
    origin: 'unknown',
    ...(file === undefined ? {} : { file }),
  }));
  return classifyFrames(
    { format: 'drawn', shape: 'call-graph', metrics: [], frames, rows: [], edges: [], doubts: [] },
    roots,
  );
}

describe('whose code a frame is', () => {
  it.each<[string | undefined, string]>([
    ['/home/me/shop/src/report.py', 'mine'],
    ['/home/me/shopping/report.py', 'dependency'],
    ['report.py', 'mine'],
    ['./bench/report.py', 'mine'],
    ['<statement>', 'mine'],
    ['/home/me/shop/.venv/lib/python3.13/site-packages/numpy/core.py', 'dependency'],
    ['/home/me/shop/.venv/lib/python3.13/dist-packages/x.py', 'dependency'],
    ['/home/me/shop/env/lib/python3.11/json/decoder.py', 'stdlib'],
    ['/usr/lib/python3.13/json/decoder.py', 'stdlib'],
    ['/usr/lib/python3.13/site-packages/six.py', 'dependency'],
    ['/opt/env/lib/python3.13/site-packages/yaml/__init__.py', 'dependency'],
    ['/opt/other/tool.py', 'dependency'],
    ['<frozen importlib._bootstrap>', 'stdlib'],
    ['<string>', 'unknown'],
    ['[vdso]', 'native'],
    ['?', 'native'],
    ['./Modules/_csv.c', 'native'],
    ['/home/me/shop/src/fast.c', 'mine'],
    ['shop/core.pyx', 'mine'],
    [undefined, 'native'],
  ])('%s is %s', (file, origin) => {
    expect(classify([file, '/home/me/shop/x.py'], ROOTS).frames[0]?.origin).toBe(origin);
  });

  it('reads paths of Windows', () => {
    const roots = { project: ['C:\\work\\shop'], stdlib: ['C:\\Python313\\Lib'], dependencies: [] };
    const files = [
      'C:\\work\\shop\\a.py',
      'C:\\Python313\\Lib\\json\\decoder.py',
      'D:\\x\\Lib\\site-packages\\y.py',
    ];
    const profile = classify(files, roots);
    expect(profile.frames.map((frame) => frame.origin)).toEqual(['mine', 'stdlib', 'dependency']);
    expect(files.map((file) => shortenPath(file, roots))).toEqual(['a.py', 'json/decoder.py', 'y.py']);
  });

  it('is guessed, and said to be guessed, for a profile made at another place', () => {
    const files = [
      '/ci/build/shop/a.py',
      '/usr/local/lib/python3.12/re.py',
      '/v/lib/python3.12/site-packages/b.py',
    ];
    const profile = classify([...files, undefined], ELSEWHERE);
    expect(profile.frames.map((frame) => frame.origin)).toEqual(['mine', 'stdlib', 'dependency', 'native']);
    expect(profile.doubts.map((doubt) => doubt.code)).toEqual(['origins-guessed']);
    expect(shortenPath('/usr/local/lib/python3.12/re.py', ELSEWHERE)).toBe('re.py');
  });

  it('is not guessed where the standard library is all there is', () => {
    expect(classify(['/usr/lib/python3.13/json/decoder.py', undefined], ROOTS).doubts).toEqual([]);
  });
});

describe('short paths', () => {
  it('begin below the folder that holds them', () => {
    const files = [
      '/home/me/shop/src/a.py',
      '/usr/lib/python3.13/json/decoder.py',
      '/opt/x.py',
      '<statement>',
    ];
    expect(files.map((file) => shortenPath(file, ROOTS))).toEqual([
      'src/a.py',
      'json/decoder.py',
      '/opt/x.py',
      '<statement>',
    ]);
  });
});

describe('portable paths', () => {
  const files = [
    '/home/me/shop/src/a.py',
    '/opt/pyenv/versions/3.13/lib/python3.13/json/decoder.py',
    '/v/lib/python3.12/site-packages/b.py',
    '/opt/x.py',
    '<frozen runpy>',
    'C:\\Users\\me\\Python313\\Lib\\json\\decoder.py',
  ];
  const portable = files.map((file) => portablePath(file, ROOTS));

  it('leave the folders of the machine away', () => {
    expect(portable).toEqual([
      'src/a.py',
      'lib/python3.13/json/decoder.py',
      'site-packages/b.py',
      '/opt/x.py',
      '<frozen runpy>',
      'C:/Lib/json/decoder.py',
    ]);
  });

  it('tell whose code it is, and read the same, as the paths that were recorded', () => {
    const origins = (paths: readonly string[]) => classify(paths, ROOTS).frames.map((frame) => frame.origin);
    expect(origins(portable)).toEqual(origins(files));
    const short = (paths: readonly string[]) => paths.map((path) => shortenPath(path, ROOTS));
    expect(short(portable).slice(0, 4)).toEqual(short(files).slice(0, 4));
  });
});
