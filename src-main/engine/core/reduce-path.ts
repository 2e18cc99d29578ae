import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { OrderRequest } from '../domain/command.ts';
import type { Denial } from '../domain/denial.ts';
import type { DecisionReason } from '../domain/events.ts';
import type { Instrument } from '../domain/instrument.ts';
import { isTerminal, type OrderType } from '../domain/order.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import { ALLOWED } from '../domain/trading-state.ts';
import { quantityOf } from '../execution/amounts.ts';
import { leavesOf, openRecords, positionOf } from '../execution/coverage.ts';
import { exposureKey, touchExposure, type Exposure, type Turn } from '../execution/execution-state.ts';
import { startReduction } from '../execution/reduction.ts';
import { deny } from './entry-path.ts';
import type { GateTurn } from './gate-context.ts';

const STOPS: readonly OrderType[] = ['stopLimit', 'stopMarket', 'trailingStop'];

/**
 * Places an order that only closes. Denies when there is less to close, when the trading state forbids exits, and where
 * balances are locked for a form that would rest: the stop could not.
 */
export function reduce(
  turn: Turn,
  { request, reason }: { readonly request: OrderRequest; readonly reason: DecisionReason },
  instrument: Instrument,
): Denial | null {
  const refusal = judgeReduction(turn, request, instrument);
  if (refusal !== null) return deny(turn, refusal, reason);
  startReduction(turn, touchExposure(turn, request.accountId, request.instrumentId), request, reason);
  return null;
}

/** Denies as {@link reduce} does. */
export function judgeReduction(turn: GateTurn, request: OrderRequest, instrument: Instrument): Denial | null {
  const { tradingState, exposures } = turn.state;
  const exposure = exposures.get(exposureKey(request.accountId, request.instrumentId));
  if (!ALLOWED[tradingState].reducingExit) {
    return { code: 'TRADING_STATE', params: { tradingState, action: 'reducingExit' } };
  }
  const quantity = Quantity.parse(request.quantity);
  if (!quantity.ok || !quantity.value.isPositive) {
    return { code: 'QUANTITY_INVALID', params: { quantity: request.quantity.slice(0, 60) } };
  }
  if (!quantity.value.isOnLot(instrument.lotSize)) {
    const lotSize = instrument.lotSize.toString();
    return { code: 'QUANTITY_OFF_LOT', params: { quantity: request.quantity, lotSize } };
  }
  const open = closable(turn, request, exposure);
  if (open.compare(quantity.value) < 0) {
    return { code: 'REDUCES_NOTHING', params: { quantity: request.quantity, closable: open.toString() } };
  }
  return judgePrices(request, instrument) ?? judgeResting(request, exposure);
}

/** The position on the other side of the order, less what exits on their way will take. */
function closable(turn: GateTurn, { side }: OrderRequest, exposure: Exposure | undefined): Quantity {
  if (exposure === undefined || exposure.flattening !== null) return Quantity.zero();
  const isShort = quantityOf(exposure.quantity).isNegative;
  if ((side === 'buy') !== isShort) return Quantity.zero();
  let open = positionOf(turn.state, exposure);
  for (const record of openRecords(turn.state, exposure)) {
    if (record.spec.role === 'exit' && !isTerminal(record.status)) open = open.minus(leavesOf(record));
  }
  return open.max(Quantity.zero());
}

function judgePrices({ price, triggerPrice }: OrderRequest, { tickSize }: Instrument): Denial | null {
  for (const [field, text] of [['price', price] as const, ['triggerPrice', triggerPrice] as const]) {
    if (text === null) continue;
    const parsed = Price.parse(text);
    if (!parsed.ok) return { code: 'PRICE_INVALID', params: { field, price: text.slice(0, 60) } };
    if (!parsed.value.isOnTick(tickSize)) {
      return { code: 'PRICE_OFF_TICK', params: { field, price: text, tickSize: tickSize.toString() } };
    }
  }
  return null;
}

function judgeResting(request: OrderRequest, exposure: Exposure | undefined): Denial | null {
  const { instrumentId, type, timeInForce } = request;
  if ((exposure?.reduction ?? null) !== null) return { code: 'OUTCOME_UNKNOWN', params: { instrumentId } };
  const { locksFunds, reduceOnly } = capabilitiesOfInstrument(instrumentId);
  const isImmediate = type === 'market' || (type === 'limit' && (timeInForce === 'ioc' || timeInForce === 'fok'));
  if (isImmediate || (!locksFunds && reduceOnly)) return null;
  return { code: 'PROTECTION_UNAVAILABLE', params: { instrumentId, type, timeInForce, isStop: STOPS.includes(type) } };
}
