import type { Kline, KlineInterval, MarketSource } from './market/market-source.ts';
import { type Amount, formatAmount, parseAmount } from './matching/grid.ts';
import type { Print } from './matching/exchange-events.ts';
import type { SymbolRules } from './matching/symbol-rules.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const KEPT_TRADES = 1000;
/** Trades are dropped in batches: moving the array for each would cost more. */
const SPARE_TRADES = 250;

/** The venue's bar lengths. */
export const INTERVALS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '6h': 6 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
};

export type Bar = {
  readonly openMs: number;
  readonly closeMs: number;
  readonly open: Amount;
  readonly high: Amount;
  readonly low: Amount;
  readonly close: Amount;
  readonly volume: Amount;
  readonly quoteVolume: Amount;
  readonly takerBuyVolume: Amount;
  readonly trades: number;
};

/** The public record of one symbol: every trade, and bars and statistics of the recorded ones. */
export class Tape {
  readonly trades: Print[] = [];
  private readonly rules: SymbolRules;
  private readonly source: MarketSource;
  private minute: Bar | null = null;

  constructor(rules: SymbolRules, source: MarketSource) {
    this.rules = rules;
    this.source = source;
  }

  add(print: Print): void {
    this.trades.push(print);
    if (this.trades.length >= KEPT_TRADES + SPARE_TRADES) this.trades.splice(0, SPARE_TRADES);
    if (!print.isOurs) this.minute = this.extended(print);
  }

  /** Bars that closed by `nowMs` and the one that is open, oldest first. */
  bars(interval: string, nowMs: number, limit: number): Bar[] {
    const lengthMs = INTERVALS[interval] ?? MINUTE_MS;
    const base = baseOf(lengthMs);
    const perBar = lengthMs / base.lengthMs;
    const openMs = Math.floor(nowMs / lengthMs) * lengthMs;
    const wanted = Math.min(limit * perBar, 50_000);
    const closed = this.closed(base.name, openMs, wanted);
    const merged = merge(closed, lengthMs);
    const current = this.current(interval, nowMs);
    return [...merged, ...(current === null ? [] : [current])].slice(-limit);
  }

  /** The open bar of an interval, or null while nothing traded in it. */
  current(interval: string, nowMs: number): Bar | null {
    const lengthMs = INTERVALS[interval] ?? MINUTE_MS;
    const openMs = Math.floor(nowMs / lengthMs) * lengthMs;
    return this.since(openMs, nowMs, lengthMs);
  }

  /** The last 24 hours as one bar, to the hour at its far end. */
  day(nowMs: number): Bar | null {
    const openMs = Math.floor((nowMs - DAY_MS) / HOUR_MS) * HOUR_MS;
    const bar = this.since(openMs, nowMs, 2 * DAY_MS);
    return bar === null ? null : { ...bar, openMs: nowMs - DAY_MS, closeMs: nowMs };
  }

  private since(openMs: number, nowMs: number, lengthMs: number): Bar | null {
    const parts: Bar[] = [];
    let fromMs = openMs;
    for (const [name, partMs] of BASES) {
      const endMs = Math.floor(nowMs / partMs) * partMs;
      if (endMs <= fromMs) continue;
      parts.push(...this.closed(name, endMs, (endMs - fromMs) / partMs).filter((bar) => bar.openMs >= fromMs));
      fromMs = endMs;
    }
    if (this.minute !== null && this.minute.openMs >= fromMs) parts.push(this.minute);
    return join(parts, openMs, lengthMs);
  }

  private closed(interval: KlineInterval, endMs: number, limit: number): Bar[] {
    return this.source.history(this.rules.symbol, interval, endMs, Math.ceil(limit)).map(barOf);
  }

  private extended({ ticks, lots, atMs, buyerIsMaker }: Print): Bar {
    const price = this.rules.prices.amountOf(ticks);
    const size = this.rules.sizes.amountOf(lots);
    const openMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS;
    const alone: Bar = {
      openMs,
      closeMs: openMs + MINUTE_MS - 1,
      ...{ open: price, high: price, low: price, close: price },
      volume: size,
      quoteVolume: this.rules.notional(ticks, lots),
      takerBuyVolume: buyerIsMaker ? 0n : size,
      trades: 1,
    };
    return this.minute?.openMs === openMs ? extend(this.minute, alone) : alone;
  }
}

/** Coarse first: a day is hours, then five minutes, then minutes. */
const BASES: readonly (readonly [KlineInterval, number])[] = [
  ['1h', HOUR_MS],
  ['5m', 5 * MINUTE_MS],
  ['1m', MINUTE_MS],
];

function baseOf(lengthMs: number): { readonly name: KlineInterval; readonly lengthMs: number } {
  const [name, partMs] = BASES.find(([, each]) => lengthMs % each === 0) ?? ['1m' as const, MINUTE_MS];
  return { name, lengthMs: partMs };
}

const barOf = (kline: Kline): Bar => ({
  openMs: kline.openTimeMs,
  closeMs: kline.closeTimeMs,
  open: parseAmount(kline.open),
  high: parseAmount(kline.high),
  low: parseAmount(kline.low),
  close: parseAmount(kline.close),
  volume: parseAmount(kline.volume),
  quoteVolume: parseAmount(kline.quoteVolume),
  takerBuyVolume: parseAmount(kline.takerBuyVolume),
  trades: kline.trades,
});

function merge(bars: readonly Bar[], lengthMs: number): Bar[] {
  const groups = Map.groupBy(bars, (bar) => Math.floor(bar.openMs / lengthMs) * lengthMs);
  return [...groups].flatMap(([openMs, group]) => join(group, openMs, lengthMs) ?? []);
}

function join([first, ...rest]: readonly Bar[], openMs: number, lengthMs: number): Bar | null {
  if (first === undefined) return null;
  return { ...rest.reduce(extend, first), openMs, closeMs: openMs + lengthMs - 1 };
}

/** The earlier bar with a later one added to it. */
const extend = (bar: Bar, later: Bar): Bar => ({
  openMs: bar.openMs,
  closeMs: bar.closeMs,
  open: bar.open,
  high: later.high > bar.high ? later.high : bar.high,
  low: later.low < bar.low ? later.low : bar.low,
  close: later.close,
  volume: bar.volume + later.volume,
  quoteVolume: bar.quoteVolume + later.quoteVolume,
  takerBuyVolume: bar.takerBuyVolume + later.takerBuyVolume,
  trades: bar.trades + later.trades,
});

/** Quote paid by takers that bought; the source states the base volume only, so their average price is the bar's. */
const takerBuyQuote = (bar: Bar): Amount =>
  bar.volume === 0n ? 0n : (bar.quoteVolume * bar.takerBuyVolume) / bar.volume;

/** A bar as REST sends it. */
export const klineRow = (bar: Bar): unknown[] => [
  bar.openMs,
  formatAmount(bar.open),
  formatAmount(bar.high),
  formatAmount(bar.low),
  formatAmount(bar.close),
  formatAmount(bar.volume),
  bar.closeMs,
  formatAmount(bar.quoteVolume),
  bar.trades,
  formatAmount(bar.takerBuyVolume),
  formatAmount(takerBuyQuote(bar)),
  '0',
];

/** A bar as the kline stream sends it. */
export const klineEvent = (
  symbol: string,
  interval: string,
  bar: Bar,
  ids: readonly [number, number],
  isClosed: boolean,
) => ({
  t: bar.openMs,
  T: bar.closeMs,
  s: symbol,
  i: interval,
  f: ids[0],
  L: ids[1],
  o: formatAmount(bar.open),
  c: formatAmount(bar.close),
  h: formatAmount(bar.high),
  l: formatAmount(bar.low),
  v: formatAmount(bar.volume),
  n: bar.trades,
  x: isClosed,
  q: formatAmount(bar.quoteVolume),
  V: formatAmount(bar.takerBuyVolume),
  Q: formatAmount(takerBuyQuote(bar)),
  B: '0',
});
