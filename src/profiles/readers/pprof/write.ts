import type { StackProfile } from '#profiles';
import { gzipStored } from '../inflate.ts';
import { MessageWriter } from './protobuf.ts';

const UNITS = { ns: 'nanoseconds', bytes: 'bytes', count: 'count' } as const;

/** A profile for `go tool pprof` and everything else that reads pprof; threads are not written. */
export function writePprof(profile: StackProfile): Uint8Array {
  const texts = new Map<string, number>([['', 0]]);
  const text = (value: string): number => {
    const known = texts.get(value);
    if (known !== undefined) return known;
    texts.set(value, texts.size);
    return texts.size - 1;
  };
  const parts: Uint8Array[] = [];
  const part = (field: number, message: MessageWriter): void => {
    parts.push(new MessageWriter().message(field, message.finish()).finish());
  };
  for (const { name, unit } of profile.metrics)
    part(1, new MessageWriter().number(1, text(name)).number(2, text(UNITS[unit])));

  const locations = new Map<string, number>();
  const paths: (readonly number[])[] = [];
  for (const node of profile.nodes) {
    const key = `${String(node.frame)}:${String(node.line ?? 0)}`;
    let location = locations.get(key);
    if (location === undefined) {
      location = locations.size + 1;
      locations.set(key, location);
      const line = new MessageWriter().number(1, node.frame + 1).number(2, node.line ?? 0);
      part(4, new MessageWriter().number(1, location).message(4, line.finish()));
    }
    const path = [location, ...(paths[node.parent] ?? [])];
    paths.push(path);
    if (node.self.some((value) => value > 0))
      part(2, new MessageWriter().numbers(1, path).numbers(2, node.self.map(Math.round)));
  }
  for (const [index, { name, file, line }] of profile.frames.entries()) {
    const made = new MessageWriter()
      .number(1, index + 1)
      .number(2, text(name))
      .number(3, text(name));
    part(5, made.number(4, text(file ?? '')).number(5, line ?? 0));
  }
  const encoder = new TextEncoder();
  for (const value of texts.keys())
    parts.push(new MessageWriter().message(6, encoder.encode(value)).finish());
  const { durationNs } = profile.source ?? {};
  if (durationNs !== undefined) parts.push(new MessageWriter().number(10, durationNs).finish());
  const content = new Uint8Array(parts.reduce((sum, bytes) => sum + bytes.length, 0));
  let at = 0;
  for (const bytes of parts) {
    content.set(bytes, at);
    at += bytes.length;
  }
  return gzipStored(content);
}
