import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BRACKETS, bracketOf, maintenanceOf } from './brackets.ts';
import { FuturesAccount, Position } from './futures-account.ts';

const fills = fc.array(
  fc.record({
    lots: fc.integer({ min: -50, max: 50 }).filter((lots) => lots !== 0),
    price: fc.integer({ min: 1, max: 999 }),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('a position', () => {
  it('loses nothing: what was paid and what it is worth is what it earned, long and short', () => {
    fc.assert(
      fc.property(fills, (sequence) => {
        const position = new Position('BTCUSDT');
        let cash = 0n;
        let held = 0;
        let earned = 0n;
        for (const { lots, price } of sequence) {
          earned += position.apply(lots, BigInt(Math.abs(lots) * price));
          cash -= BigInt(lots * price);
          held += lots;
          expect(position.lots).toBe(held);
          expect(position.cost >= 0n).toBe(true);
          if (held === 0) expect(position.cost).toBe(0n);
        }
        const last = sequence.at(-1)?.price ?? 0;
        const value = BigInt(Math.abs(held) * last);
        const unrealized = held >= 0 ? value - position.cost : position.cost - value;
        expect(earned + unrealized).toBe(cash + BigInt(held * last));
        expect(position.realized).toBe(earned);
      }),
    );
  });
});

describe('a wallet', () => {
  it('is the sum of its bookings and never below zero', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -1_000n, max: 1_000n }), { maxLength: 40 }), (amounts) => {
        const account = new FuturesAccount('main', { free: 0n, locked: 0n });
        for (const amount of amounts) {
          account.book({ symbol: '', incomeType: 'REALIZED_PNL', amount, atMs: 0, tradeId: null });
          expect(account.wallet.free >= 0n).toBe(true);
        }
        expect(account.incomes.reduce((sum, income) => sum + income.amount, 0n)).toBe(account.wallet.free);
      }),
    );
  });
});

describe('brackets', () => {
  it('ask for no more margin by a step where two of them meet', () => {
    for (const [index, upper] of BRACKETS.slice(1).entries()) {
      const lower = BRACKETS[index];
      expect(upper.floor).toBe(lower?.cap);
      expect((upper.floor * upper.maintenanceBps) / 10_000n - upper.cum).toBe(maintenanceOf(upper.floor));
    }
    expect(bracketOf(10n ** 30n)).toBe(BRACKETS.at(-1));
  });
});
