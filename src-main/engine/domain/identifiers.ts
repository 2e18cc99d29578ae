import { type GenericVenue, isGenericVenue } from './generic-venues.ts';
import { err, ok, type Result } from './result.ts';

/** Nominal text types: an account id is not a strategy id. */
type Nominal<T, Name extends string> = T & { readonly __name: Name };

export type AccountId = Nominal<string, 'AccountId'>;
export type StrategyId = Nominal<string, 'StrategyId'>;
export type InstrumentId = Nominal<string, 'InstrumentId'>;
export type UnderlyingId = Nominal<string, 'UnderlyingId'>;
export type ClientOrderId = Nominal<string, 'ClientOrderId'>;
export type VenueOrderId = Nominal<string, 'VenueOrderId'>;
export type TradeId = Nominal<string, 'TradeId'>;
export type ExecutorId = Nominal<string, 'ExecutorId'>;
export type CommandId = Nominal<string, 'CommandId'>;
/** Venues with an adapter of their own. */
export type NativeVenue = 'BINANCE' | 'KRAKEN';
export type Venue = NativeVenue | GenericVenue;
export type Product = 'SPOT' | 'MARGIN' | 'USDM';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,47}$/;
/** The client's name and its own id of the command. */
const COMMAND_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,129}$/;
const INSTRUMENT = /^([A-Z0-9]{1,20})\/([A-Z0-9]{1,20})\.([A-Z0-9]{2,24})\.(SPOT|MARGIN|USDM)$/;

export const accountId = (text: string): AccountId => named(text, 'an account id') as AccountId;
export const strategyId = (text: string): StrategyId => named(text, 'a strategy id') as StrategyId;
export const commandId = (text: string): CommandId => named(text, 'a command id', COMMAND_NAME) as CommandId;
export const venueOrderId = (text: string): VenueOrderId => named(text, 'a venue order id') as VenueOrderId;
export const tradeId = (text: string): TradeId => named(text, 'a trade id') as TradeId;

export type InstrumentParts = {
  readonly base: string;
  readonly quote: string;
  readonly venue: Venue;
  readonly product: Product;
};

/** `BTC/USDT.BINANCE.SPOT`. */
export function instrumentId(parts: InstrumentParts): InstrumentId {
  return `${parts.base}/${parts.quote}.${parts.venue}.${parts.product}` as InstrumentId;
}

/** Denies text that is not symbol.venue.product, a venue nobody knows, and any product but SPOT of a generic one. */
export function parseInstrumentId(text: string): Result<InstrumentParts, string> {
  const match = INSTRUMENT.exec(text);
  if (match === null) return err(expected(text));
  const [, base = '', quote = '', venue = '', product] = match;
  if (isNativeVenue(venue)) return ok({ base, quote, venue, product: product as Product });
  if (!isGenericVenue(venue) || product !== 'SPOT') return err(expected(text));
  return ok({ base, quote, venue, product });
}

const expected = (text: string): string =>
  `expected an instrument like BTC/USDT.BINANCE.SPOT, was ${JSON.stringify(text)}`;

const isNativeVenue = (text: string): text is NativeVenue => text === 'BINANCE' || text === 'KRAKEN';

function named(text: string, what: string, pattern = NAME): string {
  if (!pattern.test(text))
    throw new RangeError(`expected ${what} of letters, digits, . _ -, was ${JSON.stringify(text)}`);
  return text;
}
