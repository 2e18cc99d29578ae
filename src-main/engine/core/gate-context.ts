import type { BracketRequest } from '../domain/command.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { PriceReference } from '../domain/market.ts';
import { isTerminal } from '../domain/order.ts';
import { Quantity } from '../domain/quantities.ts';
import { quantityOf } from '../execution/amounts.ts';
import { mayPass, retryAtUs } from '../execution/breaker.ts';
import { openRecords, worstLeavesOf } from '../execution/coverage.ts';
import { otherOwner } from '../execution/foreign-orders.ts';
import {
  exposureKey,
  type Exposure,
  type OrderRecord,
  type Turn,
  type VenueLink,
} from '../execution/execution-state.ts';
import { heldBy } from '../execution/held-entries.ts';
import type { GateContext } from '../risk/gate.ts';
import { startedConfig, type Parts } from './core-state.ts';
import { entriesInMinute } from './entry-guards.ts';
import { fundsFor } from './free-funds.ts';
import { equityOf } from './valuation.ts';
import { failoverOf, isAway } from './venue-failover.ts';

/** All the gate reads of a turn. */
export type GateTurn = Pick<Turn, 'state' | 'timeUs'>;

export type JudgedMarket = {
  readonly instrument: Instrument;
  readonly reference: PriceReference;
  /** An order that is to be changed: what it holds is free for its successor. */
  readonly replaced?: OrderRecord;
};

/** All the gate reads, as of this turn. */
export function gateContext(
  parts: Parts,
  turn: GateTurn,
  request: BracketRequest,
  { instrument, reference, replaced }: JudgedMarket,
): GateContext {
  const { accountId, instrumentId } = request;
  const exposure = turn.state.exposures.get(exposureKey(accountId, instrumentId));
  const known = exposure === undefined ? [] : openRecords(turn.state, exposure);
  const open = known.filter((record) => !isTerminal(record.status) && record !== replaced);
  const link = turn.state.venues.get(accountId);
  return {
    config: startedConfig(parts).risk,
    tradingState: turn.state.tradingState,
    instrument,
    reference,
    equity: equityOf(parts, accountId),
    positionQuantity: worstPosition(turn, exposure, open),
    restingOrders: open.length,
    restingStops: open.filter(({ spec }) => spec.role === 'stop').length,
    funds: fundsFor(parts, turn, accountId, instrument, replaced),
    unknownOutcome: open.some(({ pending }) => pending?.outcome === 'unknown'),
    feedLive: parts.state.feeds.get(instrumentId) === 'live',
    venueReady: link?.state === 'ready' && link.synchronized,
    otherInstallation: otherOwner(turn.state, accountId)?.installation ?? null,
    venueAway: isAway(parts, instrument.venue),
    maxCrossVenueRatio: failoverOf(parts).maxCrossVenueRatio,
    openBreaker: link === undefined ? null : openBreaker(link, turn.timeUs),
    clockDriftMs: driftOf(link?.clock ?? null),
    entriesInMinute: entriesInMinute(parts, accountId, turn.timeUs),
  };
}

/** What keeps an entry from being sent, or from being looked up afterwards. Safety requests are never denied. */
function openBreaker({ breakers }: VenueLink, nowUs: number): GateContext['openBreaker'] {
  const endpoint = mayPass(breakers.entry, nowUs) ? (breakers.query.state === 'open' ? 'query' : null) : 'entry';
  if (endpoint === null) return null;
  const breaker = breakers[endpoint];
  const { failures, slowAnswers, state } = breaker;
  return { endpoint, state, failures, slowAnswers, retryAtUs: retryAtUs(breaker) };
}

/** The least the clocks are apart, in whole milliseconds. */
const driftOf = (clock: VenueLink['clock']): number | null =>
  clock === null ? null : Math.max(0, Math.round(Math.abs(clock.offsetMs) - clock.uncertaintyMs));

/** As if every entry that may still fill did. */
function worstPosition(turn: GateTurn, exposure: Exposure | undefined, open: readonly OrderRecord[]): Quantity {
  let position = exposure === undefined ? Quantity.zero() : quantityOf(exposure.quantity);
  for (const record of open) {
    if (record.spec.role !== 'entry') continue;
    const leaves = worstLeavesOf(record);
    position = position.plus(record.spec.side === 'buy' ? leaves : leaves.negated());
  }
  for (const { entry } of exposure === undefined ? [] : heldBy(turn, exposure)) {
    const quantity = quantityOf(entry.quantity);
    position = position.plus(entry.side === 'buy' ? quantity : quantity.negated());
  }
  return position;
}
