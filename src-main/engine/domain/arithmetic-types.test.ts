/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- passing the wrong class is what each line proves impossible */
import { describe, expect, it } from 'vitest';
import { decimal } from './decimal.ts';
import { accountId, type StrategyId } from './identifiers.ts';
import { Money, Price, Quantity } from './quantities.ts';

/**
 * The compiler is the test here: each expected error that goes missing fails `tsc -b` with TS2578. The functions are
 * never called.
 */
const price = Price.of(decimal('1'));
const quantity = Quantity.of(decimal('2'));
const bitcoin = Money.of(decimal('3'), 'BTC');
const dollars = Money.of(decimal('4'), 'USDT');

const refusedByTheCompiler: readonly (() => unknown)[] = [
  // @ts-expect-error amounts of two assets do not add
  () => bitcoin.plus(dollars),
  // @ts-expect-error amounts of two assets do not subtract
  () => dollars.minus(bitcoin),
  // @ts-expect-error amounts of two assets do not compare
  () => bitcoin.compare(dollars),
  // @ts-expect-error a price is not a quantity
  () => quantity.plus(price),
  // @ts-expect-error a quantity is not a price
  () => price.compare(quantity),
  // @ts-expect-error a price times a price is not money
  () => price.times(price, 'USDT'),
  // @ts-expect-error a tick is a price, not a lot
  () => price.roundToTick(quantity, 'down'),
  // @ts-expect-error a lot is a quantity, not a tick
  () => quantity.floorToLot(price),
  // @ts-expect-error money is divided by a price here, not by a quantity
  () => dollars.dividedByPrice(quantity, 2, 'down'),
  // @ts-expect-error a bare decimal has no meaning yet
  () => quantity.plus(decimal('1')),
  // @ts-expect-error a float never becomes a price
  () => Price.of(1.5),
  // @ts-expect-error prices have no plus: a distance is not a price
  // eslint-disable-next-line @typescript-eslint/no-unsafe-return, @typescript-eslint/no-unsafe-call -- the missing method is the point
  () => price.plus(price),
  // @ts-expect-error an account id is not a strategy id
  (): StrategyId => accountId('main'),
];

describe('mixed arithmetic', () => {
  it('is refused by the compiler', () => {
    expect(refusedByTheCompiler.length).toBe(13);
  });

  it('allows what has a meaning', () => {
    expect(dollars.plus(price.times(quantity, 'USDT')).toString()).toBe('6');
  });
});
