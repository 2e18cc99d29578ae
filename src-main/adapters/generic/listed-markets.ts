import { compareDecimals, decimal, type DecimalText } from '../../engine/domain/decimal.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import type { GenericVenue } from '../../engine/domain/generic-venues.ts';
import { instrumentId, type InstrumentId, parseInstrumentId } from '../../engine/domain/identifiers.ts';
import { type UnifiedMarket, unifiedMarket } from './unified-replies.ts';

/** Numbers of ccxt's own for how a market's precision is meant. */
const DECIMAL_PLACES = 2;
const TICK_SIZE = 4;
/** Where the venue states none. A fee above what any of them asks of a new account keeps an entry's cost honest. */
const UNSTATED = { fee: '0.006', maxQuantity: '1000000000', maxOrders: 50 } as const;

export type KnownMarket = { readonly symbol: string; readonly quote: string; readonly instrument: ListedInstrument };

export type Listing = {
  readonly venue: GenericVenue;
  readonly precisionMode: number;
  readonly version: number;
  /** Those that are traded or shown; the others are left out. */
  readonly wanted: readonly InstrumentId[];
};

/** The wanted spot markets whose rules can be read. Throws naming those that the venue lacks, or tells no rules of. */
export function listedMarkets(markets: unknown, listing: Listing): readonly KnownMarket[] {
  const rows = typeof markets === 'object' && markets !== null ? Object.values(markets) : [];
  const known = rows.flatMap((row) => {
    const market = unifiedMarket.safeParse(row);
    return market.success ? knownMarket(market.data, listing) : [];
  });
  const absent = listing.wanted.filter((id) => !known.some(({ instrument }) => instrument.id === id));
  if (absent.length > 0) {
    throw new Error(`expected markets that ${listing.venue} lists with their rules, was without ${absent.join(', ')}`);
  }
  return known;
}

function knownMarket(market: UnifiedMarket, listing: Listing): readonly KnownMarket[] {
  const { base, quote, spot, active, precision, limits } = market;
  const id = instrumentId({ base, quote, venue: listing.venue, product: 'SPOT' });
  if (!spot || active === false || !parseInstrumentId(id).ok || !listing.wanted.includes(id)) return [];
  const tickSize = stepOf(precision.price, listing.precisionMode);
  const lotSize = stepOf(precision.amount, listing.precisionMode);
  if (tickSize === undefined || lotSize === undefined) return [];
  const instrument: ListedInstrument = {
    ...{ id, version: listing.version, venueSymbol: market.id, tickSize, lotSize },
    minQuantity: atLeast(limits.amount.min, lotSize),
    maxQuantity: limits.amount.max ?? UNSTATED.maxQuantity,
    minNotional: limits.cost.min ?? '0',
    priceBand: null,
    maxOrders: UNSTATED.maxOrders,
    maxStopOrders: UNSTATED.maxOrders,
    makerFee: market.maker ?? UNSTATED.fee,
    takerFee: market.taker ?? UNSTATED.fee,
  };
  return [{ symbol: market.symbol, quote, instrument }];
}

/** One tick or lot; undefined where ccxt counts significant digits, which no step can say. */
function stepOf(precision: DecimalText | null, mode: number): DecimalText | undefined {
  if (precision === null) return undefined;
  const step = mode === DECIMAL_PLACES ? placesStep(precision) : mode === TICK_SIZE ? precision : undefined;
  return step !== undefined && decimal(step).units > 0n ? step : undefined;
}

function placesStep(places: DecimalText): DecimalText | undefined {
  if (!/^\d{1,2}$/.test(places)) return undefined;
  return Number(places) === 0 ? '1' : `0.${'0'.repeat(Number(places) - 1)}1`;
}

const atLeast = (stated: DecimalText | null, lot: DecimalText): DecimalText =>
  stated === null || compareDecimals(decimal(stated), decimal(lot)) < 0 ? lot : stated;
