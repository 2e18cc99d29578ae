import { VirtualClock } from '../../../engine/testing/virtual-clock.ts';
import { makeClientOrderId, type OrderRole } from '../../../engine/domain/client-order-id.ts';
import { accountId, type ClientOrderId, instrumentId, strategyId } from '../../../engine/domain/identifiers.ts';
import type { OrderSpec, Submission } from '../../../engine/domain/order.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { Random } from '../../../engine/ports/random.ts';
import type { VenueEvent, VenueGateway } from '../../../engine/ports/venue-gateway.ts';
import type { VenueEndpoints } from '../../ccxt/ccxt-binance.ts';
import { Secret } from '../../keychain/secret.ts';
import { type BinanceGatewayOptions, createBinanceGateway } from '../binance-gateway.ts';
import { createUsdmGateway } from '../usdm/usdm-gateway.ts';
import { createWeightLimiter, type WeightLimiter } from '../weight-limiter.ts';
import { json, type LoopbackVenue } from './loopback-venue.ts';

export const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
export const BTC_PERPETUAL = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'USDM' });
export const BTC_MARGIN = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'MARGIN' });
export const ACCOUNT = accountId('paper-1');
export const SILENT: Logger = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const MIDDLE: Random = { next: () => 0.5, hex: (bytes) => '0'.repeat(bytes * 2) };

let counter = 0;
export const orderId = (role: OrderRole): ClientOrderId =>
  makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: ++counter, role });

export const exchangeInfo = {
  timezone: 'UTC',
  serverTime: 1,
  rateLimits: [
    { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6000 },
    { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: 50 },
  ],
  symbols: [
    {
      symbol: 'BTCUSDT',
      status: 'TRADING',
      baseAsset: 'BTC',
      baseAssetPrecision: 8,
      quoteAsset: 'USDT',
      quotePrecision: 8,
      orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET', 'STOP_LOSS_LIMIT'],
      isSpotTradingAllowed: true,
      permissionSets: [['SPOT']],
      filters: [
        { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01000000' },
        { filterType: 'LOT_SIZE', minQty: '0.00001000', maxQty: '9000.00000000', stepSize: '0.00001000' },
        { filterType: 'NOTIONAL', minNotional: '5.00000000', maxNotional: '9000000' },
      ],
    },
  ],
};
export const account = {
  commissionRates: { maker: '0.00100000', taker: '0.00100000' },
  balances: [
    { asset: 'USDT', free: '1000.00', locked: '0.00' },
    { asset: 'DOGE', free: '0.00', locked: '0.00' },
  ],
};

/** Scripts what connecting needs. */
export function listOneMarket(venue: LoopbackVenue): void {
  venue.on('GET /api/v3/exchangeInfo', () => json(exchangeInfo));
  venue.on('GET /api/v3/account', () => json(account));
}

export type Rig = {
  readonly gateway: VenueGateway;
  readonly events: VenueEvent[];
  readonly limiter: WeightLimiter;
  fence: () => void;
  /** Resolves with the first event from now on, or already there, that fits. */
  heard(fits: (event: VenueEvent) => boolean): Promise<VenueEvent>;
};

export function rigGateway(
  endpoints: VenueEndpoints,
  keys = { apiKey: 'demo-key', secret: 'demo-secret' },
  clock: Clock = new VirtualClock(Date.now() * 1000),
): Rig {
  return rigWith(endpoints, keys, clock, createBinanceGateway);
}

/** The same on USD-M, with 5 times leverage on BTC. */
export function rigUsdm(endpoints: VenueEndpoints, keys: { apiKey: string; secret: string }, clock: Clock): Rig {
  const leverage = { ratio: 5, instruments: [BTC_PERPETUAL] };
  return rigWith(endpoints, keys, clock, (options) => createUsdmGateway({ ...options, leverage }));
}

/** The same on margin: the cross account, or that of one pair. */
export function rigMargin(
  endpoints: VenueEndpoints,
  keys: { apiKey: string; secret: string },
  margin: NonNullable<BinanceGatewayOptions['margin']>,
  clock: Clock,
): Rig {
  return rigWith(endpoints, keys, clock, (options) => createBinanceGateway({ ...options, margin }));
}

function rigWith(
  endpoints: VenueEndpoints,
  keys: { apiKey: string; secret: string },
  clock: Clock,
  create: (options: BinanceGatewayOptions) => VenueGateway,
): Rig {
  let current = true;
  const events: VenueEvent[] = [];
  const waiting: { fits: (event: VenueEvent) => boolean; resolve: (event: VenueEvent) => void }[] = [];
  const limiter = createWeightLimiter(clock);
  const gateway = create({
    accountId: ACCOUNT,
    apiKey: new Secret(keys.apiKey),
    secret: new Secret(keys.secret),
    endpoints,
    limiter,
    isCurrentEpoch: () => current,
    clock,
    random: MIDDLE,
    logger: SILENT,
  });
  gateway.onEvent((event) => {
    events.push(event);
    for (const waiter of waiting.filter(({ fits }) => fits(event))) waiter.resolve(event);
  });
  return {
    gateway,
    events,
    limiter,
    fence: () => (current = false),
    heard: (fits) => {
      const known = events.find(fits);
      if (known !== undefined) return Promise.resolve(known);
      return new Promise((resolve) => waiting.push({ fits, resolve }));
    },
  };
}

/** An order on BTC/USDT; what is not named is a buy limit. */
export function order(role: OrderRole, fields: Partial<OrderSpec> = {}): OrderSpec {
  return {
    clientOrderId: orderId(role),
    accountId: ACCOUNT,
    strategyId: strategyId('test'),
    instrumentId: BTC,
    role,
    side: 'buy',
    type: 'limit',
    timeInForce: 'gtc',
    quantity: '0.00100',
    price: '60000.00',
    triggerPrice: null,
    ...fields,
  };
}

export const stopOf = (fields: Partial<OrderSpec> = {}): OrderSpec =>
  order('stop', { side: 'sell', type: 'stopLimit', price: '58900.00', triggerPrice: '59000.00', ...fields });
export const targetOf = (fields: Partial<OrderSpec> = {}): OrderSpec =>
  order('target', { side: 'sell', type: 'limitMaker', timeInForce: null, price: '61000.00', ...fields });

export function bracket(working: Partial<OrderSpec> = {}): Extract<Submission, { kind: 'otoco' }> {
  return {
    kind: 'otoco',
    listId: orderId('list'),
    working: order('entry', { timeInForce: 'fok', ...working }),
    target: targetOf(),
    stop: stopOf(),
  };
}
