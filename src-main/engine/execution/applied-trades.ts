import type { Fill } from '../domain/order.ts';
import { exposureKey, type ExecutionState } from './execution-state.ts';

/** Both sides of a trade with ourselves carry one id. */
export const tradeKey = (fill: Fill): string => `${fill.accountId}|${fill.instrumentId}|${fill.side}|${fill.tradeId}`;

/** As states were saved before trades with ourselves were told apart. */
const sidelessKey = (fill: Fill): string => `${fill.accountId}|${fill.instrumentId}|${fill.tradeId}`;
const SIDE = /\|(buy|sell)$/;

/** A venue's history shows trades again in every new life, also those whose keys were dropped long ago. */
export function isApplied(state: ExecutionState, fill: Fill): boolean {
  if (state.trades.has(tradeKey(fill)) || state.trades.has(sidelessKey(fill))) return true;
  const dropped = state.droppedTrades.get(exposureKey(fill.accountId, fill.instrumentId));
  return dropped !== undefined && isNumber(fill.tradeId) && BigInt(fill.tradeId) <= BigInt(dropped);
}

/**
 * Drops the keys of trades applied before `beforeUs`. Venues count trades upwards within an instrument, so the highest
 * dropped one stands for all before it; keys that are no numbers are kept for ever.
 */
export function forgetTrades(state: ExecutionState, beforeUs: number): void {
  for (const [key, appliedAtUs] of state.trades) {
    if (appliedAtUs > beforeUs) break;
    const cut = key.lastIndexOf('|');
    const [place, tradeId] = [key.slice(0, cut).replace(SIDE, ''), key.slice(cut + 1)];
    if (!isNumber(tradeId)) continue;
    const dropped = state.droppedTrades.get(place);
    if (dropped === undefined || BigInt(dropped) < BigInt(tradeId)) state.droppedTrades.set(place, tradeId);
    state.trades.delete(key);
  }
}

const isNumber = (tradeId: string): boolean => /^\d+$/.test(tradeId);
