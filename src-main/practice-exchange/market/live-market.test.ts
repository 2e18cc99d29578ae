import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGenericFeed } from '../../adapters/generic/public/generic-feed.ts';
import { listGenericMarkets } from '../../adapters/generic/public/list-markets.ts';
import { standingIn } from '../../adapters/generic/practice-protocol.ts';
import { BINANCE_PROTOCOL, btcOf, rigGeneric, SILENT, single } from '../../adapters/generic/testing/generic-rig.ts';
import { createSystemClock } from '../../adapters/system-clock/system-clock.ts';
import type { Bar } from '../../engine/domain/market.ts';
import type { FeedListener, MarketDataFeed } from '../../engine/ports/market-data-feed.ts';
import type { VenueEvent } from '../../engine/ports/venue-gateway.ts';
import { VirtualClock } from '../../engine/testing/virtual-clock.ts';
import { startPracticeExchange } from '../start-practice-exchange.ts';
import { TEST_START_MS } from '../testing/hand-made-market.ts';
import { startTestExchange } from '../testing/practice-client.ts';
import { openLiveMarket } from './live-market.ts';

const BTC = btcOf(BINANCE_PROTOCOL);
const WAIT = { timeout: 25_000 };

describe('a practice exchange that plays another venue', () => {
  let venue: Awaited<ReturnType<typeof startTestExchange>>;
  let paper: Awaited<ReturnType<typeof startPracticeExchange>>;
  let feed: MarketDataFeed;

  beforeEach(async () => {
    venue = await startTestExchange();
    const from = { venue: 'BINANCEUS', origin: 'live', clock: createSystemClock(), logger: SILENT } as const;
    const listed = await listGenericMarkets({ ...from, ...standingIn(venue) }, [BTC]);
    feed = createGenericFeed({ ...from, ...standingIn(venue) });
    const opening = openLiveMarket({ feed, listed, clock: from.clock, withinMs: 25_000 });
    const moving = setInterval(() => move(10_050, ++moves), 100);
    const market = await opening.finally(() => clearInterval(moving));
    const accounts = [{ name: 'binanceus-01', balances: { USDT: '100000' }, makerFee: '0.002', takerFee: '0.002' }];
    paper = await startPracticeExchange({ market, accounts });
  });
  afterEach(async () => {
    await feed.close();
    await paper.close();
    await venue.close();
  });

  let moves = 100;
  const move = (ticks: number, lots: number): void =>
    venue.handMade.push({
      ...({ kind: 'book', symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS, snapshot: false } as const),
      ...{ bids: [], asks: [[ticks, lots]] },
    });

  it("fills at the venue's prices with the venue's fees, and follows them", async () => {
    const rig = rigGeneric(paper, BINANCE_PROTOCOL);
    await rig.gateway.connect();
    const order = single(BINANCE_PROTOCOL, { price: '101.00', timeInForce: 'ioc' });
    await rig.gateway.submit(order, 'new');
    const filled = await rig.heard((event) => event.kind === 'fill');
    expect(filled).toMatchObject({
      fill: { price: '100.01', quantity: '0.1', fee: { amount: '0.0002', asset: 'BTC' } },
    });
    const resting = single(BINANCE_PROTOCOL, { price: '100.00' });
    await rig.gateway.submit(resting, 'new');
    move(10_000, 500);
    const ofResting = (event: VenueEvent): boolean =>
      event.kind === 'fill' && event.fill.clientOrderId === resting.order.clientOrderId;
    expect(await rig.heard(ofResting)).toMatchObject({ fill: { price: '100' } });
    await rig.gateway.close();
  });

  it("has the venue's bars", async () => {
    const reply = await fetch(
      `${paper.rest}/api/v3/klines?symbol=BTCUSDT&interval=1h&limit=3&endTime=${TEST_START_MS}`,
    );
    const rows = (await reply.json()) as readonly (readonly unknown[])[];
    expect(rows.at(-1)?.slice(1, 5)).toEqual(['100.00000000', '101.00000000', '99.00000000', '100.00000000']);
  });

  it('has an empty book once its feed no longer vouches for one', async () => {
    await venue.close();
    await vi.waitFor(async () => {
      const reply = await fetch(`${paper.rest}/api/v3/depth?symbol=BTCUSDT`);
      expect(await reply.json()).toMatchObject({ bids: [], asks: [] });
    }, WAIT);
    venue = await startTestExchange();
  });
});

const LISTED = {
  ...{ id: BTC, version: 1, venueSymbol: 'btcusdt', tickSize: '0.5', lotSize: '0.01', minQuantity: '0.01' },
  ...{ maxQuantity: '10', minNotional: '5', priceBand: null, maxOrders: 50, maxStopOrders: 50 },
  ...{ makerFee: '0', takerFee: '0' },
};

function silentFeed(): { readonly feed: MarketDataFeed; readonly tell: () => FeedListener } {
  let told: FeedListener | undefined;
  const feed: MarketDataFeed = {
    origin: 'live',
    start: (_instruments, _interval, listener) => Promise.resolve(void (told = listener)),
    history: () => Promise.resolve({ ok: false, error: { detail: 'none', retryAfterMs: null } }),
    book: () => undefined,
    close: () => Promise.resolve(),
  };
  return {
    feed,
    tell: () => {
      if (told === undefined) throw new Error('expected a started feed');
      return told;
    },
  };
}

it('names the markets whose books do not come', async () => {
  const clock = new VirtualClock();
  const opening = openLiveMarket({ feed: silentFeed().feed, listed: [LISTED], clock, withinMs: 1_000 });
  const refused = expect(opening).rejects.toThrow(`expected books within 1000 ms, was without ${BTC}`);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  clock.advance(1_000);
  await refused;
});

it('joins the minutes that close to the longer bars that close with them', async () => {
  const { feed, tell } = silentFeed();
  const book = {
    updateId: 1,
    bidCount: 1,
    askCount: 1,
    bestBid: () => undefined,
    bestAsk: () => undefined,
    writeTop: () => 2,
  };
  const clock = new VirtualClock();
  const market = await openLiveMarket({
    feed: { ...feed, book: () => book },
    listed: [LISTED],
    clock,
    withinMs: 1_000,
  });
  const startMs = 1_704_276_000_000;
  const prices = [10, 12, 9.5, 11, 10.5];
  prices.forEach((price, index) => {
    const text = String(price);
    const bar: Bar = {
      ...{ instrumentId: BTC, interval: '1m', openTimeUs: (startMs + index * 60_000) * 1_000 },
      ...{ open: text, high: text, low: text, close: text, volume: '2' },
    };
    tell().onBarClosed(bar);
    tell().onBarClosed(bar);
  });
  expect(market.history('BTCUSDT', '1m', startMs + 300_000, 9)).toHaveLength(5);
  expect(market.history('BTCUSDT', '5m', startMs + 300_000, 9)).toEqual([
    {
      ...{ openTimeMs: startMs, closeTimeMs: startMs + 299_999, open: '10', high: '12', low: '9.5', close: '10.5' },
      ...{ volume: '10.00000000', quoteVolume: '106.00000000', trades: 5, takerBuyVolume: '0' },
    },
  ]);
  expect(market.history('ETHUSDT', '1m', startMs, 1)).toEqual([]);
  expect(market.history('BTCUSDT', '1m', startMs + 300_000, 0)).toEqual([]);
});
