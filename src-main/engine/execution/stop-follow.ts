import type { DecimalText } from '../domain/decimal.ts';
import type { StopRule } from '../domain/stop-rule.ts';
import type { StopFollow } from './execution-state.ts';

/** A rule at work from an entry price on. */
export const followFrom = (rule: StopRule, entryPrice: DecimalText, timeUs: number): StopFollow => ({
  rule,
  entryPrice,
  best: entryPrice,
  bars: 0,
  sinceUs: timeUs,
  movedAtUs: 0,
  trueRange: { previousClose: null, count: 0, mean: null },
});
