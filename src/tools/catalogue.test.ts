import { describe, expect, it } from 'vitest';
import { fakeHost } from '#host';
import { TOOLS, findProvidedTool, findToolPython, installTool, pinFor, pythonLabel, toolNamed } from '#tools';

describe('the catalogue', () => {
  it('has a release of each tool for every Python that strop runs on, and for coming ones', () => {
    for (const tool of TOOLS)
      for (const minor of [9, 10, 11, 12, 13, 14, 20])
        expect(pinFor(tool, { version: [3, minor, 0] })?.version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it('takes an older release where the newest needs a newer Python', () => {
    const version = (minor: number) => pinFor(toolNamed('griffe'), { version: [3, minor, 0] })?.version;
    expect([8, 9, 10, 11, 13].map(version)).toEqual([undefined, '1.14.0', '2.3.0', '2.4.1', '2.4.1']);
  });

  it('knows a tool however its name is written, and suggests what was meant', () => {
    expect(toolNamed('Line-Profiler').name).toBe('line_profiler');
    expect(() => toolNamed('grife')).toThrow("'grife' is no tool that strop installs");
    try {
      toolNamed('grife');
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-request', facts: { remedy: 'Did you mean griffe?' } });
    }
  });

  it('tells Pythons apart whose compiled modules differ', () => {
    const version = [3, 13, 0] as const;
    expect(pythonLabel({ executable: '/p', version })).toBe('3.13');
    expect(pythonLabel({ executable: '/p', version, freeThreaded: true })).toBe('3.13t');
    expect(pythonLabel({ executable: '/p', version, implementation: 'pypy' })).toBe('pypy3.13');
  });

  it('refuses a tool on a system for which it does not exist', async () => {
    const python = { executable: 'C:\\python.exe', version: [3, 12, 0] as const };
    await expect(installTool(fakeHost({ platform: 'win32' }), 'memray', python)).rejects.toMatchObject({
      code: 'bad-request',
      facts: { remedy: 'It runs on Linux and macOS only.' },
    });
  });
});

describe('the interpreter of a tool', () => {
  const own = { executable: '/venv/bin/python', version: [3, 12, 1] as const };
  const other = { executable: '/bin/python3', version: [3, 11, 2], implementation: 'cpython' };
  const otherAnswers = {
    programs: { python3: '/bin/python3' },
    answers: [
      ({ argv }: { readonly argv: readonly string[] }) =>
        argv[0] === '/bin/python3' ? { stdout: JSON.stringify(other) } : undefined,
    ],
  };

  it('is the one of the project where the tool can be had for it', async () => {
    const host = fakeHost({ programs: { uv: '/bin/uv', python3: '/bin/python3' } });
    expect(await findToolPython(host, 'griffe', own)).toBe(own);
  });

  it('is another where the tool only reads files and cannot be had for that of the project', async () => {
    expect(await findToolPython(fakeHost(otherAnswers), 'griffe', own)).toEqual(other);
    const tooOld = { executable: '/old/python', version: [3, 8, 0] as const };
    expect(await findToolPython(fakeHost(otherAnswers), 'griffe', tooOld)).toEqual(other);
    await expect(findToolPython(fakeHost(), 'griffe', tooOld)).rejects.toMatchObject({ code: 'no-python' });
  });

  it('is always that of the project for a profiler', async () => {
    expect(await findToolPython(fakeHost(otherAnswers), 'memray', own)).toBe(own);
  });
});

describe('a tool in the environment of the project', () => {
  const python = { executable: '/p', version: [3, 12, 1] as const, sitePackages: ['/none', '/site'] };
  const providing = (name: string) =>
    findProvidedTool(fakeHost({ files: { [`/site/${name}.dist-info/METADATA`]: '' } }), 'griffe', python);

  it('is used when it is as new as the one of the catalogue', async () => {
    expect(await providing('griffe-2.4.1')).toMatchObject({ version: '2.4.1', folder: '/site' });
    expect(await providing('griffe-2.10')).toMatchObject({ version: '2.10' });
  });

  it('is passed over when it is older, a pre-release, or another package', async () => {
    for (const name of ['griffe-2.4.0', 'griffe-1.99.0', 'griffe-3.0.0b1', 'griffe_pydantic-9.0.0'])
      expect(await providing(name)).toBeUndefined();
  });
});
