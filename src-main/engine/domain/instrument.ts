import type { Decimal } from './decimal.ts';
import type { InstrumentId, Product, UnderlyingId, Venue } from './identifiers.ts';
import type { Price, Quantity } from './quantities.ts';

/** Trading rules of one market as of one moment. Venues change ticks live, so each change is a new version. */
export type Instrument = {
  readonly id: InstrumentId;
  readonly version: number;
  readonly venue: Venue;
  readonly product: Product;
  /** The venue's own name, such as BTCUSDT. */
  readonly venueSymbol: string;
  readonly base: string;
  readonly quote: string;
  /** Joins venues: XBT on one is BTC on the other. */
  readonly underlying: UnderlyingId;
  readonly tickSize: Price;
  readonly lotSize: Quantity;
  readonly minQuantity: Quantity;
  readonly maxQuantity: Quantity;
  readonly minNotional: Decimal;
  /** Highest multiple and lowest fraction of the average price an order may have; null when the venue states none. */
  readonly priceBand: { readonly up: Decimal; readonly down: Decimal } | null;
  /** Resting orders the venue allows on this instrument, and among them stops. */
  readonly maxOrders: number;
  readonly maxStopOrders: number;
  readonly makerFee: Decimal;
  readonly takerFee: Decimal;
};
