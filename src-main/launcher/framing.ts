import type { Socket } from 'node:net';

/** Frames on a local socket: 4 bytes little-endian length of the rest, one byte of type, the body. */
const JSON_FRAME = 0;
const BOOK_FRAME = 1;
const HEADER = 5;
const MAX_FRAME = 8 * 1024 * 1024;

export function jsonFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message));
  return framed(JSON_FRAME, body);
}

export function bookFrame(values: Float64Array): Buffer {
  return framed(BOOK_FRAME, Buffer.from(values.buffer, values.byteOffset, values.byteLength));
}

export type FrameListener = {
  onJson(message: unknown): void;
  /** Raw little-endian Float64 values, copied out of the stream. */
  onBook(bytes: Buffer): void;
  /** The peer broke the framing; the socket is destroyed. */
  onBroken(detail: string): void;
};

/** Splits the byte stream of `socket` into frames. */
export function readFrames(socket: Socket, listener: FrameListener): void {
  let pending: Buffer = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    let offset = 0;
    while (pending.length - offset >= HEADER) {
      const length = pending.readUInt32LE(offset);
      if (length < 1 || length > MAX_FRAME)
        return broken(socket, listener, `expected a frame of 1 to ${MAX_FRAME} bytes, was ${length}`);
      if (pending.length - offset < 4 + length) break;
      const body = pending.subarray(offset + HEADER, offset + 4 + length);
      if (!deliver(pending[offset + 4], body, listener))
        return broken(socket, listener, 'expected JSON in the frame, was other text');
      offset += 4 + length;
    }
    pending = pending.subarray(offset);
  });
}

function deliver(type: number | undefined, body: Buffer, listener: FrameListener): boolean {
  if (type === BOOK_FRAME) {
    listener.onBook(Buffer.from(body));
    return true;
  }
  let message: unknown;
  try {
    message = JSON.parse(body.toString('utf8'));
  } catch {
    return false;
  }
  listener.onJson(message);
  return true;
}

function broken(socket: Socket, listener: FrameListener, detail: string): void {
  listener.onBroken(detail);
  socket.destroy();
}

function framed(type: number, body: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + body.length);
  frame.writeUInt32LE(body.length + 1, 0);
  frame[4] = type;
  body.copy(frame, HEADER);
  return frame;
}
