/** Bytes that arrive in pieces, however small: one block of memory that doubles, instead of a list of pieces. */
export class GrowingBuffer {
  #block = Buffer.alloc(0);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    const needed = this.#size + piece.length;
    if (needed > this.#block.length) {
      const larger = Buffer.allocUnsafe(Math.max(4096, needed, 2 * this.#block.length));
      this.#block.copy(larger, 0, 0, this.#size);
      this.#block = larger;
    }
    this.#block.set(piece, this.#size);
    this.#size = needed;
  }

  /** All bytes so far; valid until the next change. */
  view(): Buffer {
    return this.#block.subarray(0, this.#size);
  }

  /** Keeps only the last bytes. */
  keepLast(count: number): void {
    if (this.#size <= count) return;
    this.#block.copyWithin(0, this.#size - count, this.#size);
    this.#size = count;
  }

  /** Forgets everything, its memory included. */
  clear(): void {
    this.#block = Buffer.alloc(0);
    this.#size = 0;
  }
}
