import type { Doubt } from '#base';
import type { Metric, StackProfile, Thread } from '#profiles';
import { isLauncher } from '../launchers.ts';
import type { Reader } from '../reader.ts';
import { decodeText, refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';

/**
 * What `perf script` prints of samples with stacks (`perf record -g`). CPython names its functions there since 3.12,
 * when it was started with `-X perf` and its stacks can be followed.
 */
export const perf: Reader = {
  format: 'perf',
  title: 'perf script',
  // A list of samples marks no end.
  openEnded: true,
  recognises: (head) => {
    const text = new TextDecoder()
      .decode(head)
      .replace(/^(?:#.*\r?\n)+/, '')
      .trimStart();
    const [first = '', second = ''] = text.split(/\r?\n/, 2);
    return HEADER.test(first) && (second === '' || FRAME.test(second));
  },
  read: (bytes) => new PerfScript().read(decodeText(bytes)),
};

/** `python3  4096/4098 [001] 12631.146065:   10101010 cpu-clock:ppp: `; the processor, the time and the period may be absent. */
const HEADER =
  /^(\S.*?)\s+(\d{1,9})(?:\/(\d{1,9}))?\s+(?:\[\d+\]\s+)?(?:\d+\.\d+:\s+)?(?:(\d{1,15})\s+)?(\S+?):\s*$/;
const FRAME = /^\s+([0-9a-f]+)\s+(.*?)(?:\+0x[0-9a-f]+)?(?:\s+\((.*)\))?$/;
/** With `-F +srcline` a line of its own below each frame, of compiled code only: the functions of Python have none. */
const SOURCE_LINE = /^\s+\S.*(?::\d+|\[[0-9a-f]+\])$/;
const PYTHON = /^py::(.+?):(.+)$/s;
/** Events whose period is a time in ns. */
const CLOCKS = /^(?:cpu-clock|task-clock)/;

class PerfScript {
  private readonly folder = new StackFolder(2);
  private readonly threads: Thread[] = [];
  private readonly threadNumbers = new Map<string, number>();
  private readonly events = new Set<string>();
  private samples = 0;
  private pythonFrames = 0;
  private header: RegExpExecArray | undefined;
  private stack: string[] = [];

  read(text: string): StackProfile {
    for (let start = 0; start < text.length;) {
      const end = text.indexOf('\n', start);
      const line = text.slice(start, end < 0 ? text.length : end).trimEnd();
      start = end < 0 ? text.length : end + 1;
      if (line === '') this.close();
      else if (/^\s/.test(line) && this.header !== undefined) this.frame(line);
      else if (!line.startsWith('#')) {
        this.close();
        const header = HEADER.exec(line);
        if (header === null) throw refuse(`this is no sample: ${line.slice(0, 80)}`);
        this.header = header;
      }
    }
    this.close();
    if (this.samples === 0) throw refuse('there is no sample in it', 'Record with -g and for longer.');
    const { frames, nodes } = this.folder.finish();
    const [event = ''] = this.events;
    const metrics: Metric[] = [{ name: 'samples', unit: 'count' }];
    // Periods of different events cannot be added up.
    if (this.events.size === 1)
      metrics.push(CLOCKS.test(event) ? { name: 'cpu', unit: 'ns' } : { name: event, unit: 'count' });
    return {
      format: 'perf',
      shape: 'stacks',
      metrics,
      frames,
      nodes: metrics.length === 2 ? nodes : nodes.map((node) => ({ ...node, self: node.self.slice(0, 1) })),
      threads: this.threads,
      source: { tool: 'perf', samples: this.samples },
      doubts: [...doubtSamples(this.samples), ...this.doubtNames()],
    };
  }

  private frame(line: string): void {
    const found = FRAME.exec(line);
    if (found === null && this.stack.length > 0 && SOURCE_LINE.test(line)) return;
    if (found === null) throw refuse(`this is no frame: ${line.slice(0, 80)}`);
    this.stack.push(found[2] === '' ? '[unknown]' : (found[2] ?? ''));
  }

  private close(): void {
    const { header, folder } = this;
    if (header === undefined) return;
    const [, command = '', pid = '', tid, period = '1', event = ''] = header;
    const thread = this.thread(command, tid === undefined ? undefined : Number(pid), Number(tid ?? pid));
    let node = NONE;
    let above = false;
    for (const symbol of this.stack.reverse()) {
      const python = PYTHON.exec(symbol);
      const name = python?.[1] ?? symbol;
      const file = python?.[2];
      if (file !== undefined) this.pythonFrames += 1;
      if (node === NONE && file !== undefined && isLauncher(file, name, above)) above = true;
      else node = folder.child(node, folder.frame(name, file), NONE, node === NONE ? thread : NONE);
    }
    if (node === NONE) node = folder.child(NONE, folder.frame(NO_FRAMES), NONE, thread);
    folder.add(node, 1);
    folder.add(node, Number(period), 1);
    this.events.add(event);
    this.samples += 1;
    this.header = undefined;
    this.stack = [];
  }

  private thread(name: string, pid: number | undefined, id: number): number {
    const key = `${String(pid)} ${String(id)} ${name}`;
    const known = this.threadNumbers.get(key);
    if (known !== undefined) return known;
    const number = this.threads.push({ name, id, ...(pid === undefined ? {} : { pid }) }) - 1;
    this.threadNumbers.set(key, number);
    return number;
  }

  private doubtNames(): Doubt[] {
    if (this.pythonFrames > 0) return [];
    return [
      {
        code: 'stacks-incomplete',
        text:
          'No Python function is named: start Python 3.12 or newer with -X perf, in a build with frame pointers ' +
          '(or -X perf_jit with --call-graph dwarf and perf inject).',
      },
    ];
  }
}
