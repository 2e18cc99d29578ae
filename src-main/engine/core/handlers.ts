import { DEFAULT_RECONCILIATION } from '../domain/config-defaults.ts';
import type { EngineInput } from '../domain/events.ts';
import { noteHoldings } from '../execution/absence.ts';
import { applyDeadManAnswer } from '../execution/dead-man.ts';
import { emptyLink, type Turn, venueLink } from '../execution/execution-state.ts';
import { dropHeldEntries } from '../execution/held-entries.ts';
import { watchTargets } from '../execution/managed-target.ts';
import { applyFill, applyReport } from '../execution/order-ledger.ts';
import { applyReconciled, applyReconcileFailure, applyVenueState } from '../execution/reconciliation.ts';
import { countBar } from '../execution/resting-entry.ts';
import { followMarket } from '../execution/stop-rules.ts';
import { noteSent } from '../execution/stop-report.ts';
import { rememberBeliefs } from '../execution/start-comparison.ts';
import { forgetOld, touchAll } from '../execution/supervision.ts';
import { changeTradingState, haltFor } from '../execution/trading-state-latch.ts';
import {
  applyCancelAnswer,
  applyModifyAnswer,
  applySubmitAnswer,
  orphanPending,
} from '../execution/unknown-outcomes.ts';
import { noteReached } from '../execution/unreported-fills.ts';
import { countCancelAnswer, countLook, countModifyAnswer, countSubmitAnswer } from '../execution/venue-breakers.ts';
import { forgetAnswers, receiveCommand } from './commands.ts';
import { correctAccepted, differenceIds } from './difference-commands.ts';
import { forgetExecutors, pauseExecutors } from './executor-commands.ts';
import { noteExecutorPrice } from './executor-host.ts';
import { startStrategies, type Parts } from './core-state.ts';
import { notePrice, referencePrice } from './valuation.ts';
import { noteSilence, returnVenues } from './venue-failover.ts';

type InputOf<K extends EngineInput['kind']> = Extract<EngineInput, { readonly kind: K }>;
type Handlers = {
  readonly [K in EngineInput['kind']]: (parts: Parts, turn: Turn, input: InputOf<K>) => void;
};

/** A step of the clock beyond this makes recorded times doubtful: no new exposure until a person looked. */
const CLOCK_STEP_LIMIT_US = 1_000_000;

/** What each input does to the state, before the turn is settled. Strategies run after the fills of a turn are booked. */
const HANDLERS: Handlers = {
  'engine.started': startEngine,
  'instruments.listed': (_parts, turn, { instruments }) => {
    for (const listed of instruments) turn.state.instruments.set(listed.id, listed);
    touchAll(turn);
  },
  'bar.closed': (parts, turn, { bar, reference, warmUp }) => {
    notePrice(parts, bar.instrumentId, reference);
    if (warmUp) return;
    noteExecutorPrice(parts, turn, bar.instrumentId, reference);
    countBar(turn, bar);
    watchTargets(turn, bar.instrumentId, reference);
    followMarket(turn, bar.instrumentId, null, bar);
  },
  'prices.referenced': (parts, turn, { prices }) => {
    for (const priced of prices) {
      const { instrumentId, reference } = priced;
      notePrice(parts, instrumentId, reference);
      noteExecutorPrice(parts, turn, instrumentId, reference);
      noteReached(turn, priced);
      watchTargets(turn, instrumentId, reference);
      followMarket(turn, instrumentId, referencePrice(reference), null);
    }
  },
  'clock.ticked': (parts, turn) => {
    touchAll(turn);
    returnVenues(parts, turn);
    forgetOld(turn);
    forgetExecutors(parts, turn);
    forgetAnswers(parts, turn);
  },
  'clock.stepped': stepClock,
  'command.received': (parts, turn, input) => {
    const { command } = input.envelope;
    if (input.reference !== null && (command.kind === 'enterBracket' || command.kind === 'placeOrder')) {
      notePrice(parts, command.request.instrumentId, input.reference);
    }
    receiveCommand(parts, turn, input);
  },
  'submit.answered': (_parts, turn, input) => {
    countSubmitAnswer(turn, input);
    noteSent(turn, input.clientOrderIds, input.outcome.sentAtUs);
    applySubmitAnswer(turn, input.clientOrderIds, input.outcome);
  },
  'cancel.answered': (_parts, turn, input) => {
    countCancelAnswer(turn, input);
    noteSent(turn, [input.clientOrderId], input.outcome.sentAtUs);
    applyCancelAnswer(turn, input.clientOrderId, input.outcome);
  },
  'modify.answered': (_parts, turn, input) => {
    countModifyAnswer(turn, input);
    applyModifyAnswer(turn, input.clientOrderId, input.outcome);
  },
  'order.reported': (_parts, turn, { report }) => void applyReport(turn, report, null),
  'order.filled': (_parts, turn, { fill }) => void applyFill(turn, fill),
  'balances.reported': noteBalances,
  'charge.booked': bookCharge,
  'margin.reported': (parts, turn, { accountId, standing, positions }) => {
    parts.state.margins.set(accountId, { standing, positions, atUs: turn.timeUs });
  },
  'feed.changed': changeFeed,
  'venue.changed': (_parts, turn, { accountId, state, detail }) => applyVenueState(turn, accountId, state, detail),
  'venue.silence': noteSilence,
  'venue.clockMeasured': (_parts, turn, { accountId, offsetMs, uncertaintyMs }) => {
    venueLink(turn.state, accountId).clock = { offsetMs, uncertaintyMs };
  },
  'venue.reconciled': (parts, turn, input) => {
    countLook(turn, input.accountId, true);
    parts.state.balances.set(input.accountId, input.balances);
    noteHoldings(turn, input.accountId, input.balances);
    const known = differenceIds(turn);
    applyReconciled(turn, input);
    correctAccepted(parts, turn, known);
  },
  'venue.reconcileFailed': (_parts, turn, { accountId }) => {
    countLook(turn, accountId, false);
    applyReconcileFailure(turn, accountId);
  },
  'deadMan.answered': (_parts, turn, input) => applyDeadManAnswer(turn, input),
  // Recorded; no part of the core asks a model yet.
  'inference.answered': () => undefined,
  'component.changed': changeComponent,
  'store.failed': (parts, turn, { detail }) => {
    parts.state.components.set('store', 'down');
    turn.emit({ kind: 'alert.raised', alert: { code: 'STORE_FAILED', severity: 'critical', params: { detail } } });
    haltFor(turn, 'STORE_FAILED');
  },
};

export function handleInput(parts: Parts, turn: Turn, input: EngineInput): void {
  // The table pairs each kind with its own input; the compiler cannot follow that through a lookup.
  const handler = HANDLERS[input.kind] as (parts: Parts, turn: Turn, input: EngineInput) => void;
  handler(parts, turn, input);
}

/**
 * A new life: new ids, and nothing in flight any more. Only the very first start of a paper session may trade at once;
 * every other start is halted until a person re-arms it. An emergency stop at work goes on.
 */
function startEngine(parts: Parts, turn: Turn, input: InputOf<'engine.started'>): void {
  const { execution } = parts.state;
  const isLater = parts.state.config !== null;
  const isFirst = !isLater && input.engineEpoch === 1 && input.accounts.every(({ mode }) => mode === 'paper');
  parts.state.config = input.config;
  parts.state.feeds.clear();
  parts.state.away.clear();
  parts.state.components.clear();
  execution.config = input.config.execution;
  execution.reconciliation.policy = input.config.reconciliation ?? DEFAULT_RECONCILIATION;
  execution.installation = input.installation;
  if (input.engineEpoch !== execution.epoch) execution.counter = 0;
  execution.epoch = input.engineEpoch;
  execution.accounts = input.accounts;
  for (const { accountId } of input.accounts) {
    // A timer of the last life may still run: it is taken back like one of this life.
    const armed = execution.venues.get(accountId)?.deadMan.armed ?? false;
    execution.venues.set(accountId, { ...emptyLink(), deadMan: { armed, sentAtUs: null, inFlight: false } });
  }
  startStrategies(parts, input.config);
  if (isFirst) changeTradingState(turn, 'active', 'FIRST_START', ['engine']);
  else haltFor(turn, 'RESTARTED');
  parts.state.seed = input.seed;
  pauseExecutors(parts, turn, 'RESTARTED');
  dropHeldEntries(turn);
  if (isLater) rememberBeliefs(turn);
  orphanPending(turn);
}

function stepClock(_parts: Parts, turn: Turn, { stepUs }: InputOf<'clock.stepped'>): void {
  turn.emit({ kind: 'alert.raised', alert: { code: 'CLOCK_STEPPED', severity: 'warning', params: { stepUs } } });
  if (Math.abs(stepUs) < CLOCK_STEP_LIMIT_US || turn.state.tradingState !== 'active') return;
  changeTradingState(turn, 'reducing', 'CLOCK_STEPPED', ['engine']);
}

function noteBalances(parts: Parts, turn: Turn, { accountId, balances }: InputOf<'balances.reported'>): void {
  const known = new Map((parts.state.balances.get(accountId) ?? []).map((balance) => [balance.asset, balance]));
  // The stream tells nothing of debts: they stay as they were.
  for (const balance of balances) known.set(balance.asset, { ...known.get(balance.asset), ...balance });
  parts.state.balances.set(accountId, [...known.values()]);
  noteHoldings(turn, accountId, balances);
}

/** As many as a venue could tell again after a restart. */
const KEPT_CHARGES = 2_000;

/** Each charge once, however often it is told. */
function bookCharge(parts: Parts, _turn: Turn, { accountId, charge }: InputOf<'charge.booked'>): void {
  const known = parts.state.charges.get(accountId) ?? [];
  if (known.includes(charge.chargeId)) return;
  parts.state.charges.set(accountId, [...known, charge.chargeId].slice(-KEPT_CHARGES));
  parts.portfolio.applyCharge(accountId, charge);
}

function changeFeed(parts: Parts, turn: Turn, { instrumentId, state, ageUs }: InputOf<'feed.changed'>): void {
  const was = parts.state.feeds.get(instrumentId);
  parts.state.feeds.set(instrumentId, state);
  if (was !== 'live' || state === 'live') return;
  const params = { instrumentId, state, ageUs };
  turn.emit({ kind: 'alert.raised', alert: { code: 'FEED_STALE', severity: 'warning', params } });
}

function changeComponent(parts: Parts, turn: Turn, input: InputOf<'component.changed'>): void {
  const { component, state, detail } = input;
  const was = parts.state.components.get(component);
  parts.state.components.set(component, state);
  if (state === 'up' || was === state) return;
  const isGuardian = component === 'guardian';
  const isWorker = component === 'inference' && state === 'down';
  const code = isGuardian ? 'GUARDIAN_LOST' : isWorker ? 'WORKER_DOWN' : 'COMPONENT_DEGRADED';
  const severity = isGuardian ? 'critical' : 'warning';
  turn.emit({ kind: 'alert.raised', alert: { code, severity, params: { component, state, detail } } });
  if (isGuardian && state === 'down') haltFor(turn, 'GUARDIAN_LOST');
}
