import type { Doubt } from '#base';
import type { Source, StackProfile, Thread } from '#profiles';
import { asList, asObject, asText, fileOf, lineOf, parseJson } from '../json.ts';
import type { Reader } from '../reader.ts';
import { decodeText, refuse } from '../refusal.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';

/** What every thread was doing at one moment: `py-spy dump`, as text or with `--json`; local variables are not kept. */
export const pySpyDump: Reader = {
  format: 'py-spy-dump',
  title: 'py-spy dump (text and --json)',
  // The text marks no end.
  openEnded: true,
  recognises: (head) => {
    const text = new TextDecoder().decode(head);
    if (/^Process \d+: .*\r?\nPython v\d/.test(text)) return true;
    return /^\s*\[\s*\{/.test(text) && /"owns_gil"\s*:/.test(text) && /"frames"\s*:/.test(text);
  },
  read: (bytes) => {
    const text = decodeText(bytes);
    return /^\s*\[/.test(text) ? readJson(bytes) : readText(text);
  },
};

const SNAPSHOT: Doubt = {
  code: 'not-a-recording',
  text: 'This is a single moment: it shows where each thread stands, not where time goes.',
};
const PATHS_CUT: Doubt = {
  code: 'origins-guessed',
  text: 'The paths are shortened (py-spy without --full-filenames): library code may look like yours.',
};

/** A thread and its frames, innermost first. */
interface Stack {
  readonly thread: Thread;
  readonly frames: {
    readonly name: string;
    readonly file: string | undefined;
    readonly line: number | undefined;
  }[];
}

function readJson(bytes: Uint8Array): StackProfile {
  const threads = asList(parseJson(bytes), 'the list of threads').map((value): Stack => {
    const item = asObject(value, 'a thread');
    const state = `${item['active'] === true ? 'active' : 'idle'}${item['owns_gil'] === true ? '+gil' : ''}`;
    const id = item['os_thread_id'] ?? item['thread_id'];
    const frames = asList(item['frames'], 'the frames of a thread').map((frame) => {
      const { name, filename, line, module } = asObject(frame, 'a frame');
      // A module is a compiled library, which is no file with lines.
      const file = typeof module === 'string' ? undefined : fileOf(filename);
      return { name: asText(name, 'the name of a function'), file, line: lineOf(line) };
    });
    return { thread: toThread(id, item['thread_name'], state, item['pid']), frames };
  });
  return build(threads, {}, [SNAPSHOT]);
}

function readText(text: string): StackProfile {
  const threads: Stack[] = [];
  let source: Source = {};
  for (const line of text.split(/\r?\n/)) {
    const process = /^Process (\d+): (.*)$/.exec(line);
    const python = /^Python v(\d+\.\d+\.\d+\S*)/.exec(line);
    const thread = /^Thread (0x[0-9A-Fa-f]+|\d+)(?: \(([^)]*)\))?(?:: "(.*)")?$/.exec(line);
    // Variables are indented further than frames.
    const frame = /^ {4}(\S.*) \((.+?)(?::(\d+))?\)$/.exec(line);
    if (process !== null) source = { ...source, pid: Number(process[1]), command: process[2] ?? '' };
    else if (python !== null) source = { ...source, python: python[1] ?? '' };
    else if (thread !== null) {
      threads.push({
        thread: toThread(Number(thread[1]), thread[3], thread[2] ?? '', source.pid),
        frames: [],
      });
    } else if (frame !== null) {
      const [, name = '', path, number] = frame;
      const isNative = number === undefined && !/\.pyw?$/.test(path ?? '');
      threads
        .at(-1)
        ?.frames.push({ name, file: isNative ? undefined : fileOf(path), line: lineOf(Number(number)) });
    } else if (line !== '' && !line.startsWith('        ')) {
      throw refuse(`this line is not known: ${line.slice(0, 80)}`);
    }
  }
  const isAbsolute = threads.some(({ frames }) =>
    frames.some(({ file }) => /^(?:\/|[A-Za-z]:\\)/.test(file ?? '')),
  );
  return build(threads, source, isAbsolute ? [SNAPSHOT] : [SNAPSHOT, PATHS_CUT]);
}

function toThread(id: unknown, name: unknown, state: string, pid: unknown): Thread {
  return {
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    ...(typeof id === 'number' && Number.isSafeInteger(id) ? { id } : {}),
    ...(typeof pid === 'number' && Number.isSafeInteger(pid) ? { pid } : {}),
    ...(state === '' ? {} : { state }),
  };
}

function build(stacks: readonly Stack[], source: Source, doubts: readonly Doubt[]): StackProfile {
  if (stacks.length === 0)
    throw refuse('there is no thread in it', 'Dump again: the process runs no Python yet.');
  const folder = new StackFolder();
  for (const [thread, { frames }] of stacks.entries()) {
    let node = NONE;
    for (const { name, file, line } of [...frames].reverse()) {
      node = folder.child(node, folder.frame(name, file), line ?? NONE, node === NONE ? thread : NONE);
    }
    if (node === NONE) node = folder.child(NONE, folder.frame(NO_FRAMES), NONE, thread);
    folder.add(node, 1);
  }
  return {
    format: 'py-spy-dump',
    shape: 'stacks',
    metrics: [{ name: 'samples', unit: 'count' }],
    ...folder.finish(),
    threads: stacks.map(({ thread }) => thread),
    source: { tool: 'py-spy', ...source },
    doubts,
  };
}
