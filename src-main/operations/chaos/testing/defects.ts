import type { CommandOutcome } from '../../../engine/domain/events.ts';
import type { TradeId } from '../../../engine/domain/identifiers.ts';
import type { OrderReport } from '../../../engine/domain/order.ts';
import { ok, type Result } from '../../../engine/domain/result.ts';
import type { MarketDataFeed } from '../../../engine/ports/market-data-feed.ts';
import type { JournalDraft, Store } from '../../../engine/ports/store.ts';
import type { QueryFailure, VenueEvent, VenueGateway, VenueSnapshot } from '../../../engine/ports/venue-gateway.ts';
import type { PortExchange } from '../engine-life.ts';

/** Defects that other systems had, put in at a port, to see that a case notices. */
export const DEFECTS = {
  noWriteAhead: { store: (store) => writtenLater(store) },
  resendOnTimeout: { gateway: (gateway) => replaced(gateway, { submit: resending(gateway) }) },
  snapshotBeforeAwait: { gateway: (gateway) => replaced(gateway, { snapshot: staleLooks(gateway) }) },
  pendingCountsAsProtection: { gateway: (gateway) => replaced(gateway, pendingTakenForLive(gateway)) },
  fillsWithoutIds: { gateway: (gateway) => replaced(gateway, { onEvent: renumbering(gateway) }) },
  feedAlwaysLive: { feed: (feed) => alwaysLive(feed) },
  closesForgotten: { keyState: (keyState) => ({ ...keyState, read: () => ({ ...keyState.read(), closes: [] }) }) },
  networkErrorIsNotFound: { gateway: (gateway) => replaced(gateway, { snapshot: nothingFound(gateway) }) },
} as const satisfies Readonly<Record<string, PortExchange>>;

const LATER_MS = 150;

/** Says that rows are on disk and writes them when it suits. */
function writtenLater(store: Store): Store {
  let waiting = 0;
  const add = (rows: readonly JournalDraft[]): void => {
    waiting += rows.length;
    setTimeout(() => {
      waiting -= rows.length;
      store.commit(rows);
    }, LATER_MS);
  };
  return new Proxy(store, {
    get: (target, name) => {
      if (name === 'nextSequence') return target.nextSequence + waiting;
      if (name === 'enqueue') return add;
      if (name === 'commit') {
        return (rows: readonly JournalDraft[]) => {
          add(rows);
          return ok(target.head());
        };
      }
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
}

function replaced(gateway: VenueGateway, own: Partial<VenueGateway>): VenueGateway {
  return new Proxy(gateway, {
    get: (target, name) => {
      const member: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
      return typeof member === 'function' && !(name in own) ? (member.bind(target) as unknown) : member;
    },
  });
}

/** A create without an answer goes out again. */
const resending =
  (gateway: VenueGateway): VenueGateway['submit'] =>
  async (submission, lane) => {
    const outcome = await gateway.submit(submission, lane);
    return outcome.kind === 'unknown' ? gateway.submit(submission, lane) : outcome;
  };

/** The account is read once, and every later look is answered with that, whatever has happened since. */
function staleLooks(gateway: VenueGateway): VenueGateway['snapshot'] {
  let before: Result<VenueSnapshot, QueryFailure> | undefined;
  return async (lookups, instruments) => {
    const fresh = await gateway.snapshot(lookups, instruments);
    if (!fresh.ok) return fresh;
    before ??= fresh;
    return before.ok ? ok({ ...before.value, lookups: fresh.value.lookups }) : before;
  };
}

/** A failed look means that there is nothing. */
const nothingFound =
  (gateway: VenueGateway): VenueGateway['snapshot'] =>
  async (lookups, instruments) => {
    const look = await gateway.snapshot(lookups, instruments);
    if (look.ok) return look;
    const absent = lookups.map(({ clientOrderId }) => ({ clientOrderId, found: false }) as const);
    return ok({ openOrders: [], fills: [], balances: [], lookups: absent });
  };

/** A leg that waits for its entry is taken for one that rests. */
function pendingTakenForLive(gateway: VenueGateway): Partial<VenueGateway> {
  const live = (report: OrderReport): OrderReport =>
    report.venueStatus === 'pendingNew' ? { ...report, venueStatus: 'live' } : report;
  const heard = (event: VenueEvent): VenueEvent =>
    event.kind === 'report' ? { ...event, report: live(event.report) } : event;
  const told = (outcome: CommandOutcome): CommandOutcome =>
    outcome.kind === 'accepted' ? { ...outcome, reports: outcome.reports.map(live) } : outcome;
  return {
    onEvent: (listener) => gateway.onEvent((event) => listener(heard(event))),
    submit: async (submission, lane) => told(await gateway.submit(submission, lane)),
  };
}

/** A fill that is told again counts again. */
function renumbering(gateway: VenueGateway): VenueGateway['onEvent'] {
  let told = 0;
  return (listener) =>
    gateway.onEvent((event) =>
      listener(
        event.kind === 'fill' ? { ...event, fill: { ...event.fill, tradeId: `told-${++told}` as TradeId } } : event,
      ),
    );
}

/** Staleness is never told. */
function alwaysLive(feed: MarketDataFeed): MarketDataFeed {
  return {
    origin: feed.origin,
    start: async (instruments, interval, listener) =>
      feed.start(instruments, interval, {
        onBook: (...told) => listener.onBook(...told),
        onTrade: (trade) => listener.onTrade(trade),
        onBarClosed: (bar) => listener.onBarClosed(bar),
        onBarChanged: (bar) => listener.onBarChanged(bar),
        onState: (id, _state, ageUs) => listener.onState(id, 'live', ageUs),
      }),
    history: async (...asked) => feed.history(...asked),
    book: (id) => feed.book(id),
    close: async () => feed.close(),
  };
}
