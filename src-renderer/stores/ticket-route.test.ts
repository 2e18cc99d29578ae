import { expect, it } from 'vitest';
import type { InstrumentDto, LogDto } from '../../src-preload/contract/state.ts';
import { accountFor, hasTwin, lastRoute } from './ticket.ts';

const market = (venue: string, accounts: readonly string[], product = 'SPOT'): InstrumentDto => ({
  ...{ instrumentId: `BTC/USDT.${venue}.${product}`, symbol: 'BTCUSDT', base: 'BTC', quote: 'USDT', venue, product },
  ...{ tickSize: '0.01', lotSize: '0.001', minNotional: '5', origin: 'synthetic', accounts },
});
const BINANCE = market('BINANCE', ['paper-01', 'paper-02']);
const KRAKEN = market('KRAKEN', ['kraken-01']);

it('trades an instrument on the first account that can', () => {
  const named = ['paper-01', 'paper-02', 'kraken-01'];
  expect(accountFor(KRAKEN, named)).toBe('kraken-01');
  expect(accountFor(BINANCE, named)).toBe('paper-01');
  expect(accountFor(market('BINANCE', [], 'USDM'), named)).toBeUndefined();
});

it('offers the best venue only where another venue of ours trades the same pair and product', () => {
  expect(hasTwin(BINANCE, [BINANCE, KRAKEN])).toBe(true);
  expect(hasTwin(BINANCE, [BINANCE, market('BINANCE', ['futures-01'], 'USDM')])).toBe(false);
  expect(hasTwin(BINANCE, [BINANCE, market('KRAKEN', [])])).toBe(false);
});

it('tells what the newest route of the pair gave each market', () => {
  const entry = (sequence: number, given: string): LogDto => ({
    ...{ sequence, timeUs: 0, kind: 'order.routed', instrumentId: BINANCE.instrumentId },
    summary: { side: 'buy', quantity: '2', [BINANCE.instrumentId]: given, [KRAKEN.instrumentId]: 'FEED_NOT_LIVE' },
  });
  expect(lastRoute([entry(1, '1 @ 100.1'), entry(2, '2 @ 100.2')], BINANCE.instrumentId)).toEqual([
    { instrumentId: BINANCE.instrumentId, told: '2 @ 100.2' },
    { instrumentId: KRAKEN.instrumentId, told: 'FEED_NOT_LIVE' },
  ]);
  expect(lastRoute([entry(1, '1 @ 100.1')], KRAKEN.instrumentId)).toEqual([]);
});
