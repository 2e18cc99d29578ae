import { ensure } from '../../engine/domain/result.ts';
import { type BarSeries, parseBars } from './bar-series.ts';
import { type BookModel, bookModelSchema, bookShape } from './book-shape.ts';
import { parseCapture } from './capture.ts';
import { type DemoData, type ListedSymbol, openDemoData } from './demo-data.ts';
import { DerivedMarket } from './derived-market.ts';
import type { MarketEvent, MarketOrigin, MarketSource, MarketSymbol } from './market-source.ts';
import type { PlayedSymbol } from './played-symbol.ts';
import { RecordedMarket } from './recorded-market.ts';
import { decimalStep } from './step-text.ts';
import { syntheticMarkets, type SyntheticPairs } from './synthetic-market.ts';

/**
 * - `demo`: the 14 recorded pairs of 2024-01 as derived markets, BTCUSDT among them, so that all pairs, their history and
 *   the signals on them belong to one time.
 * - `recorded`: BTCUSDT as its recorded order book and tape of 2024-08, which is also what the derived books are
 *   calibrated on.
 * - `synthetic`: invented seeded pairs for load tests. With the other kinds, `synthetic` adds such pairs to theirs.
 */
export type MarketSourceOptions = {
  readonly kind: 'demo' | 'recorded' | 'synthetic';
  /** Which of the shipped pairs; all when not given. */
  readonly symbols?: readonly string[] | undefined;
  /** Epoch ms at which play begins; the recording's own time or the demo's start when not given. */
  readonly startTimeMs?: number | undefined;
  readonly synthetic?: SyntheticPairs | undefined;
  readonly dataDirectory?: string | undefined;
};

const DEFAULT_SYNTHETIC: SyntheticPairs = { count: 100, seed: 'leeward', updatesPerSecond: 10 };

/** 35 minutes before the fall of 2024-01-03 12:05 UTC; the market is already moving. */
export const DEMO_START_MS = Date.UTC(2024, 0, 3, 11, 30);
/** 2024-08-08 23:54:14 UTC by the recorder's clock: the moment of the recording's snapshot. */
const RECORDED_START_MS = 1_723_161_254_206;

/** Throws with one clear line when a symbol has no data or the shipped data are missing or altered. */
export function createMarketSource(options: MarketSourceOptions): MarketSource {
  const data = openDemoData(options.dataDirectory);
  const model = readBookModel(data);
  const startTimeMs = options.startTimeMs ?? (options.kind === 'recorded' ? RECORDED_START_MS : DEMO_START_MS);
  const pairs = options.synthetic ?? (options.kind === 'synthetic' ? DEFAULT_SYNTHETIC : null);
  const synthetic = pairs === null ? [] : syntheticMarkets(pairs, model, startTimeMs);
  return mergedSource(startTimeMs, [...shippedMarkets(options, data, model, startTimeMs), ...synthetic]);
}

function shippedMarkets(
  { kind, symbols }: MarketSourceOptions,
  data: DemoData,
  model: BookModel,
  startTimeMs: number,
): readonly PlayedSymbol[] {
  if (kind === 'synthetic') return [];
  const files = data.files.filter((file) => file.kind === (kind === 'demo' ? 'bars' : 'capture'));
  const available = new Set(files.flatMap((file) => file.symbol ?? []));
  return [...(symbols ?? available)].map((symbol) => {
    const entry = data.listed.find((listed) => listed.symbol === symbol && available.has(symbol));
    if (entry === undefined) throw new Error(`expected one of ${[...available].join(' ')}, was ${symbol}`);
    if (kind === 'demo') return derivedMarket(data, model, entry, startTimeMs);
    return recordedMarket(data, entry, startTimeMs);
  });
}

function recordedMarket(data: DemoData, entry: ListedSymbol, startTimeMs: number): RecordedMarket {
  const files = data.files.filter((file) => file.kind === 'capture' && file.symbol === entry.symbol);
  const texts = files.map((file) => data.text(file));
  const capture = parseCapture(texts, decimalStep(entry.tickSize), decimalStep(entry.lotSize));
  return new RecordedMarket(marketSymbol(entry, 'recorded'), capture, startTimeMs);
}

function derivedMarket(data: DemoData, model: BookModel, entry: ListedSymbol, startTimeMs: number): DerivedMarket {
  const file = ensure(
    data.files.find(({ kind, symbol }) => kind === 'bars' && symbol === entry.symbol),
    `bars of ${entry.symbol}`,
  );
  const intervalMs = ensure(file.intervalMs, `intervalMs of ${file.path}`);
  const series = parseBars(data.text(file), intervalMs, decimalStep(entry.tickSize), decimalStep(entry.lotSize));
  const { ticks, lotsPerMinute } = usualMinute(series);
  const shape = bookShape(model, ticks, lotsPerMinute);
  return new DerivedMarket({ symbol: marketSymbol(entry, 'derived'), series, shape, startTimeMs });
}

/** Median close and median volume per minute over the whole recording. */
function usualMinute(series: BarSeries): { readonly ticks: number; readonly lotsPerMinute: number } {
  const bars = Array.from({ length: series.length }, (_, index) => series.at(index));
  const median = (values: number[]): number => ensure(values.sort((a, b) => a - b)[values.length >> 1], 'a median');
  const lots = median(bars.map((bar) => bar.volume));
  return { ticks: median(bars.map((bar) => bar.close)), lotsPerMinute: (lots * 60_000) / series.intervalMs };
}

function readBookModel(data: DemoData): BookModel {
  const file = ensure(
    data.files.find(({ kind }) => kind === 'book-model'),
    'a file of kind book-model in the demo data',
  );
  return bookModelSchema.parse(JSON.parse(data.text(file)));
}

function marketSymbol(
  { symbol, base, quote, tickSize, lotSize, filters }: ListedSymbol,
  origin: MarketOrigin,
): MarketSymbol {
  return { symbol, base, quote, origin, tickSize, lotSize, filters };
}

function mergedSource(startTimeMs: number, markets: readonly PlayedSymbol[]): MarketSource {
  const bySymbol = new Map(markets.map((market) => [market.symbol.symbol, market]));
  return {
    symbols: markets.map(({ symbol }) => symbol),
    startTimeMs,
    advance: (marketTimeMs) => {
      const events: MarketEvent[] = [];
      for (const market of markets) market.advance(marketTimeMs, events);
      return events.sort((a, b) => a.marketTimeMs - b.marketTimeMs);
    },
    history: (symbol, interval, endTimeMs, limit) => {
      const market = bySymbol.get(symbol);
      if (market === undefined) throw new Error(`expected a symbol of this source, was ${symbol}`);
      return market.history(interval, endTimeMs, limit);
    },
  };
}
