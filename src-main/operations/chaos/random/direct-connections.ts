import { createBinanceGateway, type BinanceGatewayOptions } from '../../../adapters/binance/binance-gateway.ts';
import { createUsdmGateway } from '../../../adapters/binance/usdm/usdm-gateway.ts';
import type { KeyState } from '../../../adapters/kraken/key-state.ts';
import { createKrakenGateway } from '../../../adapters/kraken/kraken-gateway.ts';
import { createWeightLimiter } from '../../../adapters/binance/weight-limiter.ts';
import { Secret } from '../../../adapters/keychain/secret.ts';
import type { AccountId } from '../../../engine/domain/identifiers.ts';
import { ensure } from '../../../engine/domain/result.ts';
import type { Clock } from '../../../engine/ports/clock.ts';
import type { Logger } from '../../../engine/ports/logger.ts';
import { KrakenDesk } from '../../../practice-exchange/kraken/desk.ts';
import { PrivateChannels } from '../../../practice-exchange/kraken/private-channels.ts';
import { type KrakenLimits, TIERS } from '../../../practice-exchange/kraken/rates.ts';
import type { SeededRandom } from '../../../practice-exchange/market/seeded-random.ts';
import type { PracticeVenue } from '../../../practice-exchange/practice-venue.ts';
import { type EventReceiver, UserDataHub } from '../../../practice-exchange/protocol/user-data.ts';
import { UsdmUserData } from '../../../practice-exchange/protocol/usdm/user-data.ts';
import { ACCOUNT_NAME, type Connections, MARGIN_NAME, type Product } from '../life-venues.ts';
import { directFeed } from './direct-feed.ts';
import { DirectKraken } from './direct-kraken.ts';
import { directLibrary } from './direct-library.ts';
import type { Line, Wire } from './wire.ts';

export const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export type DirectConnections = {
  /** What the venue does at each step of its market. */
  settle(): void;
  /** For a new life. */
  open(clock: Clock, random: SeededRandom): Connections & { readonly library: Line };
};

export type ConnectionParts = {
  readonly venue: PracticeVenue;
  readonly wire: Wire;
  readonly product: Product;
  readonly accountId: AccountId;
  /** Outlives a life, as its file does. */
  readonly keyState: KeyState;
};

/** What a life trades through, without sockets: the real gateways over a wire that may fail. */
export function directConnections(parts: ConnectionParts): DirectConnections {
  return parts.product === 'kraken' ? onKraken(parts) : onBinance(parts);
}

const accessOf = ({ accountId }: ConnectionParts, clock: Clock, random: SeededRandom) => ({
  accountId,
  apiKey: new Secret('key'),
  secret: new Secret('secret'),
  endpoints: null,
  isCurrentEpoch: () => true,
  clock,
  random: { next: () => random.unit(), hex: (bytes: number) => '0'.repeat(bytes * 2) },
  logger: SILENT,
});

function onBinance(parts: ConnectionParts): DirectConnections {
  const { product, venue, wire } = parts;
  const listen = listenerOf(parts);
  return {
    settle: () => undefined,
    open(clock, random) {
      const direct = directLibrary({ account: ACCOUNT_NAME, listen, venue, wire });
      const options: BinanceGatewayOptions = {
        ...accessOf(parts, clock, random),
        limiter: createWeightLimiter(clock),
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

/** Our own counters hold; the venue's are wide. */
const WIDE: KrakenLimits = { ...TIERS.pro, callsMax: 1_000_000, ordersMax: 1_000_000 };

function onKraken(parts: ConnectionParts): DirectConnections {
  const { keyState, venue, wire } = parts;
  const desk = new KrakenDesk(venue, WIDE);
  const channels = new PrivateChannels(desk);
  const keys = ensure(venue.credentials.get(ACCOUNT_NAME), 'keys of the account');
  return {
    settle: () => desk.settle(),
    open(clock, random) {
      const library = new DirectKraken({ desk, channels, keys, wire });
      const { connect, create } = library;
      const options = { ...accessOf(parts, clock, random), keyState, tier: 'pro' as const };
      const gateway = createKrakenGateway({ ...options, connect, library: create });
      return { gateway, feed: directFeed(venue.engine.state, clock), library };
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
