import { describe, expect, it } from 'vitest';
import { DecodeFailure } from '../decode-failure.ts';
import { decodeCaptureLine } from './capture-decoder.ts';

const bookTicker = { u: 7, s: 'BTCUSDT', b: '1', B: '2', a: '3', A: '4' };
const trade = { e: 'trade', E: 5, s: 'BTCUSDT', t: 9, p: '1.0', q: '2.0', T: 4, m: true };
const kline = {
  e: 'kline',
  E: 5,
  s: 'A',
  k: { t: 1, i: '1m', o: '1', c: '1', h: '1', l: '1', v: '1', L: 1, x: false },
};
const wrapped = (data: unknown) => JSON.stringify({ stream: 'x', data });

describe('a line of a capture', () => {
  it.each([
    ['1723161253937085768 {"e":"x"}'.replace('{"e":"x"}', wrapped(trade)), 'nanosecond-lines', 1_723_161_253_937.085],
    [`1633998512.06: ${wrapped(trade)}`, 'cryptofeed-ws', 1_633_998_512_060],
    [JSON.stringify(trade), 'json-lines', null],
    ['wss://stream.binance.com:9443/stream?streams=a/b <-> 1633998511.159679', 'cryptofeed-ws', null],
    ['wss://ws.kraken.com <- 1618678132.83: {"event":"subscribe"}', 'cryptofeed-ws', null],
  ])('%j is framed as %s', (line, format, receivedAtMs) => {
    const record = decodeCaptureLine(line);
    expect(record.format).toBe(format);
    if (receivedAtMs === null) expect(record.receivedAtMs).toBeNull();
    else expect(record.receivedAtMs).toBeCloseTo(receivedAtMs, 0);
  });

  it.each([
    ['spot book tickers', bookTicker, 'SPOT'],
    ['USD-M book tickers', { ...bookTicker, e: 'bookTicker' }, 'USDM'],
    ['spot trades', { ...trade, M: true }, 'SPOT'],
    ['USD-M trades', trade, 'USDM'],
    ['bars, which do not say', kline, null],
  ])('tells the product of %s', (_, data, product) => {
    expect(decodeCaptureLine(wrapped(data)).entries).toMatchObject([{ venue: 'BINANCE', product }]);
    expect(decodeCaptureLine(JSON.stringify(data)).entries).toMatchObject([{ venue: 'BINANCE', product }]);
  });

  it.each([
    ['{"result":null,"id":1}'],
    ['{"event":"heartbeat"}'],
    ['{"event":"bts:request_reconnect","channel":"","data":""}'],
    ['{"channel":"heartbeat"}'],
    ['{"channel":"status","type":"update","data":[{"system":"online"}]}'],
    ['{"method":"subscribe","success":true}'],
  ])('%s is about the connection only', (line) => expect(decodeCaptureLine(line).entries).toEqual([]));

  it('reads Kraken v2 with the digits of the wire', () => {
    const line =
      '{"channel":"book","type":"update","data":[{"symbol":"BTC/USD","bids":[{"price":5666.0,"qty":0.10000000}],"asks":[],"checksum":1}]}';
    expect(decodeCaptureLine(line).entries).toMatchObject([
      { venue: 'KRAKEN', event: { kind: 'book', symbol: 'BTC/USD', message: { bids: [['5666.0', '0.10000000']] } } },
    ]);
  });

  it('learns the depth of a book of Kraken from the answer to its subscription', () => {
    const answer = (fields: object): string =>
      JSON.stringify({ method: 'subscribe', result: { channel: 'book', symbol: 'BTC/USD', ...fields }, success: true });
    expect(decodeCaptureLine(answer({ depth: 100 })).entries).toEqual([
      { venue: 'KRAKEN', product: 'SPOT', event: { kind: 'subscribed', symbol: 'BTC/USD', depth: 100 } },
    ]);
    for (const fields of [{}, { depth: 100, channel: 'trade' }, { depth: 100, symbol: 7 }])
      expect(decodeCaptureLine(answer(fields)).entries).toEqual([]);
  });

  it('reads requests with their answers', () => {
    const of = (url: string, body: string) => decodeCaptureLine(`${url} -> 1626992741.3: ${body}`).entries;
    expect(of('http://127.0.0.1:9/fapi/v1/depth?symbol=A', '{"lastUpdateId":1,"bids":[],"asks":[]}')).toMatchObject([
      { product: 'USDM', event: { kind: 'snapshot', symbol: 'A' } },
    ]);
    expect(of('https://api.binance.com/api/v3/openInterest?symbol=A', '{}')).toMatchObject([
      { product: 'SPOT', event: { kind: 'unsupported', symbol: 'A', type: '/api/v3/openInterest' } },
    ]);
  });

  it.each([
    ['hello'],
    ['17231612539370 {}'],
    ['{'],
    ['{"hello":1}'],
    ['[1,2]'],
    ['1633998512.06: 7'],
    ['http://[ -> 1.5: {}'],
  ])('%j is refused', (line) => expect(() => decodeCaptureLine(line)).toThrow(DecodeFailure));
});
