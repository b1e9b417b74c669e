import type { Source, StackProfile } from '#profiles';
import { asCost, asList, asObject, asText, fileOf, lineOf, parseJson, type Json } from '../json.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { StackFolder } from '../stack-folder.ts';
import { readSession } from './session.ts';

/**
 * What `pyinstrument -r json` (a tree of functions) and `-r session` (`.pyisession`: every sample, with the lines that
 * ran) write.
 */
export const pyinstrument: Reader = {
  format: 'pyinstrument',
  title: 'pyinstrument JSON and session (.pyisession)',
  recognises: (head) => {
    const text = new TextDecoder().decode(head);
    return (
      // Version 4.0 writes the samples first, and all the rest behind them.
      /^\s*\{\s*"frame_records"\s*:/.test(text) ||
      (/^\s*\{/.test(text) &&
        /"sample_count"\s*:/.test(text) &&
        /"(?:start_call_stack|target_description|root_frame|frame_records)"\s*:/.test(text))
    );
  },
  read: (bytes) => {
    const file = asObject(parseJson(bytes), 'the file');
    const folder = new StackFolder();
    const cut = file['frame_records'] === undefined ? readTree(file, folder) : readSession(file, folder);
    const source = describeSource(file);
    return {
      format: 'pyinstrument',
      shape: 'stacks',
      metrics: [{ name: 'wall', unit: 'ns' }],
      ...folder.finish(true),
      source,
      doubts: doubtSamples(source.samples ?? Infinity, cut),
    } satisfies StackProfile;
  },
};

/** Names that pyinstrument invents for the time of a function itself; `[await]` and others stay. */
const SELF = '[self]';

function readTree(file: Json, folder: StackFolder): number {
  if (file['root_frame'] === null)
    throw refuse('pyinstrument took no sample', 'Record for longer, or with a shorter interval (-i 0.0001).');
  const pending = [{ frame: asObject(file['root_frame'], 'the outermost function'), parent: -1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { frame, parent } = next;
    const children = asList(frame['children'] ?? [], 'the callees of a function').map((child) =>
      asObject(child, 'a function'),
    );
    const time = asCost(frame['time'], 'the time of a function') * 1e9;
    const name = asText(frame['function'], 'the name of a function');
    const below = children.reduce(
      (sum, child) => sum + asCost(child['time'], 'the time of a function') * 1e9,
      0,
    );
    const file = fileOf(frame['file_path']);
    const node =
      name === SELF && parent >= 0
        ? parent
        : folder.child(
            parent,
            folder.frame(name, file, file === undefined ? undefined : lineOf(frame['line_no'])),
          );
    // Times are rounded to microseconds, so callees may seem to take longer than their caller.
    folder.add(node, Math.max(0, time - below));
    for (const child of children.reverse()) pending.push({ frame: child, parent: node });
  }
  return 0;
}

function describeSource(file: Json): Source {
  const seconds = (key: string): number | undefined =>
    typeof file[key] === 'number' ? Math.round(asCost(file[key], key) * 1e9) : undefined;
  const samples = file['sample_count'];
  const durationNs = seconds('duration');
  const cpuNs = seconds('cpu_time');
  const intervalNs = seconds('min_interval');
  const target = file['target_description'];
  return {
    tool: 'pyinstrument',
    ...(durationNs === undefined ? {} : { durationNs }),
    ...(cpuNs === undefined ? {} : { cpuNs }),
    ...(intervalNs === undefined ? {} : { intervalNs }),
    ...(typeof samples === 'number' && Number.isSafeInteger(samples) ? { samples } : {}),
    ...(typeof target === 'string' ? { command: target.replace(/^Program: /, '') } : {}),
  };
}
