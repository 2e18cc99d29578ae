import { isTerminal } from '../domain/order.ts';
import { ALLOWED } from '../domain/trading-state.ts';
import { quantityOf } from './amounts.ts';
import { openRecords } from './coverage.ts';
import type { Exposure, OrderRecord, Replacing, Turn } from './execution-state.ts';
import { changed } from './modification.ts';
import { sendCancel, sendSubmission } from './sending.ts';
import { nextOrderId } from './submissions.ts';

const US_PER_MS = 1_000;
/** An order judged for now is not placed much later. */
const MAX_GAP_US = 10_000_000;

/** Changes an order the venue cannot change: it goes, then a new one takes its place for what was not filled. */
export function startReplacing(turn: Turn, record: OrderRecord, replacing: Replacing): void {
  record.replacing = replacing;
  sendCancel(turn, record);
}

/** Places the successors of orders that are gone, and measures how long nothing rested. */
export function advanceReplacing(turn: Turn, exposure: Exposure): void {
  for (const record of openRecords(turn.state, exposure)) {
    const { spec } = record;
    const replacing = record.replacing ?? null;
    if (replacing === null) continue;
    const isLate = turn.timeUs - replacing.sinceUs >= MAX_GAP_US;
    if (!isTerminal(record.status)) {
      if (isLate) record.replacing = null;
      continue;
    }
    record.replacing = null;
    const left = quantityOf(changed(spec, replacing.change).quantity).minus(quantityOf(record.filled));
    const isWanted = ALLOWED[turn.state.tradingState].entry && exposure.flattening === null && !isLate;
    if (record.status === 'canceled' && left.isPositive && isWanted)
      placeSuccessor(turn, record, replacing, left.toString());
  }
}

function placeSuccessor(turn: Turn, record: OrderRecord, replacing: Replacing, quantity: string): void {
  const { spec } = record;
  const clientOrderId = nextOrderId(turn, 'entry');
  const order = { ...changed(spec, replacing.change), clientOrderId, quantity };
  const plan = turn.state.plans.get(spec.clientOrderId);
  if (plan !== undefined) turn.state.plans.set(clientOrderId, plan);
  const { reason, verdict } = replacing;
  sendSubmission(turn, { kind: 'single', order }, { action: 'entry', reason, verdict });
  const { accountId, instrumentId } = spec;
  const gapMs = (turn.timeUs - record.updatedAtUs) / US_PER_MS;
  turn.emit({
    kind: 'order.replaced',
    accountId,
    instrumentId,
    clientOrderId: spec.clientOrderId,
    by: clientOrderId,
    gapMs,
  });
}
