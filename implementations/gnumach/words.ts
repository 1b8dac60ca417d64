/** Records of 32-bit words, little endian: how a batch of programs is written. */
export class Words {
  private buffer = Buffer.alloc(1024);
  private used = 0;

  get length(): number { return this.used; }

  word(value: number): this {
    this.reserve(4);
    this.buffer.writeUInt32LE(value >>> 0, this.used);
    this.used += 4;
    return this;
  }

  words(values: readonly number[]): this {
    for (const value of values) this.word(value);
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.used);
    this.used += bytes.length;
    return this;
  }

  /** The words so far; later ones do not change it. */
  take(): Buffer { return Buffer.from(this.buffer.subarray(0, this.used)); }

  private reserve(more: number): void {
    if (this.used + more <= this.buffer.length) return;
    const grown = Buffer.alloc(Math.max(this.buffer.length * 2, this.used + more));
    grown.set(this.buffer.subarray(0, this.used));
    this.buffer = grown;
  }
}
