import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { Random } from '../../engine/ports/random.ts';
import type { Result } from '../../engine/domain/result.ts';
import {
  CONNECTION_TIMING,
  type ConnectionEvents,
  type ConnectionOptions,
  MarketConnection,
} from '../venue-connection/market-connection.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';
import { parseExact } from './exact-json.ts';
import { privateMessage } from './wire-schemas.ts';

/** What this stream needs of its socket. */
export type StreamConnection = Pick<MarketConnection, 'generation' | 'send' | 'reconnect' | 'close'>;
export type ConnectStream = (options: ConnectionOptions, events: ConnectionEvents) => StreamConnection;

export type PrivateStreamParts = {
  /** Such as wss://ws-auth.kraken.com/v2. */
  readonly url: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly token: () => Promise<Result<string, CallFailure>>;
  readonly onExecutions: (rows: readonly unknown[]) => void;
  readonly onBalances: () => void;
  /** Subscribed, its snapshot read; after a drop events were missed meanwhile. */
  readonly onUp: () => void;
  readonly onDown: (detail: string) => void;
  readonly onRefused: (detail: string) => void;
  /** What opens the socket; a real one when absent. */
  readonly connect?: ConnectStream;
};

const UP_WITHIN_MS = 10_000;
/** Every command the venue takes shows on the stream; one that stays silent for so long is mute. */
const ECHO_MS = 3_000;

/** Keeps the executions and balances channels subscribed until closed; a gap in their numbering starts them anew. */
export class KrakenPrivateStream {
  private readonly parts: PrivateStreamParts;
  private connection: StreamConnection | undefined;
  private readonly sequences = new Map<string, number>();
  private settle: ((refused: Error | null) => void) | undefined;
  private cancelDeadline: () => void = () => undefined;
  private endEcho: (() => void) | undefined;
  private lastRowUs = 0;
  private isUp = false;

  constructor(parts: PrivateStreamParts) {
    this.parts = parts;
  }

  /** Resolves when first subscribed. Throws when the key is refused or the venue does not answer; retries only after that. */
  async start(): Promise<void> {
    const { url, clock, random, logger } = this.parts;
    const started = new Promise<void>((resolve, reject) => {
      this.settle = (refused) => (refused === null ? resolve() : reject(refused));
    });
    const open: ConnectStream = (options, events) => new MarketConnection(options, events);
    this.connection = (this.parts.connect ?? open)(
      { url, clock, random, logger, timing: CONNECTION_TIMING },
      {
        onUp: (generation) => void this.subscribe(generation),
        // No second socket is wanted: a private channel goes on where it is subscribed anew.
        onReplacing: () => undefined,
        onReplaced: (generation) => void this.subscribe(generation),
        onDown: (reason) => this.down(reason),
        onMessage: (data, generation) => this.message(data.toString(), generation),
      },
    );
    try {
      await started;
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.cancelDeadline();
    this.endEcho?.();
    this.connection?.close();
  }

  /** A stream that answers pings and delivers nothing looks healthy: only the missing echo of a command gives it away. */
  expectEcho(sentUs: number): void {
    if (this.endEcho !== undefined || this.connection === undefined) return;
    this.endEcho = this.parts.clock.after(ECHO_MS, () => {
      this.endEcho = undefined;
      if (this.lastRowUs < sentUs) this.connection?.reconnect('the private stream is mute');
    });
  }

  reconnect(reason: string): void {
    this.connection?.reconnect(reason);
  }

  private async subscribe(generation: number): Promise<void> {
    this.sequences.clear();
    this.cancelDeadline();
    this.cancelDeadline = this.parts.clock.after(UP_WITHIN_MS, () => this.giveUp('no subscription in time'));
    const token = await this.parts.token();
    if (this.connection?.generation !== generation) return;
    if (!token.ok) {
      if (token.error.remedy === 'refuseCredentials') this.refused(token.error.message);
      else this.giveUp(`no token: ${token.error.code}`);
      return;
    }
    const subscribe = (params: object): void =>
      this.connection?.send(JSON.stringify({ method: 'subscribe', params: { ...params, token: token.value } }));
    subscribe({ channel: 'executions', snap_orders: true, snap_trades: false });
    subscribe({ channel: 'balances', snapshot: true });
  }

  private message(text: string, generation: number): void {
    if (generation !== this.connection?.generation) return;
    const message = parseExact(text);
    if (message?.['method'] === 'subscribe' && message['success'] === false) {
      this.giveUp(`subscription refused: ${String(message['error'])}`);
      return;
    }
    const parsed = privateMessage.safeParse(message);
    if (!parsed.success) return;
    const { channel, type, sequence, data } = parsed.data;
    const last = this.sequences.get(channel);
    this.sequences.set(channel, sequence);
    if (last !== undefined && sequence !== last + 1) {
      this.connection.reconnect(`${channel} went from ${last} to ${sequence}`);
      return;
    }
    this.lastRowUs = this.parts.clock.monotonicUs();
    if (channel === 'executions') this.parts.onExecutions(data);
    else this.parts.onBalances();
    if (channel === 'executions' && type === 'snapshot') this.up();
  }

  private up(): void {
    this.cancelDeadline();
    this.isUp = true;
    this.parts.onUp();
    this.settle?.(null);
    this.settle = undefined;
  }

  private down(reason: string): void {
    if (this.isUp) this.parts.onDown(reason);
    this.isUp = false;
  }

  private giveUp(reason: string): void {
    this.cancelDeadline();
    if (this.settle !== undefined) {
      this.settle(new Error(`expected the private stream to start, was ${reason}`));
      this.settle = undefined;
    } else {
      this.parts.onDown(reason);
      this.connection?.reconnect(reason);
    }
  }

  private refused(detail: string): void {
    this.parts.onRefused(detail);
    this.settle?.(new CredentialsRefused(detail));
    this.settle = undefined;
    this.close();
  }
}
