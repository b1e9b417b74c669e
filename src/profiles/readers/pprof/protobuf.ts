import { refuse } from '../refusal.ts';

/** A message of protocol buffers as its fields come: numbers as they are, everything else as the bytes of it. */
export function readFields(
  bytes: Uint8Array,
  field: (number: number, value: number | Uint8Array) => void,
): void {
  const cursor = { at: 0 };
  while (cursor.at < bytes.length) {
    const key = readVarint(bytes, cursor);
    const number = Math.floor(key / 8);
    const wire = key % 8;
    if (number === 0) throw refuse(`this is no field (byte ${String(cursor.at)} of ${String(bytes.length)})`);
    if (wire === 0) field(number, readVarint(bytes, cursor));
    else {
      const length = wire === 2 ? readVarint(bytes, cursor) : wire === 1 ? 8 : wire === 5 ? 4 : NaN;
      if (!(length <= bytes.length - cursor.at)) throw refuse('the data ends too early');
      const start = cursor.at;
      cursor.at += length;
      if (wire === 2) field(number, bytes.subarray(start, cursor.at));
    }
  }
}

/** The numbers of a repeated field, packed or one by one. */
export function readNumbers(value: number | Uint8Array): number[] {
  if (typeof value === 'number') return [value];
  const numbers: number[] = [];
  const cursor = { at: 0 };
  while (cursor.at < value.length) numbers.push(readVarint(value, cursor));
  return numbers;
}

/** Up to 64 bits; above 2 ** 53 the last digits are lost, and negative numbers come out as very large ones. */
function readVarint(bytes: Uint8Array, cursor: { at: number }): number {
  let value = 0;
  let factor = 1;
  for (let count = 0; count < 10; count += 1) {
    const byte = bytes[cursor.at];
    if (byte === undefined) throw refuse('the data ends too early');
    cursor.at += 1;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  throw refuse('a number has too many digits');
}

/** Writes a message field by field. */
export class MessageWriter {
  private readonly bytes: number[] = [];

  number(field: number, value: number): this {
    if (value === 0) return this;
    this.varint(field * 8);
    this.varint(value);
    return this;
  }

  message(field: number, content: Uint8Array): this {
    this.varint(field * 8 + 2);
    this.varint(content.length);
    for (const byte of content) this.bytes.push(byte);
    return this;
  }

  numbers(field: number, values: readonly number[]): this {
    const packed = new MessageWriter();
    for (const value of values) packed.varint(value);
    return this.message(field, packed.finish());
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.bytes);
  }

  private varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.bytes.push(rest);
  }
}
