import type { Fill } from '../domain/order.ts';
import { quantityOf } from './amounts.ts';
import { tradeKey } from './applied-trades.ts';
import { exposureKey, type Turn } from './execution-state.ts';
import { haltFor } from './trading-state-latch.ts';

/**
 * Books a trade by which the venue closed a position of ours: liquidation, deleveraging, settlement. New exposure ends until a
 * person looked. False where it is none: what it closed was not ours alone, or is gone already. Such a trade is never booked
 * later, for history tells it again in every life.
 */
export function bookForcedFill(turn: Turn, fill: Fill): boolean {
  const { forced: cause, accountId, instrumentId, side, price, quantity } = fill;
  if (cause === undefined) return false;
  turn.state.trades.set(tradeKey(fill), turn.timeUs);
  const exposure = turn.state.exposures.get(exposureKey(accountId, instrumentId));
  if (exposure === undefined) return false;
  const held = quantityOf(exposure.quantity);
  const traded = quantityOf(quantity);
  const isReducing = !held.isZero && held.isNegative === (side === 'buy') && traded.compare(held.abs()) <= 0;
  if (!isReducing) return false;
  const rest = held.plus(side === 'buy' ? traded : traded.negated());
  exposure.quantity = rest.isZero ? '0' : rest.toString();
  turn.applied.push(fill);
  turn.touched.add(exposure);
  turn.emit({ kind: 'position.forced', accountId, instrumentId, cause, side, quantity, price });
  const params = { accountId, instrumentId, cause, side, quantity, price };
  turn.emit({ kind: 'alert.raised', alert: { code: 'POSITION_FORCED', severity: 'critical', params } });
  haltFor(turn, 'POSITION_FORCED');
  return true;
}
