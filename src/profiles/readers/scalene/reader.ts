import type { Doubt } from '#base';
import { NO_FUNCTION, type Frame, type LineProfile, type LineRow, type Metric } from '#profiles';
import { asCost, asList, asObject, asText, lineOf, parseJson, type Json } from '../json.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';

/**
 * What `scalene run -o F.json` writes: for each line of the program's own files its share of the CPU time in Python, in
 * compiled code and in the system, and its memory. The few stacks that scalene keeps beside it are not read.
 */
export const scalene: Reader = {
  format: 'scalene',
  title: 'scalene JSON',
  recognises: (head) => {
    const text = new TextDecoder().decode(head);
    // A program of less than about a second leaves an empty object.
    if (/^\s*\{\s*\}\s*$/.test(text)) return true;
    return (
      /^\s*\{/.test(text) &&
      (/"alloc_samples"\s*:/.test(text) ||
        (/"elapsed_time_sec"\s*:/.test(text) && /"(?:files|entrypoint_dir|growth_rate)"\s*:/.test(text)))
    );
  },
  read: (bytes) => new Scalene(asObject(parseJson(bytes), 'the file')).read(),
};

const TOO_SHORT = 'scalene wrote an empty result: the program ran too short for it';
const MIB = 1024 * 1024;
/** Above this share the system's part follows the load of the machine rather than the program. */
const MUCH_SYSTEM = 0.4;

class Scalene {
  private readonly file: Json;
  private readonly frames: Frame[] = [];
  private readonly elapsedNs: number;
  private readonly hasMemory: boolean;
  private systemPercent = 0;
  private allPercent = 0;

  constructor(file: Json) {
    if (Object.keys(file).length === 0)
      throw refuse(TOO_SHORT, 'Profile at least a second of work: repeat it in a loop.');
    this.file = file;
    this.elapsedNs = asCost(file['elapsed_time_sec'], 'the elapsed time') * 1e9;
    this.hasMemory = file['memory'] === true || asMb(file['max_footprint_mb']) > 0;
  }

  read(): LineProfile {
    const rows: LineRow[] = [];
    for (const [path, content] of Object.entries(asObject(this.file['files'], 'the list of files'))) {
      rows.push(...this.readFile(path, asObject(content, 'a file')));
    }
    if (rows.length === 0) throw refuse(TOO_SHORT, 'Profile at least a second of work: repeat it in a loop.');
    const metrics: Metric[] = [
      { name: 'cpu', unit: 'ns' },
      { name: 'cpu-native', unit: 'ns' },
      { name: 'cpu-system', unit: 'ns' },
    ];
    if (this.hasMemory) metrics.push({ name: 'allocated', unit: 'bytes' }, { name: 'peak', unit: 'bytes' });
    const args = this.file['args'];
    const command = Array.isArray(args) ? args.filter((word) => typeof word === 'string').join(' ') : '';
    const peakBytes = Math.round(asMb(this.file['max_footprint_mb']) * MIB);
    return {
      format: 'scalene',
      shape: 'lines',
      charged: 'self',
      metrics,
      frames: this.frames,
      rows,
      source: {
        tool: 'scalene',
        durationNs: Math.round(this.elapsedNs),
        ...(command === '' ? {} : { command }),
        ...(peakBytes > 0 ? { peakBytes } : {}),
      },
      doubts: this.listDoubts(),
    };
  }

  private readFile(path: string, content: Json): LineRow[] {
    const names = new Map<number, string>();
    for (const value of asList(content['functions'] ?? [], 'the list of functions')) {
      const item = asObject(value, 'a function');
      const line = lineOf(item['lineno']);
      if (line !== undefined) names.set(line, asText(item['line'], 'the name of a function'));
    }
    const indexes = new Map<number, number>();
    return asList(content['lines'], 'the list of lines').flatMap((value): LineRow[] => {
      const item = asObject(value, 'a line');
      const line = lineOf(item['lineno']);
      if (line === undefined) throw refuse('the number of a line is malformed');
      const self = this.readCosts(item);
      if (self.every((cost) => cost === 0)) return [];
      const first =
        lineOf(item['end_function_line']) === undefined ? 0 : (lineOf(item['start_function_line']) ?? 0);
      let frame = indexes.get(first);
      if (frame === undefined) {
        // Before version 1.5.22 it says of no line in which function it stands.
        const isTold = item['start_function_line'] !== undefined;
        const name = first === 0 && isTold ? '<module>' : (names.get(first) ?? NO_FUNCTION);
        frame = this.frames.push({ name, file: path, line: Math.max(1, first), origin: 'unknown' }) - 1;
        indexes.set(first, frame);
      }
      return [{ frame, line, self }];
    });
  }

  private readCosts(item: Json): number[] {
    const python = asPercent(item['n_cpu_percent_python']);
    const native = asPercent(item['n_cpu_percent_c']);
    const system = asPercent(item['n_sys_percent']);
    this.systemPercent += system;
    this.allPercent += python + native + system;
    const times = [python + native + system, native, system].map((percent) =>
      Math.round((percent / 100) * this.elapsedNs),
    );
    if (!this.hasMemory) return times;
    return [...times, Math.round(asMb(item['n_malloc_mb']) * MIB), Math.round(asMb(item['n_peak_mb']) * MIB)];
  }

  private listDoubts(): Doubt[] {
    const doubts: Doubt[] = [
      {
        code: 'library-charged-to-line',
        text:
          'scalene charges time in libraries to the line that called them, and time in operators without a call to ' +
          'the next line that makes one: compare with a sampler before trusting a line.',
      },
    ];
    const system = this.allPercent > 0 ? this.systemPercent / this.allPercent : 0;
    if (system > MUCH_SYSTEM) {
      doubts.push({
        code: 'busy-machine',
        text: `${String(Math.round(system * 100))} % is system time, which with scalene grows with the load of the machine.`,
      });
    }
    return doubts;
  }
}

function asPercent(value: unknown): number {
  return value === undefined ? 0 : asCost(value, 'the share of a line');
}

/** Megabytes; what is freed more than taken counts as nothing. */
function asMb(value: unknown): number {
  if (value === undefined || value === null || (typeof value === 'number' && value < 0)) return 0;
  return asCost(value, 'a size in MB');
}
