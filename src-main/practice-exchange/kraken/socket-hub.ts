import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { Print } from '../matching/exchange-events.ts';
import { parseJson } from '../protocol/parse-json.ts';
import type { StreamObserver } from '../protocol/stream-hub.ts';
import type { KrakenDesk } from './desk.ts';
import { timeText } from './digits.ts';
import { channelName, type ChannelSpec, isOffered, openPublicChannel, type PublicChannel } from './public-channels.ts';

const REQUEST = z.object({
  method: z.string(),
  req_id: z.number().int().exactOptional(),
  params: z.record(z.string(), z.unknown()).exactOptional(),
});
export type SocketRequest = z.infer<typeof REQUEST>;

const PUBLIC_PARAMS = z.object({
  channel: z.string(),
  symbol: z.array(z.string()).min(1),
  depth: z.number().int().default(10),
  interval: z.number().int().default(1),
  snapshot: z.boolean().exactOptional(),
  event_trigger: z.enum(['trades', 'bbo']).default('trades'),
});
type PublicParams = z.infer<typeof PUBLIC_PARAMS>;

/** Answers what is not a public channel: private channels and trading. Null when it is none of its methods either. */
export type OtherMethods = (socket: WebSocket, request: SocketRequest) => readonly object[] | null;

type Line = { readonly pair: string; readonly channel: PublicChannel; readonly clients: Set<WebSocket> };

const MAX_BACKLOG_BYTES = 32 * 1024 * 1024;
const HEARTBEAT_PULSES = 40;

/** WebSocket v2: public channels, shared by their subscribers. */
export class KrakenSockets {
  private readonly desk: KrakenDesk;
  private readonly other: OtherMethods;
  private readonly onSend: StreamObserver | undefined;
  private readonly lines = new Map<string, Line>();
  private readonly clients = new Set<WebSocket>();
  private readonly heard = new WeakSet<WebSocket>();
  private pulses = 0;
  private connections = 0;

  constructor(desk: KrakenDesk, other: OtherMethods, onSend?: StreamObserver) {
    this.desk = desk;
    this.other = other;
    this.onSend = onSend;
    desk.venue.listen((event) => {
      if (event.kind === 'print') this.print(event);
    });
    desk.venue.listenJumps((symbol) => this.disconnect(symbol));
  }

  get count(): number {
    return this.lines.size;
  }

  serve(socket: WebSocket): void {
    this.clients.add(socket);
    const connection = { version: '2.0.10', system: 'online', api_version: 'v2', connection_id: ++this.connections };
    socket.send(JSON.stringify({ channel: 'status', type: 'update', data: [connection] }));
    socket.on('message', (data: Buffer) => this.hear(socket, data.toString()));
    socket.on('close', () => {
      this.clients.delete(socket);
      for (const [name, line] of this.lines) this.leave(name, line, socket);
    });
  }

  /** Lets each channel send what is due; a socket that heard nothing for a second gets a heartbeat. */
  pulse(): void {
    this.pulses += 1;
    for (const [name, { channel, clients }] of this.lines) {
      for (const text of channel.due(this.pulses)) this.send(name, clients, text);
    }
    if (this.pulses % HEARTBEAT_PULSES !== 0) return;
    for (const socket of this.clients) {
      if (!this.heard.delete(socket)) this.send('kraken heartbeat', [socket], '{"channel":"heartbeat"}');
    }
  }

  private hear(socket: WebSocket, text: string): void {
    const timeIn = timeText(this.desk.venue.clock.apiMs());
    const parsed = REQUEST.safeParse(parseJson(text));
    if (!parsed.success) {
      this.reply(socket, { error: 'Malformed request', success: false }, undefined, timeIn);
      return;
    }
    const { method, req_id: id } = parsed.data;
    if (method === 'ping') {
      if (this.desk.venue.faults.strikeStream('noPong', 'kraken ping') !== undefined) return;
      this.reply(socket, { method: 'pong' }, id, timeIn);
      return;
    }
    const answers = this.other(socket, parsed.data);
    if (answers !== null) for (const answer of answers) this.reply(socket, { method, ...answer }, id, timeIn);
    else if (method === 'subscribe' || method === 'unsubscribe') this.change(socket, parsed.data, timeIn);
    else this.reply(socket, { method, error: 'Unsupported method', success: false }, id, timeIn);
  }

  private change(socket: WebSocket, { method, params, req_id: id }: SocketRequest, timeIn: string): void {
    const parsed = PUBLIC_PARAMS.safeParse(params ?? {});
    if (!parsed.success) {
      this.reply(socket, { method, error: 'Malformed request', success: false }, id, timeIn);
      return;
    }
    for (const symbol of parsed.data.symbol) {
      const problem = this.changeOne(socket, method === 'subscribe', parsed.data, symbol, (result) =>
        this.reply(socket, { method, result, success: true }, id, timeIn),
      );
      if (problem !== null) this.reply(socket, { method, error: problem, success: false, symbol }, id, timeIn);
    }
  }

  /** Answers before the snapshot goes out. Returns what is wrong, or null. */
  private changeOne(
    socket: WebSocket,
    joins: boolean,
    params: PublicParams,
    symbol: string,
    accept: (result: object) => void,
  ): string | null {
    const pair = this.desk.pairs.all.find((one) => one.v2Name === symbol);
    if (pair === undefined) return `Currency pair not supported ${symbol}`;
    const { channel, depth, interval, event_trigger: eventTrigger } = params;
    const spec: ChannelSpec = { channel, pair, size: channel === 'ohlc' ? interval : depth, eventTrigger };
    if (!isOffered(spec)) return channel === 'book' ? 'Subscription depth not supported' : 'Subscription name invalid';
    const name = channelName(spec);
    const line = this.lines.get(name);
    if (joins === (line?.clients.has(socket) === true)) return joins ? 'Already subscribed' : 'Subscription Not Found';
    const wantsSnapshot = params.snapshot ?? channel !== 'trade';
    accept({ channel, symbol, ...sizeOf(spec), ...(joins ? { snapshot: wantsSnapshot } : {}) });
    if (joins) this.join(name, spec, socket, wantsSnapshot);
    else if (line !== undefined) this.leave(name, line, socket);
    return null;
  }

  private join(name: string, spec: ChannelSpec, socket: WebSocket, wantsSnapshot: boolean): void {
    let line = this.lines.get(name);
    if (line === undefined) {
      line = { pair: spec.pair.market.rules.symbol, channel: openPublicChannel(this.desk, spec), clients: new Set() };
      this.lines.set(name, line);
    }
    line.clients.add(socket);
    const snapshot = wantsSnapshot ? line.channel.snapshot() : null;
    if (snapshot !== null) this.send(name, [socket], snapshot);
  }

  private leave(name: string, line: Line, socket: WebSocket): void {
    line.clients.delete(socket);
    if (line.clients.size === 0) this.lines.delete(name);
  }

  private print(print: Print): void {
    for (const [name, { pair, channel, clients }] of this.lines) {
      const text = pair === print.symbol ? channel.printed(print) : null;
      if (text !== null) this.send(name, clients, text);
    }
  }

  /** A jump of the recording looks like a reconnect: clients take a fresh snapshot. */
  private disconnect(symbol: string): void {
    for (const { pair, clients } of this.lines.values()) {
      if (pair === symbol) for (const socket of clients) socket.close(1001);
    }
  }

  private reply(socket: WebSocket, answer: object, id: number | undefined, timeIn: string): void {
    const timeOut = timeText(this.desk.venue.clock.apiMs());
    const named = id === undefined ? {} : { req_id: id };
    socket.send(JSON.stringify({ ...answer, time_in: timeIn, time_out: timeOut, ...named }));
  }

  private send(name: string, clients: Iterable<WebSocket>, text: string): void {
    if (this.desk.venue.faults.strikeStream('silent', name) !== undefined) return;
    this.onSend?.(name, text);
    for (const socket of clients) {
      this.heard.add(socket);
      if (socket.bufferedAmount > MAX_BACKLOG_BYTES) socket.terminate();
      else socket.send(text);
    }
  }
}

function sizeOf({ channel, size, eventTrigger }: ChannelSpec): object {
  if (channel === 'book') return { depth: size };
  if (channel === 'ohlc') return { interval: size };
  return channel === 'ticker' ? { event_trigger: eventTrigger } : {};
}
