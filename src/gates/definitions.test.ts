import * as fs from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createHost } from '#host';
import type { OpenHost } from '#host';
import { findPythons } from '../../scripts/pythons.mjs';
import { readDefinitions } from './definitions.ts';
import type { ReadDefinition } from './definitions.ts';

const SOURCE = `"""Module."""
import os.path, json as j
from . import fast as quick
try:
    import numpy as np
except ImportError:
    np = None
CACHE = {}
A, B = 1, 2
CACHE.x = A


@wraps(A)
def f(a, b=[], *, c: int = 1):
    """>>> f(1)"""
    global G
    self.z = a.b.call(lines[0].order_id, width=3)
    try:
        G = os.environ.get("PYTEST_X")
    except OSError as problem:
        raise problem


class K(pkg.Base):
    size: Size = {}

    def m(self):
        self.k: Kind = dict()
        return lambda u: u.go

    class Inner:
        def y(self):
            pass


if A:
    def late():
        return 1
`;

let folder: string;
let host: OpenHost;

beforeAll(async () => {
  folder = await fs.mkdtemp(join(os.tmpdir(), 'strop definitions ß-'));
  host = createHost({ cwd: folder, env: { ...process.env, STROP_HOME: join(folder, 'home') } });
});

afterAll(async () => {
  await host.close();
  await fs.rm(folder, { recursive: true, force: true });
});

const pythons = findPythons();

async function read(text: string | Uint8Array, python = pythons.at(-1)): Promise<readonly ReadDefinition[]> {
  const path = join(folder, 'ünï.py');
  await fs.writeFile(path, text);
  const file = (await readDefinitions(host, python?.python ?? '', [['label', path]])).get('label');
  if (file === undefined || 'problem' in file) throw new Error(file?.problem ?? 'no answer');
  return file.definitions;
}

const fingerprints = async (text: string | Uint8Array): Promise<readonly string[]> =>
  (await read(text)).map(({ name, fingerprint }) => `${name} ${fingerprint}`);

describe('definitions of a file', () => {
  it.each(pythons)('are recorded alike on Python $full', async (python) => {
    const definitions = await read(SOURCE, python);
    expect(definitions.map(({ kind, name, first, last }) => `${kind} ${name} ${first}-${last}`)).toEqual([
      'import os 2-2',
      'import j 2-2',
      'import quick 3-3',
      'statement <module> 4-7',
      'import np 5-5',
      'value np 7-7',
      'value CACHE 8-8',
      'value A 9-9',
      'value B 9-9',
      'statement <module> 10-10',
      'function f 13-21',
      'class K 24-33',
      'function K.m 27-29',
      'class K.Inner 31-33',
      'function K.Inner.y 32-33',
      'statement <module> 36-38',
      'function late 37-38',
    ]);
    const named = (name: string): ReadDefinition | undefined =>
      definitions.find((definition) => definition.name === name);
    expect(named('quick')?.imports).toEqual([{ name: 'quick', module: '', original: 'fast', level: 1 }]);
    expect(named('j')?.imports).toEqual([{ name: 'j', module: 'json', original: null, level: 0 }]);
    expect(named('CACHE')?.empties).toEqual(['CACHE']);
    expect(named('f')).toMatchObject({
      decorators: ['wraps(A)'],
      uses: { 'a.b.call': 1, 'a.b.call.width': 1, '.order_id': 1, 'self.z': 1, 'os.environ.get': 1, G: 1 },
      words: ['PYTEST_X'],
      locals: ['a', 'b', 'c', 'problem'],
      empties: ['<default>'],
    });
    expect(named('f')?.uses).not.toHaveProperty('int');
    expect(named('f')?.examples).not.toBeNull();
    expect(Object.keys(named('K')?.binds ?? {})).toEqual(['size']);
    expect(named('K.m')).toMatchObject({ bases: ['Base'], empties: ['self.k'], locals: ['self', 'u'] });
  });

  it('keep their fingerprint through comments, docstrings and layout only', async () => {
    const plain = await fingerprints(SOURCE);
    const other = SOURCE.replace('"""Module."""\n', '')
      .replace('{}\nA', '{  # empty\n}\n\nA')
      .replace('"""', "'''Other.\n\n    ")
      .replace('"""', "'''")
      .replaceAll('"PYTEST_X"', "'PYTEST_X'");
    expect(await fingerprints(other)).toEqual(plain);
    const changed = await fingerprints(SOURCE.replace('u.go', 'u.went'));
    expect(changed.filter((line) => !plain.includes(line)).map((line) => line.split(' ')[0])).toEqual([
      'K.m',
    ]);
    const branched = await fingerprints(SOURCE.replace('if A:', 'if A:\n    pass\nelse:'));
    expect(branched.filter((line) => !plain.includes(line)).map((line) => line.split(' ')[0])).toContain(
      'late',
    );
  });

  it('are read in the encoding of the file', async () => {
    const latin = Buffer.from('# -*- coding: latin-1 -*-\nx = "ü"\n', 'latin1');
    expect(await fingerprints(latin)).toEqual(await fingerprints('x = "ü"\n'));
  });

  it('are told to be missing where a file cannot be parsed or read', async () => {
    const path = join(folder, 'broken.py');
    await fs.writeFile(path, 'x = 1\ndef (\n');
    const found = await readDefinitions(host, pythons.at(-1)?.python ?? '', [
      ['broken', path],
      ['absent', join(folder, 'absent.py')],
    ]);
    expect(found.get('broken')).toMatchObject({ problem: 'invalid syntax', line: 2 });
    expect(found.get('absent')).toMatchObject({ line: null });
  });

  it('need an interpreter that answers', async () => {
    await expect(readDefinitions(host, '/nowhere/python', [['x', 'y']])).rejects.toMatchObject({
      code: 'no-python',
    });
  });
});
