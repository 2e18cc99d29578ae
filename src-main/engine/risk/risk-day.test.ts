import { describe, expect, it } from 'vitest';
import { decimal } from '../domain/decimal.ts';
import { Money } from '../domain/quantities.ts';
import { RISK } from '../testing/bracket-cases.ts';
import { currentRiskDay, dayLossCheck, dayPnl, riskDayOf } from './risk-day.ts';

const usdt = (text: string): Money => Money.of(decimal(text), 'USDT');
const HOUR_US = 3_600_000_000;
const at = (hours: number, pnl: string, equity = '10000') => ({
  timeUs: hours * HOUR_US,
  pnl: usdt(pnl),
  equity: usdt(equity),
});

describe('risk day', () => {
  it('starts at midnight UTC, or where the configuration says', () => {
    expect([23.99, 24, 47.99].map((hours) => riskDayOf(hours * HOUR_US, RISK))).toEqual([0, 1, 1]);
    const config = { ...RISK, dayStartMinuteUtc: 17 * 60 };
    expect([16.99, 17, 40.99, 41].map((hours) => riskDayOf(hours * HOUR_US, config))).toEqual([-1, 0, 0, 1]);
  });

  it('keeps its start until the next day, over a clock set back too', () => {
    const first = currentRiskDay(null, at(30, '5'), RISK);
    expect(first).toEqual({ day: 1, asset: 'USDT', startPnl: '5', startEquity: '10000' });
    expect(currentRiskDay(first, at(47, '-100'), RISK)).toBe(first);
    expect(currentRiskDay(first, at(3, '-100'), RISK)).toBe(first);
    expect(currentRiskDay(first, at(48, '-100', '9895'), RISK)).toMatchObject({
      day: 2,
      startPnl: '-100',
      startEquity: '9895',
    });
  });

  it.each([
    ['5', true, '0', '500.00'],
    ['505', true, '0', '500.00'],
    ['-494.99', true, '499.99', '0.01'],
    ['-495', true, '500', '0.00'],
    ['-495.01', false, '500.01', '-0.01'],
  ])('with a PnL of %s passes: %s', (pnl, passed, used, headroom) => {
    const day = currentRiskDay(null, at(30, '5'), RISK);
    const check = dayLossCheck(day, usdt(pnl), RISK);
    expect(check).toMatchObject({ name: 'dayLoss', passed, used, limit: '500.00', headroom, unit: 'USDT' });
  });

  it('counts from the start of the day', () => {
    const day = currentRiskDay(null, at(30, '5'), RISK);
    expect(dayPnl(day, usdt('2')).toString()).toBe('-3');
    expect(() => dayPnl(day, Money.of(decimal('1'), 'EUR'))).toThrow('expected an amount in EUR, was USDT');
  });
});
