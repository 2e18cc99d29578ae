import { abilitiesOf, GENERIC_VENUES, type GenericVenue, isGenericVenue } from './generic-venues.ts';
import { parseInstrumentId, type InstrumentId, type NativeVenue, type Product, type Venue } from './identifiers.ts';
import type { OrderType, TimeInForce } from './order.ts';
import { ensure, invariant } from './result.ts';

/** What a venue can do for one product. A table of the engine, so that a replay needs no venue. */
export type VenueCapabilities = {
  /** Resting orders hold the balance they would sell: an exit waits for the release of its stop. */
  readonly locksFunds: boolean;
  /** Fees in the base asset are taken out of what was bought. */
  readonly feesReduceHolding: boolean;
  readonly reduceOnly: boolean;
  /** An order that would sell more than the account holds is refused: nothing is borrowed for it. */
  readonly sellsOnlyHoldings: boolean;
  /** The venue turns a create away that reaches it later than this after it was signed; null: it never does. */
  readonly createDeadlineMs: number | null;
  readonly orderTypes: readonly OrderType[];
  readonly timesInForce: readonly TimeInForce[];
  /** The venue shows a part of an order at a time. */
  readonly icebergs: boolean;
  readonly lists: { readonly oco: boolean; readonly oto: boolean; readonly otoco: boolean };
  /** A reduce-only stop may rest before there is a position: the bracket sends the stop first, then the entry. */
  readonly stopBeforeEntry: boolean;
  /** How a resting limit order changes; `cancelReplace`: the engine cancels it, then places it anew. */
  readonly modify: 'inPlace' | 'cancelReplace' | 'none';
  /** Orders with a trigger change in place too. */
  readonly modifyConditional: boolean;
  /** A new stop may rest beside the old one: replacement without a gap. */
  readonly twoStops: boolean;
  readonly deadMan: 'none' | 'account' | 'instrument';
  readonly deadManTouchesStops: boolean;
  /** Else open orders, closed orders and trades are searched. */
  readonly lookupByClientId: boolean;
  /** The venue reports positions. */
  readonly positions: boolean;
  readonly leverage: boolean;
};

const EVERY_TYPE: readonly OrderType[] = [
  'limit',
  'limitMaker',
  'market',
  'stopLimit',
  'stopMarket',
  'takeProfitLimit',
  'takeProfitMarket',
  'trailingStop',
];

/**
 * Goes with every spot create as its recvWindow: later the venue answers -1021 instead of executing it. Longer than a slow
 * venue needs, short enough that a lost order is proven lost in seconds.
 */
export const BINANCE_SPOT_CREATE_DEADLINE_MS = 2_000;

/** https://developers.binance.com/docs/binance-spot-api-docs/rest-api: lists OCO, OTO, OTOCO; no amend of a price. */
const BINANCE_SPOT: VenueCapabilities = {
  locksFunds: true,
  feesReduceHolding: true,
  reduceOnly: false,
  sellsOnlyHoldings: true,
  createDeadlineMs: BINANCE_SPOT_CREATE_DEADLINE_MS,
  orderTypes: EVERY_TYPE,
  timesInForce: ['gtc', 'ioc', 'fok'],
  icebergs: true,
  lists: { oco: true, oto: true, otoco: true },
  stopBeforeEntry: false,
  modify: 'cancelReplace',
  modifyConditional: false,
  twoStops: false,
  deadMan: 'none',
  deadManTouchesStops: false,
  lookupByClientId: true,
  positions: false,
  leverage: false,
};

/** Spot's own orders with borrowed funds. */
const BINANCE_MARGIN: VenueCapabilities = {
  ...BINANCE_SPOT,
  sellsOnlyHoldings: false,
  createDeadlineMs: null,
  positions: true,
  leverage: true,
};

/** Conditional orders live in an id space of their own, which has no amend; limit orders change by PUT /fapi/v1/order. */
const BINANCE_USDM: VenueCapabilities = {
  locksFunds: false,
  feesReduceHolding: false,
  reduceOnly: true,
  sellsOnlyHoldings: false,
  createDeadlineMs: null,
  orderTypes: EVERY_TYPE,
  timesInForce: ['gtc', 'ioc', 'fok', 'gtd'],
  icebergs: false,
  lists: { oco: false, oto: false, otoco: false },
  stopBeforeEntry: true,
  modify: 'inPlace',
  modifyConditional: false,
  twoStops: true,
  deadMan: 'instrument',
  // Not stated for conditional orders: the worse is assumed.
  deadManTouchesStops: true,
  lookupByClientId: true,
  positions: true,
  leverage: true,
};

/** Sent as `deadline` with AddOrder and AmendOrder: the venue takes 2 to 60 seconds and tells its clock in whole ones. */
export const KRAKEN_CREATE_DEADLINE_MS = 5_000;

/** Conditional close is the one list; AmendOrder changes prices, triggers and quantities. Buys ask for fees in quote. */
const KRAKEN_SPOT: VenueCapabilities = {
  locksFunds: true,
  feesReduceHolding: false,
  reduceOnly: false,
  sellsOnlyHoldings: true,
  createDeadlineMs: KRAKEN_CREATE_DEADLINE_MS,
  orderTypes: EVERY_TYPE,
  timesInForce: ['gtc', 'ioc', 'gtd'],
  icebergs: false,
  lists: { oco: false, oto: true, otoco: false },
  stopBeforeEntry: false,
  modify: 'inPlace',
  modifyConditional: true,
  twoStops: false,
  deadMan: 'account',
  deadManTouchesStops: true,
  lookupByClientId: true,
  positions: false,
  leverage: false,
};

/**
 * A conditional close is not reduce-only: triggered after its position is gone, it opens one the other way
 * (https://support.kraken.com/hc/en-us/articles/360038640052). A reduce-only stop is taken before there is a position
 * (https://support.kraken.com/hc/en-us/articles/7987518770708), so it goes first instead.
 */
const KRAKEN_MARGIN: VenueCapabilities = {
  ...KRAKEN_SPOT,
  locksFunds: false,
  reduceOnly: true,
  sellsOnlyHoldings: false,
  lists: { oco: false, oto: false, otoco: false },
  stopBeforeEntry: true,
  twoStops: true,
  positions: true,
  leverage: true,
};

/**
 * What may be relied on at a venue nobody proved against: no stop, list or timer of its own, whatever ccxt says it has. Takes no
 * order at all where one could not be told from a stranger's, or could not be ended at once.
 */
function genericSpot(venue: GenericVenue): VenueCapabilities {
  const abilities = abilitiesOf(venue);
  const trades = (['orders', 'ownId', 'market', 'ioc'] as const).every((ability) => abilities.has(ability));
  return {
    locksFunds: true,
    feesReduceHolding: true,
    reduceOnly: false,
    sellsOnlyHoldings: true,
    createDeadlineMs: null,
    orderTypes: trades ? ['limit', ...(abilities.has('postOnly') ? (['limitMaker'] as const) : []), 'market'] : [],
    timesInForce: trades ? ['gtc', 'ioc', ...(abilities.has('fok') ? (['fok'] as const) : [])] : [],
    icebergs: false,
    lists: { oco: false, oto: false, otoco: false },
    stopBeforeEntry: false,
    modify: 'cancelReplace',
    modifyConditional: false,
    twoStops: false,
    deadMan: 'none',
    deadManTouchesStops: false,
    lookupByClientId: abilities.has('lookup'),
    positions: false,
    leverage: false,
  };
}

/** A stop rests at the venue and outlives us. Else its trigger is watched here. */
export const restsStops = ({ orderTypes }: VenueCapabilities): boolean =>
  orderTypes.includes('stopLimit') || orderTypes.includes('stopMarket');

/**
 * The stop of an entry is no order before the entry trades: the venue makes it of each fill (Kraken's conditional close). It
 * ends with an entry that never traded, and outlives the cancel of one that did.
 */
export const isMadeByFills = ({ lists }: VenueCapabilities): boolean => lists.oto && !lists.otoco;

const TABLE: Readonly<Record<NativeVenue, Readonly<Partial<Record<Product, VenueCapabilities>>>>> = {
  BINANCE: { SPOT: BINANCE_SPOT, MARGIN: BINANCE_MARGIN, USDM: BINANCE_USDM },
  KRAKEN: { SPOT: KRAKEN_SPOT, MARGIN: KRAKEN_MARGIN },
};

/** Every row of a venue with an adapter of its own, with what names it. */
export const PRODUCTS_OF_VENUES = Object.entries(TABLE).flatMap(([venue, products]) =>
  Object.entries(products).map(([product, row]) => [venue as Venue, product as Product, row] as const),
);

/** Throws when the venue does not trade the product. */
export function capabilitiesOf(venue: Venue, product: Product): VenueCapabilities {
  const row = isGenericVenue(venue)
    ? product === 'SPOT'
      ? GENERIC_ROWS.get(venue)
      : undefined
    : TABLE[venue][product];
  return ensure(row, `a product that ${venue} trades`);
}

/** Made once: the engine asks for them with each order. */
const GENERIC_ROWS = new Map(GENERIC_VENUES.map((venue) => [venue, genericSpot(venue)] as const));

/** Throws when the id is malformed or names a product its venue does not trade. */
export function capabilitiesOfInstrument(id: InstrumentId): VenueCapabilities {
  const parts = parseInstrumentId(id);
  invariant(parts.ok, () => `expected an instrument id, was ${id}`);
  return capabilitiesOf(parts.value.venue, parts.value.product);
}

/**
 * Whether a position is a claim that settles in its gain (perpetuals, Kraken's margin) and no coins with a loan: only such a
 * one can be told to be reduced. Throws as {@link capabilitiesOfInstrument}.
 */
export const settlesGains = (id: InstrumentId): boolean => capabilitiesOfInstrument(id).reduceOnly;
