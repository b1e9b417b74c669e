import { GrowingBuffer } from './growing-buffer.ts';

/** The beginning of a stream: what comes after the limit is dropped. */
export class Head {
  readonly #bytes = new GrowingBuffer();
  readonly #limit: number;
  #truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** True when something was dropped. */
  get truncated(): boolean {
    return this.#truncated;
  }

  add(chunk: Buffer): void {
    const room = this.#limit - this.#bytes.size;
    if (chunk.length > room) this.#truncated = true;
    if (room > 0) this.#bytes.add(chunk.subarray(0, room));
  }

  text(): string {
    const text = this.#bytes.view().toString('utf8');
    // A limit inside a character leaves its first bytes.
    return this.#truncated ? text.replace(/\uFFFD$/, '') : text;
  }
}

/** The end of a stream. */
export class Tail {
  readonly #bytes = new GrowingBuffer();
  readonly #limit: number;
  #dropped = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    if (this.#bytes.size + chunk.length > this.#limit) this.#dropped = true;
    this.#bytes.add(chunk.subarray(-this.#limit));
    // Moved only when twice the limit is there, so that a byte at a time costs no move each.
    if (this.#bytes.size >= 2 * this.#limit) this.#bytes.keepLast(this.#limit);
  }

  text(): string {
    const text = this.#bytes.view().subarray(-this.#limit).toString('utf8');
    return this.#dropped ? `…${text.replace(/^\uFFFD+/, '')}` : text;
  }
}
