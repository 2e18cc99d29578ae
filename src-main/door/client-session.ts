import type { BookView } from '../engine/domain/book-view.ts';
import type { CommandEnvelope } from '../engine/domain/command.ts';
import type { Denial } from '../engine/domain/denial.ts';
import type { InstrumentId } from '../engine/domain/identifiers.ts';
import type { Bar } from '../engine/domain/market.ts';
import type { Result } from '../engine/domain/result.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { PublicTrade } from '../engine/ports/market-data-feed.ts';
import {
  BOOK_FRAME_HEADER,
  type ClientMessage,
  type QueryDto,
  type ServerMessage,
  type TradeTuple,
} from '../../src-preload/contract/messages.ts';
import { CONTRACT_VERSION } from '../../src-preload/contract/version.ts';
import type { MarketWatcher } from './market-view.ts';
import type { NumberedUpdate } from './terminal-view.ts';
import { envelopeOf } from './translate-command.ts';

/** Where a session's messages go; two transports implement it. */
export type ClientOutput = {
  send(message: ServerMessage): void;
  /** The frame is only valid during the call. */
  sendBook(frame: Float64Array): void;
};

export type SessionServices = {
  readonly clock: Clock;
  welcome(): Extract<ServerMessage, { t: 'welcome' }>;
  snapshot(): { readonly sequence: number; readonly state: Extract<ServerMessage, { t: 'snapshot' }>['state'] };
  /** Resolves once the command is journaled, with its denial if any. */
  execute(envelope: CommandEnvelope): Promise<Denial | null>;
  query(query: QueryDto): Promise<Result<unknown, Denial>>;
  book(instrumentId: InstrumentId): BookView | undefined;
  /** Names a client that did not name itself; never given twice. */
  nextClientName(): string;
};

type View = {
  readonly index: number;
  readonly instrumentId: InstrumentId;
  readonly instrumentIndex: number;
  readonly levels: number;
  readonly frame: Float64Array;
  book: BookView | undefined;
  changedAtUs: number;
  dirty: boolean;
  /** A frame is out and not yet painted. */
  awaiting: boolean;
  sentAtUs: number;
  trades: TradeTuple[];
};

const FRAME_INTERVAL_MS = 33;
/** A page that stopped painting (hidden, or its acknowledgment lost) is tried again this rarely. */
const UNPAINTED_RETRY_US = 1_000_000;

/** One client: what it may say is done here, what it watches is sent from here, latest book wins, trades in batches. */
export class ClientSession implements MarketWatcher {
  private readonly services: SessionServices;
  private readonly output: ClientOutput;
  private readonly views = new Map<string, View>();
  private readonly stopFrames: () => void;
  private viewCount = 0;
  private greeted = false;
  /** The first part of this client's command ids. */
  private name = '';

  constructor(services: SessionServices, output: ClientOutput) {
    this.services = services;
    this.output = output;
    this.stopFrames = services.clock.every(FRAME_INTERVAL_MS, () => this.flush());
  }

  /** A message that passed the contract's schema. */
  receive(message: ClientMessage): void {
    if (message.t === 'hello') this.greet(message);
    else if (!this.greeted) this.output.send({ t: 'refused', error: { code: 'HELLO_EXPECTED', params: {} } });
    else if (message.t === 'command') void this.command(message);
    else if (message.t === 'query') void this.query(message.id, message.query);
    else if (message.t === 'watch') this.watch(message.view, message.instrumentId, message.levels);
    else if (message.t === 'unwatch') this.views.delete(message.view);
    else this.painted(message.view);
  }

  update({ sequence, update }: NumberedUpdate): void {
    if (this.greeted) this.output.send({ t: 'update', sequence, update });
  }

  onBookChanged(instrumentId: InstrumentId, book: BookView, receivedMonotonicUs: number): void {
    for (const view of this.views.values()) {
      if (view.instrumentId !== instrumentId) continue;
      view.book = book;
      view.changedAtUs = receivedMonotonicUs;
      view.dirty = true;
    }
  }

  onTrade(trade: PublicTrade): void {
    for (const view of this.views.values()) {
      if (view.instrumentId !== trade.instrumentId) continue;
      view.trades.push([trade.ticks, trade.lots, trade.aggressor === 'buy' ? 1 : -1, trade.tradedAtUs]);
    }
  }

  onBar(bar: Bar, closed: boolean): void {
    for (const [name, view] of this.views) {
      if (view.instrumentId !== bar.instrumentId) continue;
      const { instrumentId, interval, ...shown } = bar;
      this.output.send({ t: 'bar', view: name, instrumentId, interval, closed, bar: shown });
    }
  }

  close(): void {
    this.stopFrames();
    this.views.clear();
    this.greeted = false;
  }

  private greet({ clientId, contractVersion }: Extract<ClientMessage, { t: 'hello' }>): void {
    if (contractVersion !== CONTRACT_VERSION) {
      const params = { expected: CONTRACT_VERSION, actual: contractVersion };
      this.output.send({ t: 'refused', error: { code: 'CONTRACT_VERSION', params } });
      return;
    }
    this.greeted = true;
    this.name = clientId ?? this.services.nextClientName();
    this.output.send(this.services.welcome());
    this.output.send({ t: 'snapshot', ...this.services.snapshot() });
  }

  private async command(message: Extract<ClientMessage, { t: 'command' }>): Promise<void> {
    const { id, origin } = message;
    const source = { id: `${this.name}.${id}`, origin, nowUs: this.services.clock.nowUs() };
    const denial = await this.services.execute(envelopeOf(message.command, source));
    if (denial === null) this.output.send({ t: 'reply', id, ok: true, result: null });
    else this.output.send({ t: 'reply', id, ok: false, error: denial });
  }

  private async query(id: string, query: QueryDto): Promise<void> {
    if (query.kind === 'snapshot') {
      this.output.send({ t: 'snapshot', ...this.services.snapshot() });
      this.output.send({ t: 'reply', id, ok: true, result: null });
      return;
    }
    const answer = await this.services.query(query);
    if (answer.ok) this.output.send({ t: 'reply', id, ok: true, result: answer.value });
    else this.output.send({ t: 'reply', id, ok: false, error: answer.error });
  }

  private watch(name: string, instrumentId: string, levels: number): void {
    const instrumentIndex = this.services
      .welcome()
      .instruments.findIndex((instrument) => instrument.instrumentId === instrumentId);
    const index = this.viewCount;
    this.viewCount += 1;
    if (instrumentIndex < 0) {
      this.views.delete(name);
      return;
    }
    const id = instrumentId as InstrumentId;
    this.views.set(name, {
      index,
      instrumentId: id,
      instrumentIndex,
      levels,
      frame: new Float64Array(BOOK_FRAME_HEADER + 4 * levels),
      book: this.services.book(id),
      changedAtUs: this.services.clock.monotonicUs(),
      dirty: true,
      awaiting: false,
      sentAtUs: 0,
      trades: [],
    });
  }

  private painted(name: string): void {
    const view = this.views.get(name);
    if (view !== undefined) view.awaiting = false;
  }

  private flush(): void {
    const nowUs = this.services.clock.monotonicUs();
    for (const [name, view] of this.views) {
      if (view.trades.length > 0) {
        this.output.send({ t: 'trades', view: name, instrumentId: view.instrumentId, trades: view.trades });
        view.trades = [];
      }
      const mayGo = !view.awaiting || nowUs - view.sentAtUs > UNPAINTED_RETRY_US;
      if (view.dirty && view.book !== undefined && mayGo) this.sendFrame(view, view.book, nowUs);
    }
  }

  private sendFrame(view: View, book: BookView, nowUs: number): void {
    // writeTop puts its two level counts before the levels: they land in the last two places of the header.
    const body = view.frame.subarray(BOOK_FRAME_HEADER - 2);
    const written = book.writeTop(body, view.levels);
    view.frame[0] = view.index;
    view.frame[1] = view.instrumentIndex;
    view.frame[2] = book.updateId;
    view.frame[3] = (nowUs - view.changedAtUs) / 1000;
    view.dirty = false;
    view.awaiting = true;
    view.sentAtUs = nowUs;
    this.output.sendBook(view.frame.subarray(0, BOOK_FRAME_HEADER - 2 + written));
  }
}
