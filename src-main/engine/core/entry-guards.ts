import type { AccountId, InstrumentId } from '../domain/identifiers.ts';
import type { OrderSide } from '../domain/order.ts';
import type { Turn } from '../execution/execution-state.ts';
import type { Parts } from './core-state.ts';

const MINUTE_US = 60_000_000;

/** Entries the account sent within the last minute. */
export function entriesInMinute(parts: Parts, accountId: AccountId, nowUs: number): number {
  return (parts.state.entryTimes.get(accountId) ?? []).filter((atUs) => nowUs - atUs < MINUTE_US).length;
}

export function noteEntry(parts: Parts, turn: Turn, accountId: AccountId): void {
  const recent = (parts.state.entryTimes.get(accountId) ?? []).filter((atUs) => turn.timeUs - atUs < MINUTE_US);
  parts.state.entryTimes.set(accountId, [...recent, turn.timeUs]);
}

export type SignalPlace = {
  readonly accountId: AccountId;
  readonly instrumentId: InstrumentId;
  readonly side: OrderSide;
  readonly barOpenTimeUs: number;
};

const placeKey = ({ accountId, instrumentId, side }: SignalPlace): string => `${accountId}|${instrumentId}|${side}`;

/** This bar, or a later one, gave an entry already: a bar delivered twice and strategies that agree enter once. */
export const isTaken = (parts: Parts, place: SignalPlace): boolean =>
  place.barOpenTimeUs <= (parts.state.signalBars.get(placeKey(place)) ?? -1);

export function takeSignal(parts: Parts, place: SignalPlace): void {
  parts.state.signalBars.set(placeKey(place), place.barOpenTimeUs);
}
