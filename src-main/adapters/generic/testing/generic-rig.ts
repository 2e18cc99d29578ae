import { Agent } from 'node:http';
import { makeClientOrderId, type OrderRole } from '../../../engine/domain/client-order-id.ts';
import type { GenericVenue } from '../../../engine/domain/generic-venues.ts';
import { accountId, type ClientOrderId, instrumentId, strategyId } from '../../../engine/domain/identifiers.ts';
import type { OrderSpec, Submission } from '../../../engine/domain/order.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { VenueEvent, VenueGateway } from '../../../engine/ports/venue-gateway.ts';
import type { PracticeExchange } from '../../../practice-exchange/start-practice-exchange.ts';
import { Secret } from '../../keychain/secret.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { type CcxtExchange, loadCcxtClass } from '../ccxt-exchange.ts';
import { PRACTICE_CLASS, pointAtPractice } from '../practice-protocol.ts';
import { createGenericGateway, type GenericGatewayOptions } from '../generic-gateway.ts';

export const ACCOUNT = accountId('generic-01');
export const SILENT: Logger = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };

/** The practice exchange is asked as fast as it answers: the pace has a test of its own. */
const UNPACED_MS = 0;

/** A protocol of the practice exchange, spoken by a class of ccxt under the name of a venue that only ccxt knows. */
export type Protocol = {
  readonly id: string;
  readonly venue: GenericVenue;
  readonly pointAt: (exchange: PracticeExchange) => (ccxt: CcxtExchange) => void;
};

/** BINANCEUS speaks Binance's spot protocol; ccxt's class for it is used as it is. */
export const BINANCE_PROTOCOL: Protocol = {
  id: PRACTICE_CLASS,
  venue: 'BINANCEUS',
  pointAt: (exchange) => (ccxt) => {
    ccxt.rateLimit = UNPACED_MS;
    pointAtPractice(exchange)(ccxt);
  },
};

/** Kraken's own class in the place of a venue whose orders are not found by our id. */
export const KRAKEN_PROTOCOL: Protocol = {
  id: 'kraken',
  venue: 'BITFINEX',
  pointAt: (exchange) => (ccxt) => {
    ccxt.rateLimit = UNPACED_MS;
    const api = ccxt.urls.api as Record<string, unknown>;
    api['public'] = api['private'] = exchange.rest;
    const [open, own] = [exchange.krakenPublic, exchange.krakenPrivate];
    api['ws'] = { public: open, publicV2: open, private: own, privateV2: own };
    ccxt.httpAgent = new Agent();
  },
};

let counter = 0;
export const orderId = (role: OrderRole): ClientOrderId =>
  makeClientOrderId({ installation: '0a1b2c3d', epoch: 2, counter: ++counter, role });

export const btcOf = ({ venue }: Protocol) => instrumentId({ base: 'BTC', quote: 'USDT', venue, product: 'SPOT' });

/** A limit buy of 0.1 at 90 unless told otherwise. */
export function single(protocol: Protocol, fields: Partial<OrderSpec> = {}): Extract<Submission, { kind: 'single' }> {
  const role = fields.role ?? 'entry';
  return {
    kind: 'single',
    order: {
      ...{ clientOrderId: orderId(role), accountId: ACCOUNT, strategyId: strategyId('test'), role },
      ...({ instrumentId: btcOf(protocol), side: 'buy', type: 'limit', timeInForce: 'gtc' } as const),
      ...{ quantity: '0.100', price: '90.00', triggerPrice: null },
      ...fields,
    },
  };
}

export type Rig = {
  readonly gateway: VenueGateway;
  readonly events: VenueEvent[];
  fence(): void;
  /** Resolves with the first event that fits, from now on or already there. */
  heard(fits: (event: VenueEvent) => boolean): Promise<VenueEvent>;
};

/** A gateway on the practice exchange. */
export function rigGeneric(
  exchange: PracticeExchange,
  protocol: Protocol,
  over: Partial<GenericGatewayOptions> = {},
): Rig {
  let isCurrent = true;
  const events: VenueEvent[] = [];
  const waiting: { fits: (event: VenueEvent) => boolean; resolve: (event: VenueEvent) => void }[] = [];
  const [keys] = exchange.accounts;
  const gateway = createGenericGateway({
    accountId: ACCOUNT,
    venue: protocol.venue,
    credentials: { apiKey: new Secret(keys?.apiKey ?? ''), secret: new Secret(keys?.secret ?? '') },
    instruments: [btcOf(protocol)],
    isCurrentEpoch: () => isCurrent,
    clock: createSystemClock(),
    logger: SILENT,
    load: () => loadCcxtClass(protocol.id),
    pointAt: protocol.pointAt(exchange),
    ...over,
  });
  gateway.onEvent((event) => {
    events.push(event);
    for (const waiter of waiting.filter(({ fits }) => fits(event))) waiter.resolve(event);
  });
  return {
    gateway,
    events,
    fence: () => (isCurrent = false),
    heard: (fits) => {
      const known = events.find(fits);
      return known === undefined ? new Promise((resolve) => waiting.push({ fits, resolve })) : Promise.resolve(known);
    },
  };
}
