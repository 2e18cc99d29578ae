import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LISTED } from '../testing/core-session.ts';
import { decimal, multiplyDecimals } from './decimal.ts';
import type { InstrumentId } from './identifiers.ts';
import { instrumentOf } from './listed-instrument.ts';
import { coveringQuantity } from './protective-quantity.ts';
import { Quantity } from './quantities.ts';

const FEES = ['0', '0.0002', '0.001', '0.004', '0.01'] as const;
const listed = (id: string, takerFee: string) => instrumentOf({ ...LISTED, id: id as InstrumentId, takerFee });

it('buys just as much as gives the whole debt back after the fee', () => {
  const debts = fc.tuple(fc.bigInt(1n, 10n ** 14n), fc.constantFrom(...FEES));
  fc.assert(
    fc.property(debts, ([units, takerFee]) => {
      const debt = Quantity.of({ units, scale: 8 });
      const instrument = listed('BTC/USDT.BINANCE.MARGIN', takerFee);
      const received = (bought: Quantity) => bought.minus(Quantity.of(multiplyDecimals(bought, decimal(takerFee))));
      const bought = coveringQuantity(debt, instrument);
      expect(bought.isOnLot(instrument.lotSize)).toBe(true);
      expect(received(bought).compare(debt)).toBeGreaterThanOrEqual(0);
      expect(received(bought.minus(instrument.lotSize)).compare(debt)).toBe(-1);
    }),
  );
});

it('buys whole lots of the position where the fee is paid in quote', () => {
  const instrument = listed('BTC/USDT.KRAKEN.MARGIN', '0.004');
  expect(coveringQuantity(Quantity.of(decimal('1.0005')), instrument).toString()).toBe('1.000');
});
