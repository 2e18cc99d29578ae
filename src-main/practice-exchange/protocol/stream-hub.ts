import type { WebSocket } from 'ws';
import type { Print } from '../matching/exchange-events.ts';
import type { PracticeVenue } from '../practice-venue.ts';
import type { Channel } from './stream-channel.ts';

/** How often channels look for something to send. Depth goes out every fourth time, bars every fortieth. */
export const PULSE_MS = 25;
/** A reader this far behind will not catch up. */
const MAX_BACKLOG_BYTES = 32 * 1024 * 1024;
const MAX_STREAMS = 1024;

export type StreamClient = {
  readonly socket: WebSocket;
  /** Sends `{stream, data}` instead of the bare event. */
  isCombined: boolean;
  readonly streams: Set<string>;
};

/** Hears each event at the moment it goes out, for measurements. */
export type StreamObserver = (stream: string, event: string) => void;

/** The product whose market data a hub tells. */
export type StreamBoard = Pick<PracticeVenue, 'clock' | 'faults' | 'listenPrints' | 'listenJumps'>;

export type HubParts = {
  readonly board: StreamBoard;
  /** Undefined for names that are no stream of a known symbol. */
  readonly open: (name: string) => Channel | undefined;
  readonly onSend?: StreamObserver | undefined;
};

type Line = { readonly channel: Channel; readonly clients: Set<StreamClient> };

/** Public streams: one channel per stream name while somebody listens, each event encoded once for all of them. */
export class StreamHub {
  private readonly parts: HubParts;
  private readonly lines = new Map<string, Line>();
  private pulses = 0;

  constructor(parts: HubParts) {
    this.parts = parts;
    parts.board.listenPrints((print) => this.print(print));
    parts.board.listenJumps((symbol) => this.disconnect(symbol));
  }

  get count(): number {
    return this.lines.size;
  }

  /** Subscribes to streams; names of unknown symbols stay silent, as at the venue. Denies beyond 1024 streams. */
  subscribe(client: StreamClient, names: readonly string[]): boolean {
    if (client.streams.size + names.length > MAX_STREAMS) return false;
    for (const name of names) {
      client.streams.add(name);
      const line = this.lines.get(name) ?? this.open(name);
      line?.clients.add(client);
    }
    return true;
  }

  unsubscribe(client: StreamClient, names: readonly string[]): void {
    for (const name of names) {
      client.streams.delete(name);
      const line = this.lines.get(name);
      if (line === undefined) continue;
      line.clients.delete(client);
      if (line.clients.size > 0) continue;
      line.channel.close();
      this.lines.delete(name);
    }
  }

  /** Lets each channel send what is due. */
  pulse(): void {
    this.pulses += 1;
    const { marketMs } = this.parts.board.clock.now();
    for (const [name, { channel, clients }] of this.lines) {
      for (const text of channel.due(this.pulses, marketMs)) this.send(name, clients, text);
    }
  }

  /** A jump of the recording looks like a reconnect: clients take a fresh snapshot. */
  private disconnect(symbol: string): void {
    const prefix = `${symbol.toLowerCase()}@`;
    for (const [name, { clients }] of this.lines) {
      if (name.startsWith(prefix)) for (const client of clients) client.socket.close(1001);
    }
  }

  private print(print: Print): void {
    const symbol = print.symbol.toLowerCase();
    for (const kind of ['trade', 'aggTrade']) {
      const name = `${symbol}@${kind}`;
      const line = this.lines.get(name);
      if (line === undefined) continue;
      const text = line.channel.printed(print);
      if (text !== null) this.send(name, line.clients, text);
    }
  }

  private open(name: string): Line | undefined {
    const channel = this.parts.open(name);
    if (channel === undefined) return undefined;
    const line = { channel, clients: new Set<StreamClient>() };
    this.lines.set(name, line);
    return line;
  }

  private send(name: string, clients: ReadonlySet<StreamClient>, text: string): void {
    if (this.parts.board.faults.strikeStream('silent', name) !== undefined) return;
    this.parts.onSend?.(name, text);
    let bare: Buffer | undefined;
    let combined: Buffer | undefined;
    for (const client of clients) {
      const bytes = client.isCombined
        ? (combined ??= Buffer.from(`{"stream":"${name}","data":${text}}`))
        : (bare ??= Buffer.from(text));
      if (client.socket.bufferedAmount > MAX_BACKLOG_BYTES) client.socket.terminate();
      else client.socket.send(bytes, { binary: false });
    }
  }
}
