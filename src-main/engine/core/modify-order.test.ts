import { describe, expect, it } from 'vitest';
import { commandId, type ClientOrderId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, BTC, type CoreSession, PRICES } from '../testing/core-session.ts';
import { entryOf, liveStops, modify, stopOf, withPosition, working } from '../testing/modify-cases.ts';
import { answerTo, KRAKEN, MARGIN, priceAt, sessionOn, USDM } from '../testing/venue-cases.ts';

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

  it.each([
    ['PRICE_INVALID', { price: 'high' }],
    ['PRICE_INVALID', { triggerPrice: '1e2' }],
    ['PRICE_OFF_TICK', { triggerPrice: '98.005' }],
    ['QUANTITY_INVALID', { quantity: '0' }],
    ['QUANTITY_INVALID', { quantity: 'all' }],
  ])('is denied with %s: %o', (code, change) => {
    const session = working();
    expect(modify(session, entryOf(session), change)).toBe(code);
    expect(session.venue.orders.get(entryOf(session))?.spec).toMatchObject({ price: '99.99', quantity: '1.000' });
  });

  it('does not become smaller than what it filled, nor comes back once it ended', () => {
    const session = working(USDM);
    const id = entryOf(session);
    session.venue.fill(id, '0.400');
    session.pump();
    expect(modify(session, id, { quantity: '0.400' })).toBe('QUANTITY_INVALID');
    session.venue.fill(id);
    session.pump();
    expect(modify(session, id, { price: '99.50' })).toBe('ORDER_UNKNOWN');
  });

  it('does not change apart from the legs of its list', () => {
    const session = sessionOn(KRAKEN);
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId: KRAKEN, entry: 'resting' }) });
    session.pump();
    expect(modify(session, entryOf(session), { price: '99.50' })).toBe('ORDER_NOT_EDITABLE');
    expect(session.venue.openIds()).toContain(entryOf(session));
  });
});

describe('an order that closes a short position', () => {
  function short(): CoreSession {
    const session = sessionOn(USDM);
    const down = { side: 'sell', limitPrice: '99.95', stopTrigger: '102.00', stopLimit: '102.50' } as const;
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId: USDM, ...down, target: '96.00' }) });
    session.pump();
    return session;
  }

  it('is moved on its own side of the market only', () => {
    const session = short();
    const [target] = session.ordersOfRole('target');
    expect(modify(session, stopOf(session), { triggerPrice: '99.00' })).toBe('BRACKET_INVALID');
    expect(modify(session, stopOf(session), { triggerPrice: '101.00', price: '102.00' })).toBe('ORDER_NOT_EDITABLE');
    expect(modify(session, target!, { price: '100.50' })).toBe('BRACKET_INVALID');
    expect(modify(session, target!, { price: '97.00' })).toBeNull();
    expect(modify(session, stopOf(session), { triggerPrice: '101.00' })).toBeNull();
    session.advance(3_000);
    expect(liveStops(session).map(({ spec }) => spec.triggerPrice)).toEqual(['101.00']);
    expect(session.venue.orders.get(session.ordersOfRole('target').at(-1)!)?.spec.price).toBe('97.00');
    expect(session.exposure()).toMatchObject({ isBare: false, restop: null });
  });

  it('follows the lowest price by a rule, above the market', () => {
    const session = short();
    const rule = { trailingRatio: '0.01', breakEvenRatio: '0.005' };
    expect(answerTo(session, { kind: 'setStopRule', accountId: ACCOUNT, instrumentId: USDM, rule })).toBeNull();
    for (const price of ['98.00', '97.00', '97.50']) {
      session.advance(2_000);
      priceAt(session, USDM, price);
    }
    session.advance(3_000);
    expect(liveStops(session).map(({ spec }) => spec.triggerPrice)).toEqual(['97.97']);
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

  it('takes the limit it is given, else keeps its distance', () => {
    const session = withPosition(KRAKEN);
    expect(modify(session, stopOf(session), { triggerPrice: '98.20', price: '97.00' })).toBeNull();
    session.advance(3_000);
    expect(liveStops(session).map(({ spec }) => [spec.triggerPrice, spec.price])).toEqual([['98.20', '97.00']]);
    expect(modify(session, stopOf(session), { triggerPrice: '98.40' })).toBeNull();
    session.advance(3_000);
    expect(liveStops(session).map(({ spec }) => [spec.triggerPrice, spec.price])).toEqual([['98.40', '97.20']]);
  });

  it.each([BTC, KRAKEN, MARGIN])('moves its limit alone: %s', (instrumentId) => {
    const session = withPosition(instrumentId);
    expect(modify(session, stopOf(session), { price: '97.20' })).toBeNull();
    session.advance(3_000);
    expect(liveStops(session).map(({ spec }) => [spec.triggerPrice, spec.price])).toEqual([['98.00', '97.20']]);
    expect(session.exposure()).toMatchObject({ isBare: false, restop: null });
  });

  it('has no limit to move where it rests at market', () => {
    const session = withPosition(USDM);
    expect(modify(session, stopOf(session), { price: '97.20' })).toBe('ORDER_NOT_EDITABLE');
    session.advance(3_000);
    expect(liveStops(session).map(({ spec }) => [spec.triggerPrice, spec.price])).toEqual([['98.00', null]]);
  });

  it('is not changed while the market is unknown, nor before there is a position', () => {
    const session = withPosition(USDM);
    session.command({ kind: 'halt', reason: 'test' });
    const told = session.inputs.at(-1)!.input;
    if (told.kind !== 'command.received') throw new Error(`expected a command, was ${told.kind}`);
    const change = { price: null, quantity: null, triggerPrice: '98.50' };
    const command = { kind: 'modifyOrder', clientOrderId: stopOf(session), change } as const;
    const decisions = session.dispatch({
      kind: 'command.received',
      envelope: { ...told.envelope, commandId: commandId('c99'), command },
      reference: { ...PRICES, bid: null, ask: null },
    });
    const answer = decisions.find(({ kind }) => kind === 'command.answered');
    expect(answer).toMatchObject({ denial: { code: 'BRACKET_INVALID' } });
    const early = working(USDM);
    expect(modify(early, stopOf(early), { triggerPrice: '98.50' })).toBe('ORDER_NOT_EDITABLE');
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

describe('the target of a position, asked wrongly,', () => {
  it.each([{}, { price: '105.00', triggerPrice: '104.50' }, { price: '105.00', quantity: '0.500' }])(
    'is not editable: %o',
    (change) => {
      const session = withPosition(USDM);
      const [target] = session.ordersOfRole('target');
      expect(modify(session, target!, change)).toBe('ORDER_NOT_EDITABLE');
      expect(session.venue.orders.get(target!)?.spec.price).toBe('104.00');
    },
  );
});
