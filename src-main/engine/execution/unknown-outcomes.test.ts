import { describe, expect, it } from 'vitest';
import type { Decision } from '../domain/events.ts';
import { ordersOf } from '../domain/order.ts';
import { ACCOUNT, bracket, CoreSession } from '../testing/core-session.ts';

function started(): CoreSession {
  const session = new CoreSession();
  session.start();
  return session;
}

const enter = (session: CoreSession): readonly Decision[] =>
  session.command({ kind: 'enterBracket', request: bracket() });
const denialOf = (decisions: readonly Decision[]) => {
  const answer = decisions.find((decision) => decision.kind === 'command.answered');
  return answer?.kind === 'command.answered' ? answer.denial : null;
};
const pendings = (session: CoreSession) => session.core.view.orders().map(({ pending }) => pending?.outcome ?? null);

describe('an unknown create', () => {
  it('is found by its id when the venue acted and the answer was lost', () => {
    const session = started();
    session.answers = 'lose';
    enter(session);
    session.venue.events.length = 0;
    session.carryOut(session.effects.shift()!);
    session.carryOut(session.effects.shift()!);
    session.venue.events.length = 0;
    expect(pendings(session)).toEqual(['unknown', 'unknown', 'unknown']);
    session.pump();
    expect(pendings(session)).toEqual([null, null, null]);
    expect(session.exposure()).toMatchObject({ quantity: '0.99900000', covered: '0.999' });
    expect(session.alerts().filter((code) => code === 'OUTCOME_RESOLVED')).toHaveLength(3);
  });

  it('blocks entries on its instrument and counts as exposure until it is resolved', () => {
    const session = started();
    enter(session);
    // Never arrives: the request dies on the way.
    session.effects.length = 0;
    session.advance(5_000);
    expect(pendings(session)).toEqual(['unknown', 'unknown', 'unknown']);
    expect(session.alerts()).toContain('OUTCOME_UNKNOWN');
    expect(denialOf(enter(session))?.code).toBe('OUTCOME_UNKNOWN');
  });

  it('never existed only after two denials ten seconds apart', () => {
    const session = started();
    enter(session);
    session.effects.length = 0;
    session.advance(5_000);
    const lostAtUs = session.timeUs;
    while (pendings(session).includes('unknown')) {
      session.advance(1_000);
      if (session.timeUs - lostAtUs > 60_000_000) break;
    }
    expect((session.timeUs - lostAtUs) / 1_000_000).toBeGreaterThanOrEqual(10);
    expect(session.core.view.orders().map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(denialOf(enter(session))).toBeNull();
  });

  it('is not resolved by failed queries, however many', () => {
    const session = started();
    enter(session);
    session.effects.length = 0;
    for (let second = 0; second < 120; second++) {
      session.timeUs += 1_000_000;
      session.dispatch({ kind: 'clock.ticked' });
      for (const effect of session.effects.splice(0)) {
        if (effect.kind !== 'venue.reconcile') continue;
        session.dispatch({ kind: 'venue.reconcileFailed', accountId: ACCOUNT, detail: 'timeout' });
      }
    }
    expect(pendings(session)).toEqual(['unknown', 'unknown', 'unknown']);
  });

  it('is never sent again', () => {
    const session = started();
    session.answers = 'lose';
    enter(session);
    session.pump();
    session.answers = 'deliver';
    session.advance(60_000);
    const sent = session.decisions.filter(({ kind }) => kind === 'order.submit');
    expect(sent).toHaveLength(1);
  });

  it('comes back to life with a late fill', () => {
    const session = started();
    enter(session);
    const submit = session.effects.find(({ kind }) => kind === 'order.submit')!;
    session.effects.length = 0;
    session.advance(30_000);
    expect(session.core.view.orders().map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    // Against its word: the deadline of the create is long over.
    if (submit.kind !== 'order.submit') return;
    const clientOrderIds = ordersOf(submit.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: session.venue.submit(submit.submission) });
    session.pump();
    session.advance(3_000);
    expect(session.exposure()).toMatchObject({ quantity: '0.99900000', covered: '0.999' });
    expect(session.alerts()).toContain('LATE_FILL');
  });
});

describe('an unknown stop', () => {
  it('is followed by a new one as soon as the venue denied it once', () => {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    session.venue.fill(session.ordersOfRole('entry')[0]!, '0.500');
    session.deliver(session.venue.events.shift());
    const lost = session.effects.findIndex(({ kind }) => kind === 'order.submit');
    const [submit] = session.effects.splice(lost, 1);
    const clientOrderIds =
      submit?.kind === 'order.submit' ? ordersOf(submit.submission).map((o) => o.clientOrderId) : [];
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: { kind: 'unknown', reason: 'reset' } });
    session.pump();
    session.advance(1_000);
    expect(session.exposure().covered).toBe('0.499');
    session.advance(15_000);
    expect(session.core.view.order(clientOrderIds[1]!)?.status).toBe('rejected');
    expect(session.venue.openIds()).toHaveLength(2);
  });
});

describe('an unknown cancel', () => {
  it('is not taken for absence by a look older than our last news', () => {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    const [entry] = session.ordersOfRole('entry');
    session.advance(1_000);
    session.command({ kind: 'cancelOrder', clientOrderId: entry! });
    session.effects.length = 0;
    const outcome = { kind: 'unknown', reason: 'reset' } as const;
    session.dispatch({ kind: 'cancel.answered', clientOrderId: entry!, outcome });
    session.effects.length = 0;
    session.timeUs += 1_000_000;
    session.venue.fill(entry!, '0.500');
    const report = session.venue.events.find((event) => event.kind === 'report')!;
    session.venue.events.length = 0;
    session.deliver(report);
    const lookups = [{ clientOrderId: entry!, found: false }] as const;
    session.dispatch({
      kind: 'venue.reconciled',
      accountId: ACCOUNT,
      openOrders: [],
      fills: [],
      balances: session.venue.balances(),
      lookups,
    });
    expect(session.core.view.order(entry!)?.lookup).toMatchObject({ absentSinceUs: null });
  });

  it('is sent again once the venue shows the order open', () => {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    const [entry] = session.ordersOfRole('entry');
    session.command({ kind: 'cancelOrder', clientOrderId: entry! });
    session.effects.splice(
      session.effects.findIndex(({ kind }) => kind === 'order.cancel'),
      1,
    );
    session.advance(5_000);
    session.command({ kind: 'cancelOrder', clientOrderId: entry! });
    session.pump();
    expect(session.venue.orders.get(entry!)?.status).toBe('canceled');
    expect(session.exposure().openOrders).toEqual([]);
  });
});

describe('reconciliation', () => {
  it('brings the fills of a silent stream and leaves the position protected', () => {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    session.venue.fill(session.ordersOfRole('entry')[0]!, '0.500');
    session.venue.events.length = 0;
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '1006' });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.pump();
    session.advance(2_000);
    expect(session.exposure()).toMatchObject({ quantity: '0.49950000', covered: '0.499' });
  });

  it('adopts orders of this installation and only tells of foreign ones', () => {
    const first = started();
    first.command({ kind: 'enterBracket', request: bracket() });
    first.pump();
    const second = new CoreSession();
    const foreign = { ...first.venue.snapshot([]).openOrders[0]!, clientOrderId: null };
    second.start();
    const { openOrders, fills, balances } = first.venue.snapshot([]);
    const looked = { openOrders: [...openOrders, foreign], fills, balances, lookups: [] };
    second.dispatch({ kind: 'venue.reconciled', accountId: ACCOUNT, ...looked });
    expect(second.alerts().filter((code) => code === 'FOREIGN_ORDER')).toHaveLength(1);
    expect(second.exposure()).toMatchObject({ quantity: '0.99900000', covered: '0.999' });
    expect(second.exposure().plan).toMatchObject({ stopTrigger: '98.00' });
  });

  it('is asked for in its interval and after a failure again', () => {
    const session = started();
    const looks = () => session.decisions.filter(({ kind }) => kind === 'venue.reconcile').length;
    expect(looks()).toBe(1);
    session.advance(61_000);
    expect(looks()).toBe(2);
  });
});

describe('after a reconnect', () => {
  it('a look that was asked for before is not enough to trade on', () => {
    const session = started();
    session.advance(60_000);
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '' });
    session.timeUs += 61_000_000;
    session.dispatch({ kind: 'clock.ticked' });
    const early = session.effects.splice(0).find(({ kind }) => kind === 'venue.reconcile');
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.carryOut(early!);
    expect(denialOf(enter(session))?.code).toBe('VENUE_NOT_READY');
    session.pump();
    expect(denialOf(enter(session))).toBeNull();
  });
});
