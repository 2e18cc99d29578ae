import { BookLadder } from './book-ladder.ts';
import type { BookShape } from './book-shape.ts';
import type { MarketEvent } from './market-source.ts';
import type { SeededRandom } from './seeded-random.ts';

export type BurstToQuote = {
  readonly ticks: number;
  readonly lots: number;
  readonly aggressor: 'buy' | 'sell';
};

/**
 * The invented book of one market. It stands so that a burst hits the best price of its own side, with more resting
 * there than the burst takes; what was taken is gone in the next book event.
 */
export class QuoteMaker {
  private readonly symbol: string;
  private readonly shape: BookShape;
  private readonly random: SeededRandom;
  private readonly bids: BookLadder;
  private readonly asks: BookLadder;
  private bestBid = 0;
  private bestAsk = 0;

  constructor(symbol: string, shape: BookShape, random: SeededRandom) {
    this.symbol = symbol;
    this.shape = shape;
    this.random = random;
    this.bids = new BookLadder('bid', shape, random);
    this.asks = new BookLadder('ask', shape, random);
  }

  /** The whole book around a last price. */
  open(marketTimeMs: number, lastTicks: number): MarketEvent {
    this.bestAsk = lastTicks + 1;
    this.bestBid = Math.max(1, lastTicks);
    this.bids.moveTo(this.bestBid, 0, 0);
    this.asks.moveTo(this.bestAsk, 0, 0);
    const [bids, asks] = [this.bids.levels(), this.asks.levels()];
    return { kind: 'book', symbol: this.symbol, marketTimeMs, snapshot: true, bids, asks };
  }

  /** Brings the book to where `burst` will trade. A buy needs a price of two ticks or more. */
  quote(marketTimeMs: number, burst: BurstToQuote): MarketEvent {
    const buys = burst.aggressor === 'buy';
    const atBest = burst.ticks === (buys ? this.bestAsk : this.bestBid);
    if (!atBest) this.place(burst);
    const bids = this.bids.moveTo(this.bestBid, buys ? 0 : burst.lots, 1);
    const asks = this.asks.moveTo(this.bestAsk, buys ? burst.lots : 0, 1);
    if (buys) this.asks.consumeBest(burst.lots);
    else this.bids.consumeBest(burst.lots);
    return { kind: 'book', symbol: this.symbol, marketTimeMs, snapshot: false, bids, asks };
  }

  /** Sizes change while prices stand. */
  refresh(marketTimeMs: number): MarketEvent {
    const bids = this.bids.moveTo(this.bestBid, 0, 2);
    const asks = this.asks.moveTo(this.bestAsk, 0, 2);
    return { kind: 'book', symbol: this.symbol, marketTimeMs, snapshot: false, bids, asks };
  }

  private place({ ticks, aggressor }: BurstToQuote): void {
    const spread = this.spreadTicks();
    this.bestAsk = aggressor === 'buy' ? ticks : ticks + spread;
    this.bestBid = Math.max(1, aggressor === 'buy' ? ticks - spread : ticks);
  }

  private spreadTicks(): number {
    if (this.random.unit() < this.shape.oneTickRatio) return 1;
    return 1 + Math.round(this.random.exponential() * this.shape.wideMeanTicks);
  }
}
