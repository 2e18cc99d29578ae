import { Decimal as Reference } from 'decimal.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decimal, decimal, formatDecimal, type RoundingSide } from './decimal.ts';
import { Money, Price, Quantity } from './quantities.ts';

const Exact = Reference.clone({ precision: 400 });
const REFERENCE_SIDE: Readonly<Record<RoundingSide, Reference.Rounding>> = {
  down: Reference.ROUND_FLOOR,
  up: Reference.ROUND_CEIL,
  halfEven: Reference.ROUND_HALF_EVEN,
};

const side = fc.constantFrom<RoundingSide>('down', 'up', 'halfEven');
const scale = fc.integer({ min: 0, max: 12 });
const above = fc.record({ units: fc.bigInt({ min: 1n, max: 10n ** 20n }), scale });
const signed = fc.record({ units: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), scale });
/** Ticks as venues have them: powers of ten, halves, quarters, and odd ones such as 0.00025. */
const step = fc.record({ units: fc.constantFrom(1n, 2n, 5n, 10n, 25n, 100n, 3n, 12_345n), scale });

const exact = (value: Decimal): Reference => new Exact(formatDecimal(value));
const price = (text: string): Price => Price.of(decimal(text));
const quantity = (text: string): Quantity => Quantity.of(decimal(text));

describe('ticks and lots against decimal.js', () => {
  it('rounds a price to the multiple on the named side', () => {
    fc.assert(
      fc.property(above, step, side, (given, tick, to) => {
        const rounded = Price.of(given).roundToTick(Price.of(tick), to);
        const steps = exact(given).div(exact(tick)).toDecimalPlaces(0, REFERENCE_SIDE[to]);
        expect(exact(rounded).eq(steps.times(exact(tick)))).toBe(true);
        expect(rounded.scale).toBe(tick.scale);
        expect(rounded.isOnTick(Price.of(tick))).toBe(true);
      }),
    );
  });

  it('floors a quantity towards zero and keeps the sign', () => {
    fc.assert(
      fc.property(signed, step, (given, lot) => {
        const floored = Quantity.of(given).floorToLot(Quantity.of(lot));
        const steps = exact(given).div(exact(lot)).toDecimalPlaces(0, Reference.ROUND_DOWN);
        expect(exact(floored).eq(steps.times(exact(lot)))).toBe(true);
        expect(floored.isOnLot(Quantity.of(lot))).toBe(true);
        const dust = exact(given).minus(exact(floored)).abs();
        expect(dust.lt(exact(lot))).toBe(true);
      }),
    );
  });

  it('knows a multiple from its neighbor', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 10n ** 12n }), step, (count, tick) => {
        const on = Price.of({ units: count * tick.units * 10n, scale: tick.scale + 1 });
        const off = Price.of({ units: count * tick.units * 10n + 1n, scale: tick.scale + 1 });
        expect(on.isOnTick(Price.of(tick))).toBe(true);
        expect(off.isOnTick(Price.of(tick))).toBe(false);
      }),
    );
  });

  it('writes the digits of the step, as the venue wants them', () => {
    expect(price('35000.129').roundToTick(price('0.01'), 'down').toString()).toBe('35000.12');
    expect(price('35000.129').roundToTick(price('0.50'), 'up').toString()).toBe('35000.50');
    expect(quantity('0.123456789').floorToLot(quantity('0.00001000')).toString()).toBe('0.12345000');
    expect(quantity('-1.9').floorToLot(quantity('1')).toString()).toBe('-1');
  });

  it('refuses a step that is not above zero', () => {
    expect(() => price('1').roundToTick(price('0'), 'down')).toThrow('expected a step above zero, was 0');
    expect(() => quantity('1').floorToLot(quantity('-0.1'))).toThrow('expected a step above zero, was -0.1');
    expect(price('1').isOnTick(price('0'))).toBe(false);
  });
});

describe('money', () => {
  it('is price x quantity, exact', () => {
    fc.assert(
      fc.property(above, signed, (p, q) => {
        const notional = Price.of(p).times(Quantity.of(q), 'USDT');
        expect(notional.asset).toBe('USDT');
        expect(exact(notional).eq(exact(p).times(exact(q)))).toBe(true);
      }),
    );
  });

  it('divides back by price and by quantity to the named side', () => {
    fc.assert(
      fc.property(signed, above, scale, side, (m, by, digits, to) => {
        const money = Money.of(m, 'USDT');
        const expected = exact(m).div(exact(by)).toDecimalPlaces(digits, REFERENCE_SIDE[to]);
        expect(exact(money.dividedByPrice(Price.of(by), digits, to)).eq(expected)).toBe(true);
        expect(exact(money.dividedByQuantity(Quantity.of(by), digits, to)).eq(expected)).toBe(true);
      }),
    );
  });

  it('adds, subtracts and compares one asset', () => {
    fc.assert(
      fc.property(signed, signed, (a, b) => {
        const [left, right] = [Money.of(a, 'USDT'), Money.of(b, 'USDT')];
        expect(exact(left.plus(right)).eq(exact(a).plus(exact(b)))).toBe(true);
        expect(left.minus(right).plus(right).compare(left)).toBe(0);
        expect(left.compare(right)).toBe(exact(a).comparedTo(exact(b)));
        expect(left.abs().isNegative).toBe(false);
      }),
    );
  });

  it('throws on two assets that only meet at run time', () => {
    const fee: Money = Money.of(decimal('0.1'), 'BNB');
    const cash: Money = Money.of(decimal('10'), 'USDT');
    expect(() => cash.plus(fee)).toThrow('Invariant: expected an amount in USDT, was BNB');
    expect(() => cash.minus(fee)).toThrow('was BNB');
    expect(() => cash.compare(fee)).toThrow('was BNB');
  });

  it('rounds and scales to the named side', () => {
    const money = Money.of(decimal('10.005'), 'USDT');
    expect(money.rounded(2, 'down').toString()).toBe('10.00');
    expect(money.rounded(2, 'up').toString()).toBe('10.01');
    expect(money.rounded(2, 'halfEven').toString()).toBe('10.00');
    expect(money.scaledBy(decimal('0.001'), 5, 'up').toString()).toBe('0.01001');
    expect(Money.zero('USDT').isZero).toBe(true);
  });
});

describe('parsing', () => {
  it('denies prices that are not above zero and text that is no decimal', () => {
    for (const text of ['0', '0.00', '-1', 'NaN', '1e5', '']) expect(Price.parse(text).ok).toBe(false);
    for (const text of ['NaN', 'Infinity', '1e5', '']) expect(Quantity.parse(text).ok).toBe(false);
    expect(Money.parse('1,5', 'USDT').ok).toBe(false);
    expect(Money.parse('1.5', 'USDT')).toEqual({ ok: true, value: Money.of(decimal('1.5'), 'USDT') });
  });

  it('crosses JSON as exact text', () => {
    fc.assert(
      fc.property(above, (given) => {
        const text = JSON.parse(JSON.stringify({ p: Price.of(given) })) as { p: string };
        expect(Price.parse(text.p)).toEqual({ ok: true, value: Price.of(given) });
      }),
    );
  });
});

describe('quantities', () => {
  it('form a group with min, max and absolute value', () => {
    fc.assert(
      fc.property(signed, signed, (a, b) => {
        const [left, right] = [Quantity.of(a), Quantity.of(b)];
        expect(left.plus(right).minus(right).compare(left)).toBe(0);
        expect(left.min(right).compare(left.max(right))).not.toBe(1);
        expect(left.min(right).plus(left.max(right)).compare(left.plus(right))).toBe(0);
        expect(left.abs().compare(left.negated().abs())).toBe(0);
      }),
    );
  });

  it('scales to the named side', () => {
    expect(quantity('1').scaledBy(decimal('0.999'), 2, 'down').toString()).toBe('0.99');
    expect(price('100.00').scaledBy(decimal('1.00005'), 'up').toString()).toBe('100.01');
    expect(price('100.50').toNumberLossy()).toBe(100.5);
    expect(Quantity.zero(3).toString()).toBe('0.000');
    expect(quantity('-0.1').isNegative).toBe(true);
    expect(quantity('0.1').isPositive).toBe(true);
  });
});
