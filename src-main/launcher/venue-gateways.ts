import { type BinanceGatewayOptions, createBinanceGateway } from '../adapters/binance/binance-gateway.ts';
import { createUsdmGateway, type UsdmGatewayOptions } from '../adapters/binance/usdm/usdm-gateway.ts';
import { createWeightLimiter, type WeightLimiter } from '../adapters/binance/weight-limiter.ts';
import { Secret } from '../adapters/keychain/secret.ts';
import { accountId } from '../engine/domain/identifiers.ts';
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

/** The gateway of one account, for the product it trades. */
export function gatewayOf(account: AccountBoot, parts: GatewayParts): VenueGateway {
  const { venue, limiters, leverage, ...shared } = parts;
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
  return account.product === 'USDM'
    ? createUsdmGateway({ ...common, limiter: limiters.usdm, leverage })
    : createBinanceGateway({ ...common, limiter: limiters.spot });
}
