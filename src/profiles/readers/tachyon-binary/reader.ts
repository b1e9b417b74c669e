import type { Doubt } from '#base';
import type { Metric, Source, StackProfile, Thread } from '#profiles';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { readRecording, type Recording } from './recording.ts';
import { SampleFolder, STATES } from './samples.ts';

/**
 * What `python -m profiling.sampling run --binary` of Python 3.15 writes, compressed or not: whole stacks with lines, by
 * thread, and in which state each thread was. Columns, instructions and the moments of the samples are not kept.
 */
export const tachyonBinary: Reader = {
  format: 'tachyon-binary',
  title: 'profiling.sampling --binary (Python 3.15)',
  // `TACH` and the version are numbers: their bytes stand in the order of the machine.
  recognises: (head) => {
    const magic = String.fromCharCode(...head.subarray(0, 4));
    const [a, b, c, d] = head.subarray(4, 8);
    if (b !== 0 || c !== 0) return false;
    return (magic === 'HCAT' && d === 0) || (magic === 'TACH' && a === 0);
  },
  read: (bytes) => {
    if (!tachyonBinary.recognises(bytes, '')) throw refuse('this is no recording of profiling.sampling');
    return build(readRecording(bytes));
  },
};

/** Above this share of failed or late attempts, the reader of a result is told. */
const FAILED_SHARE = 0.05;
const MISSED_SHARE = 0.05;

function build(recording: Recording): StackProfile {
  const samples = new SampleFolder(recording);
  samples.read();
  if (recording.samples === 0) {
    throw refuse(
      'no sample was taken',
      recording.mode === 'wall'
        ? 'Record for longer or at a higher rate.'
        : 'Record for longer, or with --mode wall.',
    );
  }
  const { frames, nodes } = samples.folder.finish();
  // A state that no sample was in says nothing, and most modes do not look at all of them.
  const states = STATES.map((name, index) => ({ name, index: index + 1 })).filter((_, index) =>
    samples.isSeen(index),
  );
  const metrics: Metric[] = [
    { name: recording.mode, unit: 'ns' },
    { name: 'samples', unit: 'count' },
    ...states.map(({ name }): Metric => ({ name, unit: 'count' })),
  ];
  return {
    format: tachyonBinary.format,
    shape: 'stacks',
    metrics,
    frames,
    nodes: nodes.map((node) => {
      const count = node.self[0] ?? 0;
      return {
        ...node,
        self: [count * recording.intervalNs, count, ...states.map(({ index }) => node.self[index] ?? 0)],
      };
    }),
    threads: samples.threads.map(({ id, interpreter, isMain }): Thread => {
      const name = [
        ...(isMain ? ['MainThread'] : []),
        ...(interpreter > 0 ? [`interpreter ${String(interpreter)}`] : []),
      ];
      return { id, ...(name.length > 0 ? { name: name.join(', ') } : {}) };
    }),
    source: describe(recording),
    doubts: findDoubts(recording, samples),
  };
}

function describe({ python, intervalNs, durationNs, samples }: Recording): Source {
  return {
    tool: 'profiling.sampling',
    toolVersion: python,
    python,
    intervalNs,
    ...(durationNs === undefined ? {} : { durationNs }),
    samples,
  };
}

function findDoubts(recording: Recording, samples: SampleFolder): Doubt[] {
  const percent = (share: number): string => `${String(Math.round(share * 100))} %`;
  const doubts = doubtSamples(recording.samples, samples.cut / recording.samples);
  if (samples.tooDeep > 0) {
    doubts.push({
      code: 'stacks-incomplete',
      text:
        `${percent(samples.tooDeep / recording.samples)} of the samples have at least as many frames as the file keeps ` +
        'of a stack: their outermost callers are not known.',
    });
  }
  if (recording.failed >= FAILED_SHARE) {
    const why = recording.isBlocking
      ? ''
      : '; others may be torn, because the program runs on meanwhile, above all those of generators (--deep with --wall stops it)';
    doubts.push({
      code: 'stacks-incomplete',
      text: `${percent(recording.failed)} of the samples failed: their stacks could not be read${why}.`,
    });
  }
  if (recording.missed >= MISSED_SHARE) {
    doubts.push({
      code: 'busy-machine',
      text: `${percent(recording.missed)} of the samples were missed: the profiler did not keep up with its rate.`,
    });
  }
  return doubts;
}
