import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StrategyConfig } from '../domain/config.ts';
import { DEFAULT_STRATEGY } from '../domain/config-defaults.ts';
import { decimal } from '../domain/decimal.ts';
import { accountId, strategyId } from '../domain/identifiers.ts';
import type { PriceReference } from '../domain/market.ts';
import { Money, Price } from '../domain/quantities.ts';
import { judgeBracket } from '../risk/gate.ts';
import { CONTEXT, INSTRUMENT, REFERENCE, RISK } from '../testing/bracket-cases.ts';
import { type BracketPlanInput, planBracket } from './bracket-plan.ts';

const CONFIG: StrategyConfig = {
  ...DEFAULT_STRATEGY,
  strategyId: strategyId('ema'),
  interval: '1m',
  stopAtr: '1.5',
  targetAtr: '2',
  slippageAtr: '0.25',
  notionalRatio: '0.02',
};

const usdt = (text: string): Money => Money.of(decimal(text), 'USDT');

function input(changes: Partial<Omit<BracketPlanInput, 'signal'>> = {}, atr = 0.333): BracketPlanInput {
  const signal = {
    strategyId: CONFIG.strategyId,
    instrumentId: INSTRUMENT.id,
    side: 'buy',
    barOpenTimeUs: 0,
    features: {},
  } as const;
  return {
    signal: { signal, atr, close: 100 },
    config: CONFIG,
    instrument: INSTRUMENT,
    reference: REFERENCE,
    equity: usdt('10000'),
    accountId: accountId('paper-1'),
    ...changes,
  };
}

const denied = (planned: ReturnType<typeof planBracket>): string | null => (planned.ok ? null : planned.error.code);

describe('bracket plan', () => {
  it('pays up to the slippage over the ask when it must fill at once', () => {
    // Stop 1.5 * 0.333 = 49 whole ticks under the ask, target 66 over it, slippage 0.08325 as 9.
    expect(planBracket(input())).toEqual({
      ok: true,
      value: {
        accountId: 'paper-1',
        strategyId: 'ema',
        instrumentId: INSTRUMENT.id,
        side: 'buy',
        entry: 'fok',
        quantity: '1.998',
        limitPrice: '100.10',
        stopTrigger: '99.52',
        stopLimit: '99.43',
        target: '100.67',
      },
    });
  });

  it('joins the best bid when it may rest', () => {
    const planned = planBracket(input({ config: { ...CONFIG, entry: 'resting' } }));
    expect(planned).toMatchObject({
      value: { entry: 'resting', quantity: '2.000', limitPrice: '99.99', stopTrigger: '99.50', target: '100.65' },
    });
  });

  it.each<[string, BracketPlanInput, string]>([
    ['there is no ask', input({ reference: { ...REFERENCE, ask: null } }), 'PRICE_REFERENCE_STALE'],
    ['the bid is no price', input({ reference: { ...REFERENCE, bid: 'x' } }), 'PRICE_REFERENCE_STALE'],
    ['there is no equity', input({ equity: null }), 'CONVERSION_RATE_MISSING'],
    ['the equity is in another asset', input({ equity: Money.of(decimal('1'), 'EUR') }), 'CONVERSION_RATE_MISSING'],
    ['the equity is too small for a lot', input({ equity: usdt('1') }), 'QUANTITY_BELOW_MINIMUM'],
    ['the equity is negative', input({ equity: usdt('-10000') }), 'QUANTITY_BELOW_MINIMUM'],
    ['the ATR is zero', input({}, 0), 'BRACKET_INVALID'],
    ['the ATR is not a number', input({}, Number.NaN), 'BRACKET_INVALID'],
    ['the ATR has no end', input({}, Number.POSITIVE_INFINITY), 'BRACKET_INVALID'],
    ['the stop would be below zero', input({}, 90), 'BRACKET_INVALID'],
  ])('is refused when %s', (_name, from, code) => {
    expect(denied(planBracket(from))).toBe(code);
  });

  it('keeps to the largest quantity', () => {
    const instrument = { ...INSTRUMENT, maxQuantity: INSTRUMENT.lotSize };
    expect(planBracket(input({ instrument }))).toMatchObject({ value: { quantity: '0.001' } });
  });

  it('always plans what the gate accepts for its form, within its share of equity', () => {
    const cents = (value: number): string => (value / 100).toFixed(2);
    const cases = fc.record({
      bid: fc.integer({ min: 5_000, max: 50_000 }),
      spread: fc.integer({ min: 1, max: 50 }),
      // Wide enough to leave the spread, not the venue's band.
      atr: fc.double({ min: 1e-6, max: 3, noNaN: true }),
      entry: fc.constantFrom('fok', 'resting'),
      ratio: fc.integer({ min: 100, max: 900 }),
    });
    fc.assert(
      fc.property(cases, ({ bid, spread, atr, entry, ratio }) => {
        const [bidText, askText] = [cents(bid), cents(bid + spread)];
        const reference: PriceReference = {
          ...REFERENCE,
          bid: bidText,
          ask: askText,
          lastTrade: bidText,
          barClose: bidText,
        };
        const config = { ...CONFIG, entry, notionalRatio: (ratio / 10_000).toFixed(4) };
        const planned = planBracket(input({ reference, config }, atr));
        if (!planned.ok) throw new Error(planned.error.code);
        const { quantity, limitPrice, stopTrigger } = planned.value;
        const context = { ...CONTEXT, reference, config: { ...RISK, priceCollarRatio: '0.5' } };
        expect(judgeBracket(planned.value, context).denials).toEqual([]);
        expect(new Reference(quantity).mul(limitPrice).lte(new Reference(10_000).mul(config.notionalRatio))).toBe(true);
        expect(Price.of(decimal(stopTrigger)).compare(Price.of(decimal(bidText)))).toBe(-1);
      }),
      { numRuns: 500 },
    );
  });
});
