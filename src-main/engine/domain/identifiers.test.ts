import { describe, expect, it } from 'vitest';
import {
  accountId,
  commandId,
  instrumentId,
  parseInstrumentId,
  strategyId,
  tradeId,
  venueOrderId,
} from './identifiers.ts';

describe('identifiers', () => {
  it.each([accountId, strategyId, commandId, venueOrderId, tradeId])('keeps a name of its alphabet (%o)', (make) => {
    expect(make('paper-1.main_A')).toBe('paper-1.main_A');
    for (const text of ['', '-leading', 'with space', 'é', "a'b", 'a'.repeat(131), 'line\nbreak'])
      expect(() => make(text)).toThrow(/^expected an? .* id of letters, digits, \. _ -, was /);
  });

  it('writes and reads an instrument', () => {
    const id = instrumentId({ base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });
    expect(id).toBe('BTC/USDT.BINANCE.SPOT');
    expect(parseInstrumentId(id)).toEqual({
      ok: true,
      value: { base: 'BTC', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' },
    });
    expect(parseInstrumentId('1000SATS/USDT.BINANCE.USDM').ok).toBe(true);
  });

  it('reads spot of a venue that only ccxt knows', () => {
    const id = instrumentId({ base: 'BTC', quote: 'EUR', venue: 'BITSTAMP', product: 'SPOT' });
    expect(parseInstrumentId(id)).toEqual({
      ok: true,
      value: { base: 'BTC', quote: 'EUR', venue: 'BITSTAMP', product: 'SPOT' },
    });
  });

  it.each([
    'BTC/USDT',
    'BTCUSDT.BINANCE.SPOT',
    'btc/usdt.BINANCE.SPOT',
    'BTC/USDT.MTGOX.SPOT',
    'BTC/USDT.BINANNCE.SPOT',
    'BTC/USDT.KUCOIN.MARGIN',
    'BTC/USDT.KUCOIN.USDM',
    'BTC/USDT.kucoin.SPOT',
    'BTC/USDT.TOSTRING.SPOT',
    'BTC/USDT.BINANCE.SPOT.',
  ])('denies the instrument %j', (text) => {
    expect(parseInstrumentId(text)).toEqual({
      ok: false,
      error: `expected an instrument like BTC/USDT.BINANCE.SPOT, was ${JSON.stringify(text)}`,
    });
  });
});
