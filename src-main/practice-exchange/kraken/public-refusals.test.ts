import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HandMadeMarket } from '../testing/hand-made-market.ts';
import { call, startTestExchange, TestSocket } from '../testing/practice-client.ts';

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
type Reply = {
  method?: string;
  success?: boolean;
  error?: string;
  channel?: string;
  type?: string;
  data?: Record<string, unknown>[];
};

/** A market that has not opened: no book, no trade, no history. */
class SilentMarket extends HandMadeMarket {
  override advance(): [] {
    return [];
  }

  override history(): [] {
    return [];
  }
}

let exchange: Exchange;
let silent: Exchange;
beforeAll(async () => {
  exchange = await startTestExchange();
  silent = await startTestExchange({ market: new SilentMarket() });
});
afterAll(async () => {
  await exchange.close();
  await silent.close();
});

const rest = async (path: string, on = exchange) =>
  (await (await fetch(`${on.rest}/0/public/${path}`)).json()) as { error: string[]; result: Record<string, unknown> };
const subscribe = (channel: string, more: object = {}) => ({
  method: 'subscribe',
  params: { channel, symbol: ['BTC/USDT'], ...more },
});

describe('Kraken market data by REST at its edges', () => {
  it.each([
    ['OHLC?pair=XBTUSDT&since=then', 'EGeneral:Invalid arguments:since'],
    ['Trades?pair=XBTUSDT&since=-1', 'EGeneral:Invalid arguments:since'],
    ['Trades?pair=XBTUSDT&count=all', 'EGeneral:Invalid arguments:count'],
    ['Depth?pair=XBTUSDT&count=deep', 'EGeneral:Invalid arguments:count'],
    ['AssetPairs?pair=XBTUSDT,NOPE', 'EQuery:Unknown asset pair'],
  ])('refuses %s', async (path, error) => expect(await rest(path)).toEqual({ error: [error] }));

  it('takes standard values for what is not named, and bounds', async () => {
    const bars = (await rest('OHLC?pair=XBTUSDT')).result['XBTUSDT'] as number[][];
    const [first = 0, second = 0] = bars.map(([openTime]) => openTime);
    expect(second - first).toBe(60);
    const since = bars.at(-3)?.[0];
    expect((await rest(`OHLC?pair=XBTUSDT&since=${since}`)).result['XBTUSDT']).toHaveLength(2);
    const depth = async (count: string) =>
      ((await rest(`Depth?pair=XBTUSDT${count}`)).result['XBTUSDT'] as { asks: unknown[] }).asks.length;
    expect(await depth('')).toBe(50);
    expect(await depth('&count=0')).toBe(1);
    expect(await depth('&count=3')).toBe(3);
  });

  it('lists sales and purchases after a time, and says where to go on', async () => {
    for (const side of ['BUY', 'SELL']) {
      await call(exchange, 'POST /api/v3/order', { symbol: 'BTCUSDT', side, type: 'MARKET', quantity: '0.1' }, 0);
    }
    const { result } = await rest('Trades?pair=XBTUSDT&since=0');
    expect(((result['XBTUSDT'] ?? []) as unknown[][]).map((row) => row[3]).sort()).toEqual(['b', 'b', 's']);
    const last = String(result['last']);
    expect((await rest(`Trades?pair=XBTUSDT&since=${last}`)).result).toEqual({ XBTUSDT: [], last });
    expect((await rest('Trades?pair=XBTUSDT&count=1')).result['XBTUSDT']).toHaveLength(1);
    expect((await rest('Trades?pair=XBTUSDT&since=0&count=1')).result['XBTUSDT']).toHaveLength(1);
  });

  it('tells zeros of a market that has not opened', async () => {
    expect((await rest('Ticker?pair=XBTUSDT', silent)).result).toMatchObject({
      XBTUSDT: { a: ['0.00', '0', '0.000'], b: ['0.00', '0', '0.000'], c: ['0.00', '0.000'] },
    });
    expect((await rest('Depth?pair=XBTUSDT', silent)).result).toEqual({ XBTUSDT: { asks: [], bids: [] } });
    expect((await rest('Trades?pair=XBTUSDT', silent)).result).toEqual({ XBTUSDT: [], last: '0' });
  });
});

describe('Kraken market data by WebSocket v2 at its edges', () => {
  it.each<[string, unknown]>([
    ['Malformed request', 'hello'],
    ['Malformed request', { method: 7 }],
    ['Malformed request', { method: 'subscribe' }],
    ['Malformed request', subscribe('book', { symbol: [] })],
    ['Malformed request', subscribe('ticker', { event_trigger: 'moon' })],
    ['Subscription name invalid', subscribe('gossip')],
    ['Subscription name invalid', subscribe('ohlc', { interval: 7 })],
  ])('answers %s to %j', async (error, request) => {
    const socket = await new TestSocket(exchange.krakenPublic).opened();
    socket.send(request);
    expect(await socket.next<Reply>(({ success }) => success === false)).toMatchObject({ error });
    await socket.close();
  });

  it('answers what is no JSON', async () => {
    const socket = await new TestSocket(exchange.krakenPublic).opened();
    socket.socket.send('{');
    expect(await socket.next<Reply>(({ success }) => success === false)).toMatchObject({ error: 'Malformed request' });
    await socket.close();
  });

  it.each([
    ['book', { depth: 10 }],
    ['trade', {}],
    ['ticker', { event_trigger: 'bbo' }],
    ['ohlc', { interval: 5 }],
  ])('joins and leaves %s once, without a snapshot when none is wanted', async (channel, more) => {
    const socket = await new TestSocket(exchange.krakenPublic).opened();
    const request = subscribe(channel, { ...more, snapshot: false });
    const ask = async (message: object) => {
      socket.send({ ...request, ...message });
      return socket.next<Reply>(({ success }) => success !== undefined);
    };
    expect(await ask({})).toMatchObject({ success: true, result: { channel, snapshot: false, ...more } });
    expect(await ask({})).toMatchObject({ error: 'Already subscribed', symbol: 'BTC/USDT' });
    const left = await ask({ method: 'unsubscribe' });
    expect(left).toMatchObject({ success: true, result: { channel } });
    expect(left).not.toHaveProperty('result.snapshot');
    expect(await ask({ method: 'unsubscribe' })).toMatchObject({ error: 'Subscription Not Found' });
    expect(socket.messages.filter((message) => (message as Reply).type === 'snapshot')).toEqual([]);
    await socket.close();
  });

  it('keeps a channel for those who stay, and one client apart from another', async () => {
    const [one, two] = [
      await new TestSocket(exchange.krakenPublic).opened(),
      await new TestSocket(exchange.krakenPublic).opened(),
    ];
    for (const socket of [one, two]) {
      socket.send(subscribe('ticker', { event_trigger: 'bbo' }));
      await socket.next<Reply>(({ type, channel }) => type === 'snapshot' && channel === 'ticker');
    }
    one.send({ ...subscribe('ticker', { event_trigger: 'bbo' }), method: 'unsubscribe' });
    await one.next<Reply>(({ method }) => method === 'unsubscribe');
    const order = { symbol: 'BTCUSDT', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '1', price: '100' };
    await call(exchange, 'POST /api/v3/order', order, 0);
    expect(await two.next<Reply>(({ type, channel }) => type === 'update' && channel === 'ticker')).toMatchObject({
      data: [{ symbol: 'BTC/USDT', bid: 100 }],
    });
    expect(one.messages.filter((message) => (message as Reply).channel === 'ticker')).toEqual([]);
    await one.close();
    await two.close();
  });

  it('tells zeros of a market that has not opened', async () => {
    const socket = await new TestSocket(silent.krakenPublic).opened();
    socket.send(subscribe('ticker'));
    expect(await socket.next<Reply>(({ type, channel }) => type === 'snapshot' && channel === 'ticker')).toMatchObject({
      data: [{ bid: 0, bid_qty: 0, ask: 0, ask_qty: 0, last: 0 }],
    });
    socket.send(subscribe('trade', { snapshot: true }));
    expect(await socket.next<Reply>(({ type, channel }) => type === 'snapshot' && channel === 'trade')).toMatchObject({
      data: [],
    });
    await socket.close();
  });
});
