import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { BracketRequest, OrderRequest } from '../domain/command.ts';
import type { Denial, DenialCode, DenialParams } from '../domain/denial.ts';
import type { DecisionReason } from '../domain/events.ts';
import type { Instrument } from '../domain/instrument.ts';
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
import type { GateTurn } from './gate-context.ts';
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
  const sorted = sortOrder(turn, request, reference);
  switch (sorted.kind) {
    case 'denied':
      return deny(turn, sorted.denial, reason);
    case 'reduce':
      return reduce(turn, placing, sorted.instrument);
    case 'enter':
      return enter(parts, turn, { request: sorted.bracket, reference, reason }, () => entryOfRequest(request));
  }
}

type Sorted =
  | { readonly kind: 'denied'; readonly denial: Denial }
  | { readonly kind: 'reduce'; readonly instrument: Instrument }
  | { readonly kind: 'enter'; readonly bracket: BracketRequest };

/** By which checks an order is judged. */
export function sortOrder(turn: GateTurn, request: OrderRequest, reference: PriceReference): Sorted {
  const { accountId, instrumentId, protection } = request;
  const listed = turn.state.instruments.get(instrumentId);
  if (listed === undefined || !accountTrades(turn.state.accounts, accountId, instrumentId)) {
    return denied('INSTRUMENT_UNKNOWN', { accountId, instrumentId });
  }
  const refusal = judgeForm(turn, request);
  if (refusal !== null) return { kind: 'denied', denial: refusal };
  const instrument = instrumentOf(listed);
  const exposure = turn.state.exposures.get(exposureKey(accountId, instrumentId));
  if (request.reduceOnly || isCovered(request, exposure)) return { kind: 'reduce', instrument };
  if (protection === null) return denied('PROTECTION_REQUIRED', { accountId, instrumentId });
  return { kind: 'enter', bracket: bracketOf(request, protection, reference, instrument) };
}

const denied = (code: DenialCode, params: DenialParams): Sorted => ({ kind: 'denied', denial: { code, params } });

/** An order that only closes, by its side and size: no protection is asked for. */
function isCovered({ side, quantity, protection }: OrderRequest, exposure: Exposure | undefined): boolean {
  const wanted = Quantity.parse(quantity);
  if (exposure === undefined || !wanted.ok || protection !== null) return false;
  const held = quantityOf(exposure.quantity);
  const isClosing = side === 'sell' ? held.isPositive : held.isNegative;
  return isClosing && wanted.value.compare(held.abs()) <= 0;
}

function judgeForm(turn: GateTurn, request: OrderRequest): Denial | null {
  const { type, timeInForce, expiresAtUs, price, triggerPrice, trailingRatio, instrumentId } = request;
  const { orderTypes, icebergs } = capabilitiesOfInstrument(instrumentId);
  if (request.displayQuantity !== undefined && !icebergs) {
    return { code: 'ORDER_TYPE_UNSUPPORTED', params: { type: 'iceberg', instrumentId } };
  }
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
