/** The beginning of a stream: what comes after the limit is counted as lost, but still read. */
export class Head {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  #size = 0;
  truncated = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    const room = this.#limit - this.#size;
    if (chunk.length > room) this.truncated = true;
    if (room <= 0) return;
    const kept = chunk.length > room ? chunk.subarray(0, room) : chunk;
    this.#chunks.push(kept);
    this.#size += kept.length;
  }

  text(): string {
    const text = Buffer.concat(this.#chunks).toString('utf8');
    // A limit inside a character leaves its first bytes.
    return this.truncated ? text.replace(/\uFFFD$/, '') : text;
  }
}

/** The end of a stream. */
export class Tail {
  readonly #chunks: Buffer[] = [];
  readonly #limit: number;
  #size = 0;
  #dropped = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    for (;;) {
      const first = this.#chunks[0];
      if (first === undefined || this.#size - first.length < this.#limit) return;
      this.#chunks.shift();
      this.#size -= first.length;
      this.#dropped = true;
    }
  }

  text(): string {
    const all = Buffer.concat(this.#chunks);
    const cut = this.#dropped || all.length > this.#limit;
    const text = all.subarray(Math.max(0, all.length - this.#limit)).toString('utf8');
    return cut ? `…${text.replace(/^\uFFFD+/, '')}` : text;
  }
}
