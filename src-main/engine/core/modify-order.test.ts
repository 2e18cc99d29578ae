import { describe, expect, it } from 'vitest';
import type { ClientOrderId } from '../domain/identifiers.ts';
import type { OrderChange } from '../domain/order.ts';
import { ACCOUNT, bracket, BTC, type CoreSession } from '../testing/core-session.ts';
import { answerTo, closeBar, KRAKEN, priceAt, request, sessionOn, USDM } from '../testing/venue-cases.ts';

const modify = (session: CoreSession, id: ClientOrderId, change: Partial<OrderChange>): string | null =>
  answerTo(session, {
    kind: 'modifyOrder',
    clientOrderId: id,
    change: { price: null, quantity: null, triggerPrice: null, ...change },
  });

function working(instrumentId = BTC): CoreSession {
  const session = sessionOn(instrumentId);
  session.command({ kind: 'placeOrder', request: request({ instrumentId }) });
  session.pump();
  return session;
}

function withPosition(instrumentId = BTC): CoreSession {
  const session = sessionOn(instrumentId);
  session.command({ kind: 'enterBracket', request: bracket({ instrumentId }) });
  session.pump();
  return session;
}

const entryOf = (session: CoreSession): ClientOrderId => session.ordersOfRole('entry').at(-1)!;
const stopOf = (session: CoreSession): ClientOrderId => session.ordersOfRole('stop').at(-1)!;
const liveStops = (session: CoreSession) =>
  [...session.venue.orders.values()].filter(({ spec, status }) => spec.role === 'stop' && status === 'live');

describe('a working entry', () => {
  it('changes in place where the venue can', () => {
    const session = working(USDM);
    const id = entryOf(session);
    expect(modify(session, id, { price: '99.50', quantity: '0.500' })).toBeNull();
    expect(session.venue.orders.get(id)?.spec).toMatchObject({ price: '99.50', quantity: '0.500' });
    expect(session.core.view.order(id)).toMatchObject({ pending: null, spec: { price: '99.50', quantity: '0.500' } });
  });

  it('goes and comes back elsewhere, the gap measured', () => {
    const session = working();
    const id = entryOf(session);
    expect(modify(session, id, { price: '99.50' })).toBeNull();
    expect(session.venue.orders.get(id)?.status).toBe('canceled');
    expect(entryOf(session)).not.toBe(id);
    expect(session.venue.orders.get(entryOf(session))).toMatchObject({ status: 'live', spec: { price: '99.50' } });
    expect(session.decisions.filter(({ kind }) => kind === 'order.replaced')).toMatchObject([{ gapMs: 0 }]);
  });

  it('is not placed anew when it filled instead, nor once entries are no longer allowed', () => {
    for (const event of ['filled', 'halted'] as const) {
      const session = working();
      const id = entryOf(session);
      session.command({
        kind: 'modifyOrder',
        clientOrderId: id,
        change: { price: '99.50', quantity: null, triggerPrice: null },
      });
      if (event === 'filled') session.venue.fill(id);
      else session.command({ kind: 'halt', reason: 'test' });
      session.pump();
      session.advance(15_000);
      expect(session.ordersOfRole('entry')).toEqual([id]);
    }
  });

  it('is judged as a whole, what it holds already not counted twice', () => {
    const session = working();
    expect(modify(session, entryOf(session), { quantity: '999.000' })).toBe('ORDER_NOTIONAL_LIMIT');
    expect(modify(session, entryOf(session), { price: '106.00' })).toBe('PRICE_COLLAR');
    expect(modify(session, entryOf(session), { price: '99.501' })).toBe('PRICE_OFF_TICK');
    expect(modify(session, entryOf(session), { quantity: '9.000' })).toBeNull();
  });

  it('counts the larger of both sizes while the answer is out, and asks when it is lost', () => {
    const session = working(USDM);
    const id = entryOf(session);
    session.answers = 'lose';
    expect(modify(session, id, { price: '99.50' })).toBeNull();
    expect(session.core.view.order(id)?.spec.price).toBe('99.50');
    expect(session.alerts()).toEqual(expect.arrayContaining(['OUTCOME_UNKNOWN']));
    session.answers = 'deliver';
    session.isReachable = false;
    expect(modify(session, id, { price: '99.40' })).toBeNull();
    expect(session.core.view.order(id)?.pending).toMatchObject({ command: 'modify', outcome: 'unknown' });
    expect(modify(session, id, { price: '99.30' })).toBe('OUTCOME_UNKNOWN');
    session.isReachable = true;
    session.advance(5_000);
    // The venue still shows the old price: the change did not happen.
    expect(session.core.view.order(id)).toMatchObject({ pending: null, spec: { price: '99.50' } });
  });

  it('names what cannot be changed', () => {
    const session = working();
    expect(modify(session, 'f'.repeat(32) as ClientOrderId, {})).toBe('ORDER_UNKNOWN');
    const guarded = working(USDM);
    expect(modify(guarded, entryOf(guarded), { quantity: '2.000' })).toBe('ORDER_NOT_EDITABLE');
  });
});

describe('the stop of a position', () => {
  it.each([
    ['in place', KRAKEN, 1],
    ['beside the old one, without a gap', USDM, 2],
  ])('moves %s', (_name, instrumentId, ids) => {
    const session = withPosition(instrumentId);
    expect(modify(session, stopOf(session), { triggerPrice: '98.50' })).toBeNull();
    session.advance(3_000);
    expect(liveStops(session).map(({ spec }) => spec.triggerPrice)).toEqual(['98.50']);
    expect(session.ordersOfRole('stop')).toHaveLength(ids);
    expect(session.core.view.unprotectedMs()).toBe(0);
    expect(session.exposure()).toMatchObject({ isBare: false, restop: null });
  });

  it('moves with a measured gap where funds are locked, its target with it', () => {
    const session = withPosition();
    const before = session.decisions.length;
    expect(modify(session, stopOf(session), { triggerPrice: '98.50' })).toBeNull();
    session.advance(1_000);
    expect(liveStops(session).map(({ spec }) => [spec.triggerPrice, spec.price])).toEqual([['98.50', '98.00']]);
    expect(session.exposure()).toMatchObject({ isBare: false, restop: null });
    expect(session.decisions.slice(before).filter(({ kind }) => kind === 'protection.measured')).toHaveLength(1);
  });

  it('may not lie beyond the market, nor change its size', () => {
    const session = withPosition();
    expect(modify(session, stopOf(session), { triggerPrice: '100.50' })).toBe('BRACKET_INVALID');
    expect(modify(session, stopOf(session), { triggerPrice: '98.50', price: '98.60' })).toBe('BRACKET_INVALID');
    expect(modify(session, stopOf(session), { quantity: '0.100' })).toBe('ORDER_NOT_EDITABLE');
  });

  it('keeps the old one when the new one is refused', () => {
    const session = withPosition(USDM);
    session.venue.options.refuseStops = true;
    modify(session, stopOf(session), { triggerPrice: '98.50' });
    session.advance(10_000);
    expect(liveStops(session).map(({ spec }) => spec.triggerPrice)).toEqual(['98.00']);
    expect(session.exposure()).toMatchObject({ isBare: false, restop: null });
  });

  it('is asked to move twice, a while apart, where the venue refuses to change it', () => {
    const session = withPosition(KRAKEN);
    const askedAtUs: number[] = [];
    session.venue.modify = () => {
      askedAtUs.push(session.timeUs);
      if (askedAtUs.length > 20) throw new Error('expected a few tries, were 20 and more');
      return { kind: 'rejected', venueCode: 'EOrder', message: 'refused' };
    };
    expect(modify(session, stopOf(session), { triggerPrice: '98.50' })).toBeNull();
    session.advance(10_000);
    expect(askedAtUs).toHaveLength(2);
    expect(askedAtUs[1]! - askedAtUs[0]!).toBeGreaterThanOrEqual(1_000_000);
    expect(liveStops(session).map(({ spec }) => spec.triggerPrice)).toEqual(['98.00']);
    expect(session.exposure()).toMatchObject({ isBare: false, restop: null });
  });

  it('is taken away ever more slowly where the venue refuses to cancel it', () => {
    const session = withPosition();
    const askedAtUs: number[] = [];
    session.venue.cancel = () => {
      askedAtUs.push(session.timeUs);
      if (askedAtUs.length > 20) throw new Error('expected a few tries, were 20 and more');
      return { kind: 'rejected', venueCode: '-2011', message: 'refused' };
    };
    expect(modify(session, stopOf(session), { triggerPrice: '98.50' })).toBeNull();
    session.advance(10_000);
    expect(askedAtUs.length).toBeLessThan(7);
    expect(liveStops(session).map(({ spec }) => spec.triggerPrice)).toEqual(['98.00']);
    expect(session.exposure().isBare).toBe(false);
  });
});

describe('the target of a position', () => {
  it.each([BTC, USDM])('moves: %s', (instrumentId) => {
    const session = withPosition(instrumentId);
    const [target] = session.ordersOfRole('target');
    expect(modify(session, target!, { price: '99.00' })).toBe('BRACKET_INVALID');
    expect(modify(session, target!, { price: '105.00' })).toBeNull();
    session.advance(2_000);
    const live = [...session.venue.orders.values()].filter(
      ({ spec, status }) => spec.role === 'target' && status === 'live',
    );
    expect(live.map(({ spec }) => spec.price)).toEqual(['105.00']);
    expect(session.exposure().isBare).toBe(false);
  });
});

describe('a stop rule', () => {
  const setRule = (session: CoreSession, instrumentId: typeof BTC, rule: object): string | null =>
    answerTo(session, { kind: 'setStopRule', accountId: ACCOUNT, instrumentId, rule });
  const triggers = (session: CoreSession) => liveStops(session).map(({ spec }) => spec.triggerPrice);

  it('trails the best price and never loosens', () => {
    const session = withPosition(USDM);
    expect(setRule(session, USDM, { trailingRatio: '0.01' })).toBeNull();
    for (const price of ['102.00', '103.00', '101.97', '102.50']) {
      session.advance(2_000);
      priceAt(session, USDM, price);
    }
    session.advance(3_000);
    expect(triggers(session)).toEqual(['101.97'].map(() => '101.97'));
    expect(session.core.view.unprotectedMs()).toBe(0);
  });

  it('leaves a stop that is tighter than it asks for', () => {
    const session = withPosition(USDM);
    setRule(session, USDM, { trailingRatio: '0.05' });
    session.advance(2_000);
    priceAt(session, USDM, '101.00');
    session.advance(3_000);
    expect(triggers(session)).toEqual(['98.00']);
  });

  it('moves on closed bars alone where a move opens a gap', () => {
    const session = withPosition();
    setRule(session, BTC, { trailingRatio: '0.01' });
    session.advance(2_000);
    priceAt(session, BTC, '102.00');
    expect(triggers(session)).toEqual(['98.00']);
    closeBar(session, BTC, '102.00');
    session.advance(1_000);
    expect(triggers(session)).toEqual(['100.98']);
  });

  it('follows by true range, goes to break even and closes by bars', () => {
    const session = withPosition(USDM);
    setRule(session, USDM, { atr: { multiple: '2', period: 3 } });
    for (let bar = 0; bar < 4; bar++) closeBar(session, USDM, '101.00');
    session.advance(2_000);
    // Ranges of 1 around a still close: two of them under it.
    expect(triggers(session)).toEqual(['99.00']);
    setRule(session, USDM, { breakEvenRatio: '0.005' });
    closeBar(session, USDM, '101.00');
    session.advance(2_000);
    expect(Number(triggers(session)[0])).toBeGreaterThanOrEqual(100);
    setRule(session, USDM, { closeAfterBars: 2 });
    closeBar(session, USDM, '101.00');
    expect(session.exposure().isFlat).toBe(false);
    closeBar(session, USDM, '101.00');
    session.advance(2_000);
    expect(session.exposure().isFlat).toBe(true);
  });

  it('is denied when it means nothing or there is no position', () => {
    const session = withPosition();
    expect(setRule(session, BTC, {})).toBe('STOP_RULE_INVALID');
    expect(setRule(session, BTC, { trailingRatio: '1.5' })).toBe('STOP_RULE_INVALID');
    expect(setRule(session, BTC, { closeAfterBars: 0 })).toBe('STOP_RULE_INVALID');
    expect(setRule(sessionOn(USDM), USDM, { trailingRatio: '0.01' })).toBe('POSITION_UNKNOWN');
  });
});
