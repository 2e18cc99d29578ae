import type { VenuePosition } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import type { MarginStanding } from '../domain/margin.ts';
import { startedConfig, type Parts } from './core-state.ts';

/** An account with debts or leverage, as its venue last told; `told` is null while that is unknown or too old to go by. */
export type AccountMargin = {
  readonly accountId: AccountId;
  readonly told: { readonly standing: MarginStanding; readonly positions: readonly VenuePosition[] } | null;
};

/** A report is told anew with every look: one that missed this many is no knowledge any more. */
const MISSED_LOOKS = 3;
const US_PER_MS = 1_000;

/** Every account that trades more than spot. */
export function accountMargins(parts: Parts): readonly AccountMargin[] {
  const { execution, margins, timeUs } = parts.state;
  const leveraged = execution.accounts.filter(({ product = 'SPOT' }) => product !== 'SPOT');
  return leveraged.map(({ accountId }) => {
    const report = margins.get(accountId);
    const isReady = execution.venues.get(accountId)?.state === 'ready';
    const oldestUs = timeUs - MISSED_LOOKS * startedConfig(parts).execution.reconcileIntervalMs * US_PER_MS;
    if (report === undefined || !isReady || report.atUs < oldestUs) return { accountId, told: null };
    return { accountId, told: { standing: report.standing, positions: report.positions } };
  });
}
