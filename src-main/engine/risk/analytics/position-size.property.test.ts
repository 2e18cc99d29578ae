import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareDecimals, decimal, multiplyDecimals } from '../../domain/decimal.ts';
import { Money, Price, Quantity } from '../../domain/quantities.ts';
import { fixedRiskQuantity, type FixedRisk, ratioQuantity, volatilityTargetRatio } from './position-size.ts';
import { refusalCode } from './testing/return-tables.ts';

const quantity = (text: string): Quantity => Quantity.of(decimal(text));
const price = (text: string): Price => Price.of(decimal(text));
const usdt = (text: string): Money => Money.of(decimal(text), 'USDT');
const market = {
  base: 'BTC',
  quote: 'USDT',
  lotSize: quantity('0.00001'),
  minQuantity: quantity('0.0001'),
  maxQuantity: quantity('100'),
};
const plan: FixedRisk = {
  equity: usdt('10000'),
  riskRatio: decimal('0.01'),
  entry: price('50000'),
  stop: price('49000'),
  costRatio: decimal('0'),
  market,
};

const text = (result: ReturnType<typeof fixedRiskQuantity>): string =>
  result.ok ? result.value.toString() : result.error.code;

describe('fixed risk', () => {
  it.each<[string, Partial<FixedRisk>, string]>([
    ['a hundredth of 10,000 over a stop 1,000 away', {}, '0.10000'],
    ['a short with its stop above', { entry: price('49000'), stop: price('50000') }, '0.10000'],
    ['fees and slippage of both fills', { costRatio: decimal('0.001') }, '0.09099'],
    ['a size cut to the lot', { stop: price('49700') }, '0.33333'],
    ['the largest order', { stop: price('49999.99') }, '100.00000'],
    ['a stop at the entry', { stop: price('50000') }, 'BRACKET_INVALID'],
    ['no risk', { riskRatio: decimal('0') }, 'QUANTITY_BELOW_MINIMUM'],
    ['a size under the smallest order', { riskRatio: decimal('0.000009') }, 'QUANTITY_BELOW_MINIMUM'],
    ['an account under zero', { equity: usdt('-5') }, 'QUANTITY_BELOW_MINIMUM'],
    ['equity of another asset', { equity: Money.of(decimal('1'), 'EUR') }, 'CONVERSION_RATE_MISSING'],
  ])('%s', (_name, change, expected) => {
    expect(text(fixedRiskQuantity({ ...plan, ...change }))).toBe(expected);
  });

  it('never costs more than it may, and one lot more would', () => {
    const cents = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 1, max: 1_000_000_000 }), (entry, stop, equity) => {
        fc.pre(entry !== stop);
        const given = {
          ...plan,
          entry: Price.of({ units: BigInt(entry), scale: 2 }),
          stop: Price.of({ units: BigInt(stop), scale: 2 }),
          equity: Money.of({ units: BigInt(equity), scale: 2 }, 'USDT'),
        };
        const found = fixedRiskQuantity(given);
        if (!found.ok) return;
        const perUnit = { units: BigInt(Math.abs(entry - stop)), scale: 2 };
        const allowed = multiplyDecimals(given.equity, given.riskRatio);
        expect(compareDecimals(multiplyDecimals(perUnit, found.value), allowed)).toBeLessThanOrEqual(0);
        const more = found.value.plus(market.lotSize);
        if (more.compare(market.maxQuantity) <= 0) {
          expect(compareDecimals(multiplyDecimals(perUnit, more), allowed)).toBe(1);
        }
      }),
    );
  });
});

describe('a share of the equity', () => {
  it('becomes whole lots and never more than asked for', () => {
    expect(text(ratioQuantity(usdt('10000'), 0.5, price('50000'), market))).toBe('0.10000');
    expect(text(ratioQuantity(usdt('10000'), 1 / 3, price('50000'), market))).toBe('0.06666');
    expect(text(ratioQuantity(usdt('10000'), 0, price('50000'), market))).toBe('QUANTITY_BELOW_MINIMUM');
    for (const ratio of [NaN, -0.1, 1e9]) {
      expect(refusalCode(() => ratioQuantity(usdt('10000'), ratio, price('50000'), market))).toBe('OUT_OF_RANGE');
    }
  });

  it('aims at a volatility, up to the leverage allowed', () => {
    expect(volatilityTargetRatio(0.2, 0.8, 3)).toBe(0.25);
    expect(volatilityTargetRatio(0.2, 0.01, 3)).toBe(3);
    expect(volatilityTargetRatio(0, 0.5, 3)).toBe(0);
    for (const volatility of [0, -1, NaN, Infinity]) {
      expect(refusalCode(() => volatilityTargetRatio(0.2, volatility, 3))).toBe('OUT_OF_RANGE');
    }
  });
});
