import type { AccountId, InstrumentId } from '../domain/identifiers.ts';
import type { OrderSide } from '../domain/order.ts';
import type { Turn } from '../execution/execution-state.ts';
import type { Parts } from './core-state.ts';

const MINUTE_US = 60_000_000;

/** Entries the account sent within the last minute. */
export function entriesInMinute(parts: Parts, accountId: AccountId, nowUs: number): number {
  const times = parts.state.entryTimes.get(accountId) ?? [];
  return times.length - firstSince(times, nowUs);
}

export function noteEntry(parts: Parts, turn: Turn, accountId: AccountId): void {
  const times = parts.state.entryTimes.get(accountId) ?? [];
  parts.state.entryTimes.set(accountId, times);
  const past = firstSince(times, turn.timeUs);
  // Not one by one: each removal would move all the rest.
  if (past * 2 >= times.length) times.splice(0, past);
  times.push(turn.timeUs);
}

/** Index of the first time within the minute before `nowUs`. Times rise, for engine time never steps back. */
function firstSince(times: readonly number[], nowUs: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (nowUs - (times[middle] ?? nowUs) < MINUTE_US) high = middle;
    else low = middle + 1;
  }
  return low;
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
