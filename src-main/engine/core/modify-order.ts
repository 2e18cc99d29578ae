import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import type { Denial, DenialCode, DenialParams } from '../domain/denial.ts';
import type { DecisionReason } from '../domain/events.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { PriceReference } from '../domain/market.ts';
import { isTerminal, type OrderChange } from '../domain/order.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import { priceOf, quantityOf } from '../execution/amounts.ts';
import { isFlat, openRecords, protects } from '../execution/coverage.ts';
import {
  listedInstrument,
  touchExposure,
  type Exposure,
  type OrderRecord,
  type Turn,
} from '../execution/execution-state.ts';
import { changed, sendModify } from '../execution/modification.ts';
import { startReplacing } from '../execution/replacing.ts';
import { moveStop } from '../execution/stop-replacement.ts';
import { limitAt } from '../execution/submissions.ts';
import { judgeBracket } from '../risk/gate.ts';
import type { Parts } from './core-state.ts';
import { bracketOf } from './entry-path.ts';
import { gateContext } from './gate-context.ts';

export type Modifying = {
  readonly clientOrderId: ClientOrderId;
  readonly change: OrderChange;
  readonly reference: PriceReference;
  readonly reason: DecisionReason;
};

const denial = (code: DenialCode, params: DenialParams): Denial => ({ code, params });

/**
 * Changes a resting order. A changed entry is judged by the gate as a whole; a stop moves with its position's plan, a
 * target likewise. Denies while an answer about the order is awaited, for exits, and for a size a leg cannot have.
 */
export function modifyOrder(parts: Parts, turn: Turn, modifying: Modifying): Denial | null {
  const { clientOrderId, change } = modifying;
  const record = turn.state.orders.get(clientOrderId);
  if (record === undefined || isTerminal(record.status)) return denial('ORDER_UNKNOWN', { clientOrderId });
  const { role, instrumentId } = record.spec;
  if (record.pending !== null || (record.replacing ?? null) !== null)
    return denial('OUTCOME_UNKNOWN', { instrumentId });
  const refusal = judgeTexts(change, listedInstrument(turn.state, instrumentId));
  if (refusal !== null) return refusal;
  return role === 'entry' ? modifyEntry(parts, turn, record, modifying) : modifyClosing(turn, record, modifying);
}

function modifyClosing(turn: Turn, record: OrderRecord, modifying: Modifying): Denial | null {
  const { clientOrderId, role, accountId, instrumentId } = record.spec;
  const { quantity } = modifying.change;
  if ((role !== 'stop' && role !== 'target') || quantity !== null) {
    return denial('ORDER_NOT_EDITABLE', { clientOrderId, role, field: quantity === null ? null : 'quantity' });
  }
  const exposure = touchExposure(turn, accountId, instrumentId);
  if (exposure.plan === null || isFlat(turn.state, exposure)) {
    return denial('ORDER_NOT_EDITABLE', { clientOrderId, role });
  }
  const modify = role === 'stop' ? modifyStop : modifyTarget;
  return modify(turn, exposure, record, modifying);
}

function judgeTexts({ price, triggerPrice, quantity }: OrderChange, instrument: Instrument): Denial | null {
  for (const [field, text] of [['price', price] as const, ['triggerPrice', triggerPrice] as const]) {
    if (text === null) continue;
    const parsed = Price.parse(text);
    if (!parsed.ok) return denial('PRICE_INVALID', { field, price: text.slice(0, 60) });
    if (!parsed.value.isOnTick(instrument.tickSize)) {
      return denial('PRICE_OFF_TICK', { field, price: text, tickSize: instrument.tickSize.toString() });
    }
  }
  if (quantity === null) return null;
  const parsed = Quantity.parse(quantity);
  return parsed.ok && parsed.value.isPositive ? null : denial('QUANTITY_INVALID', { quantity: quantity.slice(0, 60) });
}

function modifyEntry(parts: Parts, turn: Turn, record: OrderRecord, modifying: Modifying): Denial | null {
  const { change, reference, clientOrderId, reason } = modifying;
  const { spec } = record;
  const plan = turn.state.plans.get(clientOrderId);
  const { modify, modifyConditional, stopBeforeEntry } = capabilitiesOfInstrument(spec.instrumentId);
  if (plan === undefined || record.legIds.length > 0)
    return denial('ORDER_NOT_EDITABLE', { clientOrderId, role: 'entry' });
  const next = changed(spec, change);
  const left = quantityOf(next.quantity).minus(quantityOf(record.filled));
  if (!left.isPositive) return denial('QUANTITY_INVALID', { quantity: next.quantity });
  if (stopBeforeEntry && quantityOf(next.quantity).compare(quantityOf(spec.quantity)) > 0) {
    // Its stop rests already, for the size it had.
    return denial('ORDER_NOT_EDITABLE', { clientOrderId, role: 'entry', field: 'quantity' });
  }
  const instrument = listedInstrument(turn.state, spec.instrumentId);
  const request = bracketOf({ ...next, quantity: left.toString() }, plan, reference, instrument);
  const context = gateContext(parts, turn, request, { instrument, reference, replaced: record });
  const verdict = judgeBracket(request, context);
  const { accountId } = spec;
  turn.emit({ kind: 'order.judged', verdict, accountId, clientOrderIds: [clientOrderId], reason });
  if (!verdict.allowed) return verdict.denials[0] ?? null;
  const isConditional = spec.triggerPrice !== null;
  if (modify === 'inPlace' && (!isConditional || modifyConditional)) sendModify(turn, record, change, 'new');
  else startReplacing(turn, record, { change, reason, verdict, sinceUs: turn.timeUs });
  return null;
}

function modifyStop(
  turn: Turn,
  exposure: Exposure,
  record: OrderRecord,
  { change, reference }: Modifying,
): Denial | null {
  const { plan } = exposure;
  const { clientOrderId } = record.spec;
  if (plan === null || !protects(record, exposure))
    return denial('ORDER_NOT_EDITABLE', { clientOrderId, role: 'stop' });
  if (record.spec.price === null && change.price !== null) {
    // It rests as a stop at market: a limit would be promised and never hold.
    return denial('ORDER_NOT_EDITABLE', { clientOrderId, role: 'stop', field: 'price' });
  }
  const trigger = priceOf(change.triggerPrice ?? plan.stopTrigger);
  const limit = change.price ?? limitAt(trigger, plan);
  const isShort = quantityOf(exposure.quantity).isNegative;
  const side = isShort ? -1 : 1;
  const market = isShort ? reference.ask : reference.bid;
  const isBehind = market !== null && trigger.compare(priceOf(market)) * side < 0;
  if (!isBehind || priceOf(limit).compare(trigger) * side > 0) {
    const params = { side: isShort ? 'sell' : 'buy', stopTrigger: trigger.toString(), stopLimit: limit, market };
    return denial('BRACKET_INVALID', params);
  }
  moveStop(turn, exposure, { stopTrigger: trigger.toString(), stopLimit: limit });
  return null;
}

function modifyTarget(
  turn: Turn,
  exposure: Exposure,
  record: OrderRecord,
  { change, reference }: Modifying,
): Denial | null {
  const { plan } = exposure;
  const { clientOrderId } = record.spec;
  if (plan === null || change.price === null || change.triggerPrice !== null) {
    return denial('ORDER_NOT_EDITABLE', { clientOrderId, role: 'target', field: 'triggerPrice' });
  }
  const isShort = quantityOf(exposure.quantity).isNegative;
  const market = isShort ? reference.bid : reference.ask;
  const isAhead = market !== null && priceOf(change.price).compare(priceOf(market)) * (isShort ? -1 : 1) > 0;
  if (!isAhead) return denial('BRACKET_INVALID', { side: isShort ? 'sell' : 'buy', target: change.price, market });
  exposure.plan = { ...plan, target: change.price };
  const isList = record.listId !== null && openRecords(turn.state, exposure).some((other) => protects(other, exposure));
  const { modify } = capabilitiesOfInstrument(record.spec.instrumentId);
  if (!isList && modify === 'inPlace') sendModify(turn, record, change, 'reduce');
  else moveStop(turn, exposure, plan);
  return null;
}
