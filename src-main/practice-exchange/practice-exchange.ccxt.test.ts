import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ccxtClient, startTestExchange } from './testing/practice-client.ts';

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
type Client = ReturnType<typeof ccxtClient>;

let exchange: Exchange;
let client: Client;
beforeEach(async () => {
  exchange = await startTestExchange();
  client = ccxtClient(exchange);
});
afterEach(async () => {
  await client.close();
  await exchange.close();
});

describe('unmodified ccxt', () => {
  it('loads markets with its default calls', async () => {
    const markets = await client.loadMarkets();
    expect(Object.keys(markets)).toEqual(['BTC/USDT', 'ETH/USDT']);
    expect(client.market('BTC/USDT')).toMatchObject({ active: true, precision: { price: 0.01, amount: 0.001 } });
  });

  it('creates, finds and cancels a limit order', async () => {
    const created = await client.createOrder('BTC/USDT', 'limit', 'buy', 1, 99.5, { clientOrderId: 'limit-1' });
    expect(created).toMatchObject({ status: 'open', clientOrderId: 'limit-1' });
    expect((await client.fetchOpenOrders('BTC/USDT')).map((order) => order.id)).toEqual([created.id]);
    expect((await client.fetchBalance())['USDT']).toMatchObject({ free: 9900.5, used: 99.5 });
    await client.cancelOrder(created.id ?? '', 'BTC/USDT');
    expect(await client.fetchOrder(created.id ?? '', 'BTC/USDT')).toMatchObject({ status: 'canceled', filled: 0 });
  });

  it('fills a market order and reports its trades and fee', async () => {
    const order = await client.createOrder('BTC/USDT', 'market', 'buy', 1.5);
    expect(order).toMatchObject({ status: 'closed', filled: 1.5 });
    const trades = await client.fetchMyTrades('BTC/USDT');
    expect(trades.map(({ price, amount }) => [price, amount])).toEqual([
      [100.01, 1],
      [100.02, 0.5],
    ]);
    expect(trades[0]?.fee).toMatchObject({ cost: 0.001, currency: 'BTC' });
  });

  it('rests a stop', async () => {
    const stop = await client.createOrder('BTC/USDT', 'market', 'sell', 1, undefined, { stopLossPrice: 95 });
    const found = await client.fetchOrder(stop.id ?? '', 'BTC/USDT');
    expect(found).toMatchObject({ status: 'open', triggerPrice: 95 });
  });

  it('reads an order book that follows the venue', async () => {
    const book = await client.watchOrderBook('BTC/USDT', 100);
    expect(book.bids[0]).toEqual([99.99, 1]);
    await client.createOrder('BTC/USDT', 'limit', 'buy', 0.5, 100);
    const next = await client.watchOrderBook('BTC/USDT', 100);
    expect(next.bids[0]).toEqual([100, 0.5]);
  });

  it('reads bars, trades and tickers by REST and by streams', async () => {
    expect(await client.fetchOHLCV('BTC/USDT', '1m', undefined, 5)).toHaveLength(5);
    expect((await client.fetchTrades('BTC/USDT')).at(0)).toMatchObject({ price: 100 });
    expect(await client.fetchTicker('BTC/USDT')).toMatchObject({ last: 100, bid: 99.99, ask: 100.01 });
    expect(Object.keys(await client.fetchTickers())).toHaveLength(2);
    const [trades, ticker, tops, bars] = [
      client.watchTrades('BTC/USDT'),
      client.watchTicker('BTC/USDT'),
      client.watchBidsAsks(['BTC/USDT']),
      client.watchOHLCV('BTC/USDT', '1m'),
    ];
    await vi.waitFor(() => expect(exchange.status().streams).toBe(4), { timeout: 15_000 });
    await client.createOrder('BTC/USDT', 'market', 'buy', 0.2);
    expect((await trades).at(-1)).toMatchObject({ price: 100.01, amount: 0.2, side: 'buy' });
    expect(await ticker).toMatchObject({ symbol: 'BTC/USDT', last: 100.01 });
    expect((await tops)['BTC/USDT']).toMatchObject({ ask: 100.01 });
    expect((await bars).length).toBeGreaterThan(0);
  });

  it('edits orders, cancels all, trades by WebSocket, watches balance and trades', async () => {
    const placed = await client.createOrder('BTC/USDT', 'limit', 'buy', 1, 99);
    const edited = await client.editOrder(placed.id ?? '', 'BTC/USDT', 'limit', 'buy', 1, 98);
    expect(edited).toMatchObject({ status: 'open', price: 98 });
    expect(await client.cancelAllOrders('BTC/USDT')).toHaveLength(1);
    const [balance, trades] = [client.watchBalance(), client.watchMyTrades('BTC/USDT')];
    await untilSubscribed(exchange);
    expect(await client.createOrderWs('BTC/USDT', 'market', 'buy', 0.5)).toMatchObject({
      status: 'closed',
      filled: 0.5,
    });
    expect((await trades).at(-1)).toMatchObject({ amount: 0.5, takerOrMaker: 'taker' });
    expect((await balance)['USDT']).toBeDefined();
    expect(await client.fetchOrders('BTC/USDT')).toHaveLength(3);
  });

  it('watches its own fills, the legs of an OTOCO among them', async () => {
    const seen: string[] = [];
    const original = client.handleOrderUpdate.bind(client);
    let stopRests = (): void => undefined;
    const resting = new Promise<void>((resolve) => (stopRests = resolve));
    client.handleOrderUpdate = (socket: unknown, message: { c: string; x: string; X: string }) => {
      seen.push(`${message.c} ${message.x} ${message.X}`);
      if (message.c === 'stop-1' && message.X === 'NEW') stopRests();
      original(socket as never, message);
    };
    await client.loadMarkets();
    const orders = client.watchOrders('BTC/USDT');
    await untilSubscribed(exchange);
    const list = await client.privatePostOrderListOtoco(BRACKET);
    await Promise.all([orders, resting]);
    const reports = list['orderReports'] as { status: string }[];
    expect(reports.map((report) => report.status)).toEqual(['FILLED', 'PENDING_NEW', 'PENDING_NEW']);
    expect(seen).toEqual([
      'entry-1 NEW NEW',
      'target-1 NEW PENDING_NEW',
      'stop-1 NEW PENDING_NEW',
      'entry-1 TRADE FILLED',
      'target-1 NEW NEW',
      'stop-1 NEW NEW',
    ]);
  });
});

const BRACKET = {
  symbol: 'BTCUSDT',
  listClientOrderId: 'list-1',
  workingType: 'LIMIT',
  workingSide: 'BUY',
  workingClientOrderId: 'entry-1',
  workingPrice: '100.05',
  workingQuantity: '1',
  workingTimeInForce: 'FOK',
  pendingSide: 'SELL',
  pendingQuantity: '0.999',
  pendingAboveType: 'LIMIT_MAKER',
  pendingAbovePrice: '110',
  pendingAboveClientOrderId: 'target-1',
  pendingBelowType: 'STOP_LOSS',
  pendingBelowStopPrice: '95',
  pendingBelowClientOrderId: 'stop-1',
};

/** Resolves once the private stream is subscribed: events before that are not sent. */
const untilSubscribed = async ({ status }: Exchange): Promise<void> =>
  vi.waitFor(() => expect(status().privateSubscriptions).toBe(1), { timeout: 15_000 });

describe('the true errors', () => {
  const refusal = (promise: Promise<unknown>) =>
    promise.then(
      () => 'no error',
      (error: unknown) => (error instanceof Error ? `${error.constructor.name} ${error.message}` : String(error)),
    );

  it('for a bad signature', async () => {
    client.secret = 'x'.repeat(64);
    expect(await refusal(client.createOrder('BTC/USDT', 'limit', 'buy', 1, 99))).toContain('"code":-1022');
  });

  it('for a broken filter', async () => {
    await client.loadMarkets();
    const sent = client.privatePostOrder({
      symbol: 'BTCUSDT',
      side: 'BUY',
      type: 'LIMIT',
      timeInForce: 'GTC',
      quantity: '1',
      price: '99.001',
    });
    expect(await refusal(sent)).toContain('{"code":-1013,"msg":"Filter failure: PRICE_FILTER"}');
  });

  it('for missing funds', async () => {
    expect(await refusal(client.createOrder('BTC/USDT', 'limit', 'buy', 200, 99))).toContain(
      'InsufficientFunds binance Account has insufficient balance for requested action.',
    );
  });

  it('for an id that is open already', async () => {
    await client.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 99, { clientOrderId: 'twice' });
    const again = client.createOrder('BTC/USDT', 'limit', 'buy', 0.1, 99, { clientOrderId: 'twice' });
    expect(await refusal(again)).toContain('"code":-2010,"msg":"Duplicate order sent."');
  });

  it('for a wrong clock', async () => {
    await client.loadMarkets();
    client.nonce = () => Date.now() - 20_000;
    expect(await refusal(client.fetchBalance())).toContain('InvalidNonce');
    client.nonce = () => Date.now() + 5_000;
    expect(await refusal(client.fetchBalance())).toContain("1000ms ahead of the server's time");
  });

  it('for an unknown key', async () => {
    await client.loadMarkets();
    client.apiKey = 'a'.repeat(64);
    expect(await refusal(client.fetchBalance())).toContain('"code":-2015');
  });
});
