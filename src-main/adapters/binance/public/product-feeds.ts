import type { InstrumentId, Product } from '../../../engine/domain/identifiers.ts';
import { parseInstrumentId } from '../../../engine/domain/identifiers.ts';
import { ensure } from '../../../engine/domain/result.ts';
import type { MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';

/** One feed of a venue whose products tell their markets apart: each instrument goes to the feed of its product. */
export function feedsByProduct(spot: MarketDataFeed, others: ReadonlyMap<Product, MarketDataFeed>): MarketDataFeed {
  const feeds = new Map<Product, MarketDataFeed>([['SPOT', spot], ...others]);
  const feedOf = (id: InstrumentId): MarketDataFeed => {
    const parts = parseInstrumentId(id);
    return ensure(feeds.get(parts.ok ? parts.value.product : 'SPOT'), `a feed for ${id}`);
  };
  return {
    origin: spot.origin,
    start: async (instruments, interval, listener) => {
      for (const feed of feeds.values()) {
        const own = instruments.filter(({ id }) => feedOf(id) === feed);
        if (own.length > 0) await feed.start(own, interval, listener);
      }
    },
    history: async (id, interval, limit) => feedOf(id).history(id, interval, limit),
    book: (id) => feedOf(id).book(id),
    close: async () => {
      await Promise.all([...feeds.values()].map(async (feed) => feed.close()));
    },
  };
}
