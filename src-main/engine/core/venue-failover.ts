import type { FailoverConfig } from '../domain/config.ts';
import { DEFAULT_FAILOVER } from '../domain/config-defaults.ts';
import type { EngineInput } from '../domain/events.ts';
import type { AccountId, InstrumentId, Venue } from '../domain/identifiers.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import { isFlat } from '../execution/coverage.ts';
import { exposureKey, type ExecutionState, type Turn } from '../execution/execution-state.ts';
import { haltFor } from '../execution/trading-state-latch.ts';
import { accountTrades } from './account-products.ts';
import type { Parts } from './core-state.ts';

const US_PER_MS = 1_000;

export const failoverOf = (parts: Parts): FailoverConfig => parts.state.config?.failover ?? DEFAULT_FAILOVER;

export const isAway = (parts: Parts, venue: Venue): boolean => parts.state.away.has(venue);

/** Takes the news of silence up: the policy halts at once, the others keep new exposure away from the venue. */
export function noteSilence(parts: Parts, turn: Turn, input: Extract<EngineInput, { kind: 'venue.silence' }>): void {
  const { venue, silentUs } = input;
  const away = parts.state.away.get(venue);
  if (silentUs === null) {
    if (away !== undefined) parts.state.away.set(venue, { ...away, heardSinceUs: turn.timeUs });
    return;
  }
  parts.state.away.set(venue, {
    silentSinceUs: away?.silentSinceUs ?? turn.timeUs - silentUs,
    heardSinceUs: null,
  });
  const policy = failoverOf(parts).trading;
  if (away === undefined) {
    const params = { venue, silentUs, policy };
    turn.emit({ kind: 'alert.raised', alert: { code: 'VENUE_SILENT', severity: 'warning', params } });
  }
  const isTraded = turn.state.accounts.some((account) => account.venue === venue);
  if (policy === 'halt' && isTraded) haltFor(turn, 'VENUE_SILENT');
}

/** Venues that were heard for long enough are used again. */
export function returnVenues(parts: Parts, turn: Turn): void {
  const afterUs = failoverOf(parts).returnAfterMs * US_PER_MS;
  for (const [venue, { heardSinceUs, silentSinceUs }] of parts.state.away) {
    if (heardSinceUs === null || turn.timeUs - heardSinceUs < afterUs) continue;
    parts.state.away.delete(venue);
    const params = { venue, awayUs: turn.timeUs - silentSinceUs };
    turn.emit({ kind: 'alert.raised', alert: { code: 'VENUE_RETURNED', severity: 'info', params } });
  }
}

/** Markets of other venues on the same underlying in the same quote asset and product, in the order they were listed. */
export function twinsOf({ instruments }: ExecutionState, id: InstrumentId): readonly InstrumentId[] {
  const listed = instruments.get(id);
  if (listed === undefined) return [];
  const own = instrumentOf(listed);
  const isTwin = (other: typeof own): boolean =>
    other.venue !== own.venue &&
    other.underlying === own.underlying &&
    other.quote === own.quote &&
    other.product === own.product;
  return [...instruments.values()].filter((other) => isTwin(instrumentOf(other))).map((other) => other.id);
}

/**
 * The market whose bars a backup's bar stands in for: by policy, while its own venue is away and the backup's is not.
 * Null otherwise.
 */
export function standsInFor(parts: Parts, backup: InstrumentId): InstrumentId | null {
  const { execution } = parts.state;
  const listed = execution.instruments.get(backup);
  if (failoverOf(parts).trading !== 'continueOnBackup' || listed === undefined) return null;
  if (parts.state.away.size === 0 || isAway(parts, instrumentOf(listed).venue)) return null;
  return twinsOf(execution, backup).find((id) => isAway(parts, venueOf(execution, id))) ?? null;
}

function venueOf({ instruments }: ExecutionState, id: InstrumentId): Venue {
  const listed = instruments.get(id);
  // Twins are listed by their making.
  if (listed === undefined) throw new Error(`expected a listed instrument, was ${id}`);
  return instrumentOf(listed).venue;
}

/** The account that trades a market: the first one set up for its venue and product. */
export function accountOf(state: ExecutionState, id: InstrumentId): AccountId | null {
  const venue = venueOf(state, id);
  const account = state.accounts.find(
    (candidate) => candidate.venue === venue && accountTrades(state.accounts, candidate.accountId, id),
  );
  return account?.accountId ?? null;
}

/** A strategy holds one bracket at a time on an underlying: of its account here, of any account on another venue. */
export function isExposed(turn: Turn, accountId: AccountId, id: InstrumentId): boolean {
  const others = twinsOf(turn.state, id).flatMap((twin) =>
    turn.state.accounts.map((account) => [account.accountId, twin] as const),
  );
  return [[accountId, id] as const, ...others].some(([account, market]) => {
    const exposure = turn.state.exposures.get(exposureKey(account, market));
    return exposure !== undefined && (exposure.openOrders.length > 0 || !isFlat(turn.state, exposure));
  });
}
