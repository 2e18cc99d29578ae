import { decimal, type DecimalText, multiplyDecimals } from '../domain/decimal.ts';
import type { RiskConfig } from '../domain/config.ts';
import type { RiskCheck } from '../domain/denial.ts';
import { Money } from '../domain/quantities.ts';
import { measured } from './judgment.ts';

/** Where the running risk day started: plain JSON, kept over restarts so that a restart forgives no loss. */
export type RiskDay = {
  /** Days since the epoch, by the configured start of the day. */
  readonly day: number;
  readonly asset: string;
  /** PnL of own fills and equity when the day began, in the reporting asset. */
  readonly startPnl: DecimalText;
  readonly startEquity: DecimalText;
};

const US_PER_MINUTE = 60_000_000;
const US_PER_DAY = 24 * 60 * US_PER_MINUTE;

export function riskDayOf(timeUs: number, { dayStartMinuteUtc }: RiskConfig): number {
  return Math.floor((timeUs - dayStartMinuteUtc * US_PER_MINUTE) / US_PER_DAY);
}

export type RiskDayFigures = { readonly timeUs: number; readonly pnl: Money; readonly equity: Money };

/** The day of `timeUs`: the running one, or a new one that starts from these figures. A clock set back starts none. */
export function currentRiskDay(running: RiskDay | null, figures: RiskDayFigures, config: RiskConfig): RiskDay {
  const day = riskDayOf(figures.timeUs, config);
  const { pnl, equity } = figures;
  if (running !== null && day <= running.day && running.asset === pnl.asset) return running;
  return { day, asset: pnl.asset, startPnl: pnl.toString(), startEquity: equity.toString() };
}

/** PnL of own fills since the day began. Throws when `pnl` is in another asset than the day. */
export function dayPnl(day: RiskDay, pnl: Money): Money {
  return pnl.minus(Money.of(decimal(day.startPnl), day.asset));
}

/** The day's loss against its limit, a fraction of the equity the day began with. Failed: no more exposure today. */
export function dayLossCheck(day: RiskDay, pnl: Money, config: RiskConfig): RiskCheck {
  const loss = dayPnl(day, pnl).negated();
  const used = loss.isPositive ? loss : Money.zero(day.asset);
  const limit = multiplyDecimals(decimal(day.startEquity), decimal(config.maxDayLossRatio));
  const measure = { name: 'dayLoss', unit: day.asset, bound: 'atMost', limit, used, after: used } as const;
  return measured(measure, 'TRADING_STATE').check;
}
