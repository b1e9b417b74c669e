import type { Metric, Source, StackProfile, Thread } from '#profiles';
import { JsonScanner } from '../json-scanner.ts';
import { fileOf, isObject, lineOf } from '../json.ts';
import { isLauncher } from '../launchers.ts';
import type { Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import { doubtSamples } from '../sample-doubts.ts';
import { NO_FRAMES, NONE, StackFolder } from '../stack-folder.ts';
import { readRawProfile, type RawProfile } from './raw-profile.ts';
import { writeSpeedscope } from './write.ts';

/**
 * The file format of speedscope (https://www.speedscope.app/file-format-schema.json): a table of frames and profiles
 * of samples or events. Written by py-spy, memray, pyinstrument and many others. The order of the samples is not kept.
 */
export const speedscope: Reader = {
  format: 'speedscope',
  title: 'speedscope JSON (py-spy, memray, pyinstrument …)',
  recognises: (head) => {
    const text = new TextDecoder().decode(head);
    if (!/^\uFEFF?\s*\{/.test(text)) return false;
    return (
      text.includes('://www.speedscope.app/file-format-schema.json"') ||
      /"shared"\s*:\s*\{\s*"frames"\s*:/.test(text) ||
      /"profiles"\s*:\s*\[\s*\{\s*"type"\s*:\s*"(?:sampled|evented)"/.test(text)
    );
  },
  read: readSpeedscope,
  write: writeSpeedscope,
};

const NANOSECONDS: Readonly<Record<string, number>> = {
  seconds: 1e9,
  milliseconds: 1e6,
  microseconds: 1e3,
  nanoseconds: 1,
};

const PROCESS = /^process \d+:"/;
/** What a raw node without a place of its own is. Below a process text that is executed is its program (`python -c`). */
const PROCESS_ITSELF = 1;
const LAUNCHER = 2;

interface RawFrame {
  readonly name: string;
  readonly file: string | undefined;
  readonly line: number | undefined;
  /** The line on which the function begins, which only strop writes beside the line that ran. */
  readonly first: number | undefined;
}

function readSpeedscope(bytes: Uint8Array): StackProfile {
  const scanner = new JsonScanner(bytes);
  const frames: RawFrame[] = [];
  const profiles: RawProfile[] = [];
  let exporter = '';
  const members = new Set<string>();
  scanner.object((key) => {
    members.add(key);
    if (key === 'profiles') scanner.list(() => profiles.push(readRawProfile(scanner)));
    else if (key === 'shared') {
      scanner.object((member) => {
        if (member !== 'frames') scanner.skip();
        else scanner.list(() => frames.push(toFrame(scanner.value())));
      });
    } else if (key === 'exporter') exporter = String(scanner.value());
    else scanner.skip();
  });
  scanner.end();
  if (!members.has('shared') || profiles.length === 0) throw refuse('there is no profile in it');
  return merge(frames, profiles, exporter);
}

function toFrame(value: unknown): RawFrame {
  if (!isObject(value) || typeof value['name'] !== 'string') throw refuse('a frame is malformed');
  return {
    name: value['name'],
    file: fileOf(value['file']),
    line: lineOf(value['line']),
    first: lineOf(value['stropFirstLine']),
  };
}

function merge(frames: readonly RawFrame[], profiles: readonly RawProfile[], exporter: string): StackProfile {
  const [tool = '', toolVersion] = exporter.split('@');
  const metrics: Metric[] = [];
  const slots = profiles.map((profile) => {
    const metric = nameMetric(profile, tool);
    const known = metrics.findIndex((other) => other.name === metric.name && other.unit === metric.unit);
    return known >= 0 ? known : metrics.push(metric) - 1;
  });
  const threads: Thread[] = [];
  const folder = new StackFolder(metrics.length);
  const names = nameFrames(frames, tool, folder);
  const threadNumbers = numberThreads(profiles, slots, threads);
  let total = 0;
  let cut = 0;
  for (const [index, profile] of profiles.entries()) {
    const raw = profile.folder;
    const metric = slots[index] ?? 0;
    const factor = NANOSECONDS[profile.unit] ?? 1;
    const thread = threadNumbers[index] ?? NONE;
    // For each raw node its node here; NONE for the frames of a launcher.
    const places = new Int32Array(raw.size);
    const launched = new Uint8Array(raw.size);
    let blank = profile.blank;
    for (let node = 0; node < raw.size; node += 1) {
      const parent = raw.parentOf(node);
      const above = parent === NONE ? NONE : (places[parent] ?? NONE);
      const frame = names[raw.frameOf(node)];
      if (frame === undefined) throw refuse('a sample names a frame that is not in the table');
      const cost = raw.costOf(node) * factor;
      if (metric === 0) total += cost;
      // py-spy draws the process as a caller; it is in the name of the profile too.
      if (parent === NONE && frame.file === undefined && PROCESS.test(frame.name)) {
        launched[node] = PROCESS_ITSELF;
        places[node] = NONE;
        blank += raw.costOf(node);
        continue;
      }
      const isBelow = parent === NONE || launched[parent] !== 0;
      if (above === NONE && isBelow && isLauncher(frame.file, frame.name, launched[parent] === LAUNCHER)) {
        launched[node] = LAUNCHER;
        places[node] = NONE;
        if (metric === 0) cut += cost;
        continue;
      }
      // pyinstrument draws the time of a function itself as a callee.
      const isSelf = tool === 'pyinstrument' && frame.name === '[self]' && above !== NONE;
      const place = isSelf
        ? above
        : folder.child(above, frame.index, frame.line, above === NONE ? thread : NONE);
      places[node] = place;
      folder.add(place, cost, metric);
    }
    if (blank > 0)
      folder.add(folder.child(NONE, folder.frame(NO_FRAMES), NONE, thread), blank * factor, metric);
    if (metric === 0) total += profile.blank * factor;
  }
  const folded = folder.finish(true);
  const samples = profiles.reduce(
    (sum, profile, index) => sum + (slots[index] === 0 ? (profile.samples ?? 0) : 0),
    0,
  );
  const isSampled =
    tool !== 'memray' && metrics[0]?.unit === 'ns' && profiles.every((each) => each.samples !== undefined);
  return {
    format: 'speedscope',
    shape: 'stacks',
    metrics,
    ...folded,
    ...(threads.length === 0 ? {} : { threads }),
    source: {
      ...(tool === '' ? {} : { tool }),
      ...(toolVersion === undefined ? {} : { toolVersion }),
      ...(isSampled ? { samples, ...findInterval(profiles) } : {}),
    },
    doubts: doubtSamples(isSampled ? samples : Infinity, total > 0 ? cut / total : 0),
  };
}

function findInterval(profiles: readonly RawProfile[]): Pick<Source, 'intervalNs'> {
  const [first] = profiles;
  if (
    first?.weight === undefined ||
    profiles.some((each) => each.samples !== 0 && each.weight !== first.weight)
  )
    return {};
  return { intervalNs: Math.round(first.weight * (NANOSECONDS[first.unit] ?? 1)) };
}

function nameMetric({ unit, metric }: RawProfile, tool: string): Metric {
  if (unit in NANOSECONDS) return { name: metric ?? 'wall', unit: 'ns' };
  if (unit === 'bytes') return { name: metric ?? 'allocated', unit: 'bytes' };
  if (unit === 'none')
    return { name: metric ?? (tool === 'memray' ? 'allocations' : 'samples'), unit: 'count' };
  throw refuse(`the unit ${JSON.stringify(unit)} is not known`);
}

interface NamedFrame {
  readonly index: number;
  readonly name: string;
  readonly file: string | undefined;
  /** The line that ran, or NONE. */
  readonly line: number;
}

/**
 * The format does not say which line of a function `line` is. py-spy and memray write the line that ran, pyinstrument
 * the first one; of others it is the line that ran when one function comes with several.
 */
function nameFrames(frames: readonly RawFrame[], tool: string, folder: StackFolder): readonly NamedFrame[] {
  const isRunning =
    tool === 'py-spy' || tool === 'memray' || (tool !== 'pyinstrument' && hasSeveralLines(frames));
  return frames.map(({ name, file, line, first }): NamedFrame => {
    if (tool === 'strop') return { index: folder.frame(name, file, first), name, file, line: line ?? NONE };
    if (isRunning)
      return {
        index: folder.frame(name, file),
        name,
        file,
        line: (file === undefined ? NONE : line) ?? NONE,
      };
    return { index: folder.frame(name, file, file === undefined ? undefined : line), name, file, line: NONE };
  });
}

function hasSeveralLines(frames: readonly RawFrame[]): boolean {
  const lines = new Map<string, number | undefined>();
  return frames.some(({ name, file, line }) => {
    const key = `${file ?? ''}\0${name}`;
    if (lines.has(key) && lines.get(key) !== line) return true;
    lines.set(key, line);
    return false;
  });
}

/** Profiles of one metric are the threads; several of different metrics are one recording seen twice. */
function numberThreads(
  profiles: readonly RawProfile[],
  slots: readonly number[],
  threads: Thread[],
): number[] {
  const hasThreads = new Set(slots).size < slots.length;
  const numbers = new Map<string, number>();
  return profiles.map((profile) => {
    const named = /^(?:Process (\d{1,9}) )?Thread (\d{1,15})(?: "(.*)")?$/s.exec(profile.name);
    if (named === null && !hasThreads) return NONE;
    const known = numbers.get(profile.name);
    if (known !== undefined) return known;
    const pid = named?.[1] === undefined ? {} : { pid: Number(named[1]) };
    const name = named === null ? profile.name : named[3];
    const id = named === null ? {} : { id: Number(named[2]) };
    const number = threads.push({ ...pid, ...id, ...(name === undefined ? {} : { name }) }) - 1;
    numbers.set(profile.name, number);
    return number;
  });
}
