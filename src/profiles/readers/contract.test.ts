import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { dumpProfile } from '#profiles';
import { findReader, readers, readProfile } from './index.ts';

/*
 * What every reader must hold. Fixtures are all files of `<format>/fixtures` that are no sources (how to make them)
 * and no dumps; the dump of a new fixture is written by `npx vitest run -u` and belongs to be read before it is committed.
 */
const HERE = import.meta.dirname;
const NO_FIXTURE = /\.(py|go|sh|md|dump\.txt)$/;

const folders = readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Passes when the call ends well or with a plain refusal; every other error is a crash. */
function mayRefuse(act: () => unknown): 'read' | 'refused' {
  try {
    act();
    return 'read';
  } catch (error) {
    if (error instanceof StropError && error.code === 'bad-profile') return 'refused';
    throw error;
  }
}

describe('the list of readers', () => {
  it('holds one reader for each folder', () => {
    expect(readers.map((reader) => reader.format).sort()).toEqual(folders.sort());
  });

  it('leaves an unknown file to nobody and says which formats are read', () => {
    const bytes = new TextEncoder().encode('{"not": "a profile"}');
    expect(findReader(bytes, 'unknown')).toBeUndefined();
    expect(() => readProfile(bytes, 'some/file.json')).toThrow(
      expect.objectContaining({
        code: 'bad-profile',
        message: 'some/file.json: this is no profile in a format that strop reads',
      }),
    );
    expect(() => readProfile(new Uint8Array(), 'empty.prof')).toThrow('empty.prof: the file is empty');
  });
});

describe.each(folders)('the reader %s', (folder) => {
  const path = join(HERE, folder, 'fixtures');
  const names = existsSync(path) ? readdirSync(path).filter((name) => !NO_FIXTURE.test(name)) : [];
  const reader = readers.find((known) => known.format === folder);

  it('has at least two fixtures and a way to make them again', () => {
    expect(names.length).toBeGreaterThanOrEqual(2);
    expect(readdirSync(path).filter((name) => /^make\.(py|sh)$/.test(name))).toHaveLength(1);
  });

  describe.each(names)('with %s', (name) => {
    const bytes = new Uint8Array(readFileSync(join(path, name)));

    it('recognises it by name and content, by content alone, and no other reader claims it', () => {
      const claims = (as: string) =>
        readers.filter((known) => known.recognises(bytes.subarray(0, 4096), as)).map((known) => known.format);
      expect(claims(name)).toEqual([folder]);
      expect(claims('unknown')).toEqual([folder]);
      expect(findReader(bytes, `/some/folder/${name}`)).toBe(reader);
    });

    it('gives the profile that its dump shows', async () => {
      const profile = readProfile(bytes, name);
      expect(profile.format).toBe(folder);
      await expect(dumpProfile(profile)).toMatchFileSnapshot(join(path, `${name}.dump.txt`));
    });

    it('holds no path of the machine that made it', () => {
      const text = new TextDecoder('latin1').decode(bytes);
      expect(text).not.toMatch(/\/(root|home|Users)\/|[A-Z]:\\Users/);
    });

    it('refuses it cut off at any place, or reads the part of a file that marks no end', () => {
      const step = Math.max(1, Math.floor(bytes.length / Math.min(500, 8e6 / bytes.length)));
      // A text without the blanks at its end is whole.
      const length = bytes.findLastIndex((byte) => byte !== 0x0a && byte !== 0x0d && byte !== 0x20) + 1;
      for (let end = 0; end < length; end += step) {
        const cut = bytes.subarray(0, end);
        const { openEnded } = reader ?? {};
        if (typeof openEnded === 'function' ? openEnded(cut) : openEnded === true) {
          mayRefuse(() => reader?.read(cut));
        } else {
          expect(() => readProfile(cut, name)).toThrow(StropError);
          expect(mayRefuse(() => reader?.read(cut))).toBe('refused');
        }
      }
    });

    it.runIf(reader?.write !== undefined)('reads what it writes of it as the same stacks', () => {
      const profile = readProfile(bytes, name);
      if (profile.shape !== 'stacks' || reader?.write === undefined) return;
      const again = reader.read(reader.write(profile));
      const bare = { doubts: [], source: {} };
      expect(dumpProfile({ ...again, ...bare })).toBe(dumpProfile({ ...profile, ...bare }));
    });

    it('never crashes on damaged bytes', () => {
      const damage = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), {
        minLength: 1,
        maxLength: 8,
      });
      fc.assert(
        fc.property(damage, (changes) => {
          const damaged = bytes.slice();
          for (const [at, byte] of changes) damaged[at] = byte;
          mayRefuse(() => dumpProfile(readProfile(damaged, name)));
          mayRefuse(() => reader?.read(damaged));
        }),
        { numRuns: Math.ceil(Math.min(300, 5e6 / bytes.length)) },
      );
    });
  });

  it('never crashes on bytes that have nothing to do with it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        readers.map((known) => known.recognises(bytes, 'unknown'));
        mayRefuse(() => reader?.read(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});
