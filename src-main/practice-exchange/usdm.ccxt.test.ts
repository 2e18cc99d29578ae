import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startFuturesExchange, usdmClient } from './testing/practice-client.ts';
import { TEST_START_MS } from './testing/hand-made-market.ts';

const PAIR = 'BTC/USDT:USDT';

let exchange: Awaited<ReturnType<typeof startFuturesExchange>>;
let client: ReturnType<typeof usdmClient>;
beforeEach(async () => {
  exchange = await startFuturesExchange();
  client = usdmClient(exchange);
});
afterEach(async () => {
  await client.close();
  await exchange.close();
});

/** A last trade at this price with a book around it. */
const tradeAt = (ticks: number): void =>
  exchange.handMade.push(
    {
      kind: 'book',
      symbol: 'BTCUSDT',
      marketTimeMs: TEST_START_MS,
      snapshot: true,
      bids: [[ticks - 1, 5_000]],
      asks: [[ticks + 1, 5_000]],
    },
    { kind: 'trade', symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS, ticks, lots: 1, aggressor: 'sell' },
  );

const position = async () => (await client.fetchPositions([PAIR]))[0];

describe('unmodified ccxt on USD-M', () => {
  it('loads perpetual contracts with their rules', async () => {
    const markets = await client.loadMarkets();
    expect(Object.keys(markets)).toEqual([PAIR, 'ETH/USDT:USDT']);
    expect(client.market(PAIR)).toMatchObject({
      swap: true,
      linear: true,
      precision: { price: 0.01, amount: 0.001 },
      limits: { cost: { min: 5 } },
    });
  });

  it('creates, finds, edits and cancels a limit order', async () => {
    const created = await client.createOrder(PAIR, 'limit', 'buy', 1, 99.5, { clientOrderId: 'limit-1' });
    expect(created).toMatchObject({ status: 'open', clientOrderId: 'limit-1' });
    const edited = await client.editOrder(created.id ?? '', PAIR, 'limit', 'buy', 2, 99);
    expect(edited).toMatchObject({ id: created.id, price: 99, amount: 2 });
    expect((await client.fetchOpenOrders(PAIR)).map(({ id }) => id)).toEqual([created.id]);
    await client.cancelOrder(created.id ?? '', PAIR);
    expect(await client.fetchOrder(created.id ?? '', PAIR)).toMatchObject({ status: 'canceled', filled: 0 });
  });

  it('opens long and short, pays fees in USDT and tells the position', async () => {
    await client.setLeverage(10, PAIR);
    expect(await client.createOrder(PAIR, 'market', 'buy', 1)).toMatchObject({ status: 'closed', filled: 1 });
    expect(await position()).toMatchObject({ side: 'long', contracts: 1, entryPrice: 100.01, markPrice: 100.005 });
    const trades = await client.fetchMyTrades(PAIR);
    expect(trades[0]).toMatchObject({ price: 100.01, fee: { cost: 0.050005, currency: 'USDT' } });
    await client.createOrder(PAIR, 'market', 'sell', 3);
    expect(await position()).toMatchObject({ side: 'short', contracts: 2 });
    const balance = await client.fetchBalance();
    expect(balance['USDT']?.total).toBeLessThan(10_000);
    expect(balance['info']).toMatchObject({ totalMaintMargin: expect.stringMatching(/^0\.[78]/) as string });
  });

  it('rests a conditional stop in its own id space, which ordinary queries and cancels do not reach', async () => {
    await client.createOrder(PAIR, 'market', 'buy', 1);
    const stop = await client.createOrder(PAIR, 'market', 'sell', 1, undefined, {
      stopLossPrice: 95,
      reduceOnly: true,
      clientOrderId: 'stop-1',
    });
    expect(await client.fetchOpenOrders(PAIR)).toEqual([]);
    await client.cancelAllOrders(PAIR);
    const waiting = await client.fetchOpenOrders(PAIR, undefined, undefined, { trigger: true });
    expect(waiting).toMatchObject([{ id: stop.id, triggerPrice: 95, clientOrderId: 'stop-1' }]);
    await client.cancelOrder(stop.id ?? '', PAIR, { trigger: true });
    expect(await client.fetchOpenOrders(PAIR, undefined, undefined, { trigger: true })).toEqual([]);
  });

  it('triggers a stop, closes the position and says so on the private stream', async () => {
    await client.loadMarkets();
    const seen: string[] = [];
    const original = client.handleOrderUpdate.bind(client);
    client.handleOrderUpdate = (socket: unknown, message: { e: string; o: Record<string, string> }) => {
      seen.push(`${message.e} ${message.o['caid'] ?? message.o['c'] ?? ''} ${message.o['X'] ?? ''}`);
      original(socket as never, message);
    };
    const watching = client.watchOrders(PAIR);
    await vi.waitFor(() => expect(exchange.status().privateSubscriptions).toBe(1), 15_000);
    await client.createOrder(PAIR, 'market', 'buy', 1, undefined, { clientOrderId: 'entry-1' });
    await client.createOrder(PAIR, 'market', 'sell', 1, undefined, {
      stopLossPrice: 95,
      reduceOnly: true,
      clientOrderId: 'stop-1',
    });
    tradeAt(9_490);
    await vi.waitFor(() => expect(seen).toContain('ALGO_UPDATE stop-1 FINISHED'), 15_000);
    await watching;
    expect(seen).toEqual([
      'ORDER_TRADE_UPDATE entry-1 NEW',
      'ORDER_TRADE_UPDATE entry-1 FILLED',
      'ALGO_UPDATE stop-1 NEW',
      'ALGO_UPDATE stop-1 TRIGGERING',
      'ORDER_TRADE_UPDATE stop-1 NEW',
      'ORDER_TRADE_UPDATE stop-1 FILLED',
      'ALGO_UPDATE stop-1 TRIGGERED',
      'ALGO_UPDATE stop-1 FINISHED',
    ]);
    expect(await client.fetchPositions([PAIR])).toEqual([]);
    const incomes = exchange.venue.usdm?.clearing.of('main').incomes ?? [];
    expect(incomes.map(({ incomeType }) => incomeType)).toEqual([
      'TRANSFER',
      'COMMISSION',
      'REALIZED_PNL',
      'COMMISSION',
    ]);
  });

  it('reads a book that follows the venue, trades, bars and the mark price by streams', async () => {
    const book = await client.watchOrderBook(PAIR, 100);
    expect(book.bids[0]).toEqual([99.99, 1]);
    await client.createOrder(PAIR, 'limit', 'buy', 0.5, 100);
    expect((await client.watchOrderBook(PAIR, 100)).bids[0]).toEqual([100, 0.5]);
    expect(await client.fetchOHLCV(PAIR, '1m', undefined, 5)).toHaveLength(5);
    expect(await client.watchMarkPrice(PAIR)).toMatchObject({ markPrice: 100.005 });
    expect(await client.fetchFundingRate(PAIR)).toMatchObject({ fundingRate: 0.0001, markPrice: 100.005 });
    expect((await client.watchBidsAsks([PAIR]))[PAIR]).toMatchObject({ bid: 100, ask: 100.01 });
  });

  it.each([
    ['too little margin', ['limit', 'buy', 5_000, 99.5, {}], '-2019'],
    ['a price off tick', ['limit', 'buy', 1, 99.5, { price: '99.505' }], '-4014'],
    ['a small notional', ['limit', 'buy', 0.01, 99.5, {}], '-4164'],
    ['a post-only order that takes', ['limit', 'buy', 1, 100.05, { postOnly: true }], '-5022'],
    ['a fill-or-kill that cannot fill', ['limit', 'buy', 9, 100.01, { timeInForce: 'FOK' }], '-5021'],
    ['reduce-only without a position', ['market', 'sell', 1, undefined, { reduceOnly: true }], '-2022'],
    ['a stop that has come', ['market', 'sell', 1, undefined, { stopLossPrice: 101 }], '-2021'],
    ['a side of a hedge', ['limit', 'buy', 1, 99.5, { positionSide: 'LONG' }], '-4061'],
  ] as const)('is told the true error for %s', async (_name, [type, side, amount, price, params], text) => {
    const refusal = await client.createOrder(PAIR, type, side, amount, price, { ...params }).then(
      () => 'no error',
      (error: unknown) => String(error),
    );
    expect(refusal).toContain(text);
  });
});
