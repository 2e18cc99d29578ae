import { countTrades, type MinuteBar, MINUTE_MS, quietMinute } from '../minute-bar.ts';
import type { MarketEvent } from '../market-source.ts';

/** Applies the events of one symbol as an exchange would and keeps what they contradict. */
export class PlayedBook {
  readonly bids = new Map<number, number>();
  readonly asks = new Map<number, number>();
  readonly faults: string[] = [];
  bookEvents = 0;
  trades = 0;
  /** Levels a trade took from: the next book event has to name them. */
  private readonly taken = new Set<string>();
  private readonly bars = new Map<number, MinuteBar>();
  private lastMs = Number.NEGATIVE_INFINITY;

  apply(event: MarketEvent): void {
    if (event.marketTimeMs < this.lastMs) this.faults.push(`time went back to ${event.marketTimeMs}`);
    this.lastMs = event.marketTimeMs;
    if (event.kind === 'trade') this.applyTrade(event);
    if (event.kind === 'book') this.applyBook(event);
  }

  bestBid(): number {
    return Math.max(...this.bids.keys());
  }

  bestAsk(): number {
    return Math.min(...this.asks.keys());
  }

  minutes(): readonly MinuteBar[] {
    return [...this.bars.values()];
  }

  private applyBook(event: MarketEvent & { kind: 'book' }): void {
    this.bookEvents += 1;
    this.checkTaken(event);
    if (event.snapshot) [this.bids, this.asks].forEach((side) => side.clear());
    for (const [side, changes] of [
      [this.bids, event.bids],
      [this.asks, event.asks],
    ] as const) {
      if (new Set(changes.map(([ticks]) => ticks)).size !== changes.length) this.faults.push('a level named twice');
      for (const [ticks, lots] of changes) {
        if (!Number.isSafeInteger(ticks) || ticks < 1 || !Number.isSafeInteger(lots) || lots < 0) {
          this.faults.push(`level ${ticks} x ${lots}`);
        }
        if (lots === 0 && !side.has(ticks)) this.faults.push(`removed absent level ${ticks}`);
        if (lots === 0) side.delete(ticks);
        else side.set(ticks, lots);
      }
    }
    if (this.bestBid() >= this.bestAsk()) this.faults.push(`crossed ${this.bestBid()} ${this.bestAsk()}`);
  }

  private checkTaken({ snapshot, bids, asks }: MarketEvent & { kind: 'book' }): void {
    const named = new Set([...bids.map(([ticks]) => `bid ${ticks}`), ...asks.map(([ticks]) => `ask ${ticks}`)]);
    for (const level of this.taken) if (!snapshot && !named.has(level)) this.faults.push(`kept ${level} as it was`);
    this.taken.clear();
  }

  private applyTrade(trade: MarketEvent & { kind: 'trade' }): void {
    this.trades += 1;
    const side = trade.aggressor === 'buy' ? this.asks : this.bids;
    const best = trade.aggressor === 'buy' ? this.bestAsk() : this.bestBid();
    if (trade.ticks !== best) this.faults.push(`${trade.aggressor} at ${trade.ticks}, best was ${best}`);
    const resting = side.get(trade.ticks) ?? 0;
    if (resting <= trade.lots) this.faults.push(`took ${trade.lots} of ${resting}`);
    side.set(trade.ticks, resting - trade.lots);
    this.taken.add(`${trade.aggressor === 'buy' ? 'ask' : 'bid'} ${trade.ticks}`);
    const openTimeMs = Math.floor(trade.marketTimeMs / MINUTE_MS) * MINUTE_MS;
    const bar = this.bars.get(openTimeMs) ?? quietMinute(openTimeMs, trade.ticks);
    countTrades(bar, { ...trade, timeMs: trade.marketTimeMs, prints: 1 });
    this.bars.set(openTimeMs, bar);
  }
}
