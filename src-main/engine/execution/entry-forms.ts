import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { BracketRequest, OrderRequest } from '../domain/command.ts';
import { ensure } from '../domain/result.ts';
import type { OrderSpec, Submission } from '../domain/order.ts';
import { protectiveQuantity } from '../domain/protective-quantity.ts';
import { quantityOf } from './amounts.ts';
import { listedInstrument, opposite, type ProtectionPlan, type Turn } from './execution-state.ts';
import { nextOrderId, stopOrder, targetOrder, type Closing } from './submissions.ts';

/** An order that opens exposure, with what protects it. */
export type EntryOrder = Omit<OrderSpec, 'clientOrderId' | 'role'> & { readonly plan: ProtectionPlan };

export type EntryForm = {
  readonly entry: Submission;
  readonly entrySpec: OrderSpec;
  /** A stop that has to rest before the entry is sent. */
  readonly guard: OrderSpec | null;
};

/**
 * The strongest form the venue has. A reduce-only stop first where it may rest without a position: a crash between the two
 * leaves no naked position. Else a list: the venue rests stop (and target) itself. Lists act on the complete fill of their
 * entry, which only `fok` promises; a venue that has conditional close alone protects each fill of any entry. Else the
 * entry alone, protected by the guard from its first fill on.
 */
export function entryForm(turn: Turn, order: EntryOrder): EntryForm {
  const { lists, stopBeforeEntry } = capabilitiesOfInstrument(order.instrumentId);
  const entrySpec = entryOrder(turn, order);
  const entry: Submission = { kind: 'single', order: entrySpec };
  const isWhole = entrySpec.timeInForce === 'fok';
  if (stopBeforeEntry) return { entry, entrySpec, guard: stopOrder(turn, closingOf(turn, order), order.plan) };
  if (lists.otoco && isWhole && order.plan.target !== null) {
    return { entry: bracketList(turn, order, entrySpec), entrySpec, guard: null };
  }
  if (lists.oto && (isWhole || !lists.otoco)) {
    const listId = nextOrderId(turn, 'list');
    const stop = stopOrder(turn, closingOf(turn, order), order.plan);
    return { entry: { kind: 'oto', listId, working: entrySpec, stop }, entrySpec, guard: null };
  }
  return { entry, entrySpec, guard: null };
}

function bracketList(turn: Turn, order: EntryOrder, working: OrderSpec): Submission {
  const closing = closingOf(turn, order);
  return {
    kind: 'otoco',
    listId: nextOrderId(turn, 'list'),
    working,
    target: targetOrder(turn, closing, ensure(order.plan.target, 'a target')),
    stop: stopOrder(turn, closing, order.plan),
  };
}

function entryOrder(turn: Turn, { plan: _plan, ...order }: EntryOrder): OrderSpec {
  return {
    ...order,
    clientOrderId: nextOrderId(turn, 'entry'),
    role: 'entry',
    timeInForce: timeInForceAt(order),
  };
}

/** What the venue has no word for: `fok` becomes `ioc`, and the engine itself ends a `gtd` order. */
export function timeInForceAt({
  instrumentId,
  timeInForce,
}: Pick<OrderSpec, 'instrumentId' | 'timeInForce'>): OrderSpec['timeInForce'] {
  const { timesInForce } = capabilitiesOfInstrument(instrumentId);
  if (timeInForce === null || timesInForce.includes(timeInForce)) return timeInForce;
  return timeInForce === 'fok' ? 'ioc' : 'gtc';
}

function closingOf(turn: Turn, order: EntryOrder): Closing {
  const { accountId, strategyId, instrumentId, side, quantity } = order;
  const instrument = listedInstrument(turn.state, instrumentId);
  return {
    owner: { accountId, strategyId, instrumentId },
    side: opposite(side),
    quantity: protectiveQuantity(quantityOf(quantity), instrument, side).toString(),
  };
}

export function entryOfBracket(request: BracketRequest): EntryOrder {
  const { accountId, strategyId, instrumentId, side, quantity, limitPrice, entry } = request;
  return {
    accountId,
    strategyId,
    instrumentId,
    side,
    type: entry === 'fok' ? 'limit' : 'limitMaker',
    timeInForce: entry === 'fok' ? 'fok' : null,
    quantity,
    price: limitPrice,
    triggerPrice: null,
    plan: planOf(request),
  };
}

export const planOf = (request: BracketRequest): ProtectionPlan => ({
  strategyId: request.strategyId,
  entry: request.entry,
  stopTrigger: request.stopTrigger,
  stopLimit: request.stopLimit,
  target: request.target,
  ...(request.stopRule === undefined ? {} : { rule: request.stopRule }),
});

/** An order that opens exposure; throws without a protection, which callers have asked for. */
export function entryOfRequest(request: OrderRequest): EntryOrder {
  const { protection, reduceOnly: _reduceOnly, ...order } = request;
  const { stopTrigger, stopLimit, target, stopRule } = ensure(protection, 'a protection');
  const entry = order.timeInForce === 'fok' ? 'fok' : 'resting';
  const { strategyId } = request;
  const rule = stopRule === undefined ? {} : { rule: stopRule };
  return { ...order, plan: { strategyId, entry, stopTrigger, stopLimit, target, ...rule } };
}
