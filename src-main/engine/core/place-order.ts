import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { OrderRequest } from '../domain/command.ts';
import type { Denial } from '../domain/denial.ts';
import type { DecisionReason } from '../domain/events.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import type { PriceReference } from '../domain/market.ts';
import type { OrderType } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import { quantityOf } from '../execution/amounts.ts';
import { exposureKey, type Exposure, type Turn } from '../execution/execution-state.ts';
import { entryOfRequest } from '../execution/entry-forms.ts';
import { accountTrades } from './account-products.ts';
import type { Parts } from './core-state.ts';
import { bracketOf, deny, enter } from './entry-path.ts';
import { reduce } from './reduce-path.ts';

export type Placing = {
  readonly request: OrderRequest;
  readonly reference: PriceReference;
  readonly reason: DecisionReason;
};

const MARKET_TYPES: readonly OrderType[] = ['market', 'stopMarket', 'takeProfitMarket', 'trailingStop'];
const CONDITIONAL_TYPES: readonly OrderType[] = ['stopLimit', 'stopMarket', 'takeProfitLimit', 'takeProfitMarket'];

/**
 * Places one order. What closes goes through the reduce checks; what may open exposure goes through the gate and denies
 * without a protection. Denies a form the venue does not have before anything is judged.
 */
export function placeOrder(parts: Parts, turn: Turn, placing: Placing): Denial | null {
  const { request, reference, reason } = placing;
  const { accountId, instrumentId } = request;
  const listed = turn.state.instruments.get(instrumentId);
  if (listed === undefined || !accountTrades(turn.state.accounts, accountId, instrumentId)) {
    return deny(turn, { code: 'INSTRUMENT_UNKNOWN', params: { accountId, instrumentId } }, reason);
  }
  const refusal = judgeForm(turn, request);
  if (refusal !== null) return deny(turn, refusal, reason);
  const exposure = turn.state.exposures.get(exposureKey(accountId, instrumentId));
  if (request.reduceOnly || isCovered(request, exposure)) return reduce(turn, placing, instrumentOf(listed));
  if (request.protection === null) {
    return deny(turn, { code: 'PROTECTION_REQUIRED', params: { accountId, instrumentId } }, reason);
  }
  const judged = bracketOf(request, request.protection, reference, instrumentOf(listed));
  return enter(parts, turn, { request: judged, reference, reason }, () => entryOfRequest(request));
}

/** An order that only closes, by its side and size: no protection is asked for. */
function isCovered({ side, quantity, protection }: OrderRequest, exposure: Exposure | undefined): boolean {
  const wanted = Quantity.parse(quantity);
  if (exposure === undefined || !wanted.ok || protection !== null) return false;
  const held = quantityOf(exposure.quantity);
  const isClosing = side === 'sell' ? held.isPositive : held.isNegative;
  return isClosing && wanted.value.compare(held.abs()) <= 0;
}

function judgeForm(turn: Turn, request: OrderRequest): Denial | null {
  const { type, timeInForce, expiresAtUs, price, triggerPrice, trailingRatio, instrumentId } = request;
  const { orderTypes } = capabilitiesOfInstrument(instrumentId);
  if (!orderTypes.includes(type)) return { code: 'ORDER_TYPE_UNSUPPORTED', params: { type, instrumentId } };
  if ((timeInForce === 'gtd') !== (expiresAtUs !== undefined) || (expiresAtUs ?? Infinity) <= turn.timeUs) {
    return { code: 'EXPIRY_INVALID', params: { timeInForce, expiresAtUs: expiresAtUs ?? null, nowUs: turn.timeUs } };
  }
  const missing =
    (price === null) !== MARKET_TYPES.includes(type)
      ? 'price'
      : (triggerPrice === null) === CONDITIONAL_TYPES.includes(type)
        ? 'triggerPrice'
        : (trailingRatio === undefined) === (type === 'trailingStop')
          ? 'trailingRatio'
          : null;
  return missing === null ? null : { code: 'PRICE_INVALID', params: { field: missing, price, triggerPrice, type } };
}
