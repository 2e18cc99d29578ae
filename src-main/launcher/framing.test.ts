import { mkdtempSync, rmSync, statSync } from 'node:fs';
import type { Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bookFrame, jsonFrame, readFrames } from './framing.ts';
import { connectLocal, listenLocal, socketPath } from './local-socket.ts';

let dir: string;
let server: Server;
let sender: Socket;
let heard: string[];
let wake: () => void;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'leeward-frames-'));
  // Its own list: the connection of the test before may still be closing.
  const lines: string[] = [];
  heard = lines;
  wake = () => undefined;
  const hear = (text: string): void => {
    lines.push(text);
    wake();
  };
  server = await listenLocal(socketPath(dir, 'test'), (socket) => {
    readFrames(socket, {
      onJson: (message) => hear(`json ${JSON.stringify(message)}`),
      onBook: (bytes) => hear(`book ${[...new Float64Array(new Uint8Array(bytes).buffer)].join(' ')}`),
      onBroken: (detail) => hear(detail),
    });
    socket.on('close', () => hear('closed'));
  });
  sender = await connectLocal(socketPath(dir, 'test'));
});
afterEach(() => {
  sender.destroy();
  server.close();
  rmSync(dir, { recursive: true });
});

const untilHeard = async (count: number): Promise<readonly string[]> => {
  while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve));
  return heard;
};

describe('frames on a local socket', () => {
  it('arrive whole and in order however the stream cuts them', async () => {
    const bytes = Buffer.concat([jsonFrame({ a: 'é' }), bookFrame(new Float64Array([1, -2.5])), jsonFrame([2])]);
    for (const byte of bytes) sender.write(Buffer.of(byte));
    expect(await untilHeard(3)).toEqual(['json {"a":"é"}', 'book 1 -2.5', 'json [2]']);
  });

  it('carry exactly the values of a view, not the buffer behind it', async () => {
    sender.write(bookFrame(new Float64Array([1, 2, 3, 4]).subarray(1, 3)));
    expect(await untilHeard(1)).toEqual(['book 2 3']);
  });

  it.each<[string, Buffer, string]>([
    ['an empty frame', Buffer.of(0, 0, 0, 0, 0), 'expected a frame of 1 to 8388608 bytes, was 0'],
    ['a huge frame', Buffer.of(0, 0, 0, 255, 0), 'expected a frame of 1 to 8388608 bytes, was 4278190080'],
    ['text that is no JSON', Buffer.of(2, 0, 0, 0, 0, 123), 'expected JSON in the frame, was other text'],
  ])('end with the connection at %s', async (_name, bytes, detail) => {
    sender.resume();
    sender.write(bytes);
    expect(await untilHeard(2)).toEqual([detail, 'closed']);
  });
});

describe('a local socket', () => {
  it.runIf(process.platform !== 'win32')('is open to this user alone', () => {
    expect(statSync(socketPath(dir, 'test')).mode & 0o777).toBe(0o600);
  });

  it('moves to a short name where the folder is too deep for the system', () => {
    const deep = join(dir, 'x'.repeat(120));
    expect(socketPath(deep, 'engine').length).toBeLessThan(100);
    expect(socketPath(deep, 'engine')).not.toBe(socketPath(`${deep}y`, 'engine'));
  });

  it('throws when nobody listens', async () => {
    await expect(connectLocal(join(dir, 'nobody.sock'))).rejects.toThrow(/ENOENT/);
  });
});
