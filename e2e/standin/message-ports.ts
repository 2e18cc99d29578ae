import { EventEmitter } from 'node:events';

/** Where a port's messages go once it was transferred to another process. */
export type PortSink = { message(data: unknown): void; closed(): void };
type PortEvent = { readonly data: unknown; readonly ports: readonly StandinPort[] };

/** One end of a main-process channel. Messages wait until `start`, as in Electron; a transferred end becomes a relay. */
export class StandinPort extends EventEmitter implements Pick<Electron.MessagePortMain, 'start' | 'close'> {
  #peer: StandinPort | undefined;
  #sink: PortSink | undefined;
  #started = false;
  #closed = false;
  #waiting: unknown[] = [];

  static pair(): { readonly port1: StandinPort; readonly port2: StandinPort } {
    const port1 = new StandinPort();
    const port2 = new StandinPort();
    port1.#peer = port2;
    port2.#peer = port1;
    return { port1, port2 };
  }

  postMessage(data: unknown, transfer: readonly unknown[] = []): void {
    if (this.#sink) throw new Error('expected a port that was not transferred');
    if (transfer.length > 0) throw new Error('stand-in: transfer over a port is not implemented');
    this.#peer?.receive(structuredClone(data));
  }

  start(): void {
    this.#started = true;
    for (const data of this.#waiting.splice(0)) this.#deliver(data);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#peer?.peerClosed();
  }

  /** Hands this end to another process: what its peer says goes to `sink`. */
  transferTo(sink: PortSink): void {
    if (this.#sink) throw new Error('expected a port that was not transferred');
    this.#sink = sink;
    // What waits leaves after the message that carries the port.
    queueMicrotask(() => this.start());
  }

  /** What the other process said on this transferred end. */
  relay(data: unknown): void {
    this.#peer?.receive(data);
  }

  private receive(data: unknown): void {
    if (this.#closed) return;
    if (this.#started) this.#deliver(data);
    else this.#waiting.push(data);
  }

  private peerClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#sink) this.#sink.closed();
    else setImmediate(() => this.emit('close'));
  }

  #deliver(data: unknown): void {
    if (this.#sink) this.#sink.message(data);
    else setImmediate(() => this.emit('message', { data, ports: [] } satisfies PortEvent));
  }
}

export class MessageChannelMain {
  readonly port1: StandinPort;
  readonly port2: StandinPort;

  constructor() {
    const { port1, port2 } = StandinPort.pair();
    this.port1 = port1;
    this.port2 = port2;
  }
}

/** The transferred ends of one process, by name, with what they need to be reached from there. */
export class PortRelays {
  readonly #ports = new Map<string, StandinPort>();
  #nextId = 1;

  /** Names each port and sends its peer's words through `send`. */
  transfer(transfer: readonly unknown[], send: (id: string, data: unknown, closed: boolean) => void): string[] {
    return transfer.map((port) => {
      if (!(port instanceof StandinPort)) throw new Error('Invalid value for transfer');
      const id = `p${this.#nextId++}`;
      this.#ports.set(id, port);
      port.transferTo({ message: (data) => send(id, data, false), closed: () => send(id, undefined, true) });
      return id;
    });
  }

  relay(id: string, data: unknown): void {
    this.#ports.get(id)?.relay(data);
  }

  close(id: string): void {
    this.#ports.get(id)?.close();
    this.#ports.delete(id);
  }

  /** The process is gone. */
  closeAll(): void {
    for (const id of [...this.#ports.keys()]) this.close(id);
  }
}
