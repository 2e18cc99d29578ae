import { addDecimals, compareDecimals, type Decimal, decimal } from '../../engine/domain/decimal.ts';
import type { OrderRole } from '../../engine/domain/client-order-id.ts';
import type { Decision, EngineInput } from '../../engine/domain/events.ts';
import { type Fill, ordersOf, type OrderSpec } from '../../engine/domain/order.ts';
import { decisionOf, inputOf } from '../../engine/journal-rows.ts';
import type { JournalRow } from '../../engine/ports/store.ts';

export type SessionFigures = {
  /** Orders the engine committed and sent, each leg of a list for itself. */
  readonly orders: number;
  /** Entries that filled and were sent with their stop and target. */
  readonly brackets: number;
  readonly fills: number;
  /** Fills that left their order partially filled. */
  readonly partialFills: number;
  readonly stopExits: number;
  readonly targetExits: number;
  readonly rejected: number;
  readonly unknown: number;
  readonly unprotectedMs: number;
  /** Every applied fill, once: what the venue's own account is compared with. */
  readonly applied: readonly Fill[];
};

type Tally = {
  readonly specs: Map<string, OrderSpec>;
  readonly filled: Map<string, Decimal>;
  readonly fills: Map<string, Fill>;
  readonly rejected: Set<string>;
  readonly unknown: Set<string>;
  partialFills: number;
  unprotectedUs: number;
};

/** The figures of a session from its journal alone. */
export function sessionFigures(rows: Iterable<JournalRow>): SessionFigures {
  const tally: Tally = {
    specs: new Map(),
    filled: new Map(),
    fills: new Map(),
    rejected: new Set(),
    unknown: new Set(),
    partialFills: 0,
    unprotectedUs: 0,
  };
  for (const row of rows) {
    if (row.role === 'decision') countDecision(tally, decisionOf(row));
    else if (row.role === 'input') countInput(tally, inputOf(row));
  }
  const filledOf = (role: OrderRole): number =>
    [...tally.filled.keys()].filter((id) => tally.specs.get(id)?.role === role).length;
  return {
    orders: tally.specs.size,
    brackets: filledOf('entry'),
    fills: tally.fills.size,
    partialFills: tally.partialFills,
    stopExits: filledOf('stop'),
    targetExits: filledOf('target'),
    rejected: tally.rejected.size,
    unknown: tally.unknown.size,
    unprotectedMs: tally.unprotectedUs / 1000,
    applied: [...tally.fills.values()],
  };
}

function countDecision(tally: Tally, decision: Decision): void {
  if (decision.kind === 'order.submit')
    for (const spec of ordersOf(decision.submission)) tally.specs.set(spec.clientOrderId, spec);
  else if (decision.kind === 'protection.measured') tally.unprotectedUs += Math.round(decision.unprotectedMs * 1000);
}

function countInput(tally: Tally, input: EngineInput): void {
  if (input.kind === 'order.filled') countFill(tally, input.fill);
  else if (input.kind === 'order.reported' && input.report.venueStatus === 'rejected')
    tally.rejected.add(input.report.venueOrderId);
  else if (input.kind === 'submit.answered') {
    const key = input.clientOrderIds.join(' ');
    if (input.outcome.kind === 'rejected') tally.rejected.add(key);
    else if (input.outcome.kind === 'unknown') tally.unknown.add(key);
    else for (const fill of input.outcome.fills) countFill(tally, fill);
  } else if (input.kind === 'cancel.answered' && input.outcome.kind === 'unknown')
    tally.unknown.add(`cancel ${input.clientOrderId}`);
  else if (input.kind === 'venue.reconciled') for (const fill of input.fills) countFill(tally, fill);
}

function countFill(tally: Tally, fill: Fill): void {
  const key = `${fill.accountId} ${fill.instrumentId} ${fill.side} ${fill.tradeId}`;
  if (tally.fills.has(key)) return;
  tally.fills.set(key, fill);
  const sum = addDecimals(tally.filled.get(fill.clientOrderId) ?? { units: 0n, scale: 0 }, decimal(fill.quantity));
  tally.filled.set(fill.clientOrderId, sum);
  const spec = tally.specs.get(fill.clientOrderId);
  if (spec !== undefined && compareDecimals(sum, decimal(spec.quantity)) < 0) tally.partialFills += 1;
}
