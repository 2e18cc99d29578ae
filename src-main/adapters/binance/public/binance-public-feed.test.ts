import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { instrumentId } from '../../../engine/domain/identifiers.ts';
import type { MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';
import { VirtualClock } from '../../../engine/testing/virtual-clock.ts';
import { createWeightLimiter } from '../weight-limiter.ts';
import { type BinancePublicFeedOptions, createBinancePublicFeed } from './binance-public-feed.ts';
import { TinyVenue } from './testing/tiny-venue.ts';

const MINUTE_MS = 60_000;
const forming = { i: '1m', o: '1', c: '2', h: '3', l: '1', v: '4', L: -1, x: false };

function listed(base: string): ListedInstrument {
  const id = instrumentId({ base, quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
  return {
    ...{ id, version: 1, venueSymbol: `${base}USDT`, tickSize: '0.01', lotSize: '0.001', minQuantity: '0.001' },
    ...{ maxQuantity: '9000', minNotional: '5', priceBand: null, maxOrders: 200, maxStopOrders: 5 },
    ...{ makerFee: '0.001', takerFee: '0.001' },
  };
}

const BTC = listed('BTC');
const ETH = listed('ETH');

let venue: TinyVenue;
let clock: VirtualClock;
let feed: MarketDataFeed;
let seen: string[];
let problems: string[];
/** Called after each news; tests wait on it instead of on time. */
let wake: () => void = () => undefined;

beforeEach(async () => {
  venue = new TinyVenue(() => wake());
  clock = new VirtualClock();
  seen = [];
  problems = [];
  for (const symbol of ['BTCUSDT', 'ETHUSDT']) venue.list(symbol);
});
afterEach(async () => {
  await feed.close();
  await venue.close();
});

/** Resolves once the news satisfies the condition. The test's own time limit ends a wait that never does. */
function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    wake = () => {
      if (condition()) resolve();
    };
    wake();
  });
}

const saw = (text: string) => until(() => seen.includes(text));
const note = (text: string) => {
  seen.push(text);
  wake();
};

async function start(instruments = [BTC], options: Partial<BinancePublicFeedOptions> = {}): Promise<void> {
  const urls = await venue.listen();
  const warn = (message: string, fields?: Readonly<Record<string, unknown>>) => {
    problems.push(`${message}: ${JSON.stringify(fields)}`);
    wake();
  };
  const debug = (message: string, fields?: Readonly<Record<string, unknown>>) => {
    if (message === 'snapshot') note(Object.values(fields ?? {}).join(' '));
  };
  feed = createBinancePublicFeed({
    ...{ ...urls, clock, origin: 'synthetic', limiter: createWeightLimiter(clock), ...options },
    random: { next: () => 0.5, hex: () => '00' },
    logger: { debug, info: () => note('replacing'), warn, error: warn },
  });
  await feed.start(instruments, '1m', {
    onBook: (id, book) => note(`book ${id} ${book.updateId} ${book.bestBid()?.lots ?? 'none'}`),
    onTrade: ({ ticks, lots, aggressor }) => note(`trade ${ticks} ${lots} ${aggressor}`),
    onBarClosed: ({ openTimeUs }) => note(`bar ${openTimeUs / 60e6}`),
    onBarChanged: ({ openTimeUs }) => note(`forming ${openTimeUs / 60e6}`),
    onState: (id, state) => note(`${id} ${state}`),
  });
}

/** Started, with a proven book of BTC at update 1,003. */
async function startLive(options: Partial<BinancePublicFeedOptions> = {}): Promise<void> {
  await start([BTC], options);
  await until(() => venue.requests.some((request) => request.startsWith('/api/v3/depth')));
  await synchronized(1_000);
  venue.move('BTCUSDT', '2.000');
  await saw(`book ${BTC.id} 1003 2000`);
}

/** The reply of the snapshot has been read: the book is there, though no update has proven it. */
const synchronized = (updateId: number) => saw(`synchronize BTCUSDT ${updateId}`);
const compared = (updateId: number) => saw(`compare BTCUSDT ${updateId}`);

describe('a book', () => {
  it('becomes live with the first update that proves its snapshot, not before', async () => {
    await start();
    await saw(`${BTC.id} unsynchronized`);
    await synchronized(1_000);
    expect(feed.book(BTC.id)).toBeUndefined();
    venue.move('BTCUSDT', '2.000');
    await saw(`${BTC.id} live`);
    expect(feed.book(BTC.id)?.bestBid()).toEqual({ ticks: 10_000, lots: 2_000 });
    expect(venue.requests).toEqual([
      'ws /stream?streams=btcusdt@depth@100ms/btcusdt@trade/btcusdt@kline_1m',
      '/api/v3/depth?symbol=BTCUSDT&limit=1000',
    ]);
  });

  it('is given up at a gap and comes back from a new snapshot', async () => {
    await startLive();
    venue.silent = true;
    venue.move('BTCUSDT', '3.000');
    venue.silent = false;
    venue.move('BTCUSDT', '4.000');
    await saw(`${BTC.id} unsynchronized`);
    await until(() => problems.length > 0);
    expect(problems[0]).toContain('expected U 1004, was 1007..1009');
    expect(feed.book(BTC.id)).toBeUndefined();
    await synchronized(1_009);
    venue.move('BTCUSDT', '5.000');
    await saw(`book ${BTC.id} 1012 5000`);
  });

  it('asks again, later, when a snapshot fails or is a page of HTML', async () => {
    venue.refusals.push((response) => response.writeHead(500).end('no'));
    venue.refusals.push((response) => response.end('<html>'));
    await start();
    await until(() => problems.length === 1);
    await clock.advanceAsync(1_000);
    await until(() => problems.length === 2);
    await clock.advanceAsync(1_000);
    await synchronized(1_000);
    venue.move('BTCUSDT', '2.000');
    await saw(`book ${BTC.id} 1003 2000`);
    expect(problems[0]).toContain('HTTP 500 no');
    expect(problems[1]).toContain('expected JSON');
  });

  it('holds its queries back as long as the venue says', async () => {
    const limiter = createWeightLimiter(clock);
    venue.refusals.push((response) => response.writeHead(429, { 'Retry-After': '30' }).end('{}'));
    await start([BTC], { limiter });
    await until(() => problems.length === 1);
    expect(limiter.pausedMs()).toBe(30_000);
    await clock.advanceAsync(29_000);
    expect(venue.requests).toHaveLength(2);
    await clock.advanceAsync(2_000);
    await synchronized(1_000);
  });
});

describe('a silent book', () => {
  it('counts as quiet when a second look says that the venue has nothing newer', async () => {
    await startLive();
    await clock.advanceAsync(5_500);
    await compared(1_003);
    await clock.advanceAsync(5_000);
    expect(venue.requests.at(-1)).toBe('/api/v3/depth?symbol=BTCUSDT&limit=5');
    expect(seen).not.toContain(`${BTC.id} stale`);
    expect(feed.book(BTC.id)).toBeDefined();
  });

  it('ends the connection when the venue went on without us, though the socket answers pings', async () => {
    await startLive();
    venue.silent = true;
    venue.move('BTCUSDT', '7.000');
    await clock.advanceAsync(5_500);
    await compared(1_006);
    const connected = venue.nextConnection();
    await clock.advanceAsync(1_500);
    expect(problems.at(-1)).toContain('silent while the venue went on to 1006');
    expect(feed.book(BTC.id)).toBeUndefined();
    await connected;
    venue.silent = false;
    await saw(`${BTC.id} connecting`);
    await synchronized(1_006);
    venue.move('BTCUSDT', '8.000');
    await saw(`book ${BTC.id} 1009 8000`);
  });

  it('is stale when nobody can tell, and live again with the next update', async () => {
    await startLive();
    for (let reply = 0; reply < 20; reply++) venue.refusals.push((response) => response.writeHead(503).end());
    await clock.advanceAsync(11_000);
    await saw(`${BTC.id} stale`);
    expect(feed.book(BTC.id)).toBeUndefined();
    venue.move('BTCUSDT', '3.000');
    await saw(`book ${BTC.id} 1006 3000`);
    expect(feed.book(BTC.id)).toBeDefined();
  });

  it('is failed when no snapshot can be had in time', async () => {
    for (let reply = 0; reply < 60; reply++) venue.refusals.push((response) => response.writeHead(503).end());
    await start();
    await saw(`${BTC.id} unsynchronized`);
    await clock.advanceAsync(31_000, 100);
    expect(seen).toContain(`${BTC.id} failed`);
  });
});

describe('a connection', () => {
  it('reconnects after a loss and starts from a fresh snapshot', async () => {
    await startLive();
    const connected = venue.nextConnection();
    for (const socket of venue.sockets) socket.terminate();
    await saw(`${BTC.id} connecting`);
    expect(feed.book(BTC.id)).toBeUndefined();
    venue.move('BTCUSDT', '5.000');
    await clock.advanceAsync(1_000);
    await connected;
    await synchronized(1_006);
    venue.move('BTCUSDT', '6.000');
    await saw(`book ${BTC.id} 1009 6000`);
  });

  it('is replaced before the venue ends it, without a gap, while both sockets deliver', async () => {
    await startLive({ connectionTiming: { rotateAfterMs: 3_000, overlapMs: 1_000 } });
    const [old] = venue.sockets;
    const connected = venue.nextConnection();
    await clock.advanceAsync(3_600);
    await connected;
    await saw('replacing');
    expect(venue.sockets).toHaveLength(2);
    const [next] = venue.sockets.filter((socket) => socket !== old);
    // The new socket is ahead: its update waits for the one the old socket still owes.
    const probe = { e: 'kline', E: 1, s: 'BTCUSDT', k: { ...forming, t: MINUTE_MS } };
    const ahead = { e: 'depthUpdate', E: 1, s: 'BTCUSDT', U: 1_007, u: 1_009, b: [['100.00', '4.000']], a: [] };
    venue.send(ahead, [next!]);
    venue.send(probe, [next!]);
    await saw('forming 1');
    venue.send({ ...ahead, U: 1_004, u: 1_006, b: [['100.00', '3.000']] }, [old!]);
    await saw(`book ${BTC.id} 1009 4000`);
    await clock.advanceAsync(1_100);
    venue.send({ ...ahead, U: 1_010, u: 1_010, b: [['100.00', '5.000']] }, [next!]);
    await saw(`book ${BTC.id} 1010 5000`);
    expect(seen.filter((news) => news.startsWith('book'))).toEqual(
      ['1003 2000', '1006 3000', '1009 4000', '1010 5000'].map((book) => `book ${BTC.id} ${book}`),
    );
    expect(seen.filter((news) => news.endsWith('unsynchronized'))).toHaveLength(1);
    expect(problems).toEqual([]);
  });

  it('carries at most 200 streams', async () => {
    const many = Array.from({ length: 70 }, (_, index) => listed(`A${index}`));
    for (const { venueSymbol } of many) venue.list(venueSymbol);
    await start(many);
    await until(() => venue.requests.filter((request) => request.startsWith('ws')).length === 2);
    const streams = venue.requests
      .filter((request) => request.startsWith('ws'))
      .map((url) => url.split('/').length - 1);
    expect(streams.sort((a, b) => b - a)).toEqual([198, 12]);
    await until(() => venue.requests.filter((request) => request.endsWith('limit=100')).length === 70);
  });

  it('notices a socket that does not even answer pings', async () => {
    await startLive();
    for (const socket of venue.sockets) socket.pause();
    await clock.advanceAsync(11_000);
    await until(() => problems.some((problem) => problem.includes('silent')));
    await saw(`${BTC.id} connecting`);
  });
});

describe('trades and bars', () => {
  it('end the connection when one of them goes on without the other', async () => {
    await startLive();
    venue.kline('BTCUSDT', MINUTE_MS, false, 7);
    venue.kline('BTCUSDT', MINUTE_MS, false, 9);
    venue.kline('BTCUSDT', 2 * MINUTE_MS, false, 9);
    await saw('forming 2');
    await clock.advanceAsync(11_000);
    await until(() => problems.some((problem) => problem.includes('the trade stream is silent')));
    await saw(`${BTC.id} connecting`);
  });

  it('hands trades on in steps, each once', async () => {
    await startLive();
    venue.trade('BTCUSDT', 1);
    venue.trade('BTCUSDT', 1);
    venue.trade('BTCUSDT', 2);
    venue.kline('BTCUSDT', MINUTE_MS, false);
    await saw('forming 1');
    expect(seen.filter((news) => news.startsWith('trade'))).toEqual(['trade 10050 250 sell', 'trade 10050 250 sell']);
  });

  it('leaves the forming bar out of the history and fetches what closed before the stream spoke', async () => {
    for (let minute = 1; minute <= 6; minute++) venue.klines.push([minute * MINUTE_MS, `${minute}.0`]);
    await startLive();
    const history = await feed.history(BTC.id, '1m', 2);
    expect(history).toMatchObject({ ok: true, value: [{ open: '4.0' }, { open: '5.0', openTimeUs: 300e6 }] });
    for (let minute = 7; minute <= 9; minute++) venue.klines.push([minute * MINUTE_MS, `${minute}.0`]);
    venue.kline('BTCUSDT', 8 * MINUTE_MS, true);
    venue.kline('BTCUSDT', 8 * MINUTE_MS, true);
    venue.kline('BTCUSDT', 9 * MINUTE_MS, true);
    await saw('bar 9');
    expect(seen.filter((news) => news.startsWith('bar'))).toEqual(['bar 6', 'bar 7', 'bar 8', 'bar 9']);
  });

  it('reads a long history page by page and says what failed', async () => {
    for (let minute = 1; minute <= 1_500; minute++) venue.klines.push([minute * MINUTE_MS, '1.0']);
    await start();
    const history = await feed.history(ETH.id, '5m', 1_200);
    if (!history.ok) throw new Error(history.error.detail);
    expect(history.value.map(({ openTimeUs }) => openTimeUs / 60e6)).toEqual(
      Array.from({ length: 1_200 }, (_, index) => 300 + index),
    );
    venue.refusals.push((response) => response.end('{"code":-1121,"msg":"Invalid symbol."}'));
    expect(await feed.history(ETH.id, '5m', 10)).toMatchObject({
      ok: false,
      error: { detail: expect.stringContaining('expected klines as a list') as string },
    });
  });
});

describe('what is no market of ours', () => {
  it('has no book, and no history under a name that is no instrument', async () => {
    await start();
    const id = 'odd' as typeof BTC.id;
    expect(feed.book(id)).toBeUndefined();
    expect(await feed.history(id, '1m', 5)).toEqual({
      ok: false,
      error: { detail: 'expected an instrument id, was odd', retryAfterMs: null },
    });
  });

  it('is passed over without a word: other events, other symbols, other intervals', async () => {
    await startLive();
    venue.send({ e: 'serverShutdown', E: 1 });
    venue.send({ e: 'avgPrice', E: 1, s: 'BTCUSDT' });
    venue.trade('NOPEUSDT', 1);
    venue.send({ e: 'kline', E: 1, s: 'BTCUSDT', k: { ...forming, t: 5 * MINUTE_MS, i: '5m' } });
    venue.kline('BTCUSDT', MINUTE_MS, false);
    await saw('forming 1');
    expect(seen.filter((news) => news.startsWith('forming') || news.startsWith('trade'))).toEqual(['forming 1']);
    expect(problems).toEqual([]);
  });
});

describe('bad messages', () => {
  it('of a snapshot are asked for again', async () => {
    venue.refusals.push((response) => response.end('{"lastUpdateId":"x"}'));
    await start();
    await until(() => problems.length === 1);
    expect(problems[0]).toContain('lastUpdateId');
    await clock.advanceAsync(2_000);
    await synchronized(1_000);
    expect(venue.requests.filter((request) => request.startsWith('/api/v3/depth'))).toHaveLength(2);
  });

  it('of missed bars are named, and the bars after them still come', async () => {
    for (let minute = 1; minute <= 3; minute++) venue.klines.push([minute * MINUTE_MS, '1.0']);
    await startLive();
    await feed.history(BTC.id, '1m', 2);
    venue.refusals.push((response) => response.end('{"code":-1121,"msg":"Invalid symbol."}'));
    venue.kline('BTCUSDT', 9 * MINUTE_MS, true);
    await saw('bar 9');
    expect(problems[0]).toContain('missed bars could not be fetched');
  });

  it('are refused by name and change nothing', async () => {
    await startLive();
    for (const text of ['{', '{"data":{"e":"depthUpdate"}}', '[]', '{"data":{"e":"trade","s":"NOPE","E":1}}']) {
      for (const socket of venue.sockets) socket.send(text);
    }
    venue.move('BTCUSDT', '3.000');
    await saw(`book ${BTC.id} 1006 3000`);
    expect(problems).toHaveLength(3);
    expect(feed.book(BTC.id)).toBeDefined();
  });
});
