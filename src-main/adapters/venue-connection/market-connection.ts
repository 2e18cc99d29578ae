import { WebSocket } from 'ws';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { Random } from '../../engine/ports/random.ts';

export type ConnectionEvents = {
  /** The first socket, or one after a loss: what was known before is not continued. */
  onUp(generation: number): void;
  /** A second socket runs beside the first; both deliver until `onReplaced`. */
  onReplacing(generation: number): void;
  onReplaced(generation: number): void;
  onDown(reason: string): void;
  onMessage(data: Buffer, generation: number): void;
};

export type ConnectionOptions = {
  /** Combined-stream address with its streams. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly timing: ConnectionTiming;
};

export type ConnectionTiming = {
  /** Silence after which the socket is pinged, and how long the pong may take. */
  readonly silentAfterMs: number;
  readonly pongWithinMs: number;
  readonly handshakeWithinMs: number;
  /** The venue drops sockets after 24 h; ours is replaced before. */
  readonly rotateAfterMs: number;
  /** How long both sockets run while a new one takes over. */
  readonly overlapMs: number;
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
};

export const CONNECTION_TIMING: ConnectionTiming = {
  silentAfterMs: 5_000,
  pongWithinMs: 5_000,
  handshakeWithinMs: 10_000,
  rotateAfterMs: 23 * 3_600_000,
  overlapMs: 5_000,
  backoffMs: 250,
  maxBackoffMs: 30_000,
};

type Socket = {
  readonly ws: WebSocket;
  readonly generation: number;
  /** Monotonic microseconds; null until it is open. */
  openedUs: number | null;
  heardUs: number;
  pingedUs: number;
};

/** One logical stream connection: reconnects with jittered backoff, replaces its socket without a gap, notices silence. */
export class MarketConnection {
  private readonly options: ConnectionOptions;
  private readonly events: ConnectionEvents;
  private current: Socket | undefined;
  private replacement: Socket | undefined;
  private generations = 0;
  private failures = 0;
  private closed = false;
  private readonly timers = new Set<() => void>();

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.options = options;
    this.events = events;
    this.timers.add(options.clock.every(500, () => this.watch()));
    this.open();
  }

  get generation(): number {
    return this.current?.generation ?? 0;
  }

  /** On the current socket; lost when there is none, as is what was said on one that is gone. */
  send(text: string): void {
    if (this.current?.openedUs !== null) this.current?.ws.send(text);
  }

  /** Gives the socket up, as when it turned out to be silent or behind. */
  reconnect(reason: string): void {
    const socket = this.current;
    if (socket !== undefined) this.lose(socket, reason);
  }

  /** Replaces the socket while it still runs. Nothing happens while another replacement is under way. */
  rotate(): void {
    if (this.current === undefined || this.replacement !== undefined || this.closed) return;
    this.replacement = this.connect();
  }

  close(): void {
    this.closed = true;
    for (const cancel of this.timers) cancel();
    this.timers.clear();
    for (const socket of [this.current, this.replacement]) discard(socket);
    this.current = undefined;
    this.replacement = undefined;
  }

  private open(): void {
    if (!this.closed) this.current = this.connect();
  }

  private connect(): Socket {
    const { url, timing } = this.options;
    const ws = new WebSocket(url, {
      perMessageDeflate: false,
      skipUTF8Validation: true,
      handshakeTimeout: timing.handshakeWithinMs,
    });
    const nowUs = this.options.clock.monotonicUs();
    const socket: Socket = { ws, generation: ++this.generations, openedUs: null, heardUs: nowUs, pingedUs: -1 };
    ws.on('open', () => this.opened(socket));
    ws.on('message', (data: Buffer) => {
      socket.heardUs = this.options.clock.monotonicUs();
      this.events.onMessage(data, socket.generation);
    });
    ws.on('pong', () => (socket.heardUs = this.options.clock.monotonicUs()));
    ws.on('error', (error) => this.options.logger.debug('market socket', { error: error.message }));
    ws.on('close', (code) => this.lose(socket, `closed with ${code}`));
    return socket;
  }

  private opened(socket: Socket): void {
    socket.openedUs = socket.heardUs = this.options.clock.monotonicUs();
    if (socket === this.current) this.events.onUp(socket.generation);
    else if (socket === this.replacement) {
      this.events.onReplacing(socket.generation);
      this.later(this.options.timing.overlapMs, () => this.takeOver(socket));
    }
  }

  private takeOver(socket: Socket): void {
    if (socket !== this.replacement) return;
    discard(this.current);
    this.current = socket;
    this.replacement = undefined;
    this.events.onReplaced(socket.generation);
  }

  private lose(socket: Socket, reason: string): void {
    if (this.closed) return;
    discard(socket);
    if (socket === this.replacement) {
      // The old socket still runs; the next watch tries again.
      this.replacement = undefined;
      return;
    }
    if (socket !== this.current) return;
    this.current = undefined;
    discard(this.replacement);
    this.replacement = undefined;
    this.options.logger.warn('market data connection lost', { reason });
    this.events.onDown(reason);
    this.later(this.nextDelayMs(socket), () => this.open());
  }

  /** Full jitter, so that many clients do not return in step. A socket that lived is a fresh start. */
  private nextDelayMs(lost: Socket): number {
    const { clock, random, timing } = this.options;
    const lived = lost.openedUs !== null && clock.monotonicUs() - lost.openedUs > timing.maxBackoffMs * 1_000;
    this.failures = lived ? 1 : this.failures + 1;
    const ceiling = Math.min(timing.maxBackoffMs, timing.backoffMs * 2 ** Math.min(this.failures - 1, 16));
    return Math.ceil(ceiling * (0.5 + random.next() / 2));
  }

  private watch(): void {
    const socket = this.current;
    if (socket === undefined || socket.openedUs === null) return;
    const { clock, timing } = this.options;
    const nowUs = clock.monotonicUs();
    if (nowUs - socket.openedUs > timing.rotateAfterMs * 1_000) this.rotate();
    if (nowUs - socket.heardUs <= timing.silentAfterMs * 1_000) return;
    if (socket.pingedUs < socket.heardUs) {
      socket.pingedUs = nowUs;
      socket.ws.ping();
    } else if (nowUs - socket.pingedUs > timing.pongWithinMs * 1_000) this.reconnect('silent, no pong');
  }

  private later(delayMs: number, action: () => void): void {
    const cancel = this.options.clock.after(delayMs, () => {
      this.timers.delete(cancel);
      action();
    });
    this.timers.add(cancel);
  }
}

/** Ends a socket for good: no event of it is heard any more. */
function discard(socket: Socket | undefined): void {
  if (socket === undefined) return;
  socket.ws.removeAllListeners();
  // A socket torn down while it connects reports that as an error.
  socket.ws.on('error', () => undefined);
  socket.ws.terminate();
}
