import { FaultBoard } from './faults.ts';
import type { IntentProbe } from './intent-probe.ts';
import { spotClearingWithKraken } from './kraken/clearing.ts';
import { KrakenMarginClearing } from './kraken/margin-clearing.ts';
import { bareCoins, bareShort, Ledger } from './ledger.ts';
import { LendingClearing } from './margin/lending-clearing.ts';
import { MarginVenue } from './margin/margin-venue.ts';
import type { MarketSource } from './market/market-source.ts';
import type { Account } from './matching/account.ts';
import type { ExchangeEvent, Print } from './matching/exchange-events.ts';
import { type Amount, parseAmount } from './matching/grid.ts';
import { MatchingEngine } from './matching/matching-engine.ts';
import { MarketClock } from './market-clock.ts';
import { type Credentials, KeyRing } from './protocol/credentials.ts';
import { type LimitOptions, RateLimits } from './protocol/rate-limits.ts';
import { Tape } from './tape.ts';
import { UsdmVenue } from './usdm/usdm-venue.ts';

export type PracticeAccount = {
  readonly name: string;
  /** Decimal text by asset. */
  readonly balances: Readonly<Record<string, string>>;
  /** Fractions as decimal text; 0.001 unless told otherwise. */
  readonly makerFee?: string;
  readonly takerFee?: string;
  /** Pay fees in this asset at three quarters while its balance lasts. */
  readonly discountAsset?: string;
  /** USDT in its USD-M wallet; without one it trades spot only. */
  readonly usdm?: string;
  /** What lies in its cross margin account; without one it has none. Decimal text by asset. */
  readonly margin?: Readonly<Record<string, string>>;
  /** What lies in its isolated margin accounts, by symbol. */
  readonly isolated?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** 64 letters and digits each; made at random when not given. */
  readonly keys?: { readonly apiKey: string; readonly secret: string };
};

export type VenueOptions = {
  readonly market: MarketSource;
  readonly accounts: readonly PracticeAccount[];
  readonly speed: number;
  readonly limits: LimitOptions;
  readonly readWallMs: () => number;
  readonly intentProbe: IntentProbe | null;
  /** Price of the discount asset by quote asset, as decimal text. */
  readonly discountPrices: Readonly<Record<string, string>>;
};

/** The venue without its sockets: markets that play, accounts, keys, limits, faults and the ledger. */
export class PracticeVenue {
  readonly engine: MatchingEngine;
  readonly clock: MarketClock;
  readonly ledger: Ledger;
  readonly limits: RateLimits;
  readonly faults: FaultBoard;
  readonly keys = new KeyRing();
  readonly credentials = new Map<string, Credentials>();
  readonly tapes: ReadonlyMap<string, Tape>;
  readonly krakenMargin = new KrakenMarginClearing();
  /** Null while no account has a USD-M wallet. */
  readonly usdm: UsdmVenue | null;
  readonly margin: MarginVenue;
  private readonly market: MarketSource;
  private readonly intentProbe: IntentProbe | null;
  private readonly jumpListeners: ((symbol: string) => void)[] = [];
  private readonly listeners: ((event: ExchangeEvent) => void)[] = [];

  constructor(options: VenueOptions) {
    this.market = options.market;
    this.intentProbe = options.intentProbe;
    this.clock = new MarketClock({ ...options, startTimeMs: options.market.startTimeMs });
    this.limits = new RateLimits(options.limits);
    this.faults = new FaultBoard(options.readWallMs);
    const clearing = new LendingClearing(spotClearingWithKraken(this.krakenMargin), (name) => this.margin.byName(name));
    this.engine = new MatchingEngine({
      symbols: options.market.symbols,
      emit: (event) => this.dispatch(event),
      discountPrices: amounts(options.discountPrices),
      clearing,
    });
    this.margin = new MarginVenue({ engine: this.engine, clearing, clock: this.clock });
    this.ledger = new Ledger(this.engine.state, (account, market, held) => {
      const shortAtKraken = this.krakenMargin.of(account).shortOn(market);
      if (shortAtKraken < 0n) return bareShort(account, market, shortAtKraken);
      return this.margin.byName(account.name) === undefined || held >= 0n
        ? bareCoins(account, market, held)
        : bareShort(account, market, held);
    });
    if (this.intentProbe !== null) this.ledger.sentBeforeCommit = 0;
    this.tapes = new Map(
      [...this.engine.state.markets].map(([symbol, { rules }]) => [symbol, new Tape(rules, options.market)]),
    );
    const hasFutures = options.accounts.some(({ usdm }) => usdm !== undefined);
    this.usdm = hasFutures ? new UsdmVenue({ ...options, clock: this.clock, faults: this.faults }) : null;
    for (const account of options.accounts) this.openAccount(account);
    this.primeLastPrices();
    this.advance();
  }

  listen(listener: (event: ExchangeEvent) => void): void {
    this.listeners.push(listener);
  }

  listenPrints(listener: (print: Print) => void): void {
    this.listen((event) => {
      if (event.kind === 'print') listener(event);
    });
  }

  /** Hears when a recording loops or jumps. */
  listenJumps(listener: (symbol: string) => void): void {
    this.jumpListeners.push(listener);
  }

  /** Plays the market up to now. */
  advance(): void {
    const now = this.clock.now();
    for (const event of this.market.advance(now.marketMs)) {
      const at = { wallMs: now.wallMs, marketMs: event.marketTimeMs };
      this.engine.apply(event, at);
      this.usdm?.apply(event, at);
      if (event.kind === 'discontinuity') for (const listener of this.jumpListeners) listener(event.symbol);
    }
    this.usdm?.tick();
    this.margin.tick();
  }

  /** Each product counts the requests to its own host. */
  limitsOf(path: string): RateLimits {
    return path.includes('/fapi/') && this.usdm !== null ? this.usdm.limits : this.limits;
  }

  account(name: string): Account {
    return this.engine.state.account(name);
  }

  tape(symbol: string): Tape | undefined {
    return this.tapes.get(symbol);
  }

  /** Checks that the intent of a create is on disk already, when a journal is watched. */
  witnessIntent(clientOrderIds: readonly string[]): void {
    this.ledger.creates += 1;
    if (this.intentProbe === null) return;
    this.ledger.intentsChecked += 1;
    const early = this.intentProbe.isOnDisk(clientOrderIds) ? 0 : 1;
    this.ledger.sentBeforeCommit = (this.ledger.sentBeforeCommit ?? 0) + early;
  }

  close(): void {
    this.intentProbe?.close();
  }

  private openAccount(account: PracticeAccount): void {
    const opened = this.engine.addAccount(account.name, {
      maker: parseAmount(account.makerFee ?? '0.001'),
      taker: parseAmount(account.takerFee ?? '0.001'),
      discountAsset: account.discountAsset ?? null,
    });
    for (const [asset, amount] of Object.entries(account.balances)) opened.credit(asset, parseAmount(amount));
    if (account.margin !== undefined) this.margin.open(account.name, null, account.margin);
    for (const [symbol, held] of Object.entries(account.isolated ?? {})) this.margin.open(account.name, symbol, held);
    if (account.usdm !== undefined) this.usdm?.openAccount(account.name, account.usdm);
    this.credentials.set(account.name, this.keys.issue(account.name, account.keys));
  }

  /** Stops and price bands need a last price before the first trade: the close of the newest bar. */
  private primeLastPrices(): void {
    const usdmMarkets = this.usdm?.engine.state.markets ?? [];
    for (const [symbol, market] of [...this.engine.state.markets, ...usdmMarkets]) {
      const [bar] = this.market.history(symbol, '1m', this.market.startTimeMs, 1);
      if (bar === undefined) continue;
      market.lastTicks = market.rules.prices.stepsIn(parseAmount(bar.close));
    }
  }

  private dispatch(event: ExchangeEvent): void {
    if (event.kind === 'print') this.tapes.get(event.symbol)?.add(event);
    else this.ledger.record(event);
    if (event.kind === 'execution' && event.fill !== null && event.order.filledLots === event.fill.lots) {
      this.limits.giveBackOrders(event.order.account, 1);
    }
    for (const listener of this.listeners) listener(event);
  }
}

const amounts = (texts: Readonly<Record<string, string>>): Map<string, Amount> =>
  new Map(Object.entries(texts).map(([asset, text]) => [asset, parseAmount(text)]));
