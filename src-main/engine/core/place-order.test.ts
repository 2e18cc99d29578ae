import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../domain/command.ts';
import { bracket, BTC, type CoreSession } from '../testing/core-session.ts';
import { answerTo, KRAKEN, priceAt, request, sessionOn, USDM } from '../testing/venue-cases.ts';

const place = (session: CoreSession, over: Partial<OrderRequest>): string | null =>
  answerTo(session, { kind: 'placeOrder', request: request(over) });

const newest = (session: CoreSession) => session.core.view.orders().at(-1);
const market = { type: 'market', timeInForce: null, price: null } as const;
const reducing = { side: 'sell', reduceOnly: true, protection: null } as const;

function withPosition(instrumentId = BTC): CoreSession {
  const session = sessionOn(instrumentId);
  session.command({ kind: 'enterBracket', request: bracket({ instrumentId }) });
  session.pump();
  expect(session.exposure()).toMatchObject({ isFlat: false, isBare: false });
  return session;
}

describe('an order that opens exposure', () => {
  it('is denied without a stop, and judged by the gate with one', () => {
    const session = sessionOn(BTC);
    expect(place(session, { protection: null })).toBe('PROTECTION_REQUIRED');
    expect(place(session, { quantity: '999.000' })).toBe('ORDER_NOTIONAL_LIMIT');
    expect(place(session, { price: '99.995' })).toBe('PRICE_OFF_TICK');
    const above = { stopTrigger: '101.00', stopLimit: '100.50', target: null };
    expect(place(session, { protection: above })).toBe('BRACKET_INVALID');
    expect(place(session, {})).toBeNull();
    session.command({ kind: 'halt', reason: 'test' });
    expect(place(session, {})).toBe('TRADING_STATE');
  });

  it.each<[string, Partial<OrderRequest>, object]>([
    ['post-only', { type: 'limitMaker' }, { type: 'limitMaker' }],
    ['good till canceled', {}, { type: 'limit', timeInForce: 'gtc' }],
    ['immediate', { timeInForce: 'ioc', price: '100.01' }, { timeInForce: 'ioc' }],
    ['a stop entry', { type: 'stopLimit', price: '101.50', triggerPrice: '101.00' }, { triggerPrice: '101.00' }],
    ['if touched', { type: 'takeProfitLimit', price: '99.50', triggerPrice: '99.60' }, { type: 'takeProfitLimit' }],
    ['an iceberg of the venue', { displayQuantity: '0.100' }, { displayQuantity: '0.100' }],
  ])('goes as %s', (_name, over, expected) => {
    const session = sessionOn(BTC);
    expect(place(session, over)).toBeNull();
    const [entry] = session.ordersOfRole('entry');
    expect(session.core.view.order(entry!)?.spec).toMatchObject(expected);
  });

  it('at market is protected within the turn of its fill', () => {
    const session = sessionOn(BTC);
    expect(place(session, market)).toBeNull();
    expect(session.exposure()).toMatchObject({ isFlat: false, isBare: false });
    expect(session.core.view.unprotectedMs()).toBe(0);
  });

  it('goes with its stop as one list when it is all or nothing', () => {
    const session = sessionOn(BTC);
    place(session, { timeInForce: 'fok', price: '100.01' });
    const [submit] = session.decisions.flatMap((decision) => (decision.kind === 'order.submit' ? [decision] : []));
    expect(submit?.submission.kind).toBe('oto');
    expect(session.exposure()).toMatchObject({ isBare: false, covered: '0.999' });
  });

  it('ends at its date where the venue does not know it, and rests longer than a bracket would', () => {
    const session = sessionOn(BTC);
    expect(place(session, { timeInForce: 'gtd' })).toBe('EXPIRY_INVALID');
    expect(place(session, { timeInForce: 'gtd', expiresAtUs: session.timeUs })).toBe('EXPIRY_INVALID');
    expect(place(session, { timeInForce: 'gtd', expiresAtUs: session.timeUs + 30_000_000 })).toBeNull();
    expect(newest(session)?.spec.timeInForce).toBe('gtc');
    session.advance(29_000);
    expect(session.venue.openIds()).toHaveLength(1);
    session.advance(2_000);
    expect(session.venue.openIds()).toEqual([]);
  });

  it('is denied in a form its type does not have', () => {
    const session = sessionOn(BTC);
    expect(place(session, { type: 'market', timeInForce: null })).toBe('PRICE_INVALID');
    expect(place(session, { price: null })).toBe('PRICE_INVALID');
    expect(place(session, { triggerPrice: '101.00' })).toBe('PRICE_INVALID');
    expect(place(session, { type: 'trailingStop', timeInForce: null, price: null })).toBe('PRICE_INVALID');
  });
});

describe('an order that only closes', () => {
  it('is denied beyond the position, on the wrong side and without one', () => {
    const session = sessionOn(BTC);
    expect(place(session, { ...market, ...reducing })).toBe('REDUCES_NOTHING');
    const held = withPosition();
    expect(place(held, { ...market, ...reducing, side: 'buy' })).toBe('REDUCES_NOTHING');
    expect(place(held, { ...market, ...reducing, quantity: '1.001' })).toBe('REDUCES_NOTHING');
    expect(place(held, { ...market, ...reducing, quantity: '0.0005' })).toBe('QUANTITY_OFF_LOT');
  });

  it('takes a part out and leaves the rest protected: the stop makes room on spot', () => {
    const session = withPosition();
    expect(place(session, { ...market, ...reducing, quantity: '0.400' })).toBeNull();
    session.advance(1_000);
    expect(session.exposure()).toMatchObject({ quantity: '0.59900000', covered: '0.599', isBare: false });
    expect(session.exposure().reduction).toBeNull();
  });

  it('may not rest on spot, where it would push the stop out', () => {
    expect(place(withPosition(), { ...reducing, price: '103.00', quantity: '0.400' })).toBe('PROTECTION_UNAVAILABLE');
  });

  it('rests beside the stop where funds are not locked, and an exit does not wait for it', () => {
    const session = withPosition(USDM);
    expect(place(session, { ...reducing, instrumentId: USDM, price: '103.00', quantity: '0.400' })).toBeNull();
    expect(newest(session)?.spec).toMatchObject({ role: 'target', reduceOnly: true });
    answerTo(session, { kind: 'closePosition', accountId: session.venue.accountId, instrumentId: USDM });
    session.advance(2_000);
    expect(session.exposure().isFlat).toBe(true);
    expect(session.venue.openIds()).toEqual([]);
  });

  it('goes through while reducing and halted', () => {
    const session = withPosition();
    session.command({ kind: 'halt', reason: 'test' });
    expect(place(session, { ...market, ...reducing, quantity: '0.400' })).toBeNull();
    session.advance(1_000);
    expect(session.exposure()).toMatchObject({ covered: '0.599', isBare: false });
  });
});

describe('an emergency stop', () => {
  it.each([BTC, KRAKEN, USDM])('takes working orders and a part under way along: %s', (instrumentId) => {
    const session = withPosition(instrumentId);
    session.command({
      kind: 'placeOrder',
      request: request({ ...market, ...reducing, instrumentId, quantity: '0.400' }),
    });
    session.command({ kind: 'emergencyStop' });
    session.pump();
    session.advance(5_000);
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
    expect(session.venue.openIds()).toEqual([]);
    priceAt(session, instrumentId, '110.00');
    expect(session.exposure().isFlat).toBe(true);
  });
});
