/**
 * A process of its own with the feeds of three venues, their recording and its journal, as an engine life has them. Prints
 * `live <instrument>` for each book and ends when its input does, unless it is killed before.
 */
import { writeSync } from 'node:fs';
import { createBinancePublicFeed } from '../../adapters/binance/public/binance-public-feed.ts';
import { BINANCE_USDM } from '../../adapters/binance/public/public-product.ts';
import { createWeightLimiter } from '../../adapters/binance/weight-limiter.ts';
import { createKrakenPublicFeed } from '../../adapters/kraken/public/kraken-public-feed.ts';
import { openJournal } from '../../adapters/sqlite/open-journal.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import { createSystemRandom } from '../../adapters/system-random/system-random.ts';
import { DEFAULT_CONFIG } from '../../engine/domain/config-defaults.ts';
import type { ListedInstrument } from '../../engine/domain/events.ts';
import { instrumentId, type Product, type Venue } from '../../engine/domain/identifiers.ts';
import type { EngineBoot } from '../../launcher/boot.ts';
import { recordMarketData } from '../../launcher/recording.ts';

export type RecordingLife = Pick<EngineBoot, 'dataDir' | 'engineEpoch' | 'earlierRecordings'> & {
  readonly endpoints: Readonly<Record<'rest' | 'stream' | 'futures' | 'kraken', string>>;
};

const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function listed(venue: Venue, product: Product, venueSymbol: string): ListedInstrument {
  return {
    ...{ id: instrumentId({ base: 'BTC', quote: 'USDT', venue, product }), version: 1, venueSymbol },
    ...{ tickSize: '0.01', lotSize: '0.001', minQuantity: '0.001', maxQuantity: '1000', minNotional: '5' },
    ...{ priceBand: null, maxOrders: 80, maxStopOrders: 80, makerFee: '0.001', takerFee: '0.001' },
  };
}

const life = JSON.parse(process.argv[2] ?? '') as RecordingLife;
const clock = createSystemClock();
const journal = openJournal({ directory: life.dataDir, engineEpoch: life.engineEpoch, clock, checkpoints: 'inline' });
if (!journal.ok) throw new Error(journal.error.detail);
const recording = recordMarketData({ ...life, config: DEFAULT_CONFIG }, clock, journal.value);
if (recording === undefined) throw new Error('expected a recording, was none');
const { rest, stream, futures, kraken } = life.endpoints;
const shared = { restUrl: rest, origin: 'synthetic', clock, random: createSystemRandom(), logger: SILENT } as const;
const spot = createBinancePublicFeed({
  ...{ ...shared, streamUrl: stream, limiter: createWeightLimiter(clock) },
  capture: recording.writer.feed('binance-spot'),
});
const usdm = createBinancePublicFeed({
  ...{ ...shared, streamUrl: futures, product: BINANCE_USDM, limiter: createWeightLimiter(clock) },
  capture: recording.writer.feed('binance-usdm'),
});
const krakenSpot = createKrakenPublicFeed({
  ...{ ...shared, streamUrl: kraken },
  capture: recording.writer.feed('kraken-spot'),
});
const feeds = [
  [spot, listed('BINANCE', 'SPOT', 'BTCUSDT')],
  [usdm, listed('BINANCE', 'USDM', 'BTCUSDT')],
  [krakenSpot, listed('KRAKEN', 'SPOT', 'XBTUSDT')],
] as const;
for (const [feed, instrument] of feeds) {
  await feed.start([instrument], '1m', {
    onBook: () => undefined,
    onTrade: () => undefined,
    onBarClosed: () => undefined,
    onBarChanged: () => undefined,
    onState: (id, state) => writeSync(1, `${state} ${id}\n`),
  });
}
process.stdin.resume();
process.stdin.once('end', () => {
  const close = async (): Promise<void> => {
    for (const [feed] of feeds) await feed.close();
    await recording.writer.close();
    journal.value.close();
  };
  void close();
});
