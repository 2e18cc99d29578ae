import { makeClientOrderId, type OrderRole } from '../domain/client-order-id.ts';
import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { DecimalText } from '../domain/decimal.ts';
import type { ClientOrderId, InstrumentId } from '../domain/identifiers.ts';
import type { OrderSpec, Submission } from '../domain/order.ts';
import { type Price, Quantity } from '../domain/quantities.ts';
import { priceOf, quantityOf } from './amounts.ts';
import { listedInstrument, type Exposure, type ProtectionPlan, type Turn } from './execution-state.ts';

/** Ids come from state alone: a replay makes the same ones, and a new life has a new epoch. */
export function nextOrderId(turn: Turn, role: OrderRole): ClientOrderId {
  const { installation, epoch } = turn.state;
  const counter = turn.state.counter++;
  return makeClientOrderId({ installation, epoch, counter, role });
}

type Ownership = Pick<OrderSpec, 'accountId' | 'strategyId' | 'instrumentId'>;

/** Stop and target for a position that has neither; the stop alone where the plan has no target or `alone` says so. */
export function protectionSubmission(
  turn: Turn,
  exposure: Exposure,
  plan: ProtectionPlan,
  quantity: DecimalText,
  alone: boolean,
): Submission {
  const closing = closingOf(exposure, plan, quantity);
  const stop = stopOrder(turn, closing, plan);
  const { lists } = capabilitiesOfInstrument(exposure.instrumentId);
  if (plan.target === null || alone || !lists.oco) return { kind: 'single', order: stop };
  return {
    kind: 'oco',
    listId: nextOrderId(turn, 'list'),
    target: targetOrder(turn, closing, plan.target),
    stop,
  };
}

/** A market order out of the position. */
export function exitSubmission(
  turn: Turn,
  exposure: Exposure,
  quantity: DecimalText,
  role: 'exit' | 'escalation',
): Submission {
  const { owner, side } = closingOf(exposure, exposure.plan, quantity);
  return {
    kind: 'single',
    order: {
      ...owner,
      clientOrderId: nextOrderId(turn, role),
      role,
      side,
      type: 'market',
      timeInForce: null,
      quantity,
      price: null,
      triggerPrice: null,
      ...reducing(owner.instrumentId),
    },
  };
}

export type Closing = {
  readonly owner: Ownership;
  readonly side: OrderSpec['side'];
  readonly quantity: DecimalText;
};

function closingOf(exposure: Exposure, plan: ProtectionPlan | null, quantity: DecimalText): Closing {
  const { accountId, instrumentId } = exposure;
  return {
    owner: { accountId, instrumentId, strategyId: plan?.strategyId ?? null },
    side: quantityOf(exposure.quantity).isNegative ? 'buy' : 'sell',
    quantity,
  };
}

/** Prices of a stop. A venue may change its tick after they were planned. */
export type StopPrices = Pick<ProtectionPlan, 'stopTrigger' | 'stopLimit'>;

/** Prices of a stop on the present tick, rounded away from the market. */
export function onTick(
  turn: Turn,
  { instrumentId, side }: Pick<OrderSpec, 'instrumentId' | 'side'>,
  { stopTrigger, stopLimit }: StopPrices,
): StopPrices {
  const { tickSize } = listedInstrument(turn.state, instrumentId);
  const rounded = (text: DecimalText): DecimalText => {
    const price = priceOf(text);
    return price.isOnTick(tickSize) ? text : price.roundToTick(tickSize, side === 'sell' ? 'down' : 'up').toString();
  };
  return { stopTrigger: rounded(stopTrigger), stopLimit: rounded(stopLimit) };
}

/** The limit of a stop whose trigger moves: it keeps its distance. */
export const limitAt = (trigger: Price, { stopTrigger, stopLimit }: StopPrices): DecimalText =>
  quantityOf(stopLimit).minus(quantityOf(stopTrigger)).plus(Quantity.of(trigger)).toString();

export function stopOrder(turn: Turn, { owner, side, quantity }: Closing, plan: ProtectionPlan): OrderSpec {
  const isReduceOnly = capabilitiesOfInstrument(owner.instrumentId).reduceOnly;
  const { stopTrigger, stopLimit } = onTick(turn, { ...owner, side }, plan);
  return {
    ...owner,
    clientOrderId: nextOrderId(turn, 'stop'),
    role: 'stop',
    side,
    // A reduce-only stop at market cannot miss; where it holds the asset itself its limit bounds the loss.
    type: isReduceOnly ? 'stopMarket' : 'stopLimit',
    timeInForce: isReduceOnly ? null : 'gtc',
    quantity,
    price: isReduceOnly ? null : stopLimit,
    triggerPrice: stopTrigger,
    ...reducing(owner.instrumentId),
  };
}

export function targetOrder(turn: Turn, { owner, side, quantity }: Closing, price: DecimalText): OrderSpec {
  return {
    ...owner,
    clientOrderId: nextOrderId(turn, 'target'),
    role: 'target',
    side,
    type: 'limitMaker',
    timeInForce: null,
    quantity,
    price,
    triggerPrice: null,
    ...reducing(owner.instrumentId),
  };
}

/** A target beside the stop of its position. */
export function targetSubmission(
  turn: Turn,
  exposure: Exposure,
  plan: ProtectionPlan,
  quantity: DecimalText,
  price: DecimalText,
): Submission {
  return { kind: 'single', order: targetOrder(turn, closingOf(exposure, plan, quantity), price) };
}

const reducing = (id: InstrumentId): { readonly reduceOnly?: true } =>
  capabilitiesOfInstrument(id).reduceOnly ? { reduceOnly: true } : {};
