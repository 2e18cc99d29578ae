import { describe, expect, it } from 'vitest';
import { makeClientOrderId } from '../domain/client-order-id.ts';
import type { Command } from '../domain/command.ts';
import type { Denial } from '../domain/denial.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import type { OrderSpec } from '../domain/order.ts';
import { syntheticOrderId } from '../domain/synthetic-id.ts';
import { ACCOUNT, bracket, BTC, CoreSession } from '../testing/core-session.ts';

const THEIRS = 'ffffffff';
const idOf = (role: 'entry' | 'stop' | 'target' | 'list', counter: number): ClientOrderId =>
  makeClientOrderId({ installation: THEIRS, epoch: 1, counter, role });

const spec = (over: Partial<OrderSpec>): OrderSpec => ({
  clientOrderId: 'web_1' as ClientOrderId,
  accountId: ACCOUNT,
  strategyId: null,
  instrumentId: BTC,
  role: 'entry',
  side: 'buy',
  type: 'limit',
  timeInForce: 'gtc',
  quantity: '1.000',
  price: '99.00',
  triggerPrice: null,
  ...over,
});

function started(): CoreSession {
  const session = new CoreSession();
  session.start();
  return session;
}

function denialOf(session: CoreSession, command: Command): Denial | null | undefined {
  const answer = session.command(command).find(({ kind }) => kind === 'command.answered');
  session.pump();
  return answer?.kind === 'command.answered' ? answer.denial : undefined;
}

/** An order placed by hand at the venue's own page. */
function placed(session: CoreSession, over: Partial<OrderSpec> = {}): Command & { kind: 'adoptOrder' } {
  session.venue.submit({ kind: 'single', order: spec(over) });
  session.pump();
  const { venueOrderId } = session.venue.orders.get(over.clientOrderId ?? spec({}).clientOrderId)!;
  return { kind: 'adoptOrder', accountId: ACCOUNT, venueOrderId, stopTrigger: '95.00', stopLimit: '94.50' };
}

describe('a foreign order', () => {
  it('that opens a position is adopted with its stop only, and from its fill on protected', () => {
    const session = started();
    const adopt = placed(session);
    expect(denialOf(session, { ...adopt, stopTrigger: null, stopLimit: null })?.code).toBe('BRACKET_INVALID');
    expect(denialOf(session, { ...adopt, stopTrigger: '99.50' })?.code).toBe('BRACKET_INVALID');
    expect(denialOf(session, adopt)).toBeNull();
    expect(session.core.view.foreignOrders()).toEqual([]);
    const id = syntheticOrderId(ACCOUNT, adopt.venueOrderId);
    expect(session.core.view.order(id)).toMatchObject({ status: 'accepted', adoptedAs: adopt.venueOrderId });
    session.venue.fill('web_1' as ClientOrderId);
    session.pump();
    session.advance(3_000);
    expect(session.exposure()).toMatchObject({ quantity: '0.99900000', covered: '0.999' });
    expect(denialOf(session, adopt)?.code).toBe('ORDER_UNKNOWN');
  });

  it('that is adopted is canceled by the id the venue knows, also after a restart', () => {
    const session = started();
    const adopt = placed(session);
    expect(denialOf(session, adopt)).toBeNull();
    session.start(undefined, 2);
    session.advance(2_000);
    expect(session.venue.openIds()).toEqual([]);
    expect(session.core.view.order(syntheticOrderId(ACCOUNT, adopt.venueOrderId))?.status).toBe('canceled');
  });

  it('that closes is adopted up to the position, not beyond', () => {
    const session = started();
    session.venue.base = session.venue.quote;
    const sell = { clientOrderId: 'web_2' as ClientOrderId, role: 'target', side: 'sell', price: '120.00' } as const;
    const adopt = { ...placed(session, sell), stopTrigger: null, stopLimit: null };
    expect(denialOf(session, adopt)?.code).toBe('REDUCES_NOTHING');
    session.command({ kind: 'enterBracket', request: bracket({ quantity: '2.000' }) });
    session.pump();
    expect(denialOf(session, adopt)).toBeNull();
    session.venue.fill('web_2' as ClientOrderId);
    session.pump();
    expect(Number(session.exposure().quantity)).toBeCloseTo(0.998, 9);
  });

  it('that traded already is not adopted, whether its report or its trade came first', () => {
    const session = started();
    const adopt = placed(session);
    session.venue.fill('web_1' as ClientOrderId, '0.400');
    const [fill, report] = session.venue.events.splice(0);
    session.deliver(fill);
    expect(denialOf(session, adopt)?.code).toBe('ORDER_PARTLY_FILLED');
    session.deliver(report);
    expect(denialOf(session, adopt)?.code).toBe('ORDER_PARTLY_FILLED');
    expect(session.core.view.orders()).toEqual([]);
  });
});

/** Their bracket stands at the venue: 0.999 with stop and target. */
function theirs(session: CoreSession): void {
  const leg = { side: 'sell', quantity: '0.999' } as const;
  session.venue.submit({
    kind: 'otoco',
    listId: idOf('list', 0),
    working: spec({ clientOrderId: idOf('entry', 1), timeInForce: 'fok', price: '100.05' }),
    target: spec({ ...leg, clientOrderId: idOf('target', 2), role: 'target', type: 'limitMaker', price: '104.00' }),
    stop: spec({
      ...leg,
      clientOrderId: idOf('stop', 3),
      role: 'stop',
      type: 'stopLimit',
      price: '97.50',
      triggerPrice: '98.00',
    }),
  });
}
const choose = (owner: 'this' | 'other') =>
  ({ kind: 'chooseOwner', accountId: ACCOUNT, installation: THEIRS, owner }) as const;

describe('an account that another Leeward trades', () => {
  it('is left to it: only reducing here, and no way to active', () => {
    const session = started();
    theirs(session);
    session.pump();
    expect(denialOf(session, choose('other'))).toBeNull();
    expect(session.core.view.tradingState()).toMatchObject({ state: 'reducing', reason: 'OTHER_INSTALLATION' });
    expect(denialOf(session, { kind: 'rearm', to: 'active', reason: 'try' })?.code).toBe('ACCOUNT_SHARED');
    session.advance(70_000);
    expect(session.venue.openIds()).toEqual([idOf('target', 2), idOf('stop', 3)]);
    expect(session.core.view.orders()).toEqual([]);
  });

  it('is taken over with position, stop and target, and nothing of it is sold', () => {
    const session = started();
    theirs(session);
    session.pump();
    expect(denialOf(session, choose('this'))).toBeNull();
    session.advance(130_000);
    expect(session.exposure()).toMatchObject({
      quantity: '0.99900000',
      covered: '0.999',
      plan: { stopTrigger: '98.00' },
    });
    expect(session.core.view.positions()[0]?.averageEntryPrice?.toNumberLossy()).toBe(100.05);
    expect(session.core.view.foreignOrders()).toEqual([]);
    expect(session.venue.openIds()).toEqual([idOf('target', 2), idOf('stop', 3)]);
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    expect(Number(session.exposure().quantity)).toBeCloseTo(1.998, 9);
    session.start(undefined, 2);
    session.advance(5_000);
    expect(Number(session.exposure().quantity)).toBeCloseTo(1.998, 9);
    expect(session.core.view.differences().filter(({ acceptedBy }) => acceptedBy === null)).toEqual([]);
  });

  it('is taken over by stop and balance where the trades do not reach back', () => {
    const session = started();
    theirs(session);
    session.venue.fills.length = 0;
    session.venue.events.length = 0;
    session.advance(61_000);
    expect(denialOf(session, choose('this'))).toBeNull();
    session.advance(10_000);
    expect(session.exposure()).toMatchObject({ covered: '0.999' });
    expect(Number(session.exposure().quantity)).toBeCloseTo(0.999, 9);
    expect(session.venue.openIds()).toHaveLength(2);
  });

  it('is named: an installation never seen cannot be chosen', () => {
    expect(denialOf(started(), choose('this'))?.code).toBe('INSTALLATION_UNKNOWN');
  });
});
