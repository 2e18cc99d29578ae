import type { ClientOrderId } from '../../engine/domain/identifiers.ts';
import type { OrderReport } from '../../engine/domain/order.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { VenueEvent } from '../../engine/ports/venue-gateway.ts';
import type { AccountQueries } from './account-queries.ts';
import type { ExchangeCalls } from './exchange-calls.ts';
import type { KnownMarket } from './listed-markets.ts';

export type OrderWatchParts = {
  readonly queries: AccountQueries;
  readonly calls: ExchangeCalls;
  readonly clock: Clock;
  readonly emit: (event: VenueEvent) => void;
  /** A look of this watch came back whole. */
  readonly onHeard: () => void;
};

const POLL_AFTER_MS = 2_000;
/** Where asking takes long, for the venue wants few requests, it is done for a fifth of the time at most. */
const PAUSE_SHARE = 4;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

type Working = { readonly market: KnownMarket; readonly venueId: string; told: string };

/**
 * Learns what becomes of working orders by asking. The venue's own stream is no more than a bell: ccxt merges what came in
 * between, so each ring asks anew, and so does each poll while an order works.
 */
export class OrderWatch {
  private readonly parts: OrderWatchParts;
  private readonly working = new Map<ClientOrderId, Working>();
  private readonly rung = new Set<KnownMarket>();
  private stopPolling: () => void = () => undefined;
  private isAsking = false;
  private isClosed = false;

  constructor(parts: OrderWatchParts) {
    this.parts = parts;
  }

  /** Listens for the bell of these markets, as long as the venue has one. */
  listen(markets: readonly KnownMarket[]): void {
    if (this.parts.calls.exchange.has['watchOrders'] !== true) return;
    for (const market of markets) void this.hear(market);
  }

  /** From now on it is asked for; `report` is what is known. */
  follow(clientOrderId: ClientOrderId, report: OrderReport, market: KnownMarket): void {
    if (!isOver(report))
      this.working.set(clientOrderId, { market, venueId: report.venueOrderId, told: textOf(report) });
    this.ring(market);
  }

  ring(market: KnownMarket): void {
    if (this.isClosed) return;
    this.rung.add(market);
    if (!this.isAsking) void this.askAll();
  }

  close(): void {
    this.isClosed = true;
    this.stopPolling();
  }

  private async askAll(): Promise<void> {
    const { clock } = this.parts;
    this.isAsking = true;
    this.stopPolling();
    const startUs = clock.monotonicUs();
    for (;;) {
      const [market] = this.rung;
      if (market === undefined || this.isClosed) break;
      this.rung.delete(market);
      await this.ask(market);
    }
    this.isAsking = false;
    const tookMs = (clock.monotonicUs() - startUs) / 1_000;
    if (this.working.size === 0 || this.isClosed) return;
    this.stopPolling = clock.after(Math.max(POLL_AFTER_MS, PAUSE_SHARE * tookMs), () => {
      for (const { market } of this.working.values()) this.ring(market);
    });
  }

  private async ask(market: KnownMarket): Promise<void> {
    const { queries, emit, onHeard } = this.parts;
    const before = [...this.working].filter(([, working]) => working.market === market);
    let tell: () => void = () => undefined;
    const news = await queries.news(market, (done) => (tell = done));
    if (!news.ok || this.isClosed) return;
    tell();
    onHeard();
    for (const fill of news.value.fills) emit({ kind: 'fill', fill });
    const open = news.value.open.flatMap((order) => queries.reportsOf(order, market));
    for (const report of open) this.tell(report, market);
    for (const [clientOrderId, { venueId }] of before) {
      if (!open.some((report) => report.venueOrderId === venueId))
        await this.askWhyGone(clientOrderId, venueId, market);
    }
    if (news.value.fills.length > 0) await this.tellBalances();
  }

  private tell(report: OrderReport, market: KnownMarket): void {
    if (report.clientOrderId === null) return;
    const known = this.working.get(report.clientOrderId);
    const told = textOf(report);
    if (known?.told === told) return;
    if (isOver(report)) this.working.delete(report.clientOrderId);
    else this.working.set(report.clientOrderId, { market, venueId: report.venueOrderId, told });
    this.parts.emit({ kind: 'report', report });
  }

  /** It left the book: the order itself says how. Without an answer it is asked for again with the next poll. */
  private async askWhyGone(clientOrderId: ClientOrderId, venueId: string, market: KnownMarket): Promise<void> {
    const { queries, emit } = this.parts;
    const order = await queries.order(venueId, market);
    if (!order.ok || order.value === null || this.isClosed) return;
    const [report] = queries.reportsOf(order.value, market);
    if (report === undefined) return;
    const named = { ...report, clientOrderId };
    if (isOver(named)) this.working.delete(clientOrderId);
    emit({ kind: 'report', report: named });
  }

  private async tellBalances(): Promise<void> {
    const balances = await this.parts.queries.balances();
    if (balances.ok && !this.isClosed) this.parts.emit({ kind: 'balances', balances: balances.value });
  }

  private async hear(market: KnownMarket): Promise<void> {
    const { calls, clock } = this.parts;
    let retryMs = FIRST_RETRY_MS;
    while (!this.isClosed) {
      try {
        await calls.exchange.watchOrders(market.symbol);
        retryMs = FIRST_RETRY_MS;
      } catch {
        // The bell is broken: the polls go on, and it is hung up again after a while.
        await new Promise<void>((resolve) => clock.after(retryMs, resolve));
        retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
      }
      this.ring(market);
    }
  }
}

const isOver = ({ venueStatus }: OrderReport): boolean =>
  venueStatus === 'filled' || venueStatus === 'canceled' || venueStatus === 'expired' || venueStatus === 'rejected';

const textOf = ({ venueStatus, filledQuantity }: OrderReport): string => `${venueStatus} ${filledQuantity}`;
