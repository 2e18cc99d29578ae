import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { ClientOutput } from './client-session.ts';
import { servePort } from './port-client.ts';

class Port extends EventEmitter {
  readonly sent: unknown[] = [];
  started = false;
  postMessage(message: unknown): void {
    this.sent.push(message);
  }
  start(): void {
    this.started = true;
  }
  close(): void {
    this.emit('close');
  }
}

function served() {
  const port = new Port();
  const received: unknown[] = [];
  let closed = 0;
  let output: ClientOutput | undefined;
  servePort(port, {
    open: (opened) => {
      output = opened;
      return { receive: (message) => received.push(message), close: () => (closed += 1) };
    },
  });
  return { port, received, closedCount: () => closed, output: output! };
}

describe('a terminal on a port', () => {
  it('hands its words to the door once listening, and says when it is gone', () => {
    const { port, received, closedCount } = served();
    expect(port.started).toBe(true);
    port.emit('message', { data: { t: 'hello' } });
    expect(received).toEqual([{ t: 'hello' }]);
    port.emit('close');
    expect(closedCount()).toBe(1);
  });

  it('sends a copy of exactly the frame, not the buffer behind it', () => {
    const { port, output } = served();
    const buffer = new Float64Array([1, 2, 3, 4]);
    output.sendBook(buffer.subarray(1, 3));
    buffer.fill(0);
    const [frame] = port.sent as Float64Array[];
    expect(frame).toEqual(new Float64Array([2, 3]));
    expect(frame?.buffer.byteLength).toBe(16);
  });
});
