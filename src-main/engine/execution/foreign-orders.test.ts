import { describe, expect, it } from 'vitest';
import { makeClientOrderId } from '../domain/client-order-id.ts';
import type { ClientOrderId, VenueOrderId } from '../domain/identifiers.ts';
import type { OrderReport } from '../domain/order.ts';
import { ACCOUNT, bracket, BTC, CoreSession } from '../testing/core-session.ts';

function started(): CoreSession {
  const session = new CoreSession();
  session.start();
  return session;
}

const report = (over: Partial<OrderReport> = {}): OrderReport => ({
  clientOrderId: 'web_1' as ClientOrderId,
  venueOrderId: '9001' as VenueOrderId,
  instrumentId: BTC,
  accountId: ACCOUNT,
  side: 'sell',
  type: 'limit',
  venueStatus: 'live',
  triggered: false,
  quantity: '0.500',
  filledQuantity: '0',
  price: '120.00',
  triggerPrice: null,
  rejectReason: null,
  reportedAtUs: 1,
  ...over,
});
const theirs = (role: 'entry' | 'stop' = 'entry', counter = 1): ClientOrderId =>
  makeClientOrderId({ installation: 'ffffffff', epoch: 3, counter, role });

function told(session: CoreSession, over: Partial<OrderReport> = {}): void {
  session.dispatch({ kind: 'order.reported', report: report(over), source: 'stream' });
}

const numbers = (session: CoreSession) =>
  session.core.view
    .foreignOrders()
    .map(({ report: { price, quantity, filledQuantity } }) => [price, quantity, filledQuantity]);

describe('a foreign order', () => {
  it('is shown with its numbers, alerted once, and never counted as ours', () => {
    const session = started();
    told(session);
    told(session, { venueStatus: 'partiallyFilled', filledQuantity: '0.200' });
    expect(numbers(session)).toEqual([['120.00', '0.500', '0.200']]);
    expect(session.alerts().filter((code) => code === 'FOREIGN_ORDER')).toHaveLength(1);
    expect(session.core.view.orders()).toEqual([]);
    session.advance(10_000);
    expect(session.decisions.filter(({ kind }) => kind === 'order.cancel')).toEqual([]);
  });

  it.each(['filled', 'canceled', 'expired', 'rejected'] as const)(
    'is dropped when the venue says %s',
    (venueStatus) => {
      const session = started();
      told(session);
      told(session, { venueStatus });
      expect(numbers(session)).toEqual([]);
    },
  );

  it('is dropped by a whole look without it, unless it was told of after the look was asked for', () => {
    const session = started();
    told(session);
    const look = { kind: 'venue.reconciled', accountId: ACCOUNT, ...session.venue.snapshot([]) } as const;
    session.dispatch(look);
    expect(numbers(session)).toHaveLength(1);
    session.advance(61_000);
    expect(numbers(session)).toEqual([]);
  });
});

describe('an order of ours that was dropped an hour after it had ended', () => {
  function forgotten(): { session: CoreSession; old: OrderReport } {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    const old = session.venue.snapshot([]).openOrders[0]!;
    session.command({ kind: 'cancelOrder', clientOrderId: old.clientOrderId! });
    session.pump();
    session.timeUs += 3_700_000_000;
    session.dispatch({ kind: 'clock.ticked' });
    expect(session.core.view.orders()).toEqual([]);
    session.effects.length = 0;
    return { session, old };
  }

  it.each(['live', 'canceled', 'filled'] as const)('is not adopted again by a late %s event', (venueStatus) => {
    const { session, old } = forgotten();
    const filledQuantity = venueStatus === 'filled' ? old.quantity : '0';
    session.dispatch({ kind: 'order.reported', report: { ...old, venueStatus, filledQuantity }, source: 'stream' });
    expect(session.core.view.orders()).toEqual([]);
    expect(session.alerts()).not.toContain('RECONCILED');
    expect(session.core.view.foreignOrders()).toEqual([]);
  });

  it('is taken back when a query finds it open', () => {
    const { session, old } = forgotten();
    session.timeUs += 1_000;
    const look = { ...session.venue.snapshot([]), openOrders: [old] };
    session.dispatch({ kind: 'venue.reconciled', accountId: ACCOUNT, ...look });
    expect(session.core.view.order(old.clientOrderId!)).toMatchObject({ status: 'accepted' });
  });

  it('leaves newer orders that the state never held to be found', () => {
    const { session } = forgotten();
    const unknown = makeClientOrderId({ installation: '0a1b2c3d', epoch: 1, counter: 900, role: 'entry' });
    told(session, { clientOrderId: unknown, side: 'buy' });
    expect(session.core.view.order(unknown)).toBeDefined();
  });
});

describe('another Leeward on the account', () => {
  const enter = { kind: 'enterBracket', request: bracket() } as const;
  const denied = (session: CoreSession): string | undefined => {
    const answer = session.command(enter).find(({ kind }) => kind === 'command.answered');
    return answer?.kind === 'command.answered' ? answer.denial?.code : undefined;
  };

  it('is told by the id of its order: entries are denied from then on', () => {
    const session = started();
    told(session, { clientOrderId: theirs() });
    expect(session.core.view.otherInstallations()).toMatchObject([{ installation: 'ffffffff', owner: 'undecided' }]);
    expect(session.alerts().filter((code) => code === 'OTHER_INSTALLATION')).toHaveLength(1);
    expect(denied(session)).toBe('ACCOUNT_SHARED');
    told(session, { clientOrderId: theirs(), venueStatus: 'canceled' });
    expect(denied(session)).toBe('ACCOUNT_SHARED');
  });

  it('is found at start by a look', () => {
    const session = new CoreSession();
    const snapshot = session.venue.snapshot.bind(session.venue);
    session.venue.snapshot = (lookups) => ({
      ...snapshot(lookups),
      openOrders: [report({ clientOrderId: theirs('stop') })],
    });
    session.start();
    expect(denied(session)).toBe('ACCOUNT_SHARED');
  });

  it('is not seen in an id with a wrong check digit, nor in any other software', () => {
    const session = started();
    const damaged = `${theirs().slice(0, 31)}${theirs().endsWith('0') ? '1' : '0'}` as ClientOrderId;
    told(session, { clientOrderId: damaged });
    told(session, { clientOrderId: null, venueOrderId: '9002' as VenueOrderId });
    expect(session.core.view.otherInstallations()).toEqual([]);
    expect(denied(session)).toBeUndefined();
  });

  it('stays known over a restart', () => {
    const session = started();
    told(session, { clientOrderId: theirs() });
    const saved = session.core.snapshot();
    const next = started();
    next.core.restore(JSON.parse(JSON.stringify(saved)) as typeof saved);
    expect(next.core.view.otherInstallations()).toHaveLength(1);
    expect(next.core.view.foreignOrders()).toHaveLength(1);
  });
});
