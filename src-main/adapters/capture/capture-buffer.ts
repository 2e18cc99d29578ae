/** One compressed member of a segment: small enough that little is lost at kill -9, large enough to compress well. */
const CHUNK_BYTES = 256 * 1024;

export type Chunk = { readonly bytes: Buffer; readonly messages: number };

/** Gathers stamped lines in chunks. On the path of every market message, so it copies and does nothing else. */
export class CaptureBuffer {
  private bytes: Buffer;
  private used = 0;
  private messages = 0;
  private stampMs = -1;
  private readonly stamp = Buffer.alloc(20);
  private readonly full: (chunk: Chunk) => void;

  constructor(full: (chunk: Chunk) => void) {
    this.full = full;
    this.bytes = Buffer.allocUnsafe(CHUNK_BYTES);
  }

  /** `<nanoseconds> <message>`: 19 digits of UTC, as the reader of captures knows it. */
  stamped(data: Uint8Array, nowMs: number): void {
    if (nowMs !== this.stampMs) {
      this.stampMs = nowMs;
      this.stamp.write(`${nowMs}000000 `, 'latin1');
    }
    const length = this.stamp.length + data.length + 1;
    this.makeRoom(length);
    this.bytes.set(this.stamp, this.used);
    this.bytes.set(data, this.used + this.stamp.length);
    this.endLine(length);
  }

  line(text: string): void {
    const length = Buffer.byteLength(text) + 1;
    this.makeRoom(length);
    this.bytes.write(text, this.used);
    this.endLine(length);
  }

  /** Hands over what was gathered. */
  seal(): void {
    if (this.used === 0) return;
    const chunk = { bytes: this.bytes.subarray(0, this.used), messages: this.messages };
    this.bytes = Buffer.allocUnsafe(CHUNK_BYTES);
    this.used = 0;
    this.messages = 0;
    this.full(chunk);
  }

  private makeRoom(length: number): void {
    if (this.used + length <= this.bytes.length) return;
    this.seal();
    // Who took the chunk may have begun the next one with a line of his own.
    if (this.used + length <= this.bytes.length) return;
    // Longer than a chunk.
    const grown = Buffer.allocUnsafe(this.used + length);
    grown.set(this.bytes.subarray(0, this.used));
    this.bytes = grown;
  }

  private endLine(length: number): void {
    this.used += length;
    this.bytes[this.used - 1] = 0x0a;
    this.messages += 1;
  }
}
