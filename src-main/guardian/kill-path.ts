import type { Clock } from '../engine/ports/clock.ts';
import type { ListedInstrument } from '../engine/domain/events.ts';
import { makeClientOrderId, parseClientOrderId } from '../engine/domain/client-order-id.ts';
import { decimal } from '../engine/domain/decimal.ts';
import type { AccountId, ClientOrderId, InstrumentId } from '../engine/domain/identifiers.ts';
import type { OrderReport } from '../engine/domain/order.ts';
import { Quantity } from '../engine/domain/quantities.ts';
import type { VenueGateway, VenueSnapshot } from '../engine/ports/venue-gateway.ts';
import type { IntentLog } from './intent-log.ts';
import type { HeldPosition, KillAction } from './protocol.ts';

export type KillPathOptions = {
  readonly gateways: readonly VenueGateway[];
  readonly clock: Clock;
  readonly intents: IntentLog;
  readonly installation: string;
  /** A fresh epoch of the guardian's own, so that its ids meet no engine's. */
  readonly epoch: number;
  readonly held: readonly HeldPosition[];
};

export type KillReport = { readonly actions: readonly KillAction[]; readonly verifiedFlat: boolean };

const ATTEMPTS = 5;
const RETRY_MS = 200;

/**
 * Cancels every order of ours and sells what the engine said it held, account by account in parallel, then asks the venue
 * again. Runs only after the engine has exited. Never sells more than the held quantity or the free balance.
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

async function flattenAccount(gateway: VenueGateway, index: number, options: KillPathOptions): Promise<KillReport> {
  const actions: KillAction[] = [];
  const listed = new Map((await gateway.connect()).map((instrument) => [instrument.id, instrument]));
  const remaining = new Map(
    options.held
      .filter((held) => held.accountId === gateway.accountId)
      .map((held) => [held.instrumentId as InstrumentId, held.quantity]),
  );
  // Accounts count from far apart, so that two of them share no id within the epoch.
  let counter = index * 0x10000;
  const nextId = (): ClientOrderId => {
    counter += 1;
    return makeClientOrderId({ installation: options.installation, epoch: options.epoch, counter, role: 'exit' });
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const snapshot = await query(gateway, [...remaining.keys()], actions);
    if (snapshot !== null) {
      const ours = snapshot.openOrders.filter((order) => isOurs(order, options.installation));
      if (attempt === 0) countProven(remaining, ours);
      const toSell = sellable(remaining, snapshot, listed);
      if (ours.length === 0 && toSell.length === 0) return { actions, verifiedFlat: true };
      await Promise.all(cancellable(ours).map(async (order) => cancel(gateway, order, options, actions)));
      const released = ours.length === 0 ? snapshot : await query(gateway, [...remaining.keys()], actions);
      const exits = released === null ? [] : sellable(remaining, released, listed);
      await Promise.all(exits.map(async (exit) => sell(gateway, exit, nextId(), { options, actions, remaining })));
    }
    await new Promise<void>((resolve) => options.clock.after(RETRY_MS, resolve));
  }
  return { actions, verifiedFlat: false };
}

type Exit = { readonly instrumentId: InstrumentId; readonly quantity: Quantity };

/** Held quantity in whole lots, no more than what is free of the base asset; dust is left. */
function sellable(
  remaining: ReadonlyMap<InstrumentId, string>,
  snapshot: VenueSnapshot,
  listed: ReadonlyMap<InstrumentId, ListedInstrument>,
): readonly Exit[] {
  return [...remaining].flatMap(([instrumentId, held]) => {
    const instrument = listed.get(instrumentId);
    if (instrument === undefined) return [];
    const base = instrumentId.slice(0, instrumentId.indexOf('/'));
    const balance = snapshot.balances.find((entry) => entry.asset === base);
    const free = Quantity.of(decimal(balance?.free ?? '0'));
    const quantity = Quantity.of(decimal(held))
      .min(free)
      .floorToLot(Quantity.of(decimal(instrument.lotSize)));
    return quantity.compare(Quantity.of(decimal(instrument.minQuantity))) < 0 ? [] : [{ instrumentId, quantity }];
  });
}

/** A resting stop of ours proves a position, also one the engine never lived to tell of. */
function countProven(remaining: Map<InstrumentId, string>, ours: readonly OrderReport[]): void {
  const proven = new Map<InstrumentId, Quantity>();
  for (const order of ours) {
    if (order.side !== 'sell' || order.triggerPrice === null || order.venueStatus === 'pendingNew') continue;
    const open = Quantity.of(decimal(order.quantity)).minus(Quantity.of(decimal(order.filledQuantity)));
    proven.set(order.instrumentId, (proven.get(order.instrumentId) ?? Quantity.zero()).plus(open));
  }
  for (const [instrumentId, quantity] of proven) {
    const held = Quantity.of(decimal(remaining.get(instrumentId) ?? '0'));
    remaining.set(instrumentId, held.max(quantity).toString());
  }
}

/** One cancel per list takes both legs; single orders stand for themselves. */
function cancellable(orders: readonly OrderReport[]): readonly OrderReport[] {
  const seen = new Set<string>();
  return orders.filter((order) => {
    const key = order.clientOrderId ?? order.venueOrderId;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

async function cancel(
  gateway: VenueGateway,
  order: OrderReport,
  options: KillPathOptions,
  actions: KillAction[],
): Promise<void> {
  if (order.clientOrderId === null) return;
  record(options, gateway.accountId, {
    action: 'cancel',
    instrumentId: order.instrumentId,
    clientOrderId: order.clientOrderId,
    quantity: null,
  });
  const outcome = await gateway.cancel(
    { instrumentId: order.instrumentId, clientOrderId: order.clientOrderId, listId: null },
    'cancel',
  );
  actions.push({
    accountId: gateway.accountId,
    instrumentId: order.instrumentId,
    action: 'cancel',
    clientOrderId: order.clientOrderId,
    outcome: outcome.kind,
  });
}

type SellContext = {
  readonly options: KillPathOptions;
  readonly actions: KillAction[];
  readonly remaining: Map<InstrumentId, string>;
};

async function sell(
  gateway: VenueGateway,
  exit: Exit,
  clientOrderId: ClientOrderId,
  context: SellContext,
): Promise<void> {
  const { instrumentId, quantity } = exit;
  record(context.options, gateway.accountId, {
    action: 'exit',
    instrumentId,
    clientOrderId,
    quantity: quantity.toString(),
  });
  const outcome = await gateway.submit(
    {
      kind: 'single',
      order: {
        clientOrderId,
        accountId: gateway.accountId,
        strategyId: null,
        instrumentId,
        role: 'exit',
        side: 'sell',
        type: 'market',
        timeInForce: null,
        quantity: quantity.toString(),
        price: null,
        triggerPrice: null,
      },
    },
    'reduce',
  );
  // An unknown exit may have sold: count it as sold here, the free balance of the next look tells the rest.
  if (outcome.kind !== 'rejected') {
    const held = Quantity.of(decimal(context.remaining.get(instrumentId) ?? '0'));
    context.remaining.set(instrumentId, held.minus(quantity).toString());
  }
  context.actions.push({
    accountId: gateway.accountId,
    instrumentId,
    action: 'exit',
    clientOrderId,
    outcome: outcome.kind,
  });
}

async function query(
  gateway: VenueGateway,
  instruments: readonly InstrumentId[],
  actions: KillAction[],
): Promise<VenueSnapshot | null> {
  const snapshot = await gateway.snapshot([], instruments);
  if (snapshot.ok) return snapshot.value;
  actions.push({
    accountId: gateway.accountId,
    instrumentId: '*',
    action: 'query',
    clientOrderId: null,
    outcome: snapshot.error.detail,
  });
  return null;
}

function isOurs(order: OrderReport, installation: string): boolean {
  return order.clientOrderId !== null && parseClientOrderId(order.clientOrderId)?.installation === installation;
}

function record(
  options: KillPathOptions,
  accountId: AccountId,
  intent: {
    action: 'cancel' | 'exit';
    instrumentId: InstrumentId;
    clientOrderId: ClientOrderId;
    quantity: string | null;
  },
): void {
  options.intents.write({ timeUs: options.clock.nowUs(), epoch: options.epoch, accountId, ...intent });
}
