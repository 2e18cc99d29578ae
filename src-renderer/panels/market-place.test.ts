import { expect, it } from 'vitest';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';
import { placeOf } from './market-place.ts';

const market = (base: string, venue: string, product: string): InstrumentDto => ({
  ...{ instrumentId: `${base}/USDT.${venue}.${product}`, symbol: `${base}USDT`, base, quote: 'USDT', venue, product },
  ...{ tickSize: '0.01', lotSize: '0.001', minNotional: '5', origin: 'synthetic' },
});
const SPOT = market('BTC', 'BINANCE', 'SPOT');
const USDM = market('BTC', 'BINANCE', 'USDM');
const MARGIN = market('BTC', 'BINANCE', 'MARGIN');
const KRAKEN = market('BTC', 'KRAKEN', 'SPOT');
const KRAKEN_MARGIN = market('BTC', 'KRAKEN', 'MARGIN');

it.each([
  ['alone', SPOT, [SPOT, market('ETH', 'KRAKEN', 'SPOT')], null],
  ['on two venues', KRAKEN, [SPOT, KRAKEN], 'KRAKEN'],
  ['as the future of one venue', USDM, [SPOT, USDM, KRAKEN], 'USDM'],
  ['beside its future', SPOT, [SPOT, USDM], 'BINANCE'],
  ['on margin of two venues', MARGIN, [SPOT, MARGIN, KRAKEN_MARGIN], 'BINANCE MARGIN'],
] as const)('names the place of a pair %s', (_, own, all, place) => {
  expect(placeOf(own, all)).toBe(place);
});
