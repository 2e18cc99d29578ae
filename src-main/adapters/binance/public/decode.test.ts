import { describe, expect, it } from 'vitest';
import { DecodeFailure } from '../../decode-failure.ts';
import { decodeBinanceEvent, decodeBinanceSnapshot } from './decode.ts';

const depth = { e: 'depthUpdate', E: 5, s: 'BTCUSDT', U: 1, u: 3, b: [['1.0', '2.0']], a: [] };
const trade = { e: 'trade', E: 5, s: 'BTCUSDT', t: 9, p: '1.0', q: '2.0', T: 4, m: true };
const bar = { t: 60_000, i: '1m', o: '1', c: '2', h: '3', l: '0.5', v: '10', L: 9, x: true };

describe('decodeBinanceEvent', () => {
  it('reads spot and USD-M depth', () => {
    const update = { firstUpdateId: 1, lastUpdateId: 3, bids: [['1.0', '2.0']], asks: [] };
    const common = { kind: 'depth', symbol: 'BTCUSDT', eventTimeMs: 5 };
    expect(decodeBinanceEvent(depth)).toEqual({ ...common, update: { ...update, previousUpdateId: null } });
    expect(decodeBinanceEvent({ ...depth, pu: 0 })).toEqual({ ...common, update: { ...update, previousUpdateId: 0 } });
  });

  it('reads trades, aggregated or not', () => {
    const decoded = { tradeId: 9, price: '1.0', quantity: '2.0', tradedAtMs: 4, buyerIsMaker: true };
    expect(decodeBinanceEvent(trade)).toEqual({ kind: 'trade', symbol: 'BTCUSDT', eventTimeMs: 5, trade: decoded });
    expect(decodeBinanceEvent({ ...trade, e: 'aggTrade', a: 9, t: undefined })).toMatchObject({ trade: decoded });
  });

  it('reads bookTicker with and without an event type', () => {
    const ticker = { u: 7, s: 'BTCUSDT', b: '1', B: '2', a: '3', A: '4' };
    const decoded = { kind: 'bookTicker', symbol: 'BTCUSDT', updateId: 7, bid: ['1', '2'], ask: ['3', '4'] };
    expect(decodeBinanceEvent(ticker)).toEqual(decoded);
    expect(decodeBinanceEvent({ ...ticker, e: 'bookTicker' })).toEqual(decoded);
  });

  it('reads bars and names what it does not know', () => {
    expect(decodeBinanceEvent({ e: 'kline', E: 5, s: 'A', k: bar })).toMatchObject({
      kline: { interval: '1m', openTimeMs: 60_000, open: '1', close: '2', high: '3', low: '0.5', isClosed: true },
    });
    expect(decodeBinanceEvent({ e: 'forceOrder', E: 5 })).toEqual({
      kind: 'unsupported',
      symbol: null,
      type: 'forceOrder',
    });
  });

  it.each([
    [{ ...depth, U: '1' }, 'expected U as a safe integer, was "1"'],
    [{ ...depth, u: undefined }, 'expected u as a safe integer, was missing'],
    [{ ...depth, b: [['1.0', 2]] }, 'expected b as levels of two texts, was [["1.0",2]]'],
    [{ ...depth, a: null }, 'expected a as levels of two texts, was null'],
    [{ ...depth, s: 3 }, 'expected s as a text, was 3'],
    [{ ...trade, m: 1 }, 'expected m as true or false, was 1'],
    [{ e: 'kline', E: 5, s: 'A', k: [] }, 'expected k as an object, was []'],
    [{ hello: 1 }, 'expected an event, was {"hello":1}'],
    [{ e: 5 }, 'expected e as a text, was 5'],
  ])('refuses %j', (data, message) => expect(() => decodeBinanceEvent(data)).toThrow(new DecodeFailure(message)));
});

describe('decodeBinanceSnapshot', () => {
  it('reads a reply and refuses anything else', () => {
    const body = { lastUpdateId: 3, bids: [['1', '2']], asks: [] };
    expect(decodeBinanceSnapshot({ ...body, E: 1 })).toEqual(body);
    expect(() => decodeBinanceSnapshot('<html>')).toThrow(DecodeFailure);
    expect(() => decodeBinanceSnapshot({ code: -1003, msg: 'Too many requests' })).toThrow('expected lastUpdateId');
  });
});
