import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeKrakenV2, quoteV2Numbers } from '../../adapters/kraken/decode.ts';
import { ChecksumBook } from '../../engine/market-data/checksum-book.ts';
import { stepSize } from '../../engine/market-data/steps.ts';
import { TEST_START_MS } from '../testing/hand-made-market.ts';
import { krakenClient } from '../testing/kraken-client.ts';
import { call, control, startTestExchange, TestSocket } from '../testing/practice-client.ts';

type Exchange = Awaited<ReturnType<typeof startTestExchange>>;
type Reply = { method?: string; success?: boolean; error?: string; channel?: string; type?: string; req_id?: number };

let exchange: Exchange;
beforeAll(async () => {
  exchange = await startTestExchange({ limits: { ordersPer10s: 100_000 } });
});
afterAll(() => exchange.close());

const buy = (quantity: string) =>
  call(exchange, 'POST /api/v3/order', { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity }, 0);
const rest = async (path: string) => (await fetch(`${exchange.rest}/0/public/${path}`)).json() as Promise<unknown>;
const open = async () => new TestSocket(exchange.krakenPublic).opened();
const subscribe = (channel: string, more: object = {}) => ({
  method: 'subscribe',
  params: { channel, symbol: ['BTC/USDT'], ...more },
});

describe('Kraken market data by REST', () => {
  it('names pairs, assets and prices as the venue does', async () => {
    expect(await rest('AssetPairs?pair=XBTUSDT')).toMatchObject({
      error: [],
      result: {
        XBTUSDT: {
          altname: 'XBTUSDT',
          wsname: 'XBT/USDT',
          base: 'XXBT',
          quote: 'USDT',
          pair_decimals: 2,
          lot_decimals: 3,
          ordermin: '0.001',
          costmin: '5',
          tick_size: '0.01',
          status: 'online',
        },
      },
    });
    expect(await rest('Depth?pair=XBTUSDT&count=1')).toMatchObject({
      result: {
        XBTUSDT: { asks: [['100.01', '1.000', expect.any(Number)]], bids: [['99.99', '1.000', expect.any(Number)]] },
      },
    });
    expect(await rest('Assets?asset=XBT')).toMatchObject({ result: { XXBT: { altname: 'XBT' } } });
  });

  it.each([
    ['Ticker?pair=NOPE', 'EQuery:Unknown asset pair'],
    ['Depth', 'EGeneral:Invalid arguments:pair'],
    ['OHLC?pair=XBTUSDT&interval=7', 'EGeneral:Invalid arguments:interval'],
    ['Nothing', 'EGeneral:Unknown method'],
  ])('refuses %s in the words of the venue', async (path, error) =>
    expect(await rest(path)).toEqual({ error: [error] }),
  );

  it('serves unmodified ccxt: markets, bars, trades, tickers and a followed book', async () => {
    const client = krakenClient(exchange);
    await client.loadMarkets();
    expect(client.market('BTC/USDT')).toMatchObject({ active: true, precision: { price: 0.01, amount: 0.001 } });
    expect(await client.fetchOHLCV('BTC/USDT', '1m', undefined, 5)).toHaveLength(5);
    expect((await client.fetchTrades('BTC/USDT')).at(0)).toMatchObject({ price: 100, side: 'buy' });
    expect(await client.fetchTicker('BTC/USDT')).toMatchObject({ last: 100, bid: 99.99, ask: 100.01 });
    expect((await client.fetchOrderBook('BTC/USDT', 5)).bids[0]?.slice(0, 2)).toEqual([99.99, 1]);
    const book = await client.watchOrderBook('BTC/USDT');
    expect([book.bids.length, book.asks[0]]).toEqual([10, [100.01, 1]]);
    await buy('0.5');
    expect((await client.watchOrderBook('BTC/USDT')).asks[0]).toEqual([100.01, 0.5]);
    const trades = client.watchTrades('BTC/USDT');
    await buy('0.1');
    expect((await trades).at(-1)).toMatchObject({ price: 100.01, amount: 0.1, side: 'buy' });
    await client.close();
  });
});

describe('Kraken market data by WebSocket v2', () => {
  it('tells its state, answers pings and refuses what it does not know', async () => {
    const socket = await open();
    expect(await socket.next<Reply>(({ channel }) => channel === 'status')).toMatchObject({ type: 'update' });
    socket.send({ method: 'ping', req_id: 7 });
    expect(await socket.next<Reply>(({ method }) => method === 'pong')).toMatchObject({ req_id: 7 });
    for (const [request, error] of [
      [{ ...subscribe('book'), params: { channel: 'book', symbol: ['A/B'] } }, 'Currency pair not supported A/B'],
      [subscribe('book', { depth: 7 }), 'Subscription depth not supported'],
      [{ ...subscribe('book'), method: 'unsubscribe' }, 'Subscription Not Found'],
      [{ method: 'dance' }, 'Unsupported method'],
    ] as const) {
      socket.send(request);
      expect(await socket.next<Reply>(({ success }) => success === false)).toMatchObject({ error });
    }
    await socket.close();
  });

  it.each([10, 25])('keeps a book of depth %i whose checksum holds over every message', async (depth) => {
    const socket = await open();
    const texts: string[] = [];
    socket.socket.on('message', (data: Buffer) => texts.push(data.toString()));
    socket.send(subscribe('book', { depth }));
    await socket.next<Reply>(({ type }) => type === 'snapshot');
    for (const ticks of [9_995, 10_002, 9_999]) {
      const at = { symbol: 'BTCUSDT', marketTimeMs: TEST_START_MS };
      exchange.handMade.push({ kind: 'book', ...at, snapshot: false, bids: [[ticks - 6, 0]], asks: [[ticks + 8, 77]] });
      await buy('0.3');
      await socket.next<Reply>(({ channel, type }) => channel === 'book' && type === 'update');
    }
    const steps = { tick: stepSize('0.01'), lot: stepSize('0.001'), printed: { price: 2, quantity: 3 } };
    const book = new ChecksumBook({ ...steps, depth });
    const bookTexts = texts.filter((text) => text.startsWith('{"channel":"book"'));
    for (const text of bookTexts) {
      const [event] = decodeKrakenV2(JSON.parse(quoteV2Numbers(text)) as Record<string, unknown>, depth);
      expect(event?.kind === 'book' && book.apply(event.message)).toBe('applied');
    }
    expect(book.counts.verified).toBe(bookTexts.length);
    expect(bookTexts[0]).toContain('"qty":1.000');
    const top = exchange.venue.engine.state.market('BTCUSDT').book.asks.top(depth);
    expect(
      Array.from({ length: depth }, (_, rank) => [book.book.asks.ticksAt(rank), book.book.asks.lotsAt(rank)]),
    ).toEqual(top);
    await socket.close();
  });

  it('tells trades, tickers and bars', async () => {
    const socket = await open();
    socket.send(subscribe('trade', { snapshot: true }));
    socket.send(subscribe('ticker'));
    socket.send(subscribe('ohlc', { interval: 5 }));
    for (const channel of ['trade', 'ticker', 'ohlc']) {
      await socket.next<Reply>((message) => message.channel === channel && message.type === 'snapshot');
    }
    await buy('0.2');
    expect(await socket.next<Reply>(({ channel, type }) => channel === 'trade' && type === 'update')).toMatchObject({
      data: [{ symbol: 'BTC/USDT', side: 'buy', qty: 0.2, ord_type: 'limit' }],
    });
    await socket.next<Reply>(({ channel, type }) => channel === 'ticker' && type === 'update');
    await socket.next<Reply>(({ channel, type }) => channel === 'ohlc' && type === 'update');
    await socket.close();
  });

  it('drills: numbers that have lost their last zeros, under the checksum of the true digits', async () => {
    const socket = await open();
    const texts: string[] = [];
    socket.socket.on('message', (data: Buffer) => texts.push(data.toString()));
    socket.send(subscribe('book'));
    await socket.next<Reply>(({ type }) => type === 'snapshot');
    await control(exchange, 'POST', 'faults', { kind: 'lostZeros', stream: 'kraken book' });
    await buy('0.1');
    await socket.next<Reply>(({ channel, type }) => channel === 'book' && type === 'update');
    const update = texts.find((text) => text.includes('"channel":"book","type":"update"')) ?? '';
    expect(update).toMatch(/"qty":\d/);
    expect(update).not.toMatch(/\.\d*0[,}]/);
    await control(exchange, 'DELETE', 'faults');
    await socket.close();
  });

  it('drills: a checksum of another book, a missing update, silence, a lost pong', async () => {
    const socket = await open();
    socket.send(subscribe('book'));
    await socket.next<Reply>(({ type }) => type === 'snapshot');
    await control(exchange, 'POST', 'faults', { kind: 'badChecksum', stream: 'kraken book' });
    await buy('0.1');
    await socket.next<Reply>(({ channel, type }) => channel === 'book' && type === 'update');
    await control(exchange, 'POST', 'faults', { kind: 'gap', stream: 'kraken book' });
    await control(exchange, 'POST', 'faults', { kind: 'noPong', stream: 'kraken ping' });
    socket.send({ method: 'ping', req_id: 1 });
    socket.send({ method: 'ping', req_id: 2 });
    expect(await socket.next<Reply>(({ method }) => method === 'pong')).toMatchObject({ req_id: 2 });
    const faults = (await control(exchange, 'GET', 'faults')) as { kind: string; fired: number }[];
    expect(faults.find(({ kind }) => kind === 'badChecksum')?.fired).toBe(1);
    await control(exchange, 'DELETE', 'faults');
    await socket.close();
  });
});
