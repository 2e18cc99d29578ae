import { type BookModel, bookShape } from './book-shape.ts';
import type { Kline, KlineInterval, MarketEvent, MarketSymbol } from './market-source.ts';
import { type MinuteBar, MINUTE_MS } from './minute-bar.ts';
import { klinesOfMinutes, PlayedMinutes } from './played-minutes.ts';
import type { PlayedSymbol } from './played-symbol.ts';
import { QuoteMaker } from './quote-maker.ts';
import { SeededRandom } from './seeded-random.ts';

export type SyntheticPairs = {
  /** 1 to 500. */
  readonly count: number;
  readonly seed: string;
  /** Book updates a second and pair, at most one per call of advance(). */
  readonly updatesPerSecond: number;
};

const MAX_PAIRS = 500;
/** 60 % a year as a random walk: standard deviation per square root of a second, as a fraction. */
const DEVIATION_PER_ROOT_SECOND = 0.6 / Math.sqrt(365 * 86_400);
/** Share of updates that carry a burst of trades: about that of the recorded best-price changes to depth updates. */
const BURST_RATIO = 0.2;

/** Denies counts outside 1 to 500 and rates outside 0.1 to 100 by throwing one clear line. */
export function syntheticMarkets(pairs: SyntheticPairs, model: BookModel, startTimeMs: number): SyntheticMarket[] {
  const { count, seed, updatesPerSecond } = pairs;
  if (!Number.isInteger(count) || count < 1 || count > MAX_PAIRS) {
    throw new RangeError(`expected 1 to ${MAX_PAIRS} synthetic pairs, was ${count}`);
  }
  if (!(updatesPerSecond >= 0.1 && updatesPerSecond <= 100)) {
    throw new RangeError(`expected 0.1 to 100 updates per second, was ${updatesPerSecond}`);
  }
  return Array.from({ length: count }, (_, index) => {
    const base = `SYN${String(index + 1).padStart(3, '0')}`;
    return new SyntheticMarket({ base, seed: `${seed}:${base}`, updatesPerSecond, model, startTimeMs });
  });
}

type SyntheticOptions = {
  readonly base: string;
  readonly seed: string;
  readonly updatesPerSecond: number;
  readonly model: BookModel;
  readonly startTimeMs: number;
};

/**
 * An invented market (origin `synthetic`): a random walk of constant volatility without drift or regimes, the calibrated
 * book around it. One call of advance() makes at most one book update; a longer frame is one longer step of the walk.
 */
export class SyntheticMarket implements PlayedSymbol {
  readonly symbol: MarketSymbol;
  private readonly seed: string;
  private readonly random: SeededRandom;
  private readonly quotes: QuoteMaker;
  private readonly minutes = new PlayedMinutes();
  private readonly startTimeMs: number;
  private readonly startTicks: number;
  private readonly lotsPerMinute: number;
  private readonly updateMs: number;
  private price: number;
  private lastMs = Number.NaN;
  private nextMs: number;

  constructor({ base, seed, updatesPerSecond, model, startTimeMs }: SyntheticOptions) {
    this.seed = seed;
    this.random = new SeededRandom(seed);
    const tickDigits = 2 + this.random.below(4);
    this.startTicks = Math.round(10_000 * 10 ** this.random.unit());
    const tickUsdt = 10 ** -tickDigits;
    const turnoverUsdt = 20_000 * 50 ** this.random.unit();
    const lotDigits = Math.max(0, 5 - tickDigits);
    this.lotsPerMinute = Math.max(100, Math.round((turnoverUsdt / (this.startTicks * tickUsdt)) * 10 ** lotDigits));
    this.symbol = symbolOf(base, stepText(tickDigits), stepText(lotDigits));
    const shape = bookShape(model, this.startTicks, this.lotsPerMinute);
    this.quotes = new QuoteMaker(this.symbol.symbol, shape, this.random);
    this.startTimeMs = startTimeMs;
    this.updateMs = 1000 / updatesPerSecond;
    this.price = this.startTicks;
    this.nextMs = startTimeMs + this.random.unit() * this.updateMs;
  }

  advance(marketTimeMs: number, events: MarketEvent[]): void {
    if (marketTimeMs < this.startTimeMs) return;
    if (Number.isNaN(this.lastMs)) {
      events.push(this.quotes.open(this.startTimeMs, this.startTicks));
      this.lastMs = this.startTimeMs;
    }
    if (this.nextMs > marketTimeMs) return;
    this.step(Math.floor(Math.max(this.nextMs, marketTimeMs - this.updateMs)), events);
    this.nextMs = Math.max(this.nextMs, marketTimeMs - this.updateMs) + this.updateMs;
  }

  history(interval: KlineInterval, endTimeMs: number, limit: number): readonly Kline[] {
    const played = this.minutes.bars();
    const minutesNeeded = limit * (interval === '1h' ? 60 : interval === '5m' ? 5 : 1) + 60;
    const before = this.minutesBefore(minutesNeeded, played[0]?.openTimeMs);
    return klinesOfMinutes([...before, ...played], this.symbol, { interval, endTimeMs, limit });
  }

  private step(timeMs: number, events: MarketEvent[]): void {
    const seconds = (timeMs - this.lastMs) / 1000;
    this.lastMs = timeMs;
    this.price *= 1 + DEVIATION_PER_ROOT_SECOND * Math.sqrt(seconds) * this.random.bell();
    if (this.random.unit() >= BURST_RATIO) {
      events.push(this.quotes.refresh(timeMs));
      return;
    }
    const ticks = Math.max(2, Math.round(this.price));
    const lots = Math.max(1, Math.round(this.lotsPerBurst() * this.random.exponential()));
    const aggressor = this.random.unit() < 0.5 ? 'buy' : 'sell';
    events.push(this.quotes.quote(timeMs, { ticks, lots, aggressor }));
    events.push({ kind: 'trade', symbol: this.symbol.symbol, marketTimeMs: timeMs, ticks, lots, aggressor });
    this.minutes.count({ timeMs, ticks, lots, prints: 1, aggressor });
  }

  private lotsPerBurst(): number {
    return (this.lotsPerMinute * this.updateMs) / MINUTE_MS / BURST_RATIO;
  }

  /** The same walk run backwards from the start price, made anew on each call: 500 markets keep no history in memory. */
  private minutesBefore(count: number, firstPlayedMs: number | undefined): readonly MinuteBar[] {
    const random = new SeededRandom(`${this.seed}:before`);
    const deviation = DEVIATION_PER_ROOT_SECOND * Math.sqrt(60) * this.startTicks;
    const startMinuteMs = Math.floor(this.startTimeMs / MINUTE_MS) * MINUTE_MS;
    const lastMs = Math.min(startMinuteMs, firstPlayedMs ?? startMinuteMs);
    const minutes: MinuteBar[] = [];
    let close = this.startTicks;
    for (let index = 1; index <= count; index += 1) {
      const open = Math.max(2, Math.round(close + deviation * random.bell()));
      const reach = (): number => Math.round(0.4 * deviation * random.exponential());
      const volume = Math.max(2, Math.round(this.lotsPerMinute * random.exponential()));
      const middle = Math.round((open + close) / 2);
      minutes.push({
        openTimeMs: lastMs - index * MINUTE_MS,
        open,
        high: Math.max(open, close) + reach(),
        low: Math.max(1, Math.min(open, close) - reach()),
        close,
        volume,
        quoteSteps: middle * volume,
        trades: Math.min(volume, 20),
        takerBuyVolume: Math.floor(volume * random.unit()),
      });
      close = open;
    }
    return minutes.reverse();
  }
}

function stepText(digits: number): string {
  return digits === 0 ? '1' : `0.${'1'.padStart(digits, '0')}`;
}

/** Filters in the venue's style with round limits: nothing here is measured. */
function symbolOf(base: string, tickSize: string, lotSize: string): MarketSymbol {
  const filters = [
    { filterType: 'PRICE_FILTER', minPrice: tickSize, maxPrice: '1000000', tickSize },
    { filterType: 'LOT_SIZE', minQty: lotSize, maxQty: '100000000', stepSize: lotSize },
    { filterType: 'ICEBERG_PARTS', limit: 10 },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0', maxQty: '10000000', stepSize: '0' },
    {
      filterType: 'TRAILING_DELTA',
      minTrailingAboveDelta: 10,
      maxTrailingAboveDelta: 2000,
      minTrailingBelowDelta: 10,
      maxTrailingBelowDelta: 2000,
    },
    {
      filterType: 'PERCENT_PRICE_BY_SIDE',
      bidMultiplierUp: '5',
      bidMultiplierDown: '0.2',
      askMultiplierUp: '5',
      askMultiplierDown: '0.2',
      avgPriceMins: 5,
    },
    {
      filterType: 'NOTIONAL',
      minNotional: '10',
      applyMinToMarket: true,
      maxNotional: '10000000',
      applyMaxToMarket: false,
      avgPriceMins: 5,
    },
    { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    { filterType: 'MAX_NUM_ORDER_LISTS', maxNumOrderLists: 20 },
    { filterType: 'MAX_NUM_ALGO_ORDERS', maxNumAlgoOrders: 5 },
  ].map((filter) => withVenueDigits(filter));
  return { symbol: `${base}USDT`, base, quote: 'USDT', origin: 'synthetic', tickSize, lotSize, filters };
}

const VENUE_DIGITS = 8;

/** The venue writes prices, sizes and notionals with eight digits. */
function withVenueDigits(filter: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(filter).map(([key, value]) => {
      const padded = typeof value === 'string' && /(Price|tickSize|Qty|stepSize|Notional)$/.test(key);
      return [key, padded ? withDigits(value) : value];
    }),
  );
}

function withDigits(text: string): string {
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(VENUE_DIGITS, '0')}`;
}
