import type { Metric, Source, StackProfile } from '#profiles';
import { gunzip } from '../inflate.ts';
import { fileOf, lineOf } from '../json.ts';
import { isLauncher } from '../launchers.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';
import { readFields, readNumbers } from './protobuf.ts';
import { writePprof } from './write.ts';

/**
 * The format of pprof (https://github.com/google/pprof/blob/main/proto/profile.proto), compressed by gzip or not. Labels
 * of samples and the addresses of code are not kept.
 */
export const pprof: Reader = {
  format: 'pprof',
  title: 'pprof (.pb.gz)',
  // A message of protocol buffers marks no end; inside gzip, a cut is always seen.
  openEnded: true,
  recognises: (head) => {
    if (head[0] === 0x1f && head[1] === 0x8b && head[2] === 8) return true;
    // The first sample type: a short message of a type and a unit.
    return head[0] === 0x0a && (head[1] ?? 99) < 16 && head[2] === 0x08;
  },
  read: (bytes) => new Pprof().read(bytes[0] === 0x1f ? gunzip(bytes) : bytes),
  write: writePprof,
};

const FACTORS: Readonly<Record<string, readonly [Metric['unit'], number]>> = {
  nanoseconds: ['ns', 1],
  microseconds: ['ns', 1e3],
  milliseconds: ['ns', 1e6],
  seconds: ['ns', 1e9],
  bytes: ['bytes', 1],
  kilobytes: ['bytes', 1024],
};

type Numbers = ReadonlyMap<number, number>;
interface Place {
  readonly functionId: number;
  readonly line: number;
}

class Pprof {
  private readonly texts: string[] = [];
  private readonly types: Numbers[] = [];
  /** Text that names the type to show first; 0 where the file names none. */
  private defaultType = 0;
  private readonly samples: { readonly locations: readonly number[]; readonly values: readonly number[] }[] =
    [];
  /** Innermost first: code that was inlined stands before the function that holds it. */
  private readonly locations = new Map<number, readonly Place[]>();
  private readonly functions = new Map<number, Numbers>();
  private readonly decoder = new TextDecoder();
  private periodType: Numbers = new Map();
  private period = 0;
  private durationNs = 0;

  read(bytes: Uint8Array): StackProfile {
    readFields(bytes, (field, value) => this.field(field, value));
    if (this.types.length === 0 || this.texts[0] !== '') throw refuse('this is no profile of pprof');
    // The first metric that fits a question answers it: of a heap what is in use, not all that was ever allocated.
    const chosen = this.types.findIndex((type) => this.defaultType > 0 && type.get(1) === this.defaultType);
    const order = [...this.types.keys()].sort((a, b) => Number(b === chosen) - Number(a === chosen));
    const types = order.flatMap((index) => this.types[index] ?? []);
    const units = types.map((type) => FACTORS[this.text(type.get(2))] ?? (['count', 1] as const));
    const metrics = types.map((type, index): Metric => ({
      name: this.text(type.get(1)),
      unit: units[index]?.[0] ?? 'count',
    }));
    const folder = new StackFolder(metrics.length);
    let count = 0;
    let cut = 0;
    let total = 0;
    const counted = metrics.findIndex(({ name }) => name === 'samples');
    for (const { locations, values: inFile } of this.samples) {
      if (inFile.length !== metrics.length) throw refuse('a sample has not one value for each type');
      const values = order.map((index) => inFile[index] ?? 0);
      let node = NONE;
      let above = false;
      for (let index = locations.length - 1; index >= 0; index -= 1) {
        const places = this.locations.get(locations[index] ?? -1);
        if (places === undefined) throw refuse('a sample names a place that is not in the table');
        for (let inner = places.length - 1; inner >= 0; inner -= 1) {
          const { functionId = 0, line = 0 } = places[inner] ?? {};
          const made = this.functions.get(functionId);
          const name = made === undefined ? '?' : this.text(made.get(2));
          const file = made === undefined ? undefined : fileOf(this.text(made.get(4)));
          if (node === NONE && isLauncher(file, name, above)) above = true;
          else {
            const frame = folder.frame(name, file, file === undefined ? undefined : lineOf(made?.get(5)));
            node = folder.child(node, frame, file === undefined ? NONE : (lineOf(line) ?? NONE));
          }
        }
      }
      total += values[0] ?? 0;
      count += values[counted] ?? 0;
      if (node === NONE && above) cut += values[0] ?? 0;
      else {
        if (node === NONE) node = folder.child(NONE, folder.frame(NO_FRAMES));
        for (const [metric, value] of values.entries()) {
          // Above this a number was negative: a difference of two profiles.
          if (value >= 2 ** 62)
            throw refuse('a value is below zero', 'Give one profile, not the difference of two.');
          folder.add(node, value * (units[metric]?.[1] ?? 1), metric);
        }
      }
    }
    return {
      format: 'pprof',
      shape: 'stacks',
      metrics,
      ...folder.finish(true),
      source: this.describe(),
      doubts: doubtSamples(counted >= 0 ? count : Infinity, total > 0 ? cut / total : 0),
    };
  }

  private field(field: number, value: number | Uint8Array): void {
    if (typeof value === 'number') {
      if (field === 10) this.durationNs = value;
      if (field === 12) this.period = value;
      if (field === 14) this.defaultType = value;
      return;
    }
    switch (field) {
      case 1:
        this.types.push(numbersOf(value));
        return;
      case 2:
        this.samples.push(readSample(value));
        return;
      case 4:
        this.location(value);
        return;
      case 5: {
        const made = numbersOf(value);
        this.functions.set(made.get(1) ?? 0, made);
        return;
      }
      case 6:
        this.texts.push(this.decoder.decode(value));
        return;
      case 11:
        this.periodType = numbersOf(value);
    }
  }

  private location(bytes: Uint8Array): void {
    let id = 0;
    const places: Place[] = [];
    readFields(bytes, (field, value) => {
      if (field === 1 && typeof value === 'number') id = value;
      if (field !== 4 || typeof value === 'number') return;
      const line = numbersOf(value);
      places.push({ functionId: line.get(1) ?? 0, line: line.get(2) ?? 0 });
    });
    this.locations.set(id, places.length === 0 ? [{ functionId: -1, line: 0 }] : places);
  }

  private text(index: number | undefined): string {
    const text = this.texts[index ?? 0];
    if (text === undefined) throw refuse('a text is not in the table');
    return text;
  }

  private describe(): Source {
    const unit = FACTORS[this.text(this.periodType.get(2))];
    return {
      ...(this.durationNs > 0 && this.durationNs < 1e18 ? { durationNs: this.durationNs } : {}),
      ...(unit?.[0] === 'ns' && this.period > 0 && this.period < 1e15
        ? { intervalNs: this.period * unit[1] }
        : {}),
    };
  }
}

function numbersOf(bytes: Uint8Array): Numbers {
  const numbers = new Map<number, number>();
  readFields(bytes, (field, value) => {
    if (typeof value === 'number') numbers.set(field, value);
  });
  return numbers;
}

function readSample(bytes: Uint8Array): {
  readonly locations: readonly number[];
  readonly values: readonly number[];
} {
  const locations: number[] = [];
  const values: number[] = [];
  readFields(bytes, (field, value) => {
    if (field === 1) for (const id of readNumbers(value)) locations.push(id);
    if (field === 2) for (const number of readNumbers(value)) values.push(number);
  });
  return { locations, values };
}
