import type { RiskCheck } from '../domain/denial.ts';
import type { AccountId } from '../domain/identifiers.ts';
import type { Money } from '../domain/quantities.ts';
import type { Turn } from '../execution/execution-state.ts';
import { changeTradingState } from '../execution/trading-state-latch.ts';
import { currentRiskDay, dayLossCheck, dayPnl } from '../risk/risk-day.ts';
import { startedConfig, type Parts } from './core-state.ts';
import { equityOf, rateOf } from './valuation.ts';

/**
 * Starts the risk day of each account with its first known figures and takes new exposure away once the day's loss is
 * over its limit. For the rest of the day a re-armed engine is back in `reducing` within a second, whatever the reason
 * given: who wants to go on raises the limit, which is journaled.
 */
export function watchDayLoss(parts: Parts, turn: Turn): void {
  if (parts.state.config === null) return;
  const { risk } = parts.state.config;
  for (const { accountId } of turn.state.accounts) {
    const pnl = accountPnl(parts, accountId);
    const equity = equityOf(parts, accountId);
    if (pnl === null || equity === null) continue;
    const running = parts.state.riskDays.get(accountId) ?? null;
    const day = currentRiskDay(running, { timeUs: turn.timeUs, pnl, equity }, risk);
    parts.state.riskDays.set(accountId, day);
    const breached = !dayLossCheck(day, pnl, risk).passed;
    if (breached && turn.state.tradingState === 'active') {
      changeTradingState(turn, 'reducing', 'DAY_LOSS_LIMIT', ['engine', accountId]);
    }
  }
}

/** PnL of own fills since the risk day began, and its loss against the limit; null before its first known figures. */
export function dayFigures(
  parts: Parts,
  accountId: AccountId,
): { readonly pnl: Money; readonly loss: RiskCheck } | null {
  const day = parts.state.riskDays.get(accountId);
  // A client may ask before the engine started.
  const pnl = parts.state.config === null ? null : accountPnl(parts, accountId);
  if (day === undefined || pnl === null) return null;
  return { pnl: dayPnl(day, pnl), loss: dayLossCheck(day, pnl, startedConfig(parts).risk) };
}

function accountPnl(parts: Parts, accountId: AccountId): Money | null {
  const { reportingAsset } = startedConfig(parts);
  return parts.portfolio.pnl(accountId, reportingAsset, (asset) => rateOf(parts, asset));
}
