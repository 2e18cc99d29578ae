import { describe, expect, it } from 'vitest';
import { commandId, type ClientOrderId } from '../domain/identifiers.ts';
import type { OrderChange } from '../domain/order.ts';
import { ACCOUNT, bracket, BTC, type CoreSession, PRICES } from '../testing/core-session.ts';
import { answerTo, closeBar, KRAKEN, MARGIN, priceAt, request, sessionOn, USDM } from '../testing/venue-cases.ts';

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

  it.each([
    { trailingRatio: '0' },
    { trailingRatio: 0.01 },
    { breakEvenRatio: 'x' },
    { atr: { multiple: '0', period: 3 } },
    { atr: { multiple: '2', period: 1.5 } },
    { closeAfterMs: -1 },
  ])('that cannot be followed is denied: %o', (rule) => {
    expect(setRule(withPosition(), BTC, rule)).toBe('STOP_RULE_INVALID');
  });

  it('closes after its time, and not while it is closing already', () => {
    const session = withPosition(USDM);
    expect(setRule(session, USDM, { closeAfterMs: 5_000 })).toBeNull();
    session.advance(4_000);
    priceAt(session, USDM, '100.50');
    expect(session.exposure().isFlat).toBe(false);
    session.advance(1_000);
    session.isReachable = false;
    priceAt(session, USDM, '100.50');
    priceAt(session, USDM, '100.60');
    session.isReachable = true;
    session.advance(10_000);
    expect(session.exposure().isFlat).toBe(true);
  });

  it('asks for nothing within a tick of the market, nor while it is stopping, nor once it was taken back', () => {
    const session = withPosition(USDM);
    expect(setRule(session, USDM, { trailingRatio: '0.00001' })).toBeNull();
    session.advance(2_000);
    priceAt(session, USDM, '101.00');
    expect(triggers(session)).toEqual(['98.00']);
    expect(answerTo(session, { kind: 'setStopRule', accountId: ACCOUNT, instrumentId: USDM, rule: null })).toBeNull();
    session.advance(2_000);
    priceAt(session, USDM, '103.00');
    session.advance(3_000);
    expect(triggers(session)).toEqual(['98.00']);
  });

  it('is denied when it means nothing or there is no position', () => {
    const session = withPosition();
    expect(setRule(session, BTC, {})).toBe('STOP_RULE_INVALID');
    expect(setRule(session, BTC, { trailingRatio: '1.5' })).toBe('STOP_RULE_INVALID');
    expect(setRule(session, BTC, { closeAfterBars: 0 })).toBe('STOP_RULE_INVALID');
    expect(setRule(sessionOn(USDM), USDM, { trailingRatio: '0.01' })).toBe('POSITION_UNKNOWN');
  });
});
