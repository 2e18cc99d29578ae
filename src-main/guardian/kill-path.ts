import type { Clock } from '../engine/ports/clock.ts';
import type { CommandOutcome, ListedInstrument, VenuePosition } from '../engine/domain/events.ts';
import { makeClientOrderId, parseClientOrderId } from '../engine/domain/client-order-id.ts';
import { decimal } from '../engine/domain/decimal.ts';
import type { ClientOrderId, InstrumentId } from '../engine/domain/identifiers.ts';
import { instrumentOf } from '../engine/domain/listed-instrument.ts';
import type { OrderReport, OrderSpec } from '../engine/domain/order.ts';
import { coveringQuantity } from '../engine/domain/protective-quantity.ts';
import { Quantity } from '../engine/domain/quantities.ts';
import type { VenueGateway, VenueSnapshot } from '../engine/ports/venue-gateway.ts';
import { HeldAccount } from './held-account.ts';
import type { IntentLog } from './intent-log.ts';
import type { HeldPosition, KillAction } from './protocol.ts';

export type KillPathOptions = {
  readonly gateways: readonly VenueGateway[];
  readonly clock: Clock;
  readonly intents: IntentLog;
  readonly log: (line: string) => void;
  readonly installation: string;
  /** A fresh epoch of the guardian's own, so that its ids meet no engine's. */
  readonly epoch: number;
  readonly held: readonly HeldPosition[];
};

export type KillReport = { readonly actions: readonly KillAction[]; readonly verifiedFlat: boolean };

/** A venue that does not answer is asked again for this long; then the next engine life goes on with the stop. */
const PATIENCE_US = 30_000_000;
const RETRY_MS = 200;
/** Upper half of the counter: no engine counts that far, so ids differ even where the epoch could not be raised. */
const FIRST_COUNTER = 2 ** 39;

/**
 * Cancels every order of ours and closes what is held, or owed, of our own fills, account by account in parallel, until a look shows
 * nothing left. Runs only after the engine has exited. Never throws: what could not be done is in the report.
 */
export async function flattenAll(options: KillPathOptions): Promise<KillReport> {
  const reports = await Promise.all(
    options.gateways.map(async (gateway, index) => flattenAccount(gateway, index, options)),
  );
  return {
    actions: reports.flatMap((report) => report.actions),
    verifiedFlat: reports.every((report) => report.verifiedFlat),
  };
}

type Run = {
  readonly gateway: VenueGateway;
  readonly options: KillPathOptions;
  readonly actions: KillAction[];
  readonly account: HeldAccount;
  readonly nextId: () => ClientOrderId;
  listed: ReadonlyMap<InstrumentId, ListedInstrument> | null;
  /** Instruments whose rest the venue found too little to sell. */
  readonly dust: Set<InstrumentId>;
};

async function flattenAccount(gateway: VenueGateway, index: number, options: KillPathOptions): Promise<KillReport> {
  const { clock, held } = options;
  const startUs = clock.monotonicUs();
  const own = held.filter(({ accountId }) => accountId === gateway.accountId);
  const actions: KillAction[] = [];
  // Where positions are the venue's own and exits cannot turn them, stops may rest until they are closed.
  const { positions, reduceOnly, sellsOnlyHoldings } = gateway.capabilities;
  const nextStep = positions && reduceOnly ? stepPositions : step;
  const account = new HeldAccount(own, startUs, !sellsOnlyHoldings);
  const run: Run = { gateway, options, actions, account, nextId: ids(options, index), listed: null, dust: new Set() };
  while (clock.monotonicUs() - startUs < PATIENCE_US) {
    try {
      if (await nextStep(run)) return { actions, verifiedFlat: true };
    } catch (error) {
      noteAction(run, { instrumentId: '*', action: 'query', clientOrderId: null, outcome: String(error) });
    }
    await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve));
  }
  return { actions, verifiedFlat: false };
}

/** Seconds keep two runs apart, the place those of several accounts. */
function ids({ clock, installation, epoch }: KillPathOptions, index: number): () => ClientOrderId {
  let counter = FIRST_COUNTER + (Math.floor(clock.nowUs() / 1_000_000) % 2 ** 20) * 2 ** 18 + index * 2 ** 12;
  return () => makeClientOrderId({ installation, epoch, counter: counter++, role: 'exit' });
}

/** True when a look shows that nothing of ours is left. */
async function step(run: Run): Promise<boolean> {
  run.listed ??= new Map((await run.gateway.connect()).map((instrument) => [instrument.id, instrument]));
  const before = await look(run);
  if (before === null) return false;
  if (before.ours.length === 0 && isFlat(run)) return true;
  await Promise.all(cancellable(before.ours).map(async (order) => cancel(run, order)));
  const released = before.ours.length === 0 ? before : await look(run);
  if (released === null) return false;
  await Promise.all(exitsOf(run, released).map(async (exit) => leave(run, exit)));
  return false;
}

/**
 * The same where the venue keeps positions: entries and targets are canceled, positions closed by reduce-only orders, and only
 * then the stops go. A contract that the engine traded is closed whole, as the venue nets it with what else was done there.
 * An exit without an answer is sent anew: it can close no more than there is.
 */
async function stepPositions(run: Run): Promise<boolean> {
  run.listed ??= new Map((await run.gateway.connect()).map((instrument) => [instrument.id, instrument]));
  const now = await look(run);
  if (now === null) return false;
  const own = run.account.instruments();
  const positions = (now.snapshot.positions ?? []).filter(({ instrumentId }) => own.includes(instrumentId));
  if (positions.length === 0 && now.ours.length === 0) return own.every((id) => run.account.isSettled(id));
  const ending = positions.length === 0 ? now.ours : now.ours.filter(({ triggerPrice }) => triggerPrice === null);
  await Promise.all(cancellable(ending).map(async (order) => cancel(run, order)));
  await Promise.all(positions.map(async (position) => close(run, position)));
  return false;
}

async function close(run: Run, { instrumentId, quantity: text }: VenuePosition): Promise<void> {
  const held = Quantity.of(decimal(text));
  const most = run.listed?.get(instrumentId)?.maxQuantity;
  const whole = held.isNegative ? held.negated() : held;
  const quantity = most === undefined ? whole : whole.min(Quantity.of(decimal(most)));
  const order = exitOrder(run, { instrumentId, quantity, side: held.isNegative ? 'buy' : 'sell' });
  const outcome = await answered(
    run.gateway.submit({ kind: 'single', order: { ...order, reduceOnly: true } }, 'reduce'),
  );
  noteAction(run, { instrumentId, action: 'exit', clientOrderId: order.clientOrderId, outcome: textOf(outcome) });
}

type Look = { readonly snapshot: VenueSnapshot; readonly ours: readonly OrderReport[] };

/** Null when the venue does not tell. */
async function look(run: Run): Promise<Look | null> {
  const { gateway, account, options } = run;
  // On Kraken a look is asked of the key's own counter, all of which may serve it; at Binance of the address, which can be banned.
  const lane = gateway.venue === 'KRAKEN' ? 'reduce' : 'query';
  const asked = await gateway.snapshot(account.lookups(), [], lane);
  if (!asked.ok) {
    noteAction(run, { instrumentId: '*', action: 'query', clientOrderId: null, outcome: asked.error.detail });
    return null;
  }
  const ours = asked.value.openOrders.filter((order) => isOurs(order, options.installation));
  account.take(asked.value, ours, options.clock.monotonicUs());
  return { snapshot: asked.value, ours };
}

function isFlat(run: Run): boolean {
  return run.account.instruments().every((id) => run.account.isSettled(id) && lotsOf(run, id) === null);
}

/** What closes our own position, in whole lots; null when that is too little. */
function lotsOf(run: Run, instrumentId: InstrumentId): Quantity | null {
  const listed = run.listed?.get(instrumentId);
  const held = run.account.quantity(instrumentId);
  if (listed === undefined) return held.isZero ? null : held.abs();
  const lots = held.abs().floorToLot(Quantity.of(decimal(listed.lotSize)));
  const isDust = run.dust.has(instrumentId) || lots.compare(Quantity.of(decimal(listed.minQuantity))) < 0;
  if (isDust) return null;
  return held.isNegative ? coveringQuantity(held.abs(), instrumentOf(listed)) : lots;
}

type Exit = { readonly instrumentId: InstrumentId; readonly quantity: Quantity; readonly side: OrderSpec['side'] };

/**
 * No more than our position, and of a long no more than what is free. Nothing where an order of ours still rests or has an
 * unknown end: what it trades meanwhile would be traded twice, out of a balance that is not ours.
 */
function exitsOf(run: Run, { snapshot, ours }: Look): readonly Exit[] {
  return run.account.instruments().flatMap((instrumentId) => {
    const instrument = run.listed?.get(instrumentId);
    const lots = lotsOf(run, instrumentId);
    const isBusy = !run.account.isSettled(instrumentId) || ours.some((order) => order.instrumentId === instrumentId);
    if (instrument === undefined || lots === null || isBusy) return [];
    const side = run.account.quantity(instrumentId).isNegative ? 'buy' : 'sell';
    const base = instrumentId.slice(0, instrumentId.indexOf('/'));
    const free = snapshot.balances.find(({ asset }) => asset === base)?.free ?? '0';
    const quantity = (side === 'buy' ? lots : lots.min(Quantity.of(decimal(free))))
      .min(Quantity.of(decimal(instrument.maxQuantity)))
      .floorToLot(Quantity.of(decimal(instrument.lotSize)));
    return quantity.compare(Quantity.of(decimal(instrument.minQuantity))) < 0 ? [] : [{ instrumentId, quantity, side }];
  });
}

/** One cancel takes a whole list: the venue drops the other orders of it. */
function cancellable(orders: readonly OrderReport[]): readonly OrderReport[] {
  return orders.filter(({ clientOrderId }) => clientOrderId !== null);
}

/** Orders that sell may be stops: their cancels are held back together with the exits, not sent alone. */
async function cancel(run: Run, { instrumentId, clientOrderId, side }: OrderReport): Promise<void> {
  if (clientOrderId === null) return;
  writeIntent(run, { action: 'cancel', instrumentId, clientOrderId, quantity: null });
  const lane = side === 'sell' ? 'reduce' : 'cancel';
  const outcome = await answered(run.gateway.cancel({ instrumentId, clientOrderId, listId: null }, lane));
  noteAction(run, { instrumentId, action: 'cancel', clientOrderId, outcome: textOf(outcome) });
}

/** A market order out of a position, its intent on disk. */
function exitOrder(run: Run, { instrumentId, quantity, side }: Exit): OrderSpec {
  const clientOrderId = run.nextId();
  writeIntent(run, { action: 'exit', instrumentId, clientOrderId, quantity: quantity.toString() });
  return {
    clientOrderId,
    accountId: run.gateway.accountId,
    strategyId: null,
    instrumentId,
    role: 'exit',
    side,
    type: 'market',
    timeInForce: null,
    quantity: quantity.toString(),
    price: null,
    triggerPrice: null,
  };
}

async function leave(run: Run, exit: Exit): Promise<void> {
  const { account, gateway, options } = run;
  const order = exitOrder(run, exit);
  const { clientOrderId, instrumentId } = order;
  const outcome = await answered(gateway.submit({ kind: 'single', order }, 'reduce'));
  // What it traded, if anything, is told by the next look: a market order may fill in part.
  if (outcome.kind !== 'rejected') account.follow(clientOrderId, instrumentId, options.clock.monotonicUs());
  else if (outcome.message.includes('NOTIONAL')) run.dust.add(instrumentId);
  noteAction(run, { instrumentId, action: 'exit', clientOrderId, outcome: textOf(outcome) });
}

/** A gateway that throws proves nothing about the command. */
async function answered(command: Promise<CommandOutcome>): Promise<CommandOutcome> {
  try {
    return await command;
  } catch (error) {
    return { kind: 'unknown', reason: String(error) };
  }
}

const textOf = (outcome: CommandOutcome): string =>
  outcome.kind === 'rejected' ? `rejected ${outcome.venueCode}` : outcome.kind;

function isOurs(order: OrderReport, installation: string): boolean {
  return order.clientOrderId !== null && parseClientOrderId(order.clientOrderId)?.installation === installation;
}

function noteAction({ gateway, actions }: Run, action: Omit<KillAction, 'accountId'>): void {
  actions.push({ accountId: gateway.accountId, ...action });
}

type Intent = {
  readonly action: 'cancel' | 'exit';
  readonly instrumentId: InstrumentId;
  readonly clientOrderId: ClientOrderId;
  readonly quantity: string | null;
};

/** A full disk does not hold up an emergency stop: the ids alone say that the orders are ours. */
function writeIntent({ gateway, options }: Run, intent: Intent): void {
  const { clock, epoch, intents, log } = options;
  try {
    intents.write({ timeUs: clock.nowUs(), epoch, accountId: gateway.accountId, ...intent });
  } catch (error) {
    log(`intent not written: ${String(error)}`);
  }
}
