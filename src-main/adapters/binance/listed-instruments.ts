import {
  compareDecimals,
  decimal,
  type DecimalText,
  formatDecimal,
  multiplyDecimals,
  parseDecimal,
} from '../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { instrumentId, parseInstrumentId } from '../../engine/domain/identifiers.ts';
import type { VenueLimit } from './weight-limiter.ts';
import type { AccountReply, ExchangeInfoReply } from './wire-schemas.ts';

type VenueSymbol = ExchangeInfoReply['symbols'][number];
export type FeeRates = { readonly maker: DecimalText; readonly taker: DecimalText };

const INTERVAL_MS = { SECOND: 1_000, MINUTE: 60_000, HOUR: 3_600_000, DAY: 86_400_000 } as const;
/** Where a symbol states no cap the venue documents these. */
const DEFAULT_MAX_ORDERS = 200;
const DEFAULT_MAX_STOP_ORDERS = 5;
/** Fees of a new account, assumed while the venue states none. */
const HIGHEST_FEE: DecimalText = '0.001';

/** Every market of the product that trades and whose rules can be read; the rest cannot be traded safely and is left out. */
export function listedInstruments(
  info: ExchangeInfoReply,
  fees: FeeRates,
  version: number,
  product: 'SPOT' | 'MARGIN' = 'SPOT',
): readonly ListedInstrument[] {
  return info.symbols.flatMap((symbol) => {
    const listed = isTradable(symbol, product) ? instrumentOf(symbol, { fees, version, product }) : undefined;
    return listed === undefined ? [] : [listed];
  });
}

export function venueLimits(info: Pick<ExchangeInfoReply, 'rateLimits'>): readonly VenueLimit[] {
  const resources: Readonly<Record<string, VenueLimit['resource']>> = { REQUEST_WEIGHT: 'weight', ORDERS: 'orders' };
  return info.rateLimits.flatMap(({ rateLimitType, interval, intervalNum, limit }) => {
    const resource = resources[rateLimitType];
    return resource === undefined ? [] : [{ resource, windowMs: INTERVAL_MS[interval] * intervalNum, limit }];
  });
}

/** Rates of the account as fractions; older replies state them in units of 0.0001. */
export function feeRatesOf(account: AccountReply): FeeRates {
  if (account.commissionRates !== undefined) return account.commissionRates;
  const fraction = (units: number | undefined): DecimalText => {
    const parsed = parseDecimal(String(units ?? ''));
    return parsed.ok ? trimmed(formatDecimal(multiplyDecimals(parsed.value, decimal('0.0001')))) : HIGHEST_FEE;
  };
  return { maker: fraction(account.makerCommission), taker: fraction(account.takerCommission) };
}

function isTradable(symbol: VenueSymbol, product: 'SPOT' | 'MARGIN'): boolean {
  if (symbol.status !== 'TRADING') return false;
  return product === 'SPOT' ? symbol.isSpotTradingAllowed !== false : symbol.isMarginTradingAllowed === true;
}

type Listing = { readonly fees: FeeRates; readonly version: number; readonly product: 'SPOT' | 'MARGIN' };

function instrumentOf(symbol: VenueSymbol, { fees, version, product }: Listing): ListedInstrument | undefined {
  const id = instrumentId({ base: symbol.baseAsset, quote: symbol.quoteAsset, venue: 'BINANCE', product });
  const read = filterReader(symbol);
  const tickSize = read('PRICE_FILTER', 'tickSize');
  const lotSize = read('LOT_SIZE', 'stepSize');
  const minQuantity = read('LOT_SIZE', 'minQty');
  const maxQuantity = read('LOT_SIZE', 'maxQty');
  // Today's NOTIONAL replaced MIN_NOTIONAL; a symbol has one of them.
  const minNotional = read('NOTIONAL', 'minNotional') ?? read('MIN_NOTIONAL', 'minNotional') ?? '0';
  if (!parseInstrumentId(id).ok || !isAboveZero(tickSize) || !isAboveZero(lotSize)) return undefined;
  if (minQuantity === undefined || !isAboveZero(maxQuantity)) return undefined;
  return {
    id,
    version,
    venueSymbol: symbol.symbol,
    tickSize,
    lotSize,
    minQuantity,
    maxQuantity,
    minNotional,
    priceBand: priceBandOf(read),
    maxOrders: Number(read('MAX_NUM_ORDERS', 'maxNumOrders') ?? DEFAULT_MAX_ORDERS),
    maxStopOrders: Number(read('MAX_NUM_ALGO_ORDERS', 'maxNumAlgoOrders') ?? DEFAULT_MAX_STOP_ORDERS),
    makerFee: fees.maker,
    takerFee: fees.taker,
  };
}

export type FilterReader = (filterType: string, field: string) => DecimalText | undefined;

/** Numbers of a filter as trimmed decimal text: the venue pads them, and an order's digits come from the tick. */
export function filterReader(symbol: Pick<VenueSymbol, 'filters'>): FilterReader {
  const filters = new Map(symbol.filters.map((filter) => [filter.filterType, filter]));
  return (filterType, field) => {
    const value = filters.get(filterType)?.[field];
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    return parseDecimal(String(value)).ok ? trimmed(String(value)) : undefined;
  };
}

/** The narrower of the buy and the sell band: an order inside it passes both. */
export function priceBandOf(read: FilterReader): ListedInstrument['priceBand'] {
  const ups = [read('PERCENT_PRICE', 'multiplierUp'), ...bySide(read, 'Up')].filter((up) => up !== undefined);
  const downs = [read('PERCENT_PRICE', 'multiplierDown'), ...bySide(read, 'Down')].filter((d) => d !== undefined);
  const up = ups.sort(byValue)[0];
  const down = downs.sort(byValue).at(-1);
  return up === undefined || down === undefined ? null : { up, down };
}

function bySide(read: FilterReader, end: 'Up' | 'Down'): readonly (DecimalText | undefined)[] {
  return ['bid', 'ask'].map((side) => read('PERCENT_PRICE_BY_SIDE', `${side}Multiplier${end}`));
}

function byValue(a: DecimalText, b: DecimalText): number {
  return compareDecimals(decimal(a), decimal(b));
}

export function isAboveZero(text: DecimalText | undefined): text is DecimalText {
  return text !== undefined && decimal(text).units > 0n;
}

function trimmed(text: DecimalText): DecimalText {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
