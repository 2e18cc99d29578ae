import type { BookView } from '../domain/book-view.ts';
import { capabilitiesOf } from '../domain/capabilities.ts';
import { commandId, type InstrumentId } from '../domain/identifiers.ts';
import type { Command, CommandEnvelope } from '../domain/command.ts';
import type { Bar } from '../domain/market.ts';
import type { CommandOutcome } from '../domain/events.ts';
import { ok } from '../domain/result.ts';
import { createEngine, type Engine, type EngineOptions, type Failpoint } from '../engine.ts';
import type { Logger } from '../ports/logger.ts';
import type { FeedListener, MarketDataFeed } from '../ports/market-data-feed.ts';
import type { VenueEvent, VenueGateway } from '../ports/venue-gateway.ts';
import { ACCOUNT, BTC, CONFIG, LISTED } from './core-session.ts';
import { MemoryStore } from './memory-store.ts';
import { VenueDouble } from './venue-double.ts';
import { VirtualClock } from './virtual-clock.ts';

export type GatewayDouble = VenueGateway & {
  /** Called at each send, before the venue acts. */
  onSend: (kind: 'submit' | 'cancel', clientOrderId: string) => void;
  /** The venue acts, and the answer is lost. */
  losesAnswers: boolean;
  closed: boolean;
};

export function gatewayOver(venue: VenueDouble): GatewayDouble {
  const listeners: ((event: VenueEvent) => void)[] = [];
  const flush = (): void => {
    for (let event = venue.events.shift(); event !== undefined; event = venue.events.shift()) {
      if (!gateway.closed) for (const listener of listeners) listener(event);
    }
  };
  gatewayFlushes.set(venue, flush);
  const answer = async (outcome: CommandOutcome): Promise<CommandOutcome> => {
    queueMicrotask(flush);
    if (gateway.closed) return new Promise(() => undefined);
    return gateway.losesAnswers ? { kind: 'unknown', reason: 'connection reset' } : outcome;
  };
  const gateway: GatewayDouble = {
    venue: 'BINANCE',
    accountId: venue.accountId,
    capabilities: capabilitiesOf('BINANCE', 'SPOT'),
    losesAnswers: false,
    closed: false,
    onSend: () => undefined,
    connect: async () => [LISTED],
    onEvent: (listener) => void listeners.push(listener),
    submit: (submission) => {
      if (gateway.closed) return new Promise(() => undefined);
      const working = submission.kind === 'single' ? submission.order : submission.stop;
      gateway.onSend('submit', working.clientOrderId);
      return answer(venue.submit(submission));
    },
    cancel: ({ clientOrderId, listId }) => {
      if (gateway.closed) return new Promise(() => undefined);
      gateway.onSend('cancel', clientOrderId);
      return answer(venue.cancel(clientOrderId, listId));
    },
    modify: (request) => answer(venue.modify(request)),
    snapshot: async (lookups) => ok(venue.snapshot(lookups)),
    close: async () => {
      gateway.closed = true;
    },
  };
  return gateway;
}

/** The newest gateway of a venue delivers its events. */
const gatewayFlushes = new WeakMap<VenueDouble, () => void>();

const BOOK: BookView = {
  updateId: 1,
  bidCount: 1,
  askCount: 1,
  bestBid: () => ({ ticks: 9_999, lots: 5_000 }),
  bestAsk: () => ({ ticks: 10_001, lots: 5_000 }),
  writeTop: () => 0,
};

const BOOK_EVERY_MS = 500;

export type FeedDouble = MarketDataFeed & {
  listener: FeedListener | undefined;
  bars: readonly Bar[];
  /** Connected, and nothing comes. */
  isSilent: boolean;
};

export function feedDouble(clock: VirtualClock): FeedDouble {
  let stopTelling = (): void => undefined;
  const feed: FeedDouble = {
    origin: 'synthetic',
    listener: undefined,
    bars: [],
    isSilent: false,
    start: async (instruments, _interval, listener) => {
      feed.listener = listener;
      for (const { id } of instruments) {
        listener.onState(id, 'live', 0);
        listener.onBook(id, BOOK, clock.monotonicUs());
        const receivedAtUs = clock.nowUs();
        const traded = {
          ticks: 10_000,
          lots: 1_000,
          aggressor: 'buy',
          tradedAtUs: receivedAtUs,
          receivedAtUs,
        } as const;
        listener.onTrade({ instrumentId: id, ...traded });
      }
      stopTelling = clock.every(BOOK_EVERY_MS, () => {
        if (feed.isSilent) return;
        for (const { id } of instruments) listener.onBook(id, BOOK, clock.monotonicUs());
      });
    },
    history: async () => ok(feed.bars),
    book: (id: InstrumentId) => (id === BTC ? BOOK : undefined),
    close: async () => stopTelling(),
  };
  return feed;
}

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** An engine over a journal and a venue that outlive it. */
export class EngineBench {
  readonly clock = new VirtualClock();
  store = new MemoryStore();
  readonly venue = new VenueDouble(ACCOUNT);
  gateway = gatewayOver(this.venue);
  feed = feedDouble(this.clock);
  engine: Engine;
  killed: Failpoint | null = null;
  private killAt: { readonly name: Failpoint; readonly hit: number } | null;
  private readonly hits = new Map<Failpoint, number>();
  private commands = 0;

  /** `killAt`: the process dies at that hit of the failpoint. */
  constructor(killAt: { readonly name: Failpoint; readonly hit: number } | null = null) {
    this.killAt = killAt;
    this.engine = this.create(1);
  }

  create(engineEpoch: number, over: Partial<EngineOptions> = {}): Engine {
    const ports = {
      clock: this.clock,
      store: this.store,
      logger: silent,
      gateways: [this.gateway],
      feeds: new Map([['BINANCE', this.feed] as const]),
      inference: null,
    };
    return createEngine(ports, {
      config: CONFIG,
      accounts: [{ accountId: ACCOUNT, venue: 'BINANCE', mode: 'paper' }],
      installation: '0a1b2c3d',
      engineEpoch,
      seed: '1',
      instruments: [],
      interval: '1m',
      warmUpBars: 10,
      failpoints: (name) => this.reach(name),
      ...over,
    });
  }

  private reach(name: Failpoint): void {
    const hit = (this.hits.get(name) ?? 0) + 1;
    this.hits.set(name, hit);
    if (this.killAt?.name !== name || this.killAt.hit !== hit) return;
    this.killed = name;
    this.kill();
  }

  /** As SIGKILL does: from here on nothing of this life reaches the disk or the venue. */
  kill(): void {
    this.store.killed = true;
    this.gateway.closed = true;
  }

  /** A new life over the same disk and the same venue. */
  async restart(engineEpoch: number): Promise<void> {
    this.store.flush();
    this.kill();
    this.killAt = null;
    this.store = new MemoryStore(this.store.disk);
    this.gateway = gatewayOver(this.venue);
    this.feed = feedDouble(this.clock);
    this.venue.events.length = 0;
    this.engine = this.create(engineEpoch);
    await this.engine.start();
    await this.clock.advanceAsync(100);
  }

  /** What the venue did by itself since the last command reaches the private stream. */
  hear(): void {
    gatewayFlushes.get(this.venue)?.();
  }

  async send(command: Command, over: Partial<CommandEnvelope> = {}): ReturnType<Engine['command']> {
    const nowUs = this.clock.nowUs();
    return this.engine.command({
      commandId: commandId(`c${++this.commands}`),
      actor: 'trader',
      roles: ['trader'],
      origin: 'button',
      issuedAtUs: nowUs,
      expiresAtUs: nowUs + 5_000_000,
      command,
      ...over,
    });
  }
}
