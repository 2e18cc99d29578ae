import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';
import type { ListedInstrument } from '../../../engine/domain/events.ts';
import { type InstrumentId, instrumentId } from '../../../engine/domain/identifiers.ts';
import type { Bar, FeedState } from '../../../engine/domain/market.ts';
import type { PublicTrade } from '../../../engine/ports/market-data-feed.ts';
import { createSystemClock } from '../../system-clock/system-clock.ts';
import { createKrakenPublicFeed } from './kraken-public-feed.ts';

const BTC = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const ETH = instrumentId({ base: 'ETH', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' });
const LISTED: ListedInstrument = {
  ...{ id: BTC, version: 1, venueSymbol: 'XBTUSDT', tickSize: '0.01', lotSize: '0.001', minQuantity: '0.001' },
  ...{ maxQuantity: '1000', minNotional: '5', priceBand: null, maxOrders: 80, maxStopOrders: 80 },
  ...{ makerFee: '0.001', takerFee: '0.001' },
};
const WAIT = { timeout: 15_000 };
const DIGITS = JSON.stringify({ error: [], result: { XBTUSDT: { pair_decimals: 2, lot_decimals: 3 } } });
const row = (second: number) => [second, '1', '2', '1', '2', '1.5', '10', 3];
const bars = (...rows: readonly unknown[]) => JSON.stringify({ error: [], result: { XBTUSDT: rows, last: 9 } });

let http: Server;
let sockets: WebSocketServer;
let socket: WebSocket | undefined;
let answers: Record<string, string>;
let warnings: [string, unknown][];
let feed: ReturnType<typeof createKrakenPublicFeed>;
let trades: PublicTrade[];
let forming: Bar[];
let closed: Bar[];
let states: FeedState[];

beforeEach(async () => {
  [warnings, trades, forming, closed, states, socket] = [[], [], [], [], [], undefined];
  answers = { AssetPairs: DIGITS, OHLC: bars(row(60), row(120)) };
  http = createServer((request, response) => {
    const method = /public\/(\w+)/.exec(request.url ?? '')?.[1] ?? '';
    response.end(answers[method]);
  });
  sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (one) => (socket = one));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  feed = createKrakenPublicFeed({
    ...{ restUrl: `http://127.0.0.1:${port}`, streamUrl: `ws://127.0.0.1:${port}`, origin: 'synthetic' },
    ...{ clock: createSystemClock(), random: { next: () => 0.5, hex: () => '' } },
    logger: { debug: () => 0, info: () => 0, warn: (text, more) => warnings.push([text, more]), error: () => 0 },
  });
});
afterEach(async () => {
  await feed.close();
  for (const one of sockets.clients) one.terminate();
  await new Promise<void>((resolve) => {
    http.close(() => resolve());
    http.closeAllConnections();
  });
});

const start = () =>
  feed.start([LISTED], '1m', {
    onBook: () => undefined,
    onTrade: (trade) => trades.push(trade),
    onBarClosed: (bar) => closed.push(bar),
    onBarChanged: (bar) => forming.push(bar),
    onState: (_id, state) => states.push(state),
  });
const connected = async (): Promise<WebSocket> => {
  await start();
  await vi.waitFor(() => expect(states).toEqual(['unsynchronized']), WAIT);
  if (socket === undefined) throw new Error('expected a socket');
  return socket;
};

const REFUSALS: readonly (readonly [string, string])[] = [
  ['{"result":{}}', 'expected a reply as documented, was otherwise'],
  ['{"error":["EGeneral:Too many requests"]}', 'EGeneral:Too many requests'],
  ['{"error":[],"result":[]}', 'expected a result as documented, was otherwise'],
  ['<html>', 'not valid JSON'],
];

describe('the public queries', () => {
  it.each(REFUSALS)('start nothing on %s', async (text, problem) => {
    answers['AssetPairs'] = text;
    await expect(start()).rejects.toThrow(problem);
    expect(socket).toBeUndefined();
  });

  it.each(REFUSALS)('have no history on %s', async (text, problem) => {
    answers['OHLC'] = text;
    const history = await feed.history(BTC, '1m', 3);
    expect(history.ok).toBe(false);
    expect(!history.ok && history.error.detail).toMatch(/^OHLC: /);
    expect(!history.ok && history.error.detail).toContain(problem);
  });

  it('have the closed bars alone, also of another interval than is followed', async () => {
    const history = await feed.history(BTC, '1h', 3);
    expect(history).toMatchObject({ ok: true, value: [{ interval: '1h', openTimeUs: 60_000_000, volume: '10' }] });
    answers['OHLC'] = JSON.stringify({ error: [], result: { last: 9 } });
    expect(await feed.history(BTC, '1m', 3)).toEqual({ ok: true, value: [] });
  });

  it('know no history and no book of what is no instrument', async () => {
    const odd = 'nothing' as InstrumentId;
    expect(await feed.history(odd, '1m', 3)).toMatchObject({
      ok: false,
      error: { detail: 'expected an instrument id, was nothing' },
    });
    expect([feed.book(odd), feed.book(ETH)]).toEqual([undefined, undefined]);
  });

  it('refuse an instrument whose digits the venue does not state', async () => {
    answers['AssetPairs'] = '{"error":[],"result":{}}';
    await expect(start()).rejects.toThrow('a pair named XBTUSDT');
  });
});

describe('messages of the public stream', () => {
  const print = (more: string) =>
    `{"channel":"trade","type":"update","data":[{"symbol":"BTC/USDT","side":"buy","price":100.01,"qty":0.005,` +
    `"trade_id":7,"timestamp":"2024-01-03T09:00:00.000000Z"${more}}]}`;
  const bar = (begin: string, more: string) =>
    `{"channel":"ohlc","type":"update","data":[{"symbol":"BTC/USDT","open":1,"high":2,"low":1,"close":2,"volume":3,` +
    `"interval_begin":"${begin}","interval":1${more}}]}`;

  it.each([
    ['trades not as documented', '{"channel":"trade","data":[{"price":1}]}', 'expected trades as documented'],
    ['bars not as documented', '{"channel":"ohlc","data":4}', 'expected bars as documented'],
    ['a book without a list', '{"channel":"book","type":"update","data":4}', 'expected data as a list'],
    [
      'a book without sides',
      '{"channel":"book","type":"update","data":[{"symbol":"BTC/USDT"}]}',
      'expected bids as a list, was missing',
    ],
    [
      'a level that is none',
      '{"channel":"book","type":"update","data":[{"symbol":"BTC/USDT","bids":[4]}]}',
      'expected bids as a list of levels, was 4',
    ],
    ['a book cut short', '{"channel":"book","data":[', 'JSON'],
    ['a price between two ticks', print(',"price":100.015'), 'expected'],
  ])('are refused: %s', async (_what, text, problem) => {
    const venue = await connected();
    venue.send(text);
    venue.send(print(',"trade_id":8'));
    await vi.waitFor(() => expect(trades).toHaveLength(1), WAIT);
    expect(warnings).toMatchObject([['market data message refused', {}]]);
    expect(JSON.stringify(warnings)).toContain(problem);
  });

  it('say that a subscription is refused', async () => {
    const venue = await connected();
    venue.send('{"method":"subscribe","success":false,"error":"Currency pair not supported"}');
    await vi.waitFor(
      () => expect(warnings).toEqual([['subscription refused', { error: 'Currency pair not supported' }]]),
      WAIT,
    );
  });

  it('are read past when they speak of what nobody asked for', async () => {
    const venue = await connected();
    venue.send('{"channel":"book","type":"update","data":[{"symbol":"ETH/USDT","bids":[],"asks":[],"checksum":0}]}');
    venue.send('{"channel":"book","type":"update","data":[{}]}');
    venue.send('{"channel":"book","type":"update","data":[]}');
    venue.send('{"channel":"heartbeat"}');
    venue.send('[4]');
    venue.send(bar('2024-01-03T09:00:00.000000000Z', ',"interval":5'));
    venue.send(bar('2024-01-03T09:00:00.000000000Z', ',"symbol":"ETH/USDT"'));
    venue.send(print(',"symbol":"ETH/USDT"'));
    venue.send(print(''));
    await vi.waitFor(() => expect(trades).toMatchObject([{ instrumentId: BTC, ticks: 10_001, lots: 5 }]), WAIT);
    expect([forming, warnings]).toEqual([[], []]);
  });

  it('tell a trade once', async () => {
    const venue = await connected();
    for (const id of [7, 7, 6, 8]) venue.send(print(`,"trade_id":${id}`));
    await vi.waitFor(() => expect(trades).toHaveLength(2), WAIT);
  });

  it.each([
    ['fetched', bars(row(1_704_272_460), row(1_704_272_520), row(1_704_272_580)), [460, 520]],
    ['left out when they cannot be had', '{"error":["EService:Busy"]}', [520]],
  ])('close a bar when the next one comes; missed ones are %s', async (_what, answer, seconds) => {
    answers['OHLC'] = bars(row(1_704_272_400), row(1_704_272_460));
    await feed.history(BTC, '1m', 3);
    const venue = await connected();
    answers['OHLC'] = answer;
    venue.send(bar('2024-01-03T09:02:00.000000000Z', ''));
    venue.send(bar('2024-01-03T09:03:00.000000000Z', ''));
    const last = seconds.at(-1) ?? 0;
    await vi.waitFor(() => expect(closed.at(-1)?.openTimeUs).toBe((1_704_272_000 + last) * 1_000_000), WAIT);
    expect(closed.map(({ openTimeUs }) => openTimeUs / 1_000_000 - 1_704_272_000)).toEqual(seconds);
    expect(forming).toHaveLength(2);
  });
});
