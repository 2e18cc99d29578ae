import { describe, expect, it } from 'vitest';
import type { Decision } from '../domain/events.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import type { OrderReport } from '../domain/order.ts';
import { bracket, BTC, CONFIG, type CoreSession } from '../testing/core-session.ts';
import { KRAKEN, sessionOn } from '../testing/venue-cases.ts';

function resting(instrumentId: InstrumentId): CoreSession {
  const session = sessionOn(instrumentId);
  session.command({ kind: 'enterBracket', request: bracket({ instrumentId, entry: 'resting' }) });
  session.pump();
  return session;
}

const cancels = (decisions: readonly Decision[]) => decisions.filter(({ kind }) => kind === 'order.cancel');
const stopsSent = (decisions: readonly Decision[]) =>
  decisions.filter((each) => each.kind === 'order.submit' && JSON.stringify(each.submission).includes('"role":"stop"'));
const liveStops = (session: CoreSession) =>
  [...session.venue.orders.values()].filter(({ spec, status }) => spec.role === 'stop' && status === 'live');

/** Carries out the stop that was decided; of its reports the venue's first word comes before any answer. */
function tellAsPending(session: CoreSession): OrderReport {
  const effect = session.effects.find(({ kind }) => kind === 'order.submit');
  if (effect?.kind !== 'order.submit') throw new Error('expected a stop to be sent, was none');
  session.effects.splice(session.effects.indexOf(effect), 1);
  const outcome = session.venue.submit(effect.submission);
  if (outcome.kind !== 'accepted') throw new Error(`expected an accepted stop, was ${outcome.kind}`);
  session.venue.events.length = 0;
  for (const report of outcome.reports) {
    const venueStatus = report.type === 'stopLimit' ? 'pendingNew' : report.venueStatus;
    session.dispatch({ kind: 'order.reported', report: { ...report, venueStatus }, source: 'stream' });
  }
  const report = outcome.reports.find(({ type }) => type === 'stopLimit');
  if (report === undefined) throw new Error('expected a report of the stop, was none');
  return report;
}

/** The entry filled, and the stop that follows is decided, not sent. */
function filledAlone(): CoreSession {
  const session = resting(BTC);
  session.venue.fill(session.ordersOfRole('entry')[0]!);
  session.deliver(session.venue.events.shift());
  session.deliver(session.venue.events.shift());
  return session;
}

describe('a stop that the venue took and has not placed yet', () => {
  it('is left to rest', () => {
    const session = filledAlone();
    const before = session.decisions.length;
    const report = tellAsPending(session);
    session.timeUs += 400_000;
    session.dispatch({ kind: 'clock.ticked' });
    expect(session.exposure().isBare).toBe(true);
    session.dispatch({ kind: 'order.reported', report, source: 'stream' });
    expect(session.exposure()).toMatchObject({ isBare: false, covered: '0.999' });
    session.advance(5_000);
    expect(cancels(session.decisions.slice(before))).toEqual([]);
    expect(liveStops(session)).toHaveLength(1);
    expect(session.core.view.unprotectedMs()).toBe(400);
  });

  it('counts as refused when it never rests: after as many tries the position goes at market', () => {
    const session = filledAlone();
    const before = session.decisions.length;
    for (let tries = 0; tries < CONFIG.execution.protectionAttempts; tries++) {
      tellAsPending(session);
      for (let second = 0; second < 5 && stopsSent(session.effects).length === 0; second++) {
        session.timeUs += 1_000_000;
        session.dispatch({ kind: 'clock.ticked' });
        for (const cancel of cancels(session.effects)) {
          session.effects.splice(session.effects.indexOf(cancel), 1);
          session.carryOut(cancel);
        }
      }
    }
    session.pump();
    session.advance(3_000);
    expect(stopsSent(session.decisions.slice(before - 1)).length).toBeLessThanOrEqual(
      CONFIG.execution.protectionAttempts,
    );
    expect(session.exposure().isFlat).toBe(true);
  });
});

describe('a stop that the venue makes of fills', () => {
  it.each(['1.000', '0.400'])('is neither taken away nor doubled when its entry filled %s', (quantity) => {
    const session = resting(KRAKEN);
    const before = session.decisions.length;
    session.venue.fill(session.ordersOfRole('entry')[0]!, quantity);
    session.pump();
    session.advance(5_000);
    const ids = cancels(session.decisions.slice(before)).map((each) => 'clientOrderId' in each && each.clientOrderId);
    expect(ids).toEqual(quantity === '1.000' ? [] : session.ordersOfRole('entry'));
    expect(stopsSent(session.decisions.slice(before))).toEqual([]);
    expect(liveStops(session).map(({ spec }) => spec.quantity)).toEqual([quantity]);
    expect(session.exposure().isBare).toBe(false);
  });

  it('outlives a cancel of its entry that came too late', () => {
    const session = resting(KRAKEN);
    session.venue.fill(session.ordersOfRole('entry')[0]!);
    session.command({ kind: 'halt', reason: 'the fill is not told yet' });
    const [cancel] = cancels(session.effects);
    expect(cancel).toMatchObject({ listId: null });
    session.carryOut(cancel!);
    expect(liveStops(session)).toHaveLength(1);
    session.pump();
    session.advance(5_000);
    expect(liveStops(session)).toHaveLength(1);
    expect(session.ordersOfRole('stop')).toHaveLength(1);
    expect(session.core.view.unprotectedMs()).toBe(0);
  });

  it('ends with an entry that never traded', () => {
    const session = resting(KRAKEN);
    session.command({ kind: 'emergencyStop' });
    session.pump();
    session.advance(3_000);
    expect(cancels(session.decisions)[0]).toMatchObject({ clientOrderId: session.ordersOfRole('entry')[0] });
    expect(session.venue.openIds()).toEqual([]);
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
  });

  it('is replaced when it does not come', () => {
    const session = resting(KRAKEN);
    session.venue.options.refuseLegs = true;
    session.venue.fill(session.ordersOfRole('entry')[0]!);
    session.pump();
    session.advance(3_000);
    expect(liveStops(session)).toHaveLength(1);
    expect(session.exposure().isBare).toBe(false);
  });
});
