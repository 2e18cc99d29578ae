import { ORDER_TYPES, type OrderFormsDto } from '../../src-preload/contract/order-forms.ts';
import type { InstrumentDto } from '../../src-preload/contract/state.ts';

/** A made-up account over made-up prices, for pictures and tests. Nothing of it is measured. */
export const SAMPLE_NOW_US = Date.UTC(2026, 0, 7, 10, 14, 52) * 1000;

export const SYMBOLS: readonly (readonly [base: string, price: number, tick: string, lot: string])[] = [
  ['BTC', 45363.63, '0.01', '0.00001'],
  ['ETH', 2379.59, '0.01', '0.0001'],
  ['SOL', 109.21, '0.01', '0.01'],
  ['XRP', 0.6356, '0.0001', '1'],
  ['DOGE', 0.09196, '0.00001', '1'],
  ['LINK', 15.485, '0.001', '0.01'],
  ['MATIC', 0.9832, '0.0001', '0.1'],
  ['ARB', 1.9707, '0.0001', '0.1'],
  ['OP', 3.915, '0.001', '0.01'],
  ['LTC', 73.45, '0.01', '0.001'],
  ['ATOM', 11.349, '0.001', '0.01'],
  ['UNI', 7.351, '0.001', '0.01'],
  ['TRX', 0.10995, '0.00001', '0.1'],
  ['SHIB', 0.00001064, '0.00000001', '1'],
];

export const instrumentIdOf = (base: string): string => `${base}/USDT.BINANCE.SPOT`;

const sampleForms: OrderFormsDto = {
  orderTypes: ORDER_TYPES,
  timesInForce: ['gtc', 'ioc', 'fok'],
  icebergs: true,
  shorts: false,
  restingExits: false,
  modify: 'cancelReplace',
  modifyConditional: false,
  makerFee: '0.001',
  takerFee: '0.001',
};

export const sampleInstruments: readonly InstrumentDto[] = SYMBOLS.map(([base, , tickSize, lotSize]) => ({
  instrumentId: instrumentIdOf(base),
  symbol: `${base}/USDT`,
  base,
  quote: 'USDT',
  venue: 'BINANCE',
  product: 'SPOT',
  tickSize,
  lotSize,
  minNotional: '5.00',
  origin: 'derived',
  forms: sampleForms,
}));

export const samplePrice = (base: string): number => SYMBOLS.find(([name]) => name === base)?.[1] ?? 1;

/** The same walk for the same seed: pictures can be compared. */
export function seededWalk(seed: number, length: number): readonly number[] {
  let state = seed >>> 0;
  let value = 0;
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    value += state / 2 ** 32 - 0.5;
    return value;
  });
}
