import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StropError } from '#base';
import { dumpProfile, type StackProfile } from '#profiles';
import { readProfile } from '../index.ts';
import { gunzip, gzipStored } from '../inflate.ts';
import { pprof } from './reader.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(join(FIXTURES, name)));

describe('reading pprof', () => {
  it('reads stacks, lines and several values of each', () => {
    const profile = pprof.read(fixture('go-cpu.pb.gz'));
    if (profile.shape !== 'stacks') throw new Error('pprof holds stacks');
    expect(profile.metrics).toEqual([
      { name: 'samples', unit: 'count' },
      { name: 'cpu', unit: 'ns' },
    ]);
    expect(profile.source?.intervalNs).toBe(10_000_000);
    const root = profile.nodes.find(({ frame }) => profile.frames[frame]?.name === 'main.main');
    expect(profile.frames[profile.nodes[root?.parent ?? -1]?.frame ?? -1]?.name).toBe('runtime.main');
    for (const { self } of profile.nodes) expect(self[1]).toBe((self[0] ?? 0) * 10_000_000);
  });

  it('reads the same without gzip', () => {
    const packed = fixture('go-heap.pb.gz');
    expect(dumpProfile(pprof.read(new Uint8Array(gunzipSync(packed))))).toBe(dumpProfile(pprof.read(packed)));
  });

  it('writes what it reads again, also compressed by others', () => {
    const profile: StackProfile = {
      format: 'pprof',
      shape: 'stacks',
      metrics: [{ name: 'wall', unit: 'ns' }],
      frames: [
        { name: 'größe', file: 'a.py', line: 44, origin: 'unknown' },
        { name: 'len', origin: 'native' },
      ],
      nodes: [
        { parent: -1, frame: 0, line: 45, self: [3e12] },
        { parent: 0, frame: 1, self: [7] },
      ],
      source: {},
      doubts: [],
    };
    const written = pprof.write?.(profile) ?? new Uint8Array();
    expect(pprof.read(written)).toEqual(profile);
    expect(pprof.read(new Uint8Array(gzipSync(gunzipSync(written))))).toEqual(profile);
  });

  it('refuses what claims more than there is', () => {
    expect(() => pprof.read(Uint8Array.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]))).toThrow(/ends too early/);
    expect(() => pprof.read(Uint8Array.from([0x08, ...Array<number>(11).fill(0xff)]))).toThrow(
      /too many digits/,
    );
    expect(() => pprof.read(new Uint8Array())).toThrow(/no profile of pprof/);
  });
});

describe('gzip', () => {
  it('is read as zlib reads it, at every level', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.integer({ min: 0, max: 9 }),
        fc.boolean(),
        (bytes, level, doubled) => {
          const content = doubled ? Uint8Array.from([...bytes, ...bytes, ...bytes]) : bytes;
          expect([...gunzip(new Uint8Array(gzipSync(content, { level })))]).toEqual([...content]);
          expect([...gunzipSync(gzipStored(content))]).toEqual([...content]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('never gives other content for a changed bit', () => {
    const text = 'a profile, a profile, a profile';
    const file = new Uint8Array(gzipSync(text));
    let noticed = 0;
    for (let at = 10; at < file.length; at += 1) {
      const damaged = file.slice();
      damaged[at] = (damaged[at] ?? 0) ^ 4;
      try {
        // Bits between the last block and the checksum mean nothing.
        expect(new TextDecoder().decode(gunzip(damaged))).toBe(text);
      } catch (error) {
        if (!(error instanceof StropError)) throw error;
        noticed += 1;
      }
    }
    expect(noticed).toBeGreaterThan((file.length - 10) * 0.9);
  });

  it('reads all members of a gzip file, and refuses what is none', () => {
    const file = Buffer.concat([gzipSync('one,'), gzipSync(''), gzipSync('two')]);
    expect(new TextDecoder().decode(gunzip(file))).toBe('one,two');
    expect(() => gunzip(Buffer.concat([file, Buffer.from('x')]))).toThrow(/something follows/);
  });

  it('leaves what is in a gzip file to the reader that knows it', () => {
    const trace = JSON.stringify({
      traceEvents: [{ ph: 'X', name: 'f', ts: 0, dur: 5, pid: 1, tid: 1, args: { text: 'x'.repeat(9000) } }],
    });
    expect(readProfile(new Uint8Array(gzipSync(trace)), 'viz.json.gz').format).toBe('chrome-trace');
    expect(readProfile(fixture('go-heap.pb.gz'), 'x.json.gz').format).toBe('pprof');
  });

  it('puts the type first that the file wants to be shown', () => {
    const profile: StackProfile = {
      ...{ format: 'pprof', shape: 'stacks', source: {}, doubts: [] },
      metrics: [
        { name: 'alloc_space', unit: 'bytes' },
        { name: 'inuse_space', unit: 'bytes' },
      ],
      frames: [{ name: 'f', file: 'a.py', origin: 'unknown' }],
      nodes: [{ parent: -1, frame: 0, line: 4, self: [900, 7] }],
    };
    const written = gunzip(pprof.write?.(profile) ?? new Uint8Array());
    // Field 14, a number: which of the texts.
    const texts = [1, 2, 3, 4, 5].map((text) => pprof.read(Uint8Array.from([...written, 0x70, text])));
    const inUse = texts.find(({ metrics }) => metrics[0]?.name === 'inuse_space');
    expect(inUse?.metrics.map(({ name }) => name)).toEqual(['inuse_space', 'alloc_space']);
    expect(inUse?.shape === 'stacks' ? inUse.nodes[0]?.self : []).toEqual([7, 900]);
    expect(pprof.read(written).metrics).toEqual(profile.metrics);
  });

  it('refuses a bomb before it has grown', () => {
    const bomb = deflateRawSync(new Uint8Array(64 * 1024 * 1024));
    const file = Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, ...bomb, 0, 0, 0, 0, 0, 0, 0, 0]);
    expect(() => gunzip(file)).toThrow(/more than 200 times/);
  });
});
