import { describe, expect, it } from 'vitest';
import type { EngineInput } from '../domain/events.ts';
import { ordersOf, type OrderReport } from '../domain/order.ts';
import { bracket, CoreSession } from '../testing/core-session.ts';

/** A bracket whose entry filled at the venue while its legs stand as told. */
function filledWith({ legs }: { readonly legs: OrderReport['venueStatus'] }): CoreSession {
  const session = new CoreSession();
  session.start();
  session.command({ kind: 'enterBracket', request: bracket() });
  const submit = session.effects.find((effect) => effect.kind === 'order.submit');
  if (submit?.kind !== 'order.submit') throw new Error('expected a bracket to be sent, was none');
  session.effects.length = 0;
  const orders = ordersOf(submit.submission);
  const outcome = session.venue.submit(submit.submission);
  if (outcome.kind !== 'accepted') throw new Error('expected an accepted bracket, was refused');
  const reports = outcome.reports.map((report) =>
    report.clientOrderId === orders[0]?.clientOrderId ? report : { ...report, venueStatus: legs },
  );
  const input: EngineInput = {
    kind: 'submit.answered',
    clientOrderIds: orders.map(({ clientOrderId }) => clientOrderId),
    outcome: { ...outcome, reports },
  };
  session.dispatch(input);
  return session;
}

describe('a leg that the venue holds but has not placed', () => {
  it('protects nothing, and the gap is counted', () => {
    const session = filledWith({ legs: 'pendingNew' });
    expect(session.exposure()).toMatchObject({ quantity: '0.99900000', covered: '0' });
    session.timeUs += 500_000;
    session.dispatch({ kind: 'clock.ticked' });
    expect(session.core.view.unprotectedMs()).toBe(500);
  });

  it('protects from the moment it rests', () => {
    expect(filledWith({ legs: 'live' }).exposure()).toMatchObject({ covered: '0.999' });
  });

  it('is canceled after the grace time, to make room for a stop that rests', () => {
    const session = filledWith({ legs: 'pendingNew' });
    session.timeUs += 500_000;
    expect(session.dispatch({ kind: 'clock.ticked' }).map(({ kind }) => kind)).not.toContain('order.cancel');
    session.timeUs += 1_000_000;
    expect(session.dispatch({ kind: 'clock.ticked' }).map(({ kind }) => kind)).toContain('order.cancel');
  });
});
