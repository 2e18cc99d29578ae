import { type Decimal, decimal, pow10 } from '../../engine/domain/decimal.ts';
import type { MarketSymbol } from '../market/market-source.ts';
import { type Amount, AMOUNT_SCALE, Grid } from './grid.ts';

type Range = { readonly min: Decimal; readonly max: Decimal; readonly step: Decimal };

/** The numbers of a symbol's filters; a filter the symbol lacks is null. */
export type FilterSet = {
  readonly price: Range | null;
  readonly lot: Range | null;
  readonly marketLot: Range | null;
  readonly notional: {
    readonly min: Decimal;
    readonly max: Decimal | null;
    readonly minToMarket: boolean;
    readonly maxToMarket: boolean;
  } | null;
  readonly percent: {
    readonly buyUp: Decimal;
    readonly buyDown: Decimal;
    readonly sellUp: Decimal;
    readonly sellDown: Decimal;
    readonly minutes: number;
    readonly name: string;
  } | null;
  readonly maxOrders: number;
  readonly maxAlgoOrders: number;
  readonly maxOrderLists: number;
  readonly maxPosition: Decimal | null;
};

export type RawFilter = Readonly<Record<string, unknown>>;

/** Trading rules of one symbol. The grids are the recording's and stay; the filters can change live. */
export class SymbolRules {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly origin: MarketSymbol['origin'];
  readonly prices: Grid;
  readonly sizes: Grid;
  status: 'TRADING' | 'HALT' | 'BREAK' = 'TRADING';
  rawFilters: readonly RawFilter[];
  filters: FilterSet;
  private readonly notionalUnit: Amount;

  constructor(market: MarketSymbol) {
    this.symbol = market.symbol;
    this.base = market.base;
    this.quote = market.quote;
    this.origin = market.origin;
    this.prices = new Grid(market.tickSize);
    this.sizes = new Grid(market.lotSize);
    this.rawFilters = market.filters;
    this.filters = parseFilters(market.filters);
    const { size: tick } = this.prices;
    const { size: lot } = this.sizes;
    this.notionalUnit = tick.units * lot.units * pow10(AMOUNT_SCALE - tick.scale - lot.scale);
  }

  /** Quote amount of `lots` at `ticks`, exact. */
  notional(ticks: number, lots: number): Amount {
    return BigInt(ticks) * BigInt(lots) * this.notionalUnit;
  }

  /** Replaces filters by type; others stay. */
  changeFilters(changes: readonly RawFilter[]): void {
    const types = new Set(changes.map((filter) => filter['filterType']));
    this.rawFilters = [...this.rawFilters.filter((filter) => !types.has(filter['filterType'])), ...changes];
    this.filters = parseFilters(this.rawFilters);
  }
}

const UNLIMITED = Number.MAX_SAFE_INTEGER;

export function parseFilters(raw: readonly RawFilter[]): FilterSet {
  const byType = new Map(raw.map((filter) => [String(filter['filterType']), filter]));
  const maxPosition = byType.get('MAX_POSITION');
  return {
    price: range(byType.get('PRICE_FILTER'), ['minPrice', 'maxPrice', 'tickSize']),
    lot: range(byType.get('LOT_SIZE'), ['minQty', 'maxQty', 'stepSize']),
    marketLot: range(byType.get('MARKET_LOT_SIZE'), ['minQty', 'maxQty', 'stepSize']),
    notional: notional(byType),
    percent: percent(byType),
    maxOrders: count(byType.get('MAX_NUM_ORDERS'), ['maxNumOrders', 'limit']),
    maxAlgoOrders: count(byType.get('MAX_NUM_ALGO_ORDERS'), ['maxNumAlgoOrders', 'limit']),
    maxOrderLists: count(byType.get('MAX_NUM_ORDER_LISTS'), ['maxNumOrderLists']),
    maxPosition: maxPosition === undefined ? null : number(maxPosition, 'maxPosition'),
  };
}

function range(filter: RawFilter | undefined, [min, max, step]: readonly [string, string, string]): Range | null {
  if (filter === undefined) return null;
  return { min: number(filter, min), max: number(filter, max), step: number(filter, step) };
}

function notional(byType: ReadonlyMap<string, RawFilter>): FilterSet['notional'] {
  const today = byType.get('NOTIONAL');
  if (today !== undefined) {
    return {
      min: number(today, 'minNotional'),
      max: 'maxNotional' in today ? number(today, 'maxNotional') : null,
      minToMarket: today['applyMinToMarket'] === true,
      maxToMarket: today['applyMaxToMarket'] === true,
    };
  }
  const older = byType.get('MIN_NOTIONAL');
  if (older === undefined) return null;
  return {
    min: number(older, 'minNotional'),
    max: null,
    minToMarket: older['applyToMarket'] === true,
    maxToMarket: false,
  };
}

function percent(byType: ReadonlyMap<string, RawFilter>): FilterSet['percent'] {
  const bySide = byType.get('PERCENT_PRICE_BY_SIDE');
  if (bySide !== undefined) {
    return {
      buyUp: number(bySide, 'bidMultiplierUp'),
      buyDown: number(bySide, 'bidMultiplierDown'),
      sellUp: number(bySide, 'askMultiplierUp'),
      sellDown: number(bySide, 'askMultiplierDown'),
      minutes: Number(bySide['avgPriceMins'] ?? 5),
      name: 'PERCENT_PRICE_BY_SIDE',
    };
  }
  const both = byType.get('PERCENT_PRICE');
  if (both === undefined) return null;
  const up = number(both, 'multiplierUp');
  const down = number(both, 'multiplierDown');
  const minutes = Number(both['avgPriceMins'] ?? 5);
  return { buyUp: up, buyDown: down, sellUp: up, sellDown: down, minutes, name: 'PERCENT_PRICE' };
}

function count(filter: RawFilter | undefined, names: readonly string[]): number {
  for (const name of names) {
    const value = filter?.[name];
    if (value !== undefined) return Number(value);
  }
  return UNLIMITED;
}

/** Throws when a filter's number is missing or no decimal: the market is described wrongly. */
function number(filter: RawFilter, name: string): Decimal {
  const value = filter[name];
  return decimal(typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '');
}
