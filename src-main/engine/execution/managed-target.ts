import { capabilitiesOfInstrument } from '../domain/capabilities.ts';
import { compareDecimals, decimal } from '../domain/decimal.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import type { PriceReference } from '../domain/market.ts';
import { isTerminal } from '../domain/order.ts';
import { quantityOf } from './amounts.ts';
import { closes, isFlat, openRecords, positionOf } from './coverage.ts';
import { exposureKey, listedInstrument, type Exposure, type Turn } from './execution-state.ts';
import { startFlattening } from './flattening.ts';
import { sendSubmission } from './sending.ts';
import { targetSubmission } from './submissions.ts';

/**
 * Where the venue has no list of target and stop, the stop is the leg that rests. The target rests beside it as a
 * reduce-only order where funds are not locked; elsewhere its price is watched here.
 */
export function restTarget(turn: Turn, exposure: Exposure): void {
  const { locksFunds, lists, reduceOnly } = capabilitiesOfInstrument(exposure.instrumentId);
  const { plan } = exposure;
  const target = plan?.target ?? null;
  if (lists.oco || locksFunds || !reduceOnly || plan === null || target === null) return;
  if (
    exposure.flattening !== null ||
    exposure.targetRefused === target ||
    exposure.protection.unprotectedSinceUs !== null
  )
    return;
  if (isFlat(turn.state, exposure) || hasTarget(turn, exposure)) return;
  const { lotSize } = listedInstrument(turn.state, exposure.instrumentId);
  const quantity = positionOf(turn.state, exposure).floorToLot(lotSize).toString();
  const submission = targetSubmission(turn, exposure, plan, quantity, target);
  // Tried once: a refused one is watched instead.
  exposure.targetRefused = target;
  sendSubmission(turn, submission, { action: 'reducingExit', reason: { by: 'protection' } });
}

const hasTarget = (turn: Turn, exposure: Exposure): boolean =>
  openRecords(turn.state, exposure).some(
    (record) => record.spec.role === 'target' && closes(record, exposure) && !isTerminal(record.status),
  );

/** The market trades at a target that no order of ours rests at: out, at market, the stop last where it can stay. */
export function watchTargets(turn: Turn, id: InstrumentId, reference: PriceReference): void {
  for (const { accountId } of turn.state.accounts) {
    const exposure = turn.state.exposures.get(exposureKey(accountId, id));
    if (exposure !== undefined && isAtTarget(turn, exposure, reference)) {
      startFlattening(turn, exposure, { by: 'target' });
    }
  }
}

function isAtTarget(turn: Turn, exposure: Exposure, { bid, ask }: PriceReference): boolean {
  const target = exposure.plan?.target ?? null;
  if (target === null || exposure.flattening !== null || isFlat(turn.state, exposure)) return false;
  const isShort = quantityOf(exposure.quantity).isNegative;
  const price = isShort ? ask : bid;
  if (price === null || hasTarget(turn, exposure)) return false;
  return compareDecimals(decimal(price), decimal(target)) * (isShort ? -1 : 1) >= 0;
}
