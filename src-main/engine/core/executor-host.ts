import type { OrderRequest } from '../domain/command.ts';
import type { Denial } from '../domain/denial.ts';
import type { EngineInput } from '../domain/events.ts';
import type { ExecutorRequest, ExecutorStatus } from '../domain/executor.ts';
import type { Bar, PriceReference } from '../domain/market.ts';
import { Price, Quantity } from '../domain/quantities.ts';
import { instrumentOf } from '../domain/listed-instrument.ts';
import { isTerminal } from '../domain/order.ts';
import { quantityOf } from '../execution/amounts.ts';
import { openRecords, protects } from '../execution/coverage.ts';
import { opposite, type Turn } from '../execution/execution-state.ts';
import { dropChildrenHeld } from '../execution/held-entries.ts';
import { sendCancel } from '../execution/sending.ts';
import { moveStop } from '../execution/stop-replacement.ts';
import { limitAt } from '../execution/submissions.ts';
import { executorOf } from '../executors/catalog.ts';
import type { ChildPlan, Look, Plan } from '../executors/executor.ts';
import type { ExecutorRecord } from '../executors/executor-record.ts';
import { draw } from '../executors/seeded-random.ts';
import { startedConfig, type Parts } from './core-state.ts';
import { childrenOf, committedOf, exposureOf, filledOf, isWaiting, refreshChildren } from './executor-children.ts';
import { placeOrder } from './place-order.ts';

const US_PER_MS = 1_000;
const FIRST_RETRY_US = 1_000_000;
const PACE_US = 1_000_000;
const MAX_RETRY_US = 60_000_000;
/** Refused so often in a row, an executor waits for a person. */
const MAX_DENIALS = 10;

/** Inputs that may give an executor something to do. */
const STEPS_ON: readonly EngineInput['kind'][] = [
  'clock.ticked',
  'bar.closed',
  'order.filled',
  'order.reported',
  'submit.answered',
  'cancel.answered',
];

/** One step of every working executor, from this input alone. */
export function stepExecutors(parts: Parts, turn: Turn, input: EngineInput): void {
  if (!STEPS_ON.includes(input.kind)) return;
  for (const record of parts.state.executors.values()) {
    if (record.status !== 'working') {
      takeBack(turn, record);
      continue;
    }
    refreshChildren(turn, record);
    if (mayGoOn(parts, turn, record)) step(parts, turn, record, input.kind === 'bar.closed' ? input.bar : null);
  }
}

/** After the turn was settled: a child that came and went within one turn is known all the same. */
export function noteChildren(parts: Parts, turn: Turn): void {
  for (const record of parts.state.executors.values()) {
    if (turn.state.tradingState === 'stopping') endByStop(parts, turn, record);
    if (record.status !== 'done' || record.children.size > 0) refreshChildren(turn, record);
  }
}

/** In the turn of the stop itself: it may be over before the next step. One that is paused must not resume either. */
function endByStop(parts: Parts, turn: Turn, record: ExecutorRecord): void {
  const isOver = record.status === 'done' || record.status === 'stopped';
  if (!isOver) setStatus(parts, turn, record, 'stopped', 'EMERGENCY_STOP');
}

/** False once the trading state or an exit of the position took its ground away. */
function mayGoOn(parts: Parts, turn: Turn, record: ExecutorRecord): boolean {
  const { tradingState } = turn.state;
  if (tradingState !== 'active') setStatus(parts, turn, record, 'paused', 'TRADING_STATE');
  else if ((exposureOf(turn, record)?.flattening ?? null) !== null) {
    setStatus(parts, turn, record, 'paused', 'POSITION_CLOSING');
  } else return true;
  return false;
}

/** Leaves `working` and takes its open children back; an emergency stop cancels them itself. */
export function setStatus(
  _parts: Parts,
  turn: Turn,
  record: ExecutorRecord,
  status: ExecutorStatus,
  reason: string | null,
): void {
  record.status = status;
  record.reason = reason;
  if (status !== 'working') takeBack(turn, record);
  const { executorId, request } = record;
  const { accountId, instrumentId, params } = request;
  const filled = filledOf(record).toString();
  const what = { executorId, accountId, instrumentId, executor: params.kind, status, reason, filled };
  turn.emit({ kind: 'executor.changed', ...what });
}

/** Asked for on every step: a child on its way can only be canceled once the venue answered. */
function takeBack(turn: Turn, record: ExecutorRecord): void {
  const exposure = exposureOf(turn, record);
  if (exposure !== undefined) dropChildrenHeld(turn, exposure, record.executorId);
  for (const [id, child] of record.children) {
    const order = child.isOpen ? turn.state.orders.get(id) : undefined;
    if (order !== undefined) sendCancel(turn, order);
  }
}

function step(parts: Parts, turn: Turn, record: ExecutorRecord, bar: Bar | null): void {
  const { params, instrumentId } = record.request;
  const executor = executorOf(params.kind);
  const listed = turn.state.instruments.get(instrumentId);
  if (executor === undefined || listed === undefined) return;
  const look = lookOf(parts, turn, record, bar?.instrumentId === instrumentId ? bar : null);
  const isOpen = look.isWaiting || look.children.some((child) => child.isOpen);
  const isTaken = look.left.compare(look.instrument.minQuantity) < 0 && params.kind !== 'grid';
  const plan = executor.step(params, look);
  if (plan.isDone || (isTaken && !isOpen)) {
    record.memo = plan.memo;
    setStatus(parts, turn, record, 'done', isTaken ? null : 'INCOMPLETE');
    return;
  }
  // What was not placed is planned again.
  if (carryOut(parts, turn, record, plan)) record.memo = plan.memo;
}

/** False when what the plan wanted placed was not. */
function carryOut(parts: Parts, turn: Turn, record: ExecutorRecord, plan: Plan): boolean {
  for (const id of plan.cancel) {
    const order = turn.state.orders.get(id);
    if (order !== undefined) sendCancel(turn, order);
  }
  if (plan.stop !== undefined) moveParentStop(turn, record, plan.stop);
  if (plan.place.length > 0 && (turn.timeUs < record.retryAtUs || isPaced(turn, record))) return false;
  return plan.place.every((child) => place(parts, turn, record, child));
}

/** A child that met nobody is not followed by the next at the speed of the venue's answers. */
function isPaced(turn: Turn, record: ExecutorRecord): boolean {
  const last = [...record.children.values()].at(-1);
  if (last === undefined || last.isOpen || quantityOf(last.filled).compare(quantityOf(last.quantity)) >= 0)
    return false;
  return turn.timeUs - record.placedAtUs < PACE_US;
}

/** The limit of the stop keeps its distance. Only ever tighter. */
function moveParentStop(turn: Turn, record: ExecutorRecord, trigger: Price): void {
  const exposure = exposureOf(turn, record);
  if (exposure?.plan === null || exposure === undefined) return;
  const up = record.request.side === 'buy' ? 1 : -1;
  if (Quantity.of(trigger).compare(quantityOf(exposure.plan.stopTrigger)) * up <= 0) return;
  moveStop(turn, exposure, { stopTrigger: trigger.toString(), stopLimit: limitAt(trigger, exposure.plan) });
}

/** A child is clamped to what is left of its parent, then goes the way of every order: form, gate, journal. */
function place(parts: Parts, turn: Turn, record: ExecutorRecord, child: ChildPlan): boolean {
  const reference = referenceNow(parts, turn, record);
  const quantity = clamped(turn, record, child);
  if (reference === null || quantity === null) return false;
  const request = childRequest(record, child, quantity);
  const { executorId } = record;
  const denial = placeOrder(parts, turn, { request, reference, reason: { by: 'executor', executorId } });
  refreshChildren(turn, record);
  noteAnswer(parts, turn, record, denial);
  return denial === null;
}

function clamped(turn: Turn, record: ExecutorRecord, { quantity, takesBack }: ChildPlan): Quantity | null {
  const { request } = record;
  const { lotSize, minQuantity } = instrumentFor(turn, request);
  const committed = committedOf(turn, record);
  const most = takesBack === true ? committed : quantityOf(request.quantity).minus(committed);
  const size = quantity.min(most).floorToLot(lotSize);
  return size.compare(minQuantity) < 0 ? null : size;
}

function childRequest({ request, executorId }: ExecutorRecord, child: ChildPlan, quantity: Quantity): OrderRequest {
  const { accountId, strategyId, instrumentId, side, protection } = request;
  const isClosing = request.reduceOnly || child.takesBack === true;
  const moved = child.stop ?? null;
  return {
    accountId,
    strategyId,
    instrumentId,
    side: child.takesBack === true ? opposite(side) : side,
    type: child.type,
    timeInForce: child.timeInForce,
    quantity: quantity.toString(),
    price: child.price.toString(),
    triggerPrice: null,
    reduceOnly: isClosing,
    parentId: executorId,
    protection:
      isClosing || protection === null || moved === null
        ? isClosing
          ? null
          : protection
        : {
            ...protection,
            stopTrigger: moved.toString(),
            stopLimit: limitAt(moved, protection),
          },
  };
}

function noteAnswer(parts: Parts, turn: Turn, record: ExecutorRecord, denial: Denial | null): void {
  if (denial === null) {
    record.placedAtUs = turn.timeUs;
    record.denials = 0;
    record.lastDenial = null;
    return;
  }
  record.lastDenial = denial.code;
  record.retryAtUs = turn.timeUs + Math.min(MAX_RETRY_US, FIRST_RETRY_US * 2 ** record.denials);
  record.denials += 1;
  if (record.denials >= MAX_DENIALS) setStatus(parts, turn, record, 'paused', denial.code);
}

export const instrumentFor = (turn: Pick<Turn, 'state'>, { instrumentId }: ExecutorRequest): Look['instrument'] => {
  const listed = turn.state.instruments.get(instrumentId);
  if (listed === undefined) throw new Error(`expected a listed instrument, was ${instrumentId}`);
  return instrumentOf(listed);
};

function lookOf(parts: Parts, turn: Turn, record: ExecutorRecord, bar: Bar | null): Look {
  const { request } = record;
  const exposure = exposureOf(turn, record);
  const left = quantityOf(request.quantity).minus(committedOf(turn, record)).max(Quantity.zero());
  return {
    timeUs: turn.timeUs,
    startedAtUs: record.startedAtUs,
    request,
    instrument: instrumentFor(turn, request),
    market: marketOf(parts, referenceNow(parts, turn, record)),
    bar,
    left,
    children: childrenOf(record),
    isWaiting: isWaiting(turn, record),
    position: exposure === undefined ? Quantity.zero() : quantityOf(exposure.quantity),
    averageEntry: parts.portfolio.position(request.accountId, request.instrumentId)?.averageEntryPrice ?? null,
    stop: restingStop(turn, record),
    memo: record.memo,
    random: () => draw(`${record.seed}/${record.executorId}`, record.draws++),
  };
}

/** Null while a stop is on its way: nothing is known to rest then. */
function restingStop(turn: Turn, record: ExecutorRecord): Price | null {
  const exposure = exposureOf(turn, record);
  if (exposure === undefined || (exposure.restop ?? null) !== null) return null;
  const stops = openRecords(turn.state, exposure).filter(
    (order) => order.spec.role === 'stop' && !isTerminal(order.status),
  );
  if (stops.some((order) => order.pending !== null)) return null;
  const up = record.request.side === 'buy' ? 1 : -1;
  let loosest: Price | null = null;
  for (const order of stops) {
    if (order.spec.triggerPrice === null || !protects(order, exposure)) continue;
    const trigger = Price.parse(order.spec.triggerPrice);
    if (trigger.ok && (loosest === null || trigger.value.compare(loosest) * up < 0)) loosest = trigger.value;
  }
  return loosest;
}

/** The last prices, their ages counted on to now. */
function referenceNow(parts: Parts, turn: Turn, { request }: ExecutorRecord): PriceReference | null {
  const known = parts.state.executorPrices.get(request.instrumentId);
  if (known === undefined) return null;
  const { reference } = known;
  const laterUs = turn.timeUs - known.atUs;
  const later = (ageUs: number | null): number | null => (ageUs === null ? null : ageUs + laterUs);
  return {
    ...reference,
    bookAgeUs: later(reference.bookAgeUs),
    lastTradeAgeUs: later(reference.lastTradeAgeUs),
    barCloseAgeUs: later(reference.barCloseAgeUs),
  };
}

function marketOf(parts: Parts, reference: PriceReference | null): Look['market'] {
  const { maxReferenceAgeMs } = startedConfig(parts).risk;
  if (reference === null || reference.bookAgeUs === null) return null;
  if (reference.bookAgeUs > maxReferenceAgeMs * US_PER_MS) return null;
  const bid = Price.parse(reference.bid ?? '');
  const ask = Price.parse(reference.ask ?? '');
  return bid.ok && ask.ok ? { bid: bid.value, ask: ask.value } : null;
}

/** Remembers prices for executors only: the state stays small. */
export function noteExecutorPrice(
  parts: Parts,
  turn: Turn,
  id: ExecutorRequest['instrumentId'],
  reference: PriceReference,
): void {
  const isWatched = [...parts.state.executors.values()].some(({ request }) => request.instrumentId === id);
  if (isWatched) parts.state.executorPrices.set(id, { reference, atUs: turn.timeUs });
}
