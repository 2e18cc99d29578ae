import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import type { Bar, FeedState } from '../../../engine/domain/market.ts';
import type { MarketDataFeed, PublicTrade } from '../../../engine/ports/market-data-feed.ts';
import { TEST_START_MS } from '../../../practice-exchange/testing/hand-made-market.ts';
import { control, startTestExchange } from '../../../practice-exchange/testing/practice-client.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { loadCcxtClass } from '../ccxt-exchange.ts';
import { BINANCE_PROTOCOL, btcOf, KRAKEN_PROTOCOL, SILENT } from '../testing/generic-rig.ts';
import { createGenericFeed } from './generic-feed.ts';

const WAIT = { timeout: 25_000 };

describe.each([
  ['Binance', BINANCE_PROTOCOL],
  ['Kraken', KRAKEN_PROTOCOL],
])("the generic feed on %s's protocol", (_name, protocol) => {
  const BTC = btcOf(protocol);
  const listed: ListedInstrument = {
    ...{ id: BTC, version: 1, venueSymbol: 'BTCUSDT', tickSize: '0.01', lotSize: '0.001', minQuantity: '0.001' },
    ...{ maxQuantity: '1000', minNotional: '5', priceBand: null, maxOrders: 50, maxStopOrders: 50 },
    ...{ makerFee: '0.001', takerFee: '0.001' },
  };
  let exchange: Awaited<ReturnType<typeof startTestExchange>>;
  let feed: MarketDataFeed;
  let states: FeedState[];
  let trades: PublicTrade[];
  let closed: Bar[];
  let moves = 100;

  beforeEach(async () => {
    [states, trades, closed] = [[], [], []];
    exchange = await startTestExchange();
    feed = createGenericFeed({
      ...{ venue: protocol.venue, origin: 'synthetic', clock: createSystemClock(), logger: SILENT },
      load: () => loadCcxtClass(protocol.id),
      pointAt: protocol.pointAt(exchange),
    });
    await feed.start([listed], '1m', {
      onBook: () => undefined,
      onTrade: (trade) => trades.push(trade),
      onBarClosed: (bar) => closed.push(bar),
      onBarChanged: () => undefined,
      onState: (_id, state) => states.push(state),
    });
  });
  afterEach(async () => {
    await feed.close();
    await exchange.close();
  });

  const move = (ticks: number, lots: number): void =>
    exchange.handMade.push({
      ...({ kind: 'book', symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS, snapshot: false } as const),
      ...{ bids: [], asks: [[ticks, lots]] },
    });
  const live = (): Promise<void> =>
    vi.waitFor(() => {
      move(10_050, ++moves);
      expect(states.at(-1)).toBe('live');
    }, WAIT);

  it('shows the book in ticks and lots, and a level that goes', async () => {
    await live();
    expect(feed.book(BTC)?.bestBid()).toEqual({ ticks: 9_999, lots: 1_000 });
    expect(feed.book(BTC)?.bestAsk()).toEqual({ ticks: 10_001, lots: 1_000 });
    move(10_001, 0);
    await vi.waitFor(() => expect(feed.book(BTC)?.bestAsk()).toEqual({ ticks: 10_002, lots: 1_000 }), WAIT);
  });

  it('tells trades with who took', async () => {
    await live();
    await vi.waitFor(() => {
      exchange.handMade.push({
        ...({
          kind: 'trade',
          symbol: 'BTCUSDT',
          marketTimeMs: TEST_START_MS,
          ticks: 9_998,
          lots: 7,
          aggressor: 'sell',
        } as const),
      });
      expect(trades.at(-1)).toMatchObject({ instrumentId: BTC, ticks: 9_998, lots: 7, aggressor: 'sell' });
    }, WAIT);
  });

  it('has no book while its sockets are gone, and one again', async () => {
    await live();
    await control(exchange, 'POST', 'faults', { kind: 'close', times: 3 });
    await vi.waitFor(() => expect(states).toContain('unsynchronized'), WAIT);
    await live();
    expect(feed.book(BTC)?.bestBid()).toEqual({ ticks: 9_999, lots: 1_000 });
  });

  it('hands out closed bars, the newest last', async () => {
    const history = await feed.history(BTC, '1m', 5);
    expect(history.ok && history.value).toHaveLength(5);
    const [first, second] = history.ok ? history.value : [];
    expect((second?.openTimeUs ?? 0) - (first?.openTimeUs ?? 0)).toBe(60_000_000);
    expect(first).toMatchObject({
      instrumentId: BTC,
      interval: '1m',
      open: '100',
      high: '101',
      low: '99',
      volume: '10',
    });
  });
});
