import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { instrumentId } from '../../../engine/domain/identifiers.ts';
import type { Bar, FeedState } from '../../../engine/domain/market.ts';
import type { MarketDataFeed, PublicTrade } from '../../../engine/ports/market-data-feed.ts';
import { TEST_START_MS } from '../../../practice-exchange/testing/hand-made-market.ts';
import { control, startTestExchange } from '../../../practice-exchange/testing/practice-client.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import type { BookTiming } from './book-stream.ts';
import { createKrakenPublicFeed } from './kraken-public-feed.ts';

const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const LISTED: ListedInstrument = {
  ...{ id: BTC, version: 1, venueSymbol: 'XBTUSDT', tickSize: '0.01', lotSize: '0.001', minQuantity: '0.001' },
  ...{ maxQuantity: '1000', minNotional: '5', priceBand: null, maxOrders: 80, maxStopOrders: 80 },
  ...{ makerFee: '0.001', takerFee: '0.001' },
};
const SILENT = { debug: () => 0, info: () => 0, warn: () => 0, error: () => 0 };
const WAIT = { timeout: 25_000 };

let exchange: Awaited<ReturnType<typeof startTestExchange>>;
let feed: MarketDataFeed;
let states: FeedState[];
let trades: PublicTrade[];
let closed: Bar[];
let forming: Bar[];

/** Long silence by default: what comes back sooner was noticed, not found by a probe. */
async function openFeed(bookTiming: Partial<BookTiming> = { probeAfterMs: 120_000 }): Promise<void> {
  [states, trades, closed, forming] = [[], [], [], []];
  feed = createKrakenPublicFeed({
    restUrl: exchange.rest,
    streamUrl: exchange.krakenPublic,
    origin: 'synthetic',
    clock: createSystemClock(),
    random: { next: () => 0.5, hex: () => '' },
    logger: SILENT,
    depth: 25,
    bookTiming,
  });
  await feed.start([LISTED], '1m', {
    onBook: () => undefined,
    onTrade: (trade) => trades.push(trade),
    onBarClosed: (bar) => closed.push(bar),
    onBarChanged: (bar) => forming.push(bar),
    onState: (_id, state) => states.push(state),
  });
  await vi.waitFor(() => expect(states.at(-1)).toBe('live'), WAIT);
}

beforeEach(async () => {
  exchange = await startTestExchange();
  await openFeed();
});
afterEach(async () => {
  await feed.close();
  await exchange.close();
});

const change = (ticks: number, lots: number) =>
  exchange.handMade.push({
    kind: 'book',
    symbol: 'BTCUSDT',
    marketTimeMs: TEST_START_MS,
    snapshot: false,
    bids: [[ticks, lots]],
    asks: [],
  });
const best = () => {
  const bid = feed.book(BTC)?.bestBid();
  return [bid?.ticks, bid?.lots];
};
const drill = (fault: object) => control(exchange, 'POST', 'faults', fault);

describe('the public feed', () => {
  it('follows book, trades and bars', async () => {
    expect(best()).toEqual([9_999, 1_000]);
    change(10_000, 7);
    await vi.waitFor(() => expect(best()).toEqual([10_000, 7]), WAIT);
    exchange.handMade.push({
      kind: 'trade',
      symbol: 'BTCUSDT',
      marketTimeMs: TEST_START_MS,
      ticks: 10_001,
      lots: 5,
      aggressor: 'buy',
    });
    await vi.waitFor(
      () => expect(trades).toMatchObject([{ instrumentId: BTC, ticks: 10_001, lots: 5, aggressor: 'buy' }]),
      WAIT,
    );
    const history = await feed.history(BTC, '1m', 3);
    expect(history.ok && history.value.length).toBe(3);
    await vi.waitFor(() => expect(forming.at(-1)).toMatchObject({ instrumentId: BTC, close: '100.01' }), WAIT);
    await control(exchange, 'POST', 'clock', { speed: 120 });
    let lots = 0;
    await vi.waitFor(() => {
      change(9_990, ++lots);
      expect(closed).toEqual([forming.at(-1)]);
    }, WAIT);
  });

  it.each(['badChecksum', 'gap'])('gives up a book after %s and has a right one soon', async (kind) => {
    await drill({ kind, stream: 'kraken book' });
    change(9_998, 3);
    await vi.waitFor(async () => {
      const faults = (await control(exchange, 'GET', 'faults')) as { fired: number }[];
      expect(faults[0]?.fired).toBe(1);
    }, WAIT);
    change(10_000, 9);
    await vi.waitFor(() => expect(states.slice(-2)).toEqual(['unsynchronized', 'live']), WAIT);
    await vi.waitFor(() => expect(best()).toEqual([10_000, 9]), WAIT);
    const { bids } = exchange.venue.engine.state.market('BTCUSDT').book;
    const values = new Float64Array(2 + 4 * 5);
    feed.book(BTC)?.writeTop(values, 5);
    expect([...values.slice(2, 12)]).toEqual(bids.top(5).flat());
  });

  it('stays live in a quiet market, shows a dead stream as stale and replaces it', async () => {
    await feed.close();
    await openFeed({ probeAfterMs: 500, answerWithinMs: 1_000 });
    await drill({ kind: 'silent', stream: 'kraken book', forMs: 3_000 });
    await vi.waitFor(() => expect(states).toContain('stale'), WAIT);
    await vi.waitFor(() => expect(states.at(-1)).toBe('live'), WAIT);
  });

  it('comes back after its socket broke', async () => {
    await drill({ kind: 'close', stream: 'v2', code: 1006 });
    await vi.waitFor(() => expect(states.slice(-3)).toEqual(['connecting', 'unsynchronized', 'live']), WAIT);
  });
});
