import type { BracketRequest } from '../domain/command.ts';
import type { StrategyConfig } from '../domain/config.ts';
import { addDecimals, decimal, formatDecimal } from '../domain/decimal.ts';
import type { Denial, Verdict } from '../domain/denial.ts';
import type { DecisionReason, ListedInstrument } from '../domain/events.ts';
import type { AccountId } from '../domain/identifiers.ts';
import type { Instrument } from '../domain/instrument.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import type { Bar, PriceReference } from '../domain/market.ts';
import type { OrderSpec } from '../domain/order.ts';
import { Price } from '../domain/quantities.ts';
import type { ProtectionPlan, Turn } from '../execution/execution-state.ts';
import { entryForm, entryOfBracket, type EntryOrder } from '../execution/entry-forms.ts';
import { sendEntry } from '../execution/held-entries.ts';
import { isStopRule } from '../execution/stop-rules.ts';
import { judgeBracket } from '../risk/gate.ts';
import { planBracket } from '../strategy/bracket-plan.ts';
import type { EmaCrossSignal } from '../strategy/ema-cross.ts';
import { accountTrades } from './account-products.ts';
import { startedConfig, type Parts } from './core-state.ts';
import { isTaken, noteEntry, takeSignal } from './entry-guards.ts';
import { gateContext, type GateTurn } from './gate-context.ts';
import { equityOf } from './valuation.ts';
import { accountOf, isExposed, standsInFor } from './venue-failover.ts';

type ClosedBar = { readonly bar: Bar; readonly reference: PriceReference; readonly warmUp: boolean };

/** Runs every strategy over a closed bar; warm-up bars and those of a disabled strategy only move it on. */
export function decideOnBar(parts: Parts, turn: Turn, closed: ClosedBar): void {
  const primary = standsInFor(parts, closed.bar.instrumentId);
  const bar = primary === null ? closed.bar : { ...closed.bar, instrumentId: primary };
  for (const config of startedConfig(parts).strategies) {
    const signal = parts.strategies.get(config.strategyId)?.onBar(bar) ?? null;
    if (signal === null || closed.warmUp || !isEnabled(parts, config)) continue;
    turn.emit({ kind: 'signal.raised', signal: signal.signal });
    const accountId = primary === null ? ownAccount(turn, config) : accountOf(turn.state, closed.bar.instrumentId);
    if (accountId === null || !accountTrades(turn.state.accounts, accountId, closed.bar.instrumentId)) continue;
    if (isExposed(turn, accountId, closed.bar.instrumentId)) continue;
    enterOnSignal(parts, turn, { signal, config, accountId, closed });
  }
}

type Signaled = {
  readonly signal: EmaCrossSignal;
  readonly config: StrategyConfig;
  readonly accountId: AccountId;
  readonly closed: ClosedBar;
};

const ownAccount = (turn: Turn, { account }: StrategyConfig): AccountId | null =>
  turn.state.accounts[account]?.accountId ?? null;

/** Enters on the market the bar came from: a backup's, while it stands in for the market of the signal. */
function enterOnSignal(parts: Parts, turn: Turn, { signal, config, accountId, closed }: Signaled): void {
  const { side, barOpenTimeUs } = signal.signal;
  const { reference, bar } = closed;
  const { instrumentId } = bar;
  const listed = turn.state.instruments.get(instrumentId);
  if (listed === undefined) return;
  const reason: DecisionReason = { by: 'strategy', strategyId: config.strategyId };
  const place = { accountId, instrumentId, side, barOpenTimeUs };
  if (isTaken(parts, place)) {
    deny(turn, { code: 'SIGNAL_DUPLICATE', params: place }, reason);
    return;
  }
  const equity = equityOf(parts, accountId);
  const plan = planBracket({ signal, config, instrument: instrumentOf(listed), reference, equity, accountId });
  const denied = plan.ok
    ? enterBracket(parts, turn, { request: plan.value, reference, reason })
    : deny(turn, plan.error, reason);
  if (denied === null) takeSignal(parts, place);
}

export const isEnabled = (parts: Parts, config: StrategyConfig): boolean =>
  config.enabled && !parts.state.disabledStrategies.includes(config.strategyId);

export type Entry = {
  readonly request: BracketRequest;
  readonly reference: PriceReference;
  readonly reason: DecisionReason;
};

export function enterBracket(parts: Parts, turn: Turn, entry: Entry): Denial | null {
  return enter(parts, turn, entry, () => entryOfBracket(entry.request));
}

/** The one way to new exposure: gate, then order. Denies with the numbers of the gate. */
export function enter(
  parts: Parts,
  turn: Turn,
  { request, reference, reason }: Entry,
  orderOf: () => EntryOrder,
): Denial | null {
  const { accountId, instrumentId } = request;
  if (listedFor(turn, request) === undefined) {
    return deny(turn, { code: 'INSTRUMENT_UNKNOWN', params: { accountId, instrumentId } }, reason);
  }
  const verdict = judgeEntry(parts, turn, request, reference);
  if (!verdict.allowed) return refuse(turn, verdict, reason, request);
  const order = orderOf();
  const { rule } = order.plan;
  if (rule !== undefined && !isStopRule(rule)) return deny(turn, { code: 'STOP_RULE_INVALID', params: {} }, reason);
  noteEntry(parts, turn, accountId);
  const form = entryForm(turn, order);
  turn.state.plans.set(form.entrySpec.clientOrderId, order.plan);
  sendEntry(turn, form, { action: 'entry', reason, verdict });
  return null;
}

/** The listing of an instrument that the account trades. */
function listedFor({ state }: GateTurn, { accountId, instrumentId }: BracketRequest): ListedInstrument | undefined {
  return accountTrades(state.accounts, accountId, instrumentId) ? state.instruments.get(instrumentId) : undefined;
}

/** The verdict of the gate on an entry. */
export function judgeEntry(parts: Parts, turn: GateTurn, request: BracketRequest, reference: PriceReference): Verdict {
  const { accountId, instrumentId } = request;
  const listed = listedFor(turn, request);
  if (listed === undefined) {
    const denial: Denial = { code: 'INSTRUMENT_UNKNOWN', params: { accountId, instrumentId } };
    return { allowed: false, denials: [denial], checks: [] };
  }
  return judgeBracket(request, gateContext(parts, turn, request, { instrument: instrumentOf(listed), reference }));
}

type Judged = Pick<
  OrderSpec,
  'accountId' | 'strategyId' | 'instrumentId' | 'side' | 'timeInForce' | 'quantity' | 'price' | 'triggerPrice'
>;

/**
 * The bracket an order is judged as: at its limit, else its trigger, else the best opposite price. Without a target one a
 * tick ahead stands for it, which no check can mind.
 */
export function bracketOf(
  order: Judged,
  protection: Pick<ProtectionPlan, 'stopTrigger' | 'stopLimit' | 'target'>,
  reference: PriceReference,
  instrument: Instrument,
): BracketRequest {
  const { accountId, strategyId, instrumentId, side, quantity, price, triggerPrice, timeInForce } = order;
  const { stopTrigger, stopLimit, target } = protection;
  const limitPrice = price ?? triggerPrice ?? (side === 'buy' ? reference.ask : reference.bid) ?? '';
  return {
    accountId,
    strategyId,
    instrumentId,
    side,
    entry: timeInForce === 'fok' ? 'fok' : 'resting',
    quantity,
    limitPrice,
    stopTrigger,
    stopLimit,
    target: target ?? tickAhead(limitPrice, side, instrument),
  };
}

function tickAhead(price: string, side: OrderSpec['side'], { tickSize }: Instrument): string {
  if (!Price.parse(price).ok) return price;
  const { units, scale } = tickSize;
  return formatDecimal(addDecimals(decimal(price), { units: side === 'buy' ? units : -units, scale }));
}

function refuse(turn: Turn, verdict: Verdict, reason: DecisionReason, request: BracketRequest): Denial | null {
  turn.emit({ kind: 'order.judged', verdict, accountId: null, clientOrderIds: [], reason });
  const denial = verdict.denials[0] ?? null;
  const { accountId, instrumentId, strategyId } = request;
  const params = { accountId, instrumentId, strategyId, denial: denial?.code ?? null };
  turn.emit({ kind: 'alert.raised', alert: { code: 'ORDER_DENIED', severity: 'info', params } });
  return denial;
}

export function deny(turn: Turn, denial: Denial, reason: DecisionReason): Denial {
  const verdict: Verdict = { allowed: false, denials: [denial], checks: [] };
  turn.emit({ kind: 'order.judged', verdict, accountId: null, clientOrderIds: [], reason });
  return denial;
}
