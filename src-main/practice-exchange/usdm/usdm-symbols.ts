import type { MarketSymbol } from '../market/market-source.ts';
import type { RawFilter } from '../matching/symbol-rules.ts';

/** Smallest notional of a USD-M order that does not reduce a position. */
export const MIN_NOTIONAL = '5';
export const MAX_OPEN_ORDERS = 200;
const KEPT: ReadonlySet<unknown> = new Set(['PRICE_FILTER', 'LOT_SIZE', 'MARKET_LOT_SIZE']);

/** The perpetual contracts: one for each played market that is quoted in USDT, with spot's ticks and lots. */
export const perpetuals = (symbols: readonly MarketSymbol[]): MarketSymbol[] =>
  symbols
    .filter(({ quote }) => quote === 'USDT')
    .map((symbol) => ({ ...symbol, filters: [...symbol.filters.filter(isKept), ...OWN_FILTERS] }));

const isKept = (filter: RawFilter): boolean => KEPT.has(filter['filterType']);

const OWN_FILTERS: readonly RawFilter[] = [
  { filterType: 'MIN_NOTIONAL', minNotional: MIN_NOTIONAL, applyToMarket: true, avgPriceMins: 1 },
  { filterType: 'PERCENT_PRICE', multiplierUp: '1.15', multiplierDown: '0.85', avgPriceMins: 1 },
  { filterType: 'MAX_NUM_ORDERS', maxNumOrders: MAX_OPEN_ORDERS },
];
