import { createBinanceGateway, type BinanceGatewayOptions } from '../../../adapters/binance/binance-gateway.ts';
import { createUsdmGateway } from '../../../adapters/binance/usdm/usdm-gateway.ts';
import { createWeightLimiter } from '../../../adapters/binance/weight-limiter.ts';
import { Secret } from '../../../adapters/keychain/secret.ts';
import type { AccountId } from '../../../engine/domain/identifiers.ts';
import { ensure } from '../../../engine/domain/result.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import type { SeededRandom } from '../../../practice-exchange/market/seeded-random.ts';
import type { PracticeVenue } from '../../../practice-exchange/practice-venue.ts';
import { type EventReceiver, UserDataHub } from '../../../practice-exchange/protocol/user-data.ts';
import { UsdmUserData } from '../../../practice-exchange/protocol/usdm/user-data.ts';
import { ACCOUNT_NAME, type Connections, MARGIN_NAME, type Product } from '../life-venues.ts';
import { directFeed } from './direct-feed.ts';
import { directLibrary } from './direct-library.ts';
import type { Wire } from './wire.ts';

export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** The connection of one life: what may befall it as a whole. */
export type Line = {
  /** The private stream is lost, and refused for as long. */
  loseStream(forMs: number): void;
  /** The process that holds it was killed: what it sent is under way, nothing comes back. */
  die(): void;
};

export type DirectConnections = {
  /** For a new life. */
  open(clock: Clock, random: SeededRandom): Connections & { readonly library: Line };
};

export type ConnectionParts = {
  readonly venue: PracticeVenue;
  readonly wire: Wire;
  readonly product: Product;
  readonly accountId: AccountId;
};

/** What a life trades through, without sockets: the real gateways over a wire that may fail. */
export function directConnections(parts: ConnectionParts): DirectConnections {
  const { product, venue, wire, accountId } = parts;
  const listen = listenerOf(parts);
  return {
    open(clock, random) {
      const direct = directLibrary({ account: ACCOUNT_NAME, listen, venue, wire });
      const options: BinanceGatewayOptions = {
        accountId,
        apiKey: new Secret('key'),
        secret: new Secret('secret'),
        endpoints: null,
        limiter: createWeightLimiter(clock),
        isCurrentEpoch: () => true,
        clock,
        random: { next: () => random.unit(), hex: (bytes) => '0'.repeat(bytes * 2) },
        logger: SILENT,
        library: direct.create,
        ...(product === 'margin' ? { margin: 'cross' } : {}),
      };
      const gateway =
        product === 'usdm' ? createUsdmGateway({ ...options, leverage: null }) : createBinanceGateway(options);
      const { state } = (product === 'usdm' ? ensure(venue.usdm, 'a USD-M side') : venue).engine;
      return { gateway, feed: directFeed(state, clock), library: direct.library() };
    },
  };
}

/** Who opens the private stream of the account. */
function listenerOf({ product, venue }: ConnectionParts): (receiver: EventReceiver) => void {
  if (product === 'usdm') {
    const usdm = ensure(venue.usdm, 'a USD-M side');
    const hub = new UsdmUserData(usdm);
    return (receiver) => hub.subscribe(usdm.listenKeys.issue(ACCOUNT_NAME), { ...receiver, close: () => undefined });
  }
  const hub = new UserDataHub(venue);
  return (receiver) => void hub.subscribe(product === 'margin' ? MARGIN_NAME : ACCOUNT_NAME, receiver);
}
