import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
