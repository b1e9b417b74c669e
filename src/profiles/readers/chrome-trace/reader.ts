import type { Doubt } from '#base';
import type { Metric, StackProfile, Thread } from '#profiles';
import { JsonScanner } from '../json-scanner.ts';
import { fileOf, isObject, lineOf, type Json } from '../json.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { NONE, StackFolder } from '../stack-folder.ts';
import { CompleteEvents } from './complete-events.ts';
import { OpenEvents } from './open-events.ts';

/**
 * Chrome's trace event format, as `py-spy record -f chrometrace` (events that begin and end) and viztracer (complete
 * events) write it. Only events that last are read; when they happened is not kept.
 */
export const chromeTrace: Reader = {
  format: 'chrome-trace',
  title: 'Chrome trace events (py-spy chrometrace, viztracer)',
  recognises: (head) => {
    const text = new TextDecoder().decode(head);
    if (/^\uFEFF?\s*\{/.test(text) && /"traceEvents"\s*:\s*\[/.test(text)) return true;
    // What else may stand before the events can be long.
    if (BEFORE_EVENTS.test(text)) return true;
    return /^\uFEFF?\s*\[\s*\{/.test(text) && /"ph"\s*:\s*"/.test(text) && /"(?:ts|tid)"\s*:/.test(text);
  },
  // The format leaves the end of a bare list of events open, for programs that do not live to write it.
  openEnded: (part) => /^\s*\[[^]*[},]\s*$/.test(new TextDecoder().decode(part)),
  read: (bytes) => new Trace().read(bytes),
};

/** Browsers begin with metadata, PyTorch with the version of its schema and the devices. */
const BEFORE_EVENTS =
  /^\uFEFF?\s*\{\s*"(?:displayTimeUnit|otherData|systemTraceEvents|stackFrames|samples|controllerTraceDataKey|metadata|schemaVersion|deviceProperties|viztracer_metadata)"\s*:/;

/** Times are in microseconds. */
const LATEST = 1e15;
const NAMED_WITH_FILE = /^(.*) \((.+):(\d{1,9})\)$/s;

interface Track {
  readonly thread: number;
  readonly complete: CompleteEvents;
  readonly open: OpenEvents;
}

class Trace {
  private readonly folder = new StackFolder(2);
  private readonly tracks = new Map<string, Track>();
  private readonly threads: Thread[] = [];
  private isPySpy = false;
  private isViztracer = false;
  private hasComplete = false;
  private unmatched = 0;
  private isClosed = true;

  read(bytes: Uint8Array): StackProfile {
    const scanner = new JsonScanner(bytes);
    const found: string[] = [];
    const event = (): void => this.event(scanner.value());
    if (scanner.peek() === '[') {
      found.push('events');
      this.isClosed = scanner.unclosedList(event);
    } else {
      scanner.object((key) => {
        if (key === 'traceEvents') {
          found.push('events');
          scanner.list(event);
        } else if (key === 'viztracer_metadata') this.isViztracer = this.skipped(scanner);
        else scanner.skip();
      });
    }
    scanner.end();
    if (found.length !== 1) throw refuse('there are no trace events in it');
    for (const { thread, complete, open } of this.tracks.values()) {
      this.unmatched += open.complete(complete);
      complete.nest(this.folder, thread);
    }
    if (this.folder.size === 0)
      throw refuse('none of its events lasts', 'Record with a tool that traces functions.');
    return this.finish();
  }

  private skipped(scanner: JsonScanner): boolean {
    scanner.skip();
    return true;
  }

  private event(event: unknown): void {
    if (!isObject(event)) throw refuse('an event is malformed');
    switch (event['ph']) {
      case 'M':
        this.name(event);
        return;
      case 'X': {
        const ts = timeOf(event['ts']);
        // Some tools leave out the duration of an event that took no time.
        const duration = event['dur'] === undefined ? 0 : timeOf(event['dur']);
        this.hasComplete = true;
        this.track(event).complete.add(ts, duration, this.frame(event), NONE, 1);
        return;
      }
      case 'B':
      case 'E':
        this.open(event, event['ph'] === 'B');
    }
  }

  private open(event: Json, begins: boolean): void {
    const { open } = this.track(event);
    const ts = timeOf(event['ts']);
    if (!begins) {
      open.end(ts);
      return;
    }
    const args = event['args'];
    const line = isObject(args) && fileOf(args['filename']) !== undefined ? lineOf(args['line']) : undefined;
    open.begin(ts, this.frame(event), line ?? NONE);
  }

  private frame(event: Json): number {
    const name = typeof event['name'] === 'string' ? event['name'] : '?';
    const args = event['args'];
    const file = isObject(args) ? fileOf(args['filename']) : undefined;
    if (event['cat'] === 'py-spy') this.isPySpy = true;
    if (file !== undefined) return this.folder.frame(name, file);
    const named = NAMED_WITH_FILE.exec(name);
    if (named === null) return this.folder.frame(name);
    return this.folder.frame(named[1] ?? '', named[2], lineOf(Number(named[3])));
  }

  private track(event: Json): Track {
    const key = JSON.stringify([event['pid'], event['tid']]);
    const known = this.tracks.get(key);
    if (known !== undefined) return known;
    const thread =
      this.threads.push({ ...numbered('id', event['tid']), ...numbered('pid', event['pid']) }) - 1;
    const track = { thread, complete: new CompleteEvents(), open: new OpenEvents() };
    this.tracks.set(key, track);
    return track;
  }

  private name(event: Json): void {
    const args = event['args'];
    if (event['name'] !== 'thread_name' || !isObject(args) || typeof args['name'] !== 'string') return;
    const { thread } = this.track(event);
    this.threads[thread] = { ...this.threads[thread], name: args['name'] };
  }

  private finish(): StackProfile {
    const metrics: Metric[] = [{ name: 'wall', unit: 'ns' }];
    if (this.hasComplete) metrics.push({ name: 'calls', unit: 'count' });
    const { frames, nodes } = this.folder.finish(true);
    const tool = this.isPySpy ? 'py-spy' : this.isViztracer ? 'viztracer' : undefined;
    const doubts: Doubt[] = [];
    if (this.unmatched > 0) {
      doubts.push({
        code: 'stacks-incomplete',
        text: `${String(this.unmatched)} functions end that never began: the trace starts in the middle.`,
      });
    }
    if (!this.isClosed) {
      doubts.push({
        code: 'trace-unfinished',
        text: 'The list of events is not closed: the traced program was killed, or the end of the file is missing.',
      });
    }
    return {
      format: 'chrome-trace',
      shape: 'stacks',
      metrics,
      frames,
      nodes: this.hasComplete ? nodes : nodes.map((node) => ({ ...node, self: node.self.slice(0, 1) })),
      threads: this.threads,
      source: tool === undefined ? {} : { tool },
      doubts,
    };
  }
}

function timeOf(value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < LATEST) return value;
  throw refuse('the time of an event is malformed');
}

function numbered(key: 'id' | 'pid', value: unknown): Thread {
  return typeof value === 'number' && Number.isSafeInteger(value) ? { [key]: value } : {};
}
