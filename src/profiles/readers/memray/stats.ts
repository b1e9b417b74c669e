import type { Frame, LineProfile, LineRow } from '#profiles';
import { asCost, asList, asObject, asText, isObject, lineOf, parseJson, type Json } from '../json.ts';
import { refuse } from '../refusal.ts';

/** What memray writes for allocations outside of Python. */
const UNAVAILABLE = '<stack trace unavailable>';

/** `memray stats --json`: the places that allocated most bytes and most often, over the whole run. */
export function readStats(bytes: Uint8Array): LineProfile {
  const file = asObject(parseJson(bytes), 'the file');
  const places = new Map<string, { size: number; count: number }>();
  const place = (value: unknown): { size: number; count: number } => {
    const location = asText(asObject(value, 'a place')['location'], 'a place');
    const known = places.get(location) ?? { size: 0, count: 0 };
    places.set(location, known);
    return known;
  };
  for (const value of asList(file['top_allocations_by_size'], 'the list by size')) {
    place(value).size = asCost(asObject(value, 'a place')['size'], 'a size');
  }
  for (const value of asList(file['top_allocations_by_count'], 'the list by count')) {
    place(value).count = asCost(asObject(value, 'a place')['count'], 'a count');
  }
  const frames: Frame[] = [];
  const indexes = new Map<string, number>();
  const rows = [...places].flatMap(([location, { size, count }]): LineRow[] => {
    if (location === UNAVAILABLE) return [];
    const [, name = '', path = '', line] = /^([^:]*):(.+):(\d+)$/s.exec(location) ?? [];
    const number = lineOf(Number(line));
    if (number === undefined) throw refuse(`this is no place: ${location.slice(0, 80)}`);
    const key = `${path}:${name}`;
    const frame = indexes.get(key) ?? frames.push({ name, file: path, origin: 'unknown' }) - 1;
    indexes.set(key, frame);
    return [{ frame, line: number, self: [size, count] }];
  });
  return {
    format: 'memray',
    shape: 'lines',
    charged: 'self',
    metrics: [
      { name: 'allocated', unit: 'bytes' },
      { name: 'allocations', unit: 'count' },
    ],
    frames,
    rows,
    source: { tool: 'memray', ...describeRun(file['metadata']) },
    doubts: [
      {
        code: 'only-largest-listed',
        text:
          'Only the largest places are listed: 0 means that a place is not in that list. All together: ' +
          `${String(asCost(file['total_bytes_allocated'], 'the total'))} bytes in ` +
          `${String(asCost(file['total_num_allocations'], 'the total'))} allocations.`,
      },
      ...(isObject(file['metadata']) && file['metadata']['trace_python_allocators'] === false
        ? [
            {
              code: 'stacks-incomplete' as const,
              text: 'Objects of up to 512 bytes are missing: Python takes them out of pools (--trace-python-allocators shows them).',
            },
          ]
        : []),
    ],
  };
}

function describeRun(metadata: unknown): {
  readonly command?: string;
  readonly pid?: number;
  readonly peakBytes?: number;
} {
  if (!isObject(metadata)) return {};
  const text = (key: string, of: Json = metadata) => (typeof of[key] === 'string' ? of[key] : undefined);
  const whole = (key: string) =>
    Number.isSafeInteger(metadata[key]) ? (metadata[key] as number) : undefined;
  const command = text('command_line');
  const pid = whole('pid');
  const peakBytes = whole('peak_memory');
  return {
    ...(command === undefined ? {} : { command }),
    ...(pid === undefined ? {} : { pid }),
    ...(peakBytes === undefined ? {} : { peakBytes }),
  };
}
