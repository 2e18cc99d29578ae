import { createBinanceGateway } from '../../adapters/binance/binance-gateway.ts';
import { createBinancePublicFeed } from '../../adapters/binance/public/binance-public-feed.ts';
import { BINANCE_USDM } from '../../adapters/binance/public/public-product.ts';
import { createUsdmGateway } from '../../adapters/binance/usdm/usdm-gateway.ts';
import { createWeightLimiter } from '../../adapters/binance/weight-limiter.ts';
import { Secret } from '../../adapters/keychain/secret.ts';
import type { KeyState } from '../../adapters/kraken/key-state.ts';
import { createKrakenGateway } from '../../adapters/kraken/kraken-gateway.ts';
import { createKrakenPublicFeed } from '../../adapters/kraken/public/kraken-public-feed.ts';
import { accountId, type InstrumentId } from '../../engine/domain/identifiers.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { Logger } from '../../engine/ports/logger.ts';
import type { MarketDataFeed } from '../../engine/ports/market-data-feed.ts';
import type { Random } from '../../engine/ports/random.ts';
import type { VenueGateway } from '../../engine/ports/venue-gateway.ts';
import type { PracticeExchange } from '../../practice-exchange/start-practice-exchange.ts';

export const ACCOUNT_NAME = 'paper-01';

/** What is traded: Binance's spot, its cross margin, its USD-M futures or Kraken's spot. */
export type Product = 'spot' | 'margin' | 'usdm' | 'kraken';
export const INSTRUMENT_PRODUCTS = { spot: 'SPOT', margin: 'MARGIN', usdm: 'USDM', kraken: 'SPOT' } as const;
/** The ledger's name of the cross margin account. */
export const MARGIN_NAME = `${ACCOUNT_NAME}@margin`;
export const venueOf = (product: Product): 'BINANCE' | 'KRAKEN' => (product === 'kraken' ? 'KRAKEN' : 'BINANCE');

export type VenueParts = {
  readonly exchange: PracticeExchange;
  readonly product: Product;
  readonly keys: { readonly apiKey: string; readonly secret: string };
  /** Outlives a life, as its file does. */
  readonly keyState: KeyState;
  readonly instruments: readonly InstrumentId[];
  readonly random: Random;
  readonly logger: Logger;
};

export type Connections = { readonly gateway: VenueGateway; readonly feed: MarketDataFeed };

/** What a life trades through: `wall` for what the venue counts in wall time, `market` for the rest. */
export function connect(parts: VenueParts, wall: Clock, market: Clock): Connections {
  return parts.product === 'kraken' ? connectKraken(parts, wall, market) : connectBinance(parts, wall, market);
}

function connectBinance(parts: VenueParts, wall: Clock, market: Clock): Connections {
  const { exchange, product, instruments } = parts;
  const limiter = createWeightLimiter(wall);
  const { rest, wsApi, futures } = exchange;
  const options = { ...accessOf(parts, wall), endpoints: { rest, wsApi, futures }, limiter };
  const shared = { ...publicOf(parts, market), restUrl: rest, limiter };
  if (product !== 'usdm') {
    const feed = createBinancePublicFeed({ ...shared, streamUrl: exchange.stream });
    return {
      gateway: createBinanceGateway({ ...options, ...(product === 'margin' ? { margin: 'cross' } : {}) }),
      feed,
    };
  }
  const gateway = createUsdmGateway({ ...options, leverage: { ratio: LEVERAGE, instruments } });
  return { gateway, feed: createBinancePublicFeed({ ...shared, streamUrl: futures, product: BINANCE_USDM }) };
}

const LEVERAGE = 5;

function connectKraken(parts: VenueParts, wall: Clock, market: Clock): Connections {
  const { exchange, keyState } = parts;
  const endpoints = { rest: exchange.rest, privateStream: exchange.krakenPrivate };
  return {
    gateway: createKrakenGateway({ ...accessOf(parts, wall), endpoints, keyState, tier: 'pro' }),
    feed: createKrakenPublicFeed({
      ...publicOf(parts, market),
      restUrl: exchange.rest,
      streamUrl: exchange.krakenPublic,
    }),
  };
}

const accessOf = ({ keys, random, logger }: VenueParts, clock: Clock) => ({
  accountId: accountId(ACCOUNT_NAME),
  apiKey: new Secret(keys.apiKey),
  secret: new Secret(keys.secret),
  isCurrentEpoch: () => true,
  clock,
  random,
  logger,
});

const publicOf = ({ random, logger }: VenueParts, clock: Clock) => ({
  origin: 'synthetic' as const,
  clock,
  random,
  logger,
});
