import { describe, expect, it } from 'vitest';
import { ChecksumBook } from '../../engine/market-data/checksum-book.ts';
import { krakenChecksum } from '../../engine/market-data/kraken-checksum.ts';
import { stepSize } from '../../engine/market-data/steps.ts';
import { DecodeFailure } from '../decode-failure.ts';
import { decodeKrakenV1, decodeKrakenV2, quoteV2Numbers } from './decode.ts';

describe('Kraken v1', () => {
  it('reads a snapshot, which carries no checksum', () => {
    const message = [7, { as: [['5541.30000', '2.50700000', '1534614248.1']], bs: [] }, 'book-1000', 'XBT/USD'];
    expect(decodeKrakenV1(message)).toEqual({
      kind: 'book',
      symbol: 'XBT/USD',
      depth: 1_000,
      message: { kind: 'snapshot', asks: [['5541.30000', '2.50700000', '1534614248.1']], bids: [], checksum: null },
    });
  });

  it('joins an update of both sides that comes as two payloads', () => {
    const message = [7, { a: [['10.1', '1', 't']] }, { b: [['10.0', '2', 't', 'r']], c: '974947235' }, 'book', 'A/B'];
    expect(decodeKrakenV1(message)).toMatchObject({
      depth: 10,
      message: { kind: 'update', asks: [['10.1', '1', 't']], bids: [['10.0', '2', 't', 'r']], checksum: 974_947_235 },
    });
  });

  it('reads trades and tickers, and names what it does not know', () => {
    const trade = ['354.11000000', '0.89594024', '1618678142.557535', 's', 'l', ''];
    expect(decodeKrakenV1([1, [trade], 'trade', 'XMR/USD'])).toEqual({
      kind: 'trade',
      symbol: 'XMR/USD',
      trades: [trade],
    });
    expect(decodeKrakenV1([1, { a: ['2.1', 3, '3.5'], b: ['2.0', 0, '0.5'] }, 'ticker', 'A/B'])).toEqual({
      ...{ kind: 'ticker', symbol: 'A/B', bid: ['2.0', '0.5'], ask: ['2.1', '3.5'] },
    });
    expect(decodeKrakenV1([1, ['x'], 'ohlc-5', 'A/B'])).toEqual({ kind: 'unsupported', symbol: 'A/B', type: 'ohlc' });
  });

  it.each([
    [[1, { a: 'x' }, 'book-10', 'A/B']],
    [[1, { a: [['1', 2]], c: '1' }, 'book-10', 'A/B']],
    [[1, { a: [['1', '2']], c: 'x' }, 'book-10', 'A/B']],
    [[1, 'x', 'book-10', 'A/B']],
    [[1, {}, 'book-x', 'A/B']],
    [[1, { a: ['1'], b: [] }, 'ticker', 'A/B']],
    [[1, [[1]], 'trade', 'A/B']],
    [[1, 2]],
  ])('refuses %j', (message) => expect(() => decodeKrakenV1(message)).toThrow(DecodeFailure));
});

describe('Kraken v2', () => {
  /** Trailing zeros count in the checksum; JSON.parse alone would lose them. */
  const wire = (type: string, checksum: number) =>
    `{"channel":"book","type":"${type}","data":[{"symbol":"BTC/USD","bids":[{"price":5666.0,"qty":0.10000000}],` +
    `"asks":[{"price": 5666.1 ,"qty":2.00000000}],"checksum":${checksum},"timestamp":"2023-10-06T17:35:55.440295Z"}]}`;
  const checksum = krakenChecksum([['5666.1', '2.00000000']], [['5666.0', '0.10000000']]);
  const decode = (text: string) => decodeKrakenV2(JSON.parse(quoteV2Numbers(text)) as Record<string, unknown>);

  it('keeps the digits of the wire, so that the checksum holds', () => {
    const [event] = decode(wire('snapshot', checksum));
    expect(event).toMatchObject({
      kind: 'book',
      symbol: 'BTC/USD',
      depth: 10,
      message: { kind: 'snapshot', checksum },
    });
    if (event?.kind !== 'book') throw new Error('expected a book');
    expect(event.message.bids).toEqual([['5666.0', '0.10000000']]);
    const steps = { tick: stepSize('0.1'), lot: stepSize('0.00000001'), printed: { price: 1, quantity: 8 } };
    expect(new ChecksumBook({ ...steps, depth: 10 }).apply(event.message)).toBe('applied');
  });

  it('reads trades and tells that there was a bar', () => {
    expect(decode('{"channel":"trade","data":[{"symbol":"A/B","side":"buy","price":1.50,"qty":2.0}]}')).toEqual([
      { kind: 'trade', symbol: 'A/B', trades: [['1.50', '2.0']] },
    ]);
    expect(decode('{"channel":"ohlc","data":[{"symbol":"A/B"}]}')).toEqual([{ kind: 'bar', symbol: 'A/B' }]);
    expect(() => decode('{"channel":"trade","data":[{"symbol":"A/B"}]}')).toThrow(DecodeFailure);
  });

  it('names what it does not know and refuses damaged books', () => {
    expect(decode('{"channel":"instrument","type":"update","data":[{"symbol":"A/B"}]}')).toEqual([
      { kind: 'unsupported', symbol: 'A/B', type: 'instrument' },
    ]);
    expect(() => decode('{"channel":"book","type":"update","data":[{"symbol":"A/B","bids":[{}]}]}')).toThrow(
      DecodeFailure,
    );
    expect(() => decode('{"channel":"book","type":"update","data":[3]}')).toThrow(DecodeFailure);
    expect(() => decode('{"channel":"book","type":"update","data":4}')).toThrow(DecodeFailure);
  });
});
