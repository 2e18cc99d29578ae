import type { BracketRequest } from '../domain/command.ts';
import type { RiskConfig } from '../domain/config.ts';
import { decimal } from '../domain/decimal.ts';
import { accountId, instrumentId, strategyId, type UnderlyingId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { PriceReference } from '../domain/market.ts';
import { Money, Price, Quantity } from '../domain/quantities.ts';
import type { GateContext } from '../risk/gate.ts';

/** One market with round numbers: tick 0.01, lot 0.001, at least 10 USDT, fee 0.1 %. */
export const INSTRUMENT: Instrument = {
  id: instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' }),
  version: 1,
  venue: 'BINANCE',
  product: 'SPOT',
  venueSymbol: 'BTCUSDT',
  base: 'BTC',
  quote: 'USDT',
  underlying: 'BTC' as UnderlyingId,
  tickSize: Price.of(decimal('0.01')),
  lotSize: Quantity.of(decimal('0.001')),
  minQuantity: Quantity.of(decimal('0.001')),
  maxQuantity: Quantity.of(decimal('1000')),
  minNotional: decimal('10'),
  priceBand: { up: decimal('1.2'), down: decimal('0.8') },
  maxOrders: 200,
  maxStopOrders: 5,
  makerFee: decimal('0.001'),
  takerFee: decimal('0.001'),
};

export const REFERENCE: PriceReference = {
  bid: '99.99',
  bidQuantity: '5.000',
  ask: '100.01',
  askQuantity: '5.000',
  bookAgeUs: 1_000,
  lastTrade: '100.00',
  lastTradeAgeUs: 500_000,
  barClose: '100.00',
  barCloseAgeUs: 0,
};

export const RISK: RiskConfig = {
  maxOrderNotionalRatio: '0.10',
  maxPositionNotionalRatio: '0.20',
  priceCollarRatio: '0.02',
  maxReferenceAgeMs: 5_000,
  reservedOrderSlots: 10,
  maxDayLossRatio: '0.05',
  maxEntriesPerMinute: 60,
  maxClockDriftMs: 1_000,
  dayStartMinuteUtc: 0,
};

export const REQUEST: BracketRequest = {
  accountId: accountId('paper-1'),
  strategyId: strategyId('ema'),
  instrumentId: INSTRUMENT.id,
  side: 'buy',
  entry: 'fok',
  quantity: '1.000',
  limitPrice: '100.05',
  stopTrigger: '99.00',
  stopLimit: '98.90',
  target: '102.00',
};

export const CONTEXT: GateContext = {
  config: RISK,
  tradingState: 'active',
  instrument: INSTRUMENT,
  reference: REFERENCE,
  equity: Money.of(decimal('10000'), 'USDT'),
  positionQuantity: Quantity.zero(),
  restingOrders: 0,
  restingStops: 0,
  funds: { free: Money.of(decimal('5000'), 'USDT'), leverage: null },
  unknownOutcome: false,
  feedLive: true,
  venueReady: true,
  otherInstallation: null,
  venueAway: false,
  maxCrossVenueRatio: '0.02',
  openBreaker: null,
  clockDriftMs: 3,
  entriesInMinute: 0,
};
