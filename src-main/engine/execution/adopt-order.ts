import { compareDecimals, decimal, type DecimalText } from '../domain/decimal.ts';
import type { Adoption } from '../domain/command.ts';
import type { Denial } from '../domain/denial.ts';
import type { OrderReport, OrderSpec } from '../domain/order.ts';
import { syntheticOrderId } from '../domain/synthetic-id.ts';
import { ALLOWED } from '../domain/trading-state.ts';
import { quantityOf } from './amounts.ts';
import { coverageOf } from './coverage.ts';
import { touchExposure, type Turn } from './execution-state.ts';
import { foreignKey } from './foreign-orders.ts';
import { noteReport } from './order-ledger.ts';
import { openRecord } from './order-record.ts';

/**
 * Makes a foreign order ours, on request only: from now on it counts, is guarded and ends with the emergency stop.
 * Denies when the venue shows no such order, when it was filled in part already, when it would open a position without a
 * stop or while that is not allowed, and when it closes more than the position that no stop covers yet.
 */
export function adoptOrder(turn: Turn, adoption: Adoption): Denial | null {
  const { foreign, adopted } = turn.state.reconciliation;
  const key = foreignKey(adoption.accountId, adoption.venueOrderId);
  const order = foreign.get(key);
  if (order === undefined) return { code: 'ORDER_UNKNOWN', params: { venueOrderId: adoption.venueOrderId } };
  const { report, installation } = order;
  const { accountId, instrumentId } = report;
  if (!turn.state.instruments.has(instrumentId))
    return { code: 'INSTRUMENT_UNKNOWN', params: { accountId, instrumentId } };
  if (installation !== null) return { code: 'ACCOUNT_SHARED', params: { accountId, installation } };
  if (isTouched(turn, report)) return { code: 'ORDER_PARTLY_FILLED', params: { instrumentId } };
  const denial = report.side === 'buy' ? judgeOpening(turn, adoption, report) : judgeClosing(turn, report);
  if (denial !== null) return denial;
  foreign.delete(key);
  adopted.set(key, syntheticOrderId(accountId, report.venueOrderId));
  enter(turn, adoption, report);
  return null;
}

/** What it traded so far was not ours, and the guard of partial fills would end it. */
function isTouched(turn: Turn, { accountId, filledQuantity, venueOrderId }: OrderReport): boolean {
  const held = [...turn.state.reconciliation.heldFills.values()];
  const isOfOrder = held.some((fill) => fill.accountId === accountId && fill.venueOrderId === venueOrderId);
  return isOfOrder || quantityOf(filledQuantity).isPositive;
}

function judgeOpening(turn: Turn, { stopTrigger, stopLimit }: Adoption, report: OrderReport): Denial | null {
  const { instrumentId, price } = report;
  const { tradingState } = turn.state;
  if (!ALLOWED[tradingState].entry) return { code: 'TRADING_STATE', params: { tradingState, action: 'entry' } };
  const isBelow = (text: DecimalText | null): boolean =>
    text !== null && (price === null || compareDecimals(decimal(text), decimal(price)) < 0);
  if (isBelow(stopTrigger) && isBelow(stopLimit)) return null;
  return { code: 'BRACKET_INVALID', params: { instrumentId, stopTrigger, limitPrice: price, target: null } };
}

function judgeClosing(turn: Turn, report: OrderReport): Denial | null {
  const { accountId, instrumentId } = report;
  const exposure = touchExposure(turn, accountId, instrumentId);
  const { position, uncovered } = coverageOf(turn.state, exposure);
  const leaves = quantityOf(report.quantity);
  const free = isStop(report) ? uncovered : position;
  if (leaves.compare(free) <= 0) return null;
  return { code: 'REDUCES_NOTHING', params: { instrumentId, after: leaves.toString(), limit: free.toString() } };
}

const isStop = ({ type }: OrderReport): boolean => type === 'stopLimit' || type === 'stopMarket';

function roleOf(report: OrderReport): OrderSpec['role'] {
  if (report.side === 'buy') return 'entry';
  return isStop(report) ? 'stop' : 'target';
}

function enter(turn: Turn, { stopTrigger, stopLimit }: Adoption, report: OrderReport): void {
  const { accountId, venueOrderId, instrumentId, side, type, quantity, price, triggerPrice } = report;
  const clientOrderId = syntheticOrderId(accountId, venueOrderId);
  const role = roleOf(report);
  const owner = { accountId, strategyId: null, instrumentId };
  const terms = { side, type, timeInForce: null, quantity, price, triggerPrice };
  const spec: OrderSpec = { ...owner, clientOrderId, role, ...terms };
  const record = openRecord(turn, { spec, listId: null, workingId: null, legIds: [], reason: 'command' });
  record.adoptedAs = venueOrderId;
  // Placed by a person: it does not expire with the bars of a strategy.
  record.barsWaited = Number.MIN_SAFE_INTEGER;
  if (stopTrigger !== null && stopLimit !== null && role === 'entry') {
    const plan = { strategyId: null, entry: 'resting', stopTrigger, stopLimit, target: null } as const;
    turn.state.plans.set(clientOrderId, plan);
  }
  noteReport(turn, report);
}
