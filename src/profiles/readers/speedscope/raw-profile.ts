import { ByteTable } from '../byte-table.ts';
import type { JsonScanner } from '../json-scanner.ts';
import { refuse } from '../refusal.ts';
import { NONE, StackFolder } from '../stack-folder.ts';

/** One entry of `profiles`, folded; its frames are still numbers, since their table may come later in the file. */
export interface RawProfile {
  readonly name: string;
  readonly unit: string;
  /** Name of the metric, which only strop writes. */
  readonly metric: string | undefined;
  readonly folder: StackFolder;
  /** Weight of the samples without any frame. */
  readonly blank: number;
  /** Samples, or undefined for a profile of events. */
  readonly samples: number | undefined;
  /** The weight of each sample where all are equal. */
  readonly weight: number | undefined;
}

/** Reads one profile, folding its samples or events as they come. */
export function readRawProfile(scanner: JsonScanner): RawProfile {
  return new RawReader(scanner).read();
}

class RawReader {
  private readonly scanner: JsonScanner;
  private readonly folder = new StackFolder();
  private leaves = new Int32Array(16);
  private samples: number | undefined;
  private weights = new Float64Array(16);
  private weightCount: number | undefined;
  private hasEvents = false;
  private blank = 0;

  constructor(scanner: JsonScanner) {
    this.scanner = scanner;
  }

  read(): RawProfile {
    const { scanner } = this;
    let type = '';
    let name = '';
    let unit = 'none';
    let metric: string | undefined;
    scanner.object((key) => {
      if (key === 'samples' && this.samples === undefined) this.readSamples();
      else if (key === 'weights' && this.weightCount === undefined) this.readWeights();
      else if (key === 'events' && !this.hasEvents) this.readEvents();
      else if (key === 'type') type = scanner.string();
      else if (key === 'name') name = scanner.string();
      else if (key === 'unit') unit = scanner.string();
      else if (key === 'stropMetric') metric = scanner.string();
      else scanner.skip();
    });
    if (type === 'sampled') this.weigh();
    else if (type !== 'evented' || !this.hasEvents)
      throw refuse(`a profile of the type ${JSON.stringify(type)} is not known`);
    return {
      name,
      unit,
      metric,
      folder: this.folder,
      blank: this.blank,
      samples: this.samples,
      weight: this.findWeight(),
    };
  }

  private readSamples(): void {
    const { scanner, folder } = this;
    let frames = new Int32Array(64);
    let last = new Int32Array(64);
    let path = new Int32Array(64);
    let lastCount = 0;
    let samples = 0;
    // Most samples repeat an earlier one byte by byte, and then need not be read at all.
    const table = new ByteTable(scanner.bytes);
    let leafOf = new Int32Array(1024);
    scanner.list(() => {
      if (samples === this.leaves.length) this.leaves = grown(this.leaves, samples * 2);
      const end = scanner.flatListEnd();
      const before = table.size;
      const number = table.number(scanner.at, end);
      if (table.size === before) {
        scanner.at = end;
        this.leaves[samples] = leafOf[number] ?? NONE;
        samples += 1;
        return;
      }
      frames = scanner.integers(frames);
      const count = scanner.count;
      if (path.length < frames.length) {
        path = grown(path, frames.length);
        last = grown(last, frames.length);
      }
      // Neighbours share most of their stack.
      let depth = 0;
      while (depth < count && depth < lastCount && frames[depth] === last[depth]) depth += 1;
      let node = depth === 0 ? NONE : (path[depth - 1] ?? NONE);
      for (; depth < count; depth += 1) {
        const frame = frames[depth] ?? 0;
        node = folder.child(node, frame);
        path[depth] = node;
        last[depth] = frame;
      }
      lastCount = count;
      if (number === leafOf.length) leafOf = grown(leafOf, number * 2);
      leafOf[number] = node;
      this.leaves[samples] = node;
      samples += 1;
    });
    this.samples = samples;
  }

  private readWeights(): void {
    let count = 0;
    this.scanner.list(() => {
      if (count === this.weights.length) {
        const more = new Float64Array(count * 2);
        more.set(this.weights);
        this.weights = more;
      }
      const weight = this.scanner.number();
      if (weight < 0) throw refuse('a weight is below zero');
      this.weights[count] = weight;
      count += 1;
    });
    this.weightCount = count;
  }

  private weigh(): void {
    if (this.samples === undefined || this.weightCount !== this.samples) {
      throw refuse('a profile has not one weight for each sample');
    }
    for (let sample = 0; sample < this.samples; sample += 1) {
      const leaf = this.leaves[sample] ?? NONE;
      if (leaf === NONE) this.blank += this.weights[sample] ?? 0;
      else this.folder.add(leaf, this.weights[sample] ?? 0);
    }
  }

  private findWeight(): number | undefined {
    const first = this.weights[0];
    if (this.samples === undefined || this.samples === 0 || first === undefined) return undefined;
    for (let sample = 1; sample < this.samples; sample += 1) {
      if (Math.abs((this.weights[sample] ?? 0) - first) > first * 1e-9) return undefined;
    }
    return first;
  }

  /** The time between two events belongs to the frame that is open innermost. */
  private readEvents(): void {
    const { scanner, folder } = this;
    this.hasEvents = true;
    let node = NONE;
    let last = -Infinity;
    scanner.list(() => {
      let type = '';
      let frame = NONE;
      let at = NaN;
      scanner.object((key) => {
        if (key === 'type') type = scanner.string();
        else if (key === 'frame') frame = scanner.number();
        else if (key === 'at') at = scanner.number();
        else scanner.skip();
      });
      if (!(at >= last) || !Number.isInteger(frame) || frame < 0 || frame > 1e9)
        throw refuse('an event is malformed');
      if (node !== NONE) folder.add(node, at - last);
      last = at;
      if (type === 'O') node = folder.child(node, frame);
      else if (type === 'C' && node !== NONE && folder.frameOf(node) === frame) node = folder.parentOf(node);
      else throw refuse('an event closes a frame that is not open');
    });
  }
}

function grown(from: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const to = new Int32Array(length);
  to.set(from);
  return to;
}
