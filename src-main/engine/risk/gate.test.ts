import { describe, expect, it } from 'vitest';
import type { BracketRequest } from '../domain/command.ts';
import { decimal } from '../domain/decimal.ts';
import type { DenialCode } from '../domain/denial.ts';
import { instrumentId } from '../domain/identifiers.ts';
import { Money, Quantity } from '../domain/quantities.ts';
import { TRADING_STATES } from '../domain/trading-state.ts';
import { CONTEXT, INSTRUMENT, REFERENCE, REQUEST, RISK } from '../testing/bracket-cases.ts';
import { type GateContext, judgeBracket } from './gate.ts';

const CHECKS = [
  'tradingState',
  'instrument',
  'feed',
  'venue',
  'breaker',
  'clock',
  'orderRate',
  'outcome',
  'equity',
  'quantity',
  'quantityLot',
  'quantityMinimum',
  'quantityMaximum',
  'notionalMinimum',
  'prices',
  'priceTick',
  'bracket',
  'priceReference',
  'priceCollar',
  'crossVenue',
  'priceBand',
  'orderNotional',
  'positionNotional',
  'freeBalance',
  'orderSlots',
  'stopSlots',
];

const usdt = (text: string): Money => Money.of(decimal(text), 'USDT');
const OTHER = instrumentId({ base: 'ETH', quote: 'USDT', venue: 'BINANCE', product: 'SPOT' });

const OTHER_VENUE = {
  instrumentId: instrumentId({ base: 'BTC', quote: 'USDT', venue: 'KRAKEN', product: 'SPOT' }),
  bid: '99.00',
  ask: '99.02',
  ageUs: 1_000,
  standsIn: false,
};

type Case = {
  readonly name: string;
  readonly request?: Partial<BracketRequest>;
  readonly context?: Partial<GateContext>;
  readonly codes: readonly DenialCode[];
};

const CASES: readonly Case[] = [
  { name: 'halted', context: { tradingState: 'halted' }, codes: ['TRADING_STATE'] },
  { name: 'another instrument', request: { instrumentId: OTHER }, codes: ['INSTRUMENT_UNKNOWN'] },
  { name: 'feed not live', context: { feedLive: false }, codes: ['FEED_NOT_LIVE'] },
  { name: 'venue not ready', context: { venueReady: false }, codes: ['VENUE_NOT_READY'] },
  {
    name: 'an open breaker',
    context: { openBreaker: { endpoint: 'entry', state: 'open', failures: 5, slowAnswers: 0, retryAtUs: 1 } },
    codes: ['BREAKER_OPEN'],
  },
  { name: 'a silent venue', context: { venueAway: true }, codes: ['VENUE_SILENT'] },
  {
    name: 'another price on another venue',
    context: { reference: { ...REFERENCE, otherVenue: { ...OTHER_VENUE, bid: '97.99', ask: '98.01' } } },
    codes: ['PRICE_CROSS_VENUE'],
  },
  { name: 'clocks apart', context: { clockDriftMs: 1_001 }, codes: ['CLOCK_UNTRUSTED'] },
  { name: 'one entry a minute too many', context: { entriesInMinute: 60 }, codes: ['ORDER_RATE_LIMIT'] },
  { name: 'an outcome unknown', context: { unknownOutcome: true }, codes: ['OUTCOME_UNKNOWN'] },
  { name: 'no equity', context: { equity: null }, codes: ['CONVERSION_RATE_MISSING'] },
  {
    name: 'equity in another asset',
    context: { equity: Money.of(decimal('10000'), 'EUR') },
    codes: ['CONVERSION_RATE_MISSING'],
  },
  { name: 'NaN quantity', request: { quantity: 'NaN' }, codes: ['QUANTITY_INVALID'] },
  { name: 'negative quantity', request: { quantity: '-1.000' }, codes: ['QUANTITY_INVALID'] },
  { name: 'zero quantity', request: { quantity: '0.000' }, codes: ['QUANTITY_INVALID'] },
  { name: 'quantity off lot', request: { quantity: '1.0005' }, codes: ['QUANTITY_OFF_LOT'] },
  {
    name: 'a leg under the smallest quantity after the fee',
    request: { quantity: '0.001' },
    codes: ['QUANTITY_BELOW_MINIMUM', 'NOTIONAL_BELOW_MINIMUM'],
  },
  {
    name: 'above the largest quantity',
    context: { instrument: { ...INSTRUMENT, maxQuantity: Quantity.of(decimal('0.5')) } },
    codes: ['QUANTITY_ABOVE_MAXIMUM'],
  },
  {
    // The entry is worth 10.005; its stop, net of fee and at its limit, 9.7911.
    name: 'the stop leg under the minimum notional',
    request: { quantity: '0.100' },
    codes: ['NOTIONAL_BELOW_MINIMUM'],
  },
  {
    // 0.102 at the stop's limit is 10.0878; the 0.101 left after the fee are 9.9889.
    name: 'the stop leg under the minimum notional by the fee alone',
    request: { quantity: '0.102' },
    codes: ['NOTIONAL_BELOW_MINIMUM'],
  },
  { name: 'a price of zero', request: { stopLimit: '0.00' }, codes: ['PRICE_INVALID'] },
  { name: 'a price in exponents', request: { target: '1e2' }, codes: ['PRICE_INVALID'] },
  { name: 'a price off tick', request: { limitPrice: '100.055' }, codes: ['PRICE_OFF_TICK'] },
  { name: 'stop limit above its trigger', request: { stopLimit: '99.01' }, codes: ['BRACKET_INVALID'] },
  { name: 'trigger at the entry', request: { stopTrigger: '100.05' }, codes: ['BRACKET_INVALID'] },
  { name: 'target at the entry', request: { target: '100.05' }, codes: ['BRACKET_INVALID'] },
  {
    name: 'a short on spot',
    request: { side: 'sell', stopLimit: '101.10', stopTrigger: '101.00', target: '98.00' },
    codes: ['BRACKET_INVALID'],
  },
  {
    name: 'a stale book',
    context: { reference: { ...REFERENCE, bookAgeUs: 5_000_001 } },
    codes: ['PRICE_REFERENCE_STALE'],
  },
  {
    name: 'the book alone',
    context: { reference: { ...REFERENCE, lastTrade: null, barCloseAgeUs: Number.NaN } },
    codes: ['PRICE_REFERENCE_STALE'],
  },
  {
    name: 'a crossed book',
    context: { reference: { ...REFERENCE, bid: '100.02' } },
    codes: ['PRICE_REFERENCE_STALE'],
  },
  { name: 'outside the collar', request: { limitPrice: '102.01', target: '103.00' }, codes: ['PRICE_COLLAR'] },
  { name: 'a target above the band', request: { target: '120.01' }, codes: ['PRICE_BAND'] },
  { name: 'a stop under the band', request: { stopLimit: '79.99' }, codes: ['PRICE_BAND'] },
  { name: 'order over its notional', request: { quantity: '9.996' }, codes: ['ORDER_NOTIONAL_LIMIT'] },
  {
    name: 'position over its notional',
    context: { positionQuantity: Quantity.of(decimal('19')) },
    codes: ['POSITION_NOTIONAL_LIMIT'],
  },
  {
    // 20 at the limit of 99.00 are 1,980; at the median of 100.00 they are 2,000, and one lot more is too much.
    name: 'position over its notional at the median, under it at the limit',
    request: { limitPrice: '99.00', stopTrigger: '98.00', stopLimit: '97.90', quantity: '1.001' },
    context: { positionQuantity: Quantity.of(decimal('19')) },
    codes: ['POSITION_NOTIONAL_LIMIT'],
  },
  {
    name: 'balance short of the fee',
    context: { funds: { free: usdt('100.15'), leverage: null } },
    codes: ['BALANCE_INSUFFICIENT'],
  },
  {
    name: 'balance of another asset',
    context: { funds: { free: Money.of(decimal('5000'), 'EUR'), leverage: null } },
    codes: ['BALANCE_INSUFFICIENT'],
  },
  {
    // Half of 100.05 and the fee of the whole.
    name: 'margin short of the fee at twice the funds',
    context: { funds: { free: usdt('50.12504'), leverage: 2 } },
    codes: ['MARGIN_INSUFFICIENT'],
  },
  { name: 'no order slots', context: { restingOrders: 188 }, codes: ['ORDER_SLOTS_RESERVED'] },
  { name: 'no stop slot', context: { restingStops: 5 }, codes: ['ORDER_SLOTS_RESERVED'] },
];

const judge = (request: Partial<BracketRequest> = {}, context: Partial<GateContext> = {}) =>
  judgeBracket({ ...REQUEST, ...request }, { ...CONTEXT, ...context });

describe('risk gate', () => {
  it('allows a sound bracket and shows every check', () => {
    const verdict = judge();
    expect(verdict.denials).toEqual([]);
    expect(verdict.allowed).toBe(true);
    expect(verdict.checks.map(({ name }) => name)).toEqual(CHECKS);
  });

  it.each(CASES)('denies $name', ({ request, context, codes }) => {
    const verdict = judge(request, context);
    expect(verdict.allowed).toBe(false);
    expect(verdict.denials.map(({ code }) => code)).toEqual(codes);
    const funds = codes.includes('MARGIN_INSUFFICIENT') ? 'freeMargin' : 'freeBalance';
    expect(verdict.checks.map(({ name }) => name)).toEqual(CHECKS.with(CHECKS.indexOf('freeBalance'), funds));
  });

  it.each([
    ['a little apart', { bid: '98.50', ask: '98.52' }],
    ['far apart and old', { bid: '90.00', ask: '90.02', ageUs: 5_000_001 }],
    ['crossed', { bid: '90.00', ask: '80.00' }],
  ])('allows an entry beside another venue whose book is %s', (_name, other) => {
    const reference = { ...REFERENCE, otherVenue: { ...OTHER_VENUE, ...other } };
    expect(judgeBracket(REQUEST, { ...CONTEXT, reference }).denials).toEqual([]);
  });

  it('has a case for every code it can give', () => {
    expect(new Set(CASES.flatMap(({ codes }) => codes)).size).toBe(27);
  });

  it.each([
    ['the last lot of the order limit', { quantity: '9.995' }, {}],
    ['the collar itself', { limitPrice: '102.00', target: '103.00' }, {}],
    ['the band itself', { target: '120.00', stopLimit: '80.00' }, {}],
    ['the last slots', {}, { restingOrders: 187, restingStops: 4 }],
    ['the last cent with its fee', {}, { funds: { free: usdt('100.15005'), leverage: null } }],
    ['the last cent of margin with its fee', {}, { funds: { free: usdt('50.12505'), leverage: 2 } }],
    ['references of exactly the age allowed', {}, { reference: { ...REFERENCE, bookAgeUs: 5_000_000 } }],
  ])('allows %s', (_name, request, context) => {
    expect(judge(request, context).denials).toEqual([]);
  });

  it.each([
    [null, 'freeBalance'],
    [3, 'freeMargin'],
  ])('denies what has no known funds at a leverage of %s', (leverage, name) => {
    const { allowed, checks } = judge({}, { funds: { free: null, leverage } });
    expect(allowed).toBe(false);
    expect(checks.filter(({ passed }) => !passed)).toMatchObject([{ name, after: null }]);
  });

  it('carries the numbers it judged by', () => {
    const { denials, checks } = judge({ quantity: '9.996' }, { positionQuantity: Quantity.of(decimal('2')) });
    const numbers = { used: null, after: '1000.09980', limit: '1000.00', unit: 'USDT' };
    expect(denials).toEqual([{ code: 'ORDER_NOTIONAL_LIMIT', params: numbers }]);
    const position = checks.find(({ name }) => name === 'positionNotional');
    expect(position).toMatchObject({ used: '200.10', after: '1200.19980', limit: '2000.00', headroom: '799.80020' });
  });

  it('judges the whole even when much is wrong at once', () => {
    const verdict = judge(
      { quantity: 'abc', limitPrice: '' },
      { tradingState: 'stopping', feedLive: false, restingStops: 9 },
    );
    expect(verdict.denials.map(({ code }) => code)).toEqual([
      'TRADING_STATE',
      'FEED_NOT_LIVE',
      'QUANTITY_INVALID',
      'PRICE_INVALID',
      'ORDER_SLOTS_RESERVED',
    ]);
    expect(verdict.checks.map(({ name }) => name).sort()).toEqual([...CHECKS].sort());
  });

  it.each(TRADING_STATES)('lets exposure grow only when active, was %s', (tradingState) => {
    for (const held of ['0', '1']) {
      const verdict = judge({}, { tradingState, positionQuantity: Quantity.of(decimal(held)) });
      expect(verdict.allowed).toBe(tradingState === 'active');
    }
  });

  it('reads a median of three, so one bad print moves nothing', () => {
    expect(judge({}, { reference: { ...REFERENCE, lastTrade: '1.00' } }).denials).toEqual([]);
  });

  it('keeps a fraction of equity, not a fixed amount', () => {
    expect(judge({}, { equity: usdt('1000.50') }).allowed).toBe(true);
    expect(judge({}, { equity: usdt('1000.49') }).allowed).toBe(false);
    expect(judge({}, { equity: usdt('-1') }).denials.map(({ code }) => code)).toContain('ORDER_NOTIONAL_LIMIT');
    expect(RISK.maxOrderNotionalRatio).toBe('0.10');
  });
});
