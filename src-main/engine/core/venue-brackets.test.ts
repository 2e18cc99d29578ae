import { describe, expect, it } from 'vitest';
import type { BracketRequest, OrderRequest } from '../domain/command.ts';
import type { InstrumentId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, CoreSession, LISTED, PRICES } from '../testing/core-session.ts';

const USDM = 'BTC/USDT.BINANCE.USDM' as InstrumentId;
const KRAKEN = 'BTC/USDT.KRAKEN.SPOT' as InstrumentId;
const KRAKEN_MARGIN = 'BTC/USDT.KRAKEN.MARGIN' as InstrumentId;
const MARGIN = 'BTC/USDT.BINANCE.MARGIN' as InstrumentId;
/** BINANCEUS takes orders with ids of ours; BITSO takes none. */
const GENERIC = 'BTC/USDT.BINANCEUS.SPOT' as InstrumentId;
const DATA_ONLY = 'BTC/USDT.BITSO.SPOT' as InstrumentId;

const SHORT = {
  side: 'sell',
  limitPrice: '99.95',
  stopTrigger: '102.00',
  stopLimit: '102.50',
  target: '96.00',
} as const;

function started(instrumentId: InstrumentId): CoreSession {
  const session = new CoreSession();
  session.start();
  session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, id: instrumentId }] });
  session.dispatch({ kind: 'feed.changed', instrumentId, state: 'live', ageUs: 0 });
  session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId, reference: PRICES }] });
  return session;
}

function enter(
  session: CoreSession,
  instrumentId: InstrumentId,
  over: Partial<BracketRequest> = {},
): readonly string[] {
  const decisions = session.command({ kind: 'enterBracket', request: bracket({ instrumentId, ...over }) });
  return decisions.flatMap((decision) => (decision.kind === 'order.submit' ? [decision.submission.kind] : []));
}

const price = (session: CoreSession, instrumentId: InstrumentId, text: string): void => {
  const reference = { ...PRICES, bid: text, ask: text };
  session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId, reference }] });
  session.pump();
};

describe('a bracket where a stop may rest before there is a position', () => {
  it.each([
    ['long', USDM, {}],
    ['short', USDM, SHORT],
    ['long', KRAKEN_MARGIN, {}],
    ['short', KRAKEN_MARGIN, SHORT],
  ])('sends the stop, and the entry only once the stop rests: %s %s', (_name, id, over) => {
    const session = started(id);
    enter(session, id, over);
    expect(session.ordersOfRole('stop')).toHaveLength(1);
    expect(session.ordersOfRole('entry')).toHaveLength(0);
    session.pump();
    const [stop] = session.ordersOfRole('stop');
    expect(session.core.view.order(stop!)?.spec).toMatchObject({ type: 'stopMarket', reduceOnly: true });
    expect(session.core.view.unprotectedMs()).toBe(0);
    expect(session.exposure()).toMatchObject({ isFlat: false, isBare: false, covered: '1.000' });
    expect(session.ordersOfRole('target')).toHaveLength(1);
  });

  it.each(['refused', 'lost'])('sends no entry when the stop was %s', (fate) => {
    const session = started(USDM);
    session.venue.options.refuseStops = fate === 'refused';
    if (fate === 'lost') session.isReachable = false;
    enter(session, USDM);
    session.pump();
    session.advance(8_000);
    session.isReachable = true;
    session.advance(40_000);
    expect(session.ordersOfRole('entry')).toHaveLength(0);
    expect(session.alerts()).toContain('ORDER_DENIED');
    expect(session.venue.openIds()).toEqual([]);
  });

  it('sends no entry after a restart, a halt or an emergency stop in between, and takes the stop away', () => {
    for (const change of ['restart', 'halt', 'stop'] as const) {
      const session = started(USDM);
      enter(session, USDM);
      if (change === 'restart') session.start(undefined, 2);
      else if (change === 'halt') session.command({ kind: 'halt', reason: 'test' });
      else session.command({ kind: 'emergencyStop' });
      session.pump();
      session.advance(40_000);
      expect(session.ordersOfRole('entry')).toHaveLength(0);
      expect(session.venue.openIds()).toEqual([]);
    }
  });

  it('takes the stop away when the entry found no counterpart', () => {
    const session = started(USDM);
    session.venue.options.fok = 'expire';
    enter(session, USDM);
    session.pump();
    expect(session.venue.openIds()).toHaveLength(1);
    session.advance(3_000);
    expect(session.venue.openIds()).toEqual([]);
  });

  it('leaves one of stop and target alone once the other closed the position', () => {
    const session = started(USDM);
    enter(session, USDM);
    session.pump();
    session.venue.trigger(session.ordersOfRole('stop')[0]!);
    session.pump();
    session.advance(3_000);
    expect(session.exposure().isFlat).toBe(true);
    expect(session.venue.openIds()).toEqual([]);
  });

  it('denies an entry against a position: one account has one position an instrument', () => {
    const session = started(USDM);
    enter(session, USDM);
    session.pump();
    expect(enter(session, USDM, SHORT)).toEqual([]);
  });
});

describe('a bracket where conditional close is the only list', () => {
  it('protects what an immediate entry filled, and no more', () => {
    const session = started(KRAKEN);
    session.venue.options.ioc = '0.600';
    expect(enter(session, KRAKEN)).toEqual(['oto']);
    session.pump();
    session.advance(3_000);
    const [entry] = session.ordersOfRole('entry');
    expect(session.core.view.order(entry!)?.spec.timeInForce).toBe('ioc');
    expect(session.exposure()).toMatchObject({ isBare: false });
    expect(session.venue.covered().toString()).toMatch(/^0\.6/);
    expect(session.ordersOfRole('target')).toHaveLength(0);
  });

  it('watches the target here: at its price the stop makes room and the position is sold', () => {
    const session = started(KRAKEN);
    enter(session, KRAKEN);
    session.pump();
    price(session, KRAKEN, '103.99');
    expect(session.exposure().isFlat).toBe(false);
    price(session, KRAKEN, '104.00');
    session.advance(2_000);
    expect(session.exposure()).toMatchObject({ isFlat: true, flattening: null });
    expect(session.venue.openIds()).toEqual([]);
  });

  it('rests the stop again when the sale at the target is refused', () => {
    const session = started(KRAKEN);
    enter(session, KRAKEN);
    session.pump();
    session.venue.options.market = 'refuse';
    price(session, KRAKEN, '104.00');
    session.pump();
    expect(session.venue.covered().isPositive).toBe(true);
  });
});

describe('a short bracket on margin', () => {
  it('goes as one list and is protected on the buy side', () => {
    const session = started(MARGIN);
    expect(enter(session, MARGIN, SHORT)).toEqual(['otoco']);
    session.pump();
    const stop = session.core.view.order(session.ordersOfRole('stop')[0]!);
    expect(stop?.spec).toMatchObject({ side: 'buy', quantity: '1.000' });
    expect(session.exposure()).toMatchObject({ quantity: '-1.000', isBare: false });
  });
});

describe('a bracket where no stop can rest', () => {
  it('sends the entry alone, says that the stop is watched here, and leaves at market once the price is through it', () => {
    const session = started(GENERIC);
    expect(enter(session, GENERIC)).toEqual(['single']);
    session.pump();
    session.advance(5_000);
    expect(session.ordersOfRole('stop')).toEqual([]);
    expect(session.exposure()).toMatchObject({ isFlat: false, isBare: true, covered: '0' });
    expect(session.alerts().filter((code) => code === 'POSITION_UNPROTECTED')).toHaveLength(1);
    price(session, GENERIC, '98.01');
    session.advance(2_000);
    expect(session.exposure().isFlat).toBe(false);
    price(session, GENERIC, '97.99');
    session.advance(2_000);
    expect(session.exposure()).toMatchObject({ isFlat: true, flattening: null });
    expect(session.venue.openIds()).toEqual([]);
  });

  it('watches on after a restart', () => {
    const session = started(GENERIC);
    enter(session, GENERIC);
    session.pump();
    session.start(undefined, 2);
    session.advance(5_000);
    expect(session.exposure().isFlat).toBe(false);
    price(session, GENERIC, '97.00');
    session.advance(2_000);
    expect(session.exposure().isFlat).toBe(true);
  });

  it('denies an order of a type that rests a trigger, and any where orders cannot be told apart', () => {
    const session = started(GENERIC);
    const request: OrderRequest = {
      ...{ accountId: ACCOUNT, strategyId: null, instrumentId: GENERIC, reduceOnly: false },
      ...({ side: 'buy', type: 'stopLimit', timeInForce: 'gtc' } as const),
      ...{ quantity: '1.000', price: '101.00', triggerPrice: '100.50' },
      protection: { stopTrigger: '98.00', stopLimit: '97.50', target: null },
    };
    session.command({ kind: 'placeOrder', request });
    const other = started(DATA_ONLY);
    other.command({
      kind: 'placeOrder',
      request: { ...request, instrumentId: DATA_ONLY, type: 'limit', triggerPrice: null },
    });
    for (const denied of [session, other]) {
      expect(denied.ordersOfRole('entry')).toEqual([]);
      expect(denied.decisions).toContainEqual(
        expect.objectContaining({
          kind: 'command.answered',
          denial: expect.objectContaining({ code: 'ORDER_TYPE_UNSUPPORTED' }) as unknown,
        }),
      );
    }
  });
});
