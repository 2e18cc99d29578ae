import { makeClientOrderId, type OrderRole } from '../domain/client-order-id.ts';
import type { BracketRequest } from '../domain/command.ts';
import type { DecimalText } from '../domain/decimal.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import type { OrderSpec, Submission } from '../domain/order.ts';
import { protectiveQuantity } from '../domain/protective-quantity.ts';
import { quantityOf } from './amounts.ts';
import { listedInstrument, opposite, type Exposure, type ProtectionPlan, type Turn } from './execution-state.ts';

/** Ids come from state alone: a replay makes the same ones, and a new life has a new epoch. */
function nextOrderId(turn: Turn, role: OrderRole): ClientOrderId {
  const { installation, epoch } = turn.state;
  const counter = turn.state.counter++;
  return makeClientOrderId({ installation, epoch, counter, role });
}

type Ownership = Pick<OrderSpec, 'accountId' | 'strategyId' | 'instrumentId'>;

/** The entry of a bracket: an OTOCO for `fok`, the working order alone for `resting`. */
export function entrySubmission(turn: Turn, request: BracketRequest): Submission {
  const { accountId, strategyId, instrumentId, side, quantity } = request;
  const owner = { accountId, strategyId, instrumentId };
  const entry: OrderSpec = {
    ...owner,
    clientOrderId: nextOrderId(turn, 'entry'),
    role: 'entry',
    side,
    type: request.entry === 'fok' ? 'limit' : 'limitMaker',
    timeInForce: request.entry === 'fok' ? 'fok' : null,
    quantity,
    price: request.limitPrice,
    triggerPrice: null,
  };
  if (request.entry === 'resting') return { kind: 'single', order: entry };
  const legQuantity = protectiveQuantity(quantityOf(quantity), listedInstrument(turn.state, instrumentId)).toString();
  const plan = planOf(request);
  const closing = { owner, side: opposite(side), quantity: legQuantity };
  return {
    kind: 'otoco',
    listId: nextOrderId(turn, 'list'),
    working: entry,
    target: targetOrder(turn, closing, request.target),
    stop: stopOrder(turn, closing, plan),
  };
}

export const planOf = (request: BracketRequest): ProtectionPlan => ({
  strategyId: request.strategyId,
  entry: request.entry,
  stopTrigger: request.stopTrigger,
  stopLimit: request.stopLimit,
  target: request.target,
});

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
  if (plan.target === null || alone) return { kind: 'single', order: stop };
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
    },
  };
}

type Closing = {
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

function stopOrder(turn: Turn, { owner, side, quantity }: Closing, plan: ProtectionPlan): OrderSpec {
  return {
    ...owner,
    clientOrderId: nextOrderId(turn, 'stop'),
    role: 'stop',
    side,
    type: 'stopLimit',
    timeInForce: 'gtc',
    quantity,
    price: plan.stopLimit,
    triggerPrice: plan.stopTrigger,
  };
}

function targetOrder(turn: Turn, { owner, side, quantity }: Closing, price: DecimalText): OrderSpec {
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
  };
}
