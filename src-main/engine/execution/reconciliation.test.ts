import { describe, expect, it } from 'vitest';
import { ACCOUNT, bracket, CoreSession } from '../testing/core-session.ts';

describe('a venue that was degraded', () => {
  it('is looked at as soon as it is ready again', () => {
    const session = new CoreSession();
    session.start();
    const changed = { kind: 'venue.changed', accountId: ACCOUNT, detail: 'private event lost' } as const;
    session.dispatch({ ...changed, state: 'degraded' });
    const decisions = session.dispatch({ ...changed, state: 'ready' });
    expect(decisions.filter(({ kind }) => kind === 'venue.reconcile')).toHaveLength(1);
  });
});

describe('a look that was asked for before a cancel', () => {
  it('does not prove that the cancel, whose answer was lost, never happened', () => {
    const session = new CoreSession();
    session.start();
    session.answers = 'lose';
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    const submit = session.effects.splice(0).find(({ kind }) => kind === 'order.submit');
    session.carryOut(submit!);
    const look = session.effects.splice(0).find((effect) => effect.kind === 'venue.reconcile');
    const seen = session.venue.snapshot(look!.lookups);
    while (session.deliver(session.venue.events.shift()));
    const [entry] = session.ordersOfRole('entry');
    session.timeUs += 1_000;
    session.command({ kind: 'cancelOrder', clientOrderId: entry! });
    for (const effect of session.effects.splice(0)) session.carryOut(effect);
    session.venue.events.length = 0;
    expect(session.core.view.order(entry!)?.pending).toMatchObject({ command: 'cancel', outcome: 'unknown' });
    session.timeUs += 1_000;
    session.dispatch({ kind: 'venue.reconciled', accountId: ACCOUNT, ...seen });
    expect(session.core.view.order(entry!)?.pending).toMatchObject({ command: 'cancel', outcome: 'unknown' });
    session.pump();
    session.advance(3_000);
    expect(session.core.view.order(entry!)).toMatchObject({ status: 'canceled', pending: null });
  });
});
