import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { krakenChecksum } from '../../engine/market-data/kraken-checksum.ts';
import { CaptureSession } from './capture-session.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'leeward-session-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const captured = (name: string, ...lines: readonly unknown[]): string => {
  const file = join(dir, name);
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  return file;
};
const replayed = async (...lines: readonly unknown[]) => new CaptureSession().replay(captured('lines', ...lines));

const SNAPSHOT = { lastUpdateId: 10, bids: [['1.0', '2']], asks: [['1.1', '2']] };
const bar = { i: '1m', t: 0, o: '1', h: '1', l: '1', c: '1', v: '1', L: 7, x: true };
const kline = (s: string) => ({ e: 'kline', E: 1, s, k: bar });

describe('what a capture session counts', () => {
  it('takes a bar without a product for spot', async () => {
    const { results, failure } = await replayed(kline('BTCUSDT'));
    expect(failure).toBeNull();
    expect(results).toMatchObject([{ instrument: 'BTCUSDT', product: 'SPOT', bars: 1, messages: 1, book: 'none' }]);
  });

  it('gives a bar to the product that a later message of the file tells', async () => {
    const futures = { e: 'depthUpdate', E: 1, s: 'BTCUSDT', U: 1, u: 2, pu: 0, b: [], a: [] };
    const { results } = await replayed(kline('BTCUSDT'), futures, kline('BTCUSDT'));
    expect(results).toMatchObject([{ instrument: 'BTCUSDT', product: 'USDM', bars: 2, messages: 3 }]);
    const bars = await replayed(...Array.from({ length: 1_100 }, () => kline('BTCUSDT')), futures);
    expect(bars.results).toMatchObject([
      { product: 'SPOT', bars: 1_100 },
      { product: 'USDM', messages: 1 },
    ]);
  });

  it('cuts a book of Kraken at the depth it was subscribed with', async () => {
    const level = (price: number) => `{"price":${price}.0,"qty":1.0}`;
    const texts = (prices: readonly number[]) => prices.map((price) => [`${price}.0`, '1.0'] as const);
    const asks = Array.from({ length: 11 }, (_, index) => 100 + index);
    const sum = (best: number) => krakenChecksum(texts(asks.filter((ask) => ask >= best).slice(0, 10)), texts([99]));
    const book = (type: string, changed: readonly string[], best: number, bids = '') =>
      `{"channel":"book","type":"${type}","data":[{"symbol":"A/B","bids":[${bids}],"asks":[${changed.join()}],"checksum":${sum(best)}}]}`;
    const lines = [
      '{"method":"subscribe","result":{"channel":"book","depth":25,"symbol":"A/B"},"success":true}',
      book('snapshot', asks.map(level), 100, level(99)),
      // The eleventh ask takes the place of the one that goes.
      book('update', ['{"price":100.0,"qty":0.0}'], 101),
    ];
    const file = join(dir, 'kraken');
    writeFileSync(file, lines.join('\n'));
    expect((await new CaptureSession().replay(file)).results).toMatchObject([
      { instrument: 'A/B', book: 'synchronized', checksumsVerified: 2, checksumMismatches: 0 },
    ]);
    writeFileSync(file, lines.slice(1).join('\n'));
    expect((await new CaptureSession().replay(file)).results).toMatchObject([{ checksumMismatches: 1 }]);
  });

  it.each([
    ['trades', 'trade', [['1.0', '2']], { trades: 1 }, 'none'],
    ['tickers', 'ticker', { b: ['1.0', '1', '2'], a: ['1.1', '1', '2'] }, { tickers: 1 }, 'none'],
    ['what it cannot read', 'spread', ['1.0', '1.1'], { unsupported: { spread: 1 } }, 'none'],
    ['a book it cannot read as one', 'orderbook', ['1.0'], { unsupported: { orderbook: 1 } }, 'unsynchronized'],
  ])('counts %s of Kraken', async (_name, channel, payload, counts, book) => {
    const { results } = await replayed([1, payload, channel, 'XBT/USD']);
    expect(results).toMatchObject([{ instrument: 'XBT/USD', venue: 'KRAKEN', messages: 1, book, ...counts }]);
  });

  it('gives a snapshot without a symbol to the only instrument, and to none of several', async () => {
    const one = await replayed(kline('BTCUSDT'), SNAPSHOT);
    expect(one.results).toMatchObject([{ instrument: 'BTCUSDT', snapshots: 1, book: 'snapshot' }]);
    const two = await replayed(kline('BTCUSDT'), kline('ETHUSDT'), SNAPSHOT);
    expect(two.results).toMatchObject([
      { instrument: 'BTCUSDT', snapshots: 0 },
      { instrument: 'ETHUSDT', snapshots: 0 },
      { instrument: null, messages: 1, unsupported: { snapshot: 1 } },
    ]);
  });

  it('counts by type what names no instrument', async () => {
    const { results } = await replayed({ e: 'serverShutdown', E: 1 }, { e: 'serverShutdown', E: 2 });
    expect(results).toMatchObject([
      { instrument: null, messages: 2, unsupported: { serverShutdown: 2 }, book: 'none' },
    ]);
  });
});

describe('what a capture session refuses', () => {
  it.each([
    ['no capture', 'no capture', /lines:1: expected a capture line/],
    ['a broken snapshot', { lastUpdateId: 'x', bids: [], asks: [] }, /lines:1: /],
  ])('stops at a line that is %s and names it', async (_name, line, message) => {
    const { failure } = await replayed(line);
    expect(failure?.message).toMatch(message);
  });

  it('wants snapshots where it was told to read them', async () => {
    const session = new CaptureSession();
    await expect(session.addSnapshots(join(dir, 'missing'))).rejects.toThrow('no such file');
    const file = captured('bars', kline('BTCUSDT'));
    await expect(session.addSnapshots(file)).rejects.toThrow('expected depth snapshots, found none');
  });
});
