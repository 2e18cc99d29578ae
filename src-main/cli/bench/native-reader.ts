import { createBinancePublicFeed } from '../../adapters/binance/public/binance-public-feed.ts';
import { BINANCE_SPOT_LIMITS, createWeightLimiter } from '../../adapters/binance/weight-limiter.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../../adapters/system-random/system-random.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { instrumentId } from '../../engine/domain/identifiers.ts';
import type { BenchSymbol, Reader, ReaderOptions } from './reader.ts';
import { nowNs, type StampLog } from './stamps.ts';

const noLog = (): void => undefined;

/** The product's own feed, books only. */
export function openNativeReader({ rest, stream, symbols }: ReaderOptions, log: StampLog): Reader {
  const clock = createSystemClock();
  const limits = BINANCE_SPOT_LIMITS.map((limit) => ({ ...limit, limit: 1_000_000 }));
  const instruments = symbols.map(listed);
  const index = new Map(instruments.map(({ id }, position) => [id, position]));
  const live = new Set<string>();
  const feed = createBinancePublicFeed({
    ...{ restUrl: rest, streamUrl: stream, origin: 'synthetic', clock, random: createSystemRandom() },
    limiter: createWeightLimiter(clock, limits),
    logger: { debug: noLog, info: noLog, warn: noLog, error: noLog },
    besideBooks: [],
    snapshotLevels: 100,
  });
  const ready = new Promise<void>((resolve, reject) => {
    const start = feed.start(instruments, '1m', {
      onBook: (id, book) => log.add(index.get(id) ?? -1, book.updateId, nowNs()),
      onTrade: noLog,
      onBarClosed: noLog,
      onBarChanged: noLog,
      onState: (id, state) => {
        if (state === 'live' && live.add(id).size === instruments.length) resolve();
      },
    });
    start.catch(reject);
  });
  return { ready, begin: noLog, finish: noLog, close: () => feed.close() };
}

function listed({ symbol, base, quote, tickSize, lotSize }: BenchSymbol): ListedInstrument {
  return {
    ...{ id: instrumentId({ base, quote, venue: 'BINANCE', product: 'SPOT' }), version: 1, venueSymbol: symbol },
    ...{ tickSize, lotSize, minQuantity: lotSize, maxQuantity: '9000000', minNotional: '5', priceBand: null },
    ...{ maxOrders: 200, maxStopOrders: 5, makerFee: '0.001', takerFee: '0.001' },
  };
}
