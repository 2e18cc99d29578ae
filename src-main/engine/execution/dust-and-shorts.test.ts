import { describe, expect, it } from 'vitest';
import type { InstrumentId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, BTC, CoreSession, LISTED, PRICES } from '../testing/core-session.ts';
import { quantityOf } from './amounts.ts';

const MARGIN = 'BTC/USDT.BINANCE.MARGIN' as InstrumentId;
const close = { kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC } as const;

function started(): CoreSession {
  const session = new CoreSession();
  session.start();
  return session;
}

describe('dust', () => {
  /** The fee in the base asset leaves 0.9995 of 1.0005: half a lot cannot be sold. */
  function leftOver(): CoreSession {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket({ quantity: '0.500' }) });
    session.pump();
    session.command(close);
    session.pump();
    return session;
  }

  it('is shown, not sold, and no position without a stop', () => {
    const session = leftOver();
    session.advance(5_000);
    expect(session.exposure()).toMatchObject({ quantity: '0.00050000', isFlat: true, isBare: false, flattening: null });
    expect(session.venue.openIds()).toEqual([]);
    expect(session.alerts()).not.toContain('POSITION_UNPROTECTED');
    expect(session.ordersOfRole('exit')).toHaveLength(1);
  });

  it('is protected and sold with the next position of the instrument', () => {
    const session = leftOver();
    // Two such halves are a lot: 0.500 - 0.0005 + 0.0005.
    session.command({ kind: 'enterBracket', request: bracket({ quantity: '0.500', entry: 'resting' }) });
    session.pump();
    session.venue.fill(session.ordersOfRole('entry').at(-1)!);
    session.pump();
    expect(session.exposure()).toMatchObject({ quantity: '0.50000000', covered: '0.500' });
    session.command(close);
    session.pump();
    session.advance(2_000);
    expect(session.exposure()).toMatchObject({ quantity: '0', openOrders: [] });
  });
});

describe('a short position', () => {
  function short(): CoreSession {
    const session = started();
    // What the double would let us sell stands for what margin lends.
    session.venue.base = quantityOf('10');
    session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, id: MARGIN }] });
    session.dispatch({ kind: 'feed.changed', instrumentId: MARGIN, state: 'live', ageUs: 0 });
    session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: MARGIN, reference: PRICES }] });
    const request = bracket({
      instrumentId: MARGIN,
      side: 'sell',
      limitPrice: '99.95',
      stopTrigger: '102.00',
      stopLimit: '102.50',
      target: '96.00',
    });
    session.command({ kind: 'enterBracket', request });
    session.pump();
    return session;
  }

  it('is covered by a stop that buys, and by a new one when that is gone', () => {
    const session = short();
    expect(session.exposure()).toMatchObject({ quantity: '-1.000', isBare: false });
    for (const role of ['stop', 'target']) session.venue.cancel(session.ordersOfRole(role)[0]!, null);
    session.pump();
    expect(session.exposure().isBare).toBe(true);
    session.advance(3_000);
    const stop = session.core.view.order(session.ordersOfRole('stop').at(-1)!);
    expect(stop).toMatchObject({ status: 'accepted', spec: { side: 'buy', triggerPrice: '102.00' } });
    expect(session.exposure().isBare).toBe(false);
  });

  it('is bought back with the fee on top, so that nothing stays owed', () => {
    const session = short();
    session.command({ ...close, instrumentId: MARGIN });
    session.pump();
    session.advance(2_000);
    const exit = session.core.view.order(session.ordersOfRole('exit')[0]!);
    expect(exit?.spec).toMatchObject({ side: 'buy', quantity: '1.002' });
    expect(session.ordersOfRole('exit')).toHaveLength(1);
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
    expect(quantityOf(session.exposure().quantity).isNegative).toBe(false);
  });

  it('is bought back at once when the market is above its stop already', () => {
    const session = short();
    const above = { ...PRICES, bid: '103.00', ask: '103.02' };
    session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: MARGIN, reference: above }] });
    for (const role of ['stop', 'target']) session.venue.cancel(session.ordersOfRole(role)[0]!, null);
    session.pump();
    session.advance(3_000);
    const exit = session.core.view.order(session.ordersOfRole('escalation')[0]!);
    expect(exit?.spec).toMatchObject({ side: 'buy', type: 'market' });
    expect(session.exposure().isFlat).toBe(true);
  });
});
