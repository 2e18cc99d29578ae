import type { StreamConnection } from '../../../adapters/kraken/private-stream.ts';
import type { ConnectionEvents } from '../../../adapters/venue-connection/market-connection.ts';
import type { PrivateChannels } from '../../../practice-exchange/kraken/private-channels.ts';
import type { SocketRequest } from '../../../practice-exchange/kraken/socket-hub.ts';
import type { EventReceiver } from '../../../practice-exchange/protocol/user-data.ts';
import { Delivery } from './delivery.ts';
import type { Wire } from './wire.ts';

const BACKOFF_MS = 250;

type SocketParts = { readonly channels: PrivateChannels; readonly wire: Wire };

/** The private stream's socket within the process: it opens, is lost, opens again. */
export class KrakenSocket implements StreamConnection {
  generation = 0;
  private readonly parts: SocketParts;
  private readonly events: ConnectionEvents;
  private readonly delivery: Delivery<string>;
  private receiver: EventReceiver | undefined;
  private readonly closers: (() => void)[] = [];
  private refusedUntilUs = 0;
  private isClosed = false;

  constructor(parts: SocketParts, events: ConnectionEvents) {
    this.parts = parts;
    this.events = events;
    this.delivery = new Delivery(parts.wire);
    this.openAfter(parts.wire.latencyMs() * 2);
  }

  send(text: string): void {
    const { channels, wire } = this.parts;
    const { receiver } = this;
    if (receiver === undefined) return;
    wire.clock.after(wire.latencyMs(), () => {
      if (this.receiver !== receiver) return;
      const request = JSON.parse(text) as SocketRequest;
      for (const answer of channels.answer(receiver, request) ?? [])
        receiver.send(JSON.stringify({ method: request.method, ...answer }));
    });
  }

  reconnect(reason: string): void {
    if (this.receiver === undefined) return;
    this.end();
    this.events.onDown(reason);
    this.openAfter(BACKOFF_MS);
  }

  /** Broken from outside, and refused for as long. */
  lose(forMs: number): void {
    this.refusedUntilUs = this.parts.wire.clock.monotonicUs() + forMs * 1000;
    this.reconnect('socket closed with code 1006');
  }

  close(): void {
    this.isClosed = true;
    this.end();
  }

  private openAfter(ms: number): void {
    const { clock } = this.parts.wire;
    clock.after(ms, () => {
      if (this.isClosed) return;
      if (clock.monotonicUs() < this.refusedUntilUs) this.openAfter(BACKOFF_MS);
      else this.open();
    });
  }

  private open(): void {
    const generation = ++this.generation;
    const receiver: EventReceiver = {
      send: (text) =>
        this.delivery.take(text, (message) => {
          if (this.receiver === receiver) this.events.onMessage(Buffer.from(message), generation);
        }),
      once: (_event, listener) => this.closers.push(listener),
    };
    this.receiver = receiver;
    this.events.onUp(generation);
  }

  private end(): void {
    this.receiver = undefined;
    this.delivery.clear();
    for (const close of this.closers.splice(0)) close();
  }
}
