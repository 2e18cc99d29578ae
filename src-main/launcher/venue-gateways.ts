import { join } from 'node:path';
import { type BinanceGatewayOptions, createBinanceGateway } from '../adapters/binance/binance-gateway.ts';
import { createUsdmGateway, type UsdmGatewayOptions } from '../adapters/binance/usdm/usdm-gateway.ts';
import { createWeightLimiter, type WeightLimiter } from '../adapters/binance/weight-limiter.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { fingerprintOf } from '../adapters/keychain/venue-keys.ts';
import { createGenericGateway } from '../adapters/generic/generic-gateway.ts';
import { standingIn } from '../adapters/generic/practice-protocol.ts';
import { openKeyStateFile } from '../adapters/kraken/key-state.ts';
import { createKrakenGateway } from '../adapters/kraken/kraken-gateway.ts';
import { type GenericVenue, isGenericVenue } from '../engine/domain/generic-venues.ts';
import { accountId } from '../engine/domain/identifiers.ts';
import { ensure } from '../engine/domain/result.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { VenueGateway } from '../engine/ports/venue-gateway.ts';
import type { AccountBoot, VenueBoot } from './boot.ts';

export type GatewayParts = Pick<
  BinanceGatewayOptions,
  'clock' | 'random' | 'logger' | 'isCurrentEpoch' | 'privateStream'
> & {
  readonly venue: VenueBoot;
  readonly limiters: HostLimiters;
  readonly leverage: UsdmGatewayOptions['leverage'];
  /** Where Kraken's nonces are kept: the next life and the guardian go on above them. */
  readonly dataDir: string;
};

/** The venue counts each product's host by itself; all that talk to one host share its ledger. */
export type HostLimiters = { readonly spot: WeightLimiter; readonly usdm: WeightLimiter };

/** Binance USD-M as of its exchangeInfo; replaced by what the venue states at connect. */
const USDM_LIMITS = [
  { resource: 'weight', windowMs: 60_000, limit: 2_400 },
  { resource: 'orders', windowMs: 10_000, limit: 300 },
  { resource: 'orders', windowMs: 60_000, limit: 1_200 },
] as const;

export const hostLimiters = (clock: Clock): HostLimiters => ({
  spot: createWeightLimiter(clock),
  usdm: createWeightLimiter(clock, USDM_LIMITS),
});

/** The gateway of one account, for the venue and product it trades. */
export function gatewayOf(account: AccountBoot, parts: GatewayParts): VenueGateway {
  const { venue = 'BINANCE' } = account;
  if (isGenericVenue(venue)) return genericGateway(account, venue, parts);
  return venue === 'KRAKEN' ? krakenGateway(account, parts) : binanceGateway(account, parts);
}

function genericGateway(
  account: AccountBoot,
  venue: GenericVenue,
  { clock, logger, isCurrentEpoch, privateStream = true }: GatewayParts,
): VenueGateway {
  const { instruments, practice } = ensure(account.generic, `what account ${account.accountId} trades at ${venue}`);
  return createGenericGateway({
    ...{ venue, instruments, clock, logger, isCurrentEpoch, privateStream },
    accountId: accountId(account.accountId),
    credentials: { apiKey: new Secret(account.apiKey), secret: new Secret(account.secret) },
    ...(practice === null ? {} : standingIn(practice)),
  });
}

/** The least that Kraken grants a verified client. */
const KRAKEN_TIER = 'intermediate';

function krakenGateway(account: AccountBoot, parts: GatewayParts): VenueGateway {
  const { venue, limiters: _limiters, leverage: _leverage, dataDir, ...shared } = parts;
  const { kraken } = venue;
  const apiKey = new Secret(account.apiKey);
  return createKrakenGateway({
    ...shared,
    accountId: accountId(account.accountId),
    apiKey,
    secret: new Secret(account.secret),
    endpoints: kraken ?? null,
    keyState: openKeyStateFile(join(dataDir, `kraken-${fingerprintOf(apiKey)}.json`)),
    tier: KRAKEN_TIER,
    ...(account.product === 'MARGIN' ? { leverage: ensure(account.leverage, 'a leverage on Kraken margin') } : {}),
  });
}

function binanceGateway(account: AccountBoot, parts: GatewayParts): VenueGateway {
  const { venue, limiters, leverage, dataDir: _dataDir, ...shared } = parts;
  const { rest, wsApi, futures } = venue;
  const endpoints =
    rest === null || wsApi === null ? null : { rest, wsApi, ...(typeof futures === 'string' ? { futures } : {}) };
  const common = {
    ...shared,
    accountId: accountId(account.accountId),
    apiKey: new Secret(account.apiKey),
    secret: new Secret(account.secret),
    endpoints,
  };
  if (account.product === 'USDM') return createUsdmGateway({ ...common, limiter: limiters.usdm, leverage });
  const margin = account.product === 'MARGIN' ? { margin: account.margin ?? 'cross' } : {};
  return createBinanceGateway({ ...common, ...margin, limiter: limiters.spot });
}
