import { createBinancePublicFeed } from '../adapters/binance/public/binance-public-feed.ts';
import { feedsByProduct } from '../adapters/binance/public/product-feeds.ts';
import { BINANCE_USDM } from '../adapters/binance/public/public-product.ts';
import { createGenericFeed } from '../adapters/generic/public/generic-feed.ts';
import { standingIn } from '../adapters/generic/practice-protocol.ts';
import { createKrakenPublicFeed } from '../adapters/kraken/public/kraken-public-feed.ts';
import { isGenericVenue } from '../engine/domain/generic-venues.ts';
import { type InstrumentId, parseInstrumentId, type Product, type Venue } from '../engine/domain/identifiers.ts';
import { err } from '../engine/domain/result.ts';
import type { Clock } from '../engine/ports/clock.ts';
import type { Logger } from '../engine/ports/logger.ts';
import type { MarketDataFeed } from '../engine/ports/market-data-feed.ts';
import type { Random } from '../engine/ports/random.ts';
import type { RawCapture } from '../engine/ports/raw-capture.ts';
import type { AccountBoot, VenueBoot } from './boot.ts';
import type { HostLimiters } from './venue-gateways.ts';

const BINANCE_REST = 'https://api.binance.com';
const BINANCE_FUTURES_REST = 'https://fapi.binance.com';
const BINANCE_FUTURES_STREAM = 'wss://fstream.binance.com/ws';
const BINANCE_STREAM = 'wss://stream.binance.com:9443';
const KRAKEN_REST = 'https://api.kraken.com';
const KRAKEN_STREAM = 'wss://ws.kraken.com/v2';

export type FeedParts = {
  readonly venue: VenueBoot;
  readonly accounts: readonly Pick<AccountBoot, 'venue' | 'product' | 'generic'>[];
  readonly limiters: HostLimiters;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Where the feed of this name records what its sockets say; absent where nothing is recorded. */
  readonly capture?: (feed: string) => RawCapture;
};

/** Binance's feed, and one for each further venue that an account trades. */
export function venueFeeds(parts: FeedParts): ReadonlyMap<Venue, MarketDataFeed> {
  const feeds = new Map<Venue, MarketDataFeed>([['BINANCE', binanceFeed(parts)]]);
  if (parts.accounts.some(({ venue }) => venue === 'KRAKEN')) feeds.set('KRAKEN', krakenFeed(parts));
  for (const { venue, generic } of parts.accounts) {
    if (venue === undefined || !isGenericVenue(venue) || generic === undefined) continue;
    const { clock, logger } = parts;
    // On paper the practice exchange plays what the venue trades: the book shown is the one that fills.
    const stand = generic.practice === null ? {} : standingIn(generic.practice);
    feeds.set(venue, createGenericFeed({ venue, origin: 'live', clock, logger, ...stand }));
  }
  return feeds;
}

const recorded = ({ capture }: Pick<FeedParts, 'capture'>, feed: string): { readonly capture?: RawCapture } =>
  capture === undefined ? {} : { capture: capture(feed) };

/** Spot's feed, and beside it those of margin, which plays on spot's books, and of futures, where an account trades them. */
function binanceFeed(parts: FeedParts): MarketDataFeed {
  const { venue, accounts, limiters, clock, random, logger } = parts;
  const { origin, rest, stream, futures } = venue;
  const ofSpot = {
    ...{ clock, random, logger, origin },
    restUrl: rest ?? BINANCE_REST,
    streamUrl: stream ?? BINANCE_STREAM,
    limiter: limiters.spot,
  };
  const spot = createBinancePublicFeed({ ...ofSpot, ...recorded(parts, 'binance-spot') });
  const others = new Map<Product, MarketDataFeed>();
  const trades = (wanted: Product): boolean =>
    accounts.some((account) => account.product === wanted && account.venue !== 'KRAKEN');
  if (trades('MARGIN'))
    others.set('MARGIN', createBinancePublicFeed({ ...ofSpot, ...recorded(parts, 'binance-margin') }));
  if (trades('USDM')) {
    const usdm = createBinancePublicFeed({
      ...ofSpot,
      product: BINANCE_USDM,
      restUrl: rest ?? BINANCE_FUTURES_REST,
      streamUrl: futures ?? BINANCE_FUTURES_STREAM,
      limiter: limiters.usdm,
      ...recorded(parts, 'binance-usdm'),
    });
    others.set('USDM', usdm);
  }
  return others.size === 0 ? spot : feedsByProduct(spot, others);
}

/** Margin's markets are those of spot under ids of their own: each product has a feed of its own. */
function krakenFeed(parts: FeedParts): MarketDataFeed {
  const { venue, accounts, clock, random, logger } = parts;
  const { kraken, origin } = venue;
  const made = (feed: string): MarketDataFeed =>
    createKrakenPublicFeed({
      restUrl: kraken?.rest ?? KRAKEN_REST,
      streamUrl: kraken?.publicStream ?? KRAKEN_STREAM,
      ...{ origin, clock, random, logger },
      ...recorded(parts, feed),
    });
  const spot = made('kraken-spot');
  const tradesMargin = accounts.some(({ venue, product }) => venue === 'KRAKEN' && product === 'MARGIN');
  return tradesMargin ? feedsByProduct(spot, new Map([['MARGIN', made('kraken-margin')]])) : spot;
}

/** Every market by the feed of its venue; none for a venue without one. */
export function byVenue(feeds: ReadonlyMap<Venue, MarketDataFeed>): Pick<MarketDataFeed, 'book' | 'history'> {
  const feedOf = (id: InstrumentId): MarketDataFeed | undefined => {
    const parts = parseInstrumentId(id);
    return parts.ok ? feeds.get(parts.value.venue) : undefined;
  };
  return {
    book: (id) => feedOf(id)?.book(id),
    history: async (id, interval, limit) =>
      feedOf(id)?.history(id, interval, limit) ?? err({ detail: `expected a feed for ${id}`, retryAfterMs: null }),
  };
}
