import { describe, expect, it } from 'vitest';
import type { InstrumentId } from '../domain/identifiers.ts';
import { bracket, BTC, CoreSession, LISTED, PRICES } from '../testing/core-session.ts';
import { quantityOf } from './amounts.ts';

const USDM = 'BTC/USDT.BINANCE.USDM' as InstrumentId;
const TRIGGERS = ['97.00', '98.50', '97.50', '98.00'];

/** Brackets one after the other on an instrument with room for so many stops. */
function entered(instrumentId: InstrumentId, maxStopOrders: number, count: number): CoreSession {
  const session = new CoreSession();
  // Perpetuals need no balance of the base; the double does.
  if (instrumentId === USDM) session.venue.base = quantityOf('100');
  session.start();
  session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, id: instrumentId, maxStopOrders }] });
  session.dispatch({ kind: 'feed.changed', instrumentId, state: 'live', ageUs: 0 });
  session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId, reference: PRICES }] });
  for (const stopTrigger of TRIGGERS.slice(0, count)) {
    const decisions = session.command({
      kind: 'enterBracket',
      request: bracket({ instrumentId, stopTrigger, stopLimit: '96.00' }),
    });
    expect(decisions).toContainEqual(expect.objectContaining({ kind: 'command.answered', denial: null }));
    session.pump();
    session.advance(1_000);
  }
  return session;
}

const restingStops = (session: CoreSession) =>
  session.core.view.orders().filter(({ spec, status }) => spec.role === 'stop' && status === 'accepted');

describe('stops of several brackets', () => {
  it('stay apart while the instrument has slots', () => {
    expect(restingStops(entered(BTC, 50, 4))).toHaveLength(4);
  });

  it('become one when a single slot is left, at the tighter trigger, and the next bracket has room', () => {
    const session = entered(BTC, 4, 3);
    session.advance(3_000);
    const merged = restingStops(session);
    expect(merged.map(({ spec }) => [spec.quantity, spec.triggerPrice])).toEqual([
      ['0.999', '97.50'],
      ['1.998', '98.50'],
    ]);
    expect(session.exposure()).toMatchObject({ covered: '2.997', isBare: false });
    expect(session.venue.covered().toString()).toBe('2.997');
    const more = entered(BTC, 4, 4);
    more.advance(3_000);
    expect(more.exposure()).toMatchObject({ covered: '3.996', isBare: false });
    expect(restingStops(more).length).toBeLessThanOrEqual(3);
  });

  it('are merged without a gap where two may rest beside each other', () => {
    const session = entered(USDM, 4, 2);
    const before = session.core.view.unprotectedMs();
    session.command({
      kind: 'enterBracket',
      request: bracket({ instrumentId: USDM, stopTrigger: '97.50', stopLimit: '96.00' }),
    });
    session.pump();
    session.advance(5_000);
    const byTrigger = restingStops(session).map(({ spec }) => [spec.quantity, spec.triggerPrice]);
    expect(byTrigger).toEqual([
      ['1.000', '97.50'],
      ['2.000', '98.50'],
    ]);
    expect(session.core.view.unprotectedMs()).toBe(before);
  });

  it('stay when the merged one is refused, which is tried once a minute', () => {
    const session = entered(USDM, 50, 2);
    session.venue.options.refuseStops = true;
    session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, id: USDM, maxStopOrders: 3 }] });
    const refused = () => session.core.view.orders().filter(({ status }) => status === 'rejected').length;
    session.advance(30_000);
    expect(refused()).toBe(1);
    expect(session.exposure()).toMatchObject({ isBare: false, flattening: null });
    expect(restingStops(session)).toHaveLength(2);
    session.advance(60_000);
    expect(refused()).toBe(2);
  });
});
