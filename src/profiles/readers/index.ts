import { StropError } from '#base';
import type { Profile } from '#profiles';
import { chromeTrace } from './chrome-trace/reader.ts';
import { collapsed } from './collapsed/reader.ts';
import { cprofile } from './cprofile/reader.ts';
import { gunzip, gunzipHead, isGzip } from './inflate.ts';
import { lprof } from './lprof/reader.ts';
import { memray } from './memray/reader.ts';
import { perf } from './perf/reader.ts';
import { pprof } from './pprof/reader.ts';
import { pySpyDump } from './py-spy-dump/reader.ts';
import { pyinstrument } from './pyinstrument/reader.ts';
import { pytestBenchmark } from './pytest-benchmark/reader.ts';
import type { Reader } from './reader.ts';
import { scalene } from './scalene/reader.ts';
import { speedscope } from './speedscope/reader.ts';
import { tachyonBinary } from './tachyon-binary/reader.ts';
import { tracemalloc } from './tracemalloc/reader.ts';

export { readBenchmarks } from './pytest-benchmark/reader.ts';
export type { BenchmarkTimes } from './pytest-benchmark/reader.ts';
export type { Reader } from './reader.ts';

/** Every format that strop can read. */
export const readers: readonly Reader[] = [
  cprofile,
  collapsed,
  speedscope,
  chromeTrace,
  pyinstrument,
  scalene,
  pySpyDump,
  memray,
  pytestBenchmark,
  perf,
  lprof,
  tracemalloc,
  pprof,
  tachyonBinary,
];

const HEAD_BYTES = 4096;

/** The reader for a file by its content and name (with or without folders), or undefined. */
export function findReader(bytes: Uint8Array, name: string): Reader | undefined {
  const base = name.replace(/^.*[\\/]/s, '');
  const head = bytes.subarray(0, HEAD_BYTES);
  return findPacked(bytes, base) ?? readers.find((reader) => reader.recognises(head, base));
}

/** The reader of what was compressed by gzip afterwards (viztracer does so itself), or undefined. */
function findPacked(bytes: Uint8Array, base: string): Reader | undefined {
  if (!isGzip(bytes)) return undefined;
  const head = gunzipHead(bytes, HEAD_BYTES);
  const found = readers.find((reader) => reader.recognises(head, base.replace(/\.gz$/i, '')));
  if (found === undefined || found === pprof) return undefined;
  return { ...found, read: (packed) => found.read(gunzip(packed)) };
}

/**
 * The profile in a file. Throws StropError `bad-profile`, with the name of the file, when no reader knows the format
 * or when the file is damaged.
 */
export function readProfile(bytes: Uint8Array, name: string): Profile {
  const reader = findReader(bytes, name);
  if (reader === undefined) {
    throw new StropError({
      code: 'bad-profile',
      problem: bytes.length === 0 ? 'the file is empty' : 'this is no profile in a format that strop reads',
      where: name,
      remedy: `Give a file of one of these: ${readers.map((known) => known.title).join(', ')}.`,
    });
  }
  try {
    return reader.read(bytes);
  } catch (error) {
    if (error instanceof StropError) throw new StropError({ ...error.facts, where: name });
    throw error;
  }
}
