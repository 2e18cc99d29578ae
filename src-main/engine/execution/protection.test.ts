import { describe, expect, it } from 'vitest';
import { ordersOf } from '../domain/order.ts';
import { bracket, BTC, CoreSession, LISTED, PRICES } from '../testing/core-session.ts';
import { sessionOn, USDM } from '../testing/venue-cases.ts';

function entered(prepare: (session: CoreSession) => void, over: Parameters<typeof bracket>[0] = {}): CoreSession {
  const session = new CoreSession();
  session.start();
  prepare(session);
  session.command({ kind: 'enterBracket', request: bracket(over) });
  session.pump();
  return session;
}

const resting = (): CoreSession => entered(() => undefined, { entry: 'resting' });
const entryOf = (session: CoreSession) => session.ordersOfRole('entry')[0]!;

describe('a resting entry', () => {
  it('rests alone: nothing protects what is not there yet', () => {
    const session = resting();
    expect(session.core.view.orders().map(({ spec }) => spec.type)).toEqual(['limitMaker']);
  });

  it('loses its remainder at the first partial fill, which is protected at once', () => {
    const session = resting();
    session.timeUs += 250_000;
    session.venue.fill(entryOf(session), '0.400');
    session.pump();
    expect(session.venue.orders.get(entryOf(session))?.status).toBe('canceled');
    expect(session.exposure()).toMatchObject({ quantity: '0.39960000', covered: '0.399' });
    const [target] = session.ordersOfRole('target');
    expect(session.core.view.order(target!)?.spec.quantity).toBe('0.399');
    expect(session.decisions.filter(({ kind }) => kind === 'protection.measured')).toHaveLength(1);
  });

  it('is followed by the protection when its cancel races with more fills', () => {
    const session = resting();
    const entry = entryOf(session);
    session.venue.fill(entry, '0.400');
    session.deliver(session.venue.events.shift());
    // The cancel is decided; before it arrives the order fills further.
    session.venue.fill(entry, '0.300');
    session.pump();
    session.advance(3_000);
    expect(session.exposure()).toMatchObject({ quantity: '0.69930000', covered: '0.699', uncovered: '0.00030000' });
    expect(session.venue.covered().toString()).toBe('0.699');
  });

  it('is taken away when new exposure is no longer allowed', () => {
    const session = resting();
    session.command({ kind: 'setReducing', reason: 'news' });
    session.pump();
    expect(session.venue.openIds()).toEqual([]);
  });

  it('falls back to a stop alone when the venue refuses the list', () => {
    const session = entered(
      ({ venue }) => {
        venue.options.refuseLists = true;
      },
      { entry: 'resting' },
    );
    session.venue.fill(entryOf(session), '0.500');
    session.pump();
    expect(session.exposure().covered).toBe('0.499');
    expect(session.core.view.orders().filter(({ status }) => status === 'accepted')).toHaveLength(1);
  });

  it('is canceled after its bars', () => {
    const session = resting();
    for (let minute = 0; minute < 3; minute++) {
      const bar = { instrumentId: bracket().instrumentId, interval: '1m', open: '100', high: '101' } as const;
      const rest = { low: '99', close: '100', volume: '1', openTimeUs: minute * 60_000_000 };
      session.dispatch({ kind: 'bar.closed', bar: { ...bar, ...rest }, reference: reference(), warmUp: false });
      session.pump();
      expect(session.venue.orders.get(entryOf(session))?.status).toBe(minute < 2 ? 'live' : 'canceled');
    }
  });
});

const reference = () => ({
  bid: '99.99',
  bidQuantity: '1',
  ask: '100.01',
  askQuantity: '1',
  bookAgeUs: 0,
  lastTrade: '100.00',
  lastTradeAgeUs: 0,
  barClose: '100',
  barCloseAgeUs: 0,
});

describe('a stop that the venue says would trigger at once', () => {
  const refuse = (session: CoreSession): void => {
    const submit = session.venue.submit.bind(session.venue);
    session.venue.submit = (submission) =>
      ordersOf(submission).some(({ role }) => role === 'stop')
        ? { kind: 'rejected', venueCode: '-2010', message: 'Stop price would trigger immediately.', wouldTrigger: true }
        : submit(submission);
  };

  it('is followed by a market exit without a wait, though no price is known here', () => {
    const session = resting();
    refuse(session);
    session.venue.fill(entryOf(session));
    session.pump();
    expect(session.exposure()).toMatchObject({ isFlat: true });
    expect(session.ordersOfRole('escalation')).toHaveLength(1);
    expect(session.ordersOfRole('stop')).toHaveLength(1);
    expect(session.core.view.unprotectedMs()).toBe(0);
  });

  it('leaves a position alone that has its stop', () => {
    const session = sessionOn(USDM);
    const enter = () => session.command({ kind: 'enterBracket', request: bracket({ instrumentId: USDM }) });
    enter();
    session.pump();
    refuse(session);
    enter();
    session.pump();
    session.advance(3_000);
    expect(session.exposure()).toMatchObject({ quantity: '1.000', isBare: false, flattening: null });
  });
});

describe('a stop leg refused at activation', () => {
  it('is replaced at once', () => {
    const session = entered(({ venue }) => {
      venue.options.refuseLegs = true;
    });
    expect(session.alerts()).toContain('LEG_REFUSED');
    session.advance(1_000);
    expect(session.exposure().covered).toBe('0.999');
  });

  it('is known as refused also when its news outrun those of the entry', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.venue.options.refuseLegs = true;
    session.answers = 'lose';
    session.carryOut(session.effects.find(({ kind }) => kind === 'order.submit')!);
    session.effects.length = 0;
    const news = session.venue.events.splice(0);
    for (const event of news.filter((each) => each.kind === 'report').reverse()) {
      session.deliver(event);
    }
    for (const event of news.filter((each) => each.kind === 'fill')) session.deliver(event);
    expect(session.alerts()).toContain('LEG_REFUSED');
    session.answers = 'deliver';
    session.pump();
    expect(session.exposure().covered).toBe('0.999');
  });

  it('ends in a market exit when the venue takes no stop at all', () => {
    const session = entered(({ venue }) => {
      venue.options.refuseLegs = true;
      venue.options.refuseStops = true;
    });
    session.advance(2_000);
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
    expect(session.ordersOfRole('escalation')).toHaveLength(1);
    expect(session.core.view.unprotectedMs()).toBeGreaterThan(0);
  });
});

describe('the guard', () => {
  it('rests a new stop after the grace when the venue dropped the old one', () => {
    const session = entered(() => undefined);
    const [stop] = session.ordersOfRole('stop');
    session.venue.cancel(stop!, null);
    session.venue.orders.get(session.ordersOfRole('target')[0]!)!.status = 'expired';
    session.pump();
    session.timeUs += 400_000;
    session.dispatch({ kind: 'clock.ticked' });
    session.pump();
    expect(session.exposure().covered).toBe('0');
    session.advance(3_000);
    expect(session.exposure().covered).toBe('0.999');
    expect(session.core.view.unprotectedMs()).toBeGreaterThanOrEqual(1_000);
  });

  it('frees the funds a lone target locks before it rests the stop', () => {
    const session = entered(() => undefined);
    session.venue.fill(session.ordersOfRole('target')[0]!, '0.500');
    session.pump();
    expect(session.exposure().covered).toBe('0');
    session.advance(4_000);
    expect(session.exposure().covered).toBe('0.499');
  });

  it('tries so often and then leaves at market', () => {
    const session = entered(
      ({ venue }) => {
        venue.options.refuseStops = true;
      },
      { entry: 'resting' },
    );
    session.venue.fill(entryOf(session), '0.500');
    session.pump();
    session.advance(5_000);
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
    const refused = session.core.view
      .orders()
      .filter(({ spec, status }) => spec.role === 'stop' && status === 'rejected');
    expect(refused).toHaveLength(3);
  });

  it('leaves at once when the market is through the stop already', () => {
    const session = entered(() => undefined, { entry: 'resting' });
    const reference = { ...PRICES, bid: '97.00', ask: '97.02' };
    session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: BTC, reference }] });
    session.venue.fill(entryOf(session), '0.500');
    session.pump();
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
    expect(session.ordersOfRole('stop')).toEqual([]);
  });

  it('counts a pending leg as nothing', () => {
    const session = entered(() => undefined, { entry: 'fok' });
    const held = session.core.view.orders().map(({ venueStatus }) => venueStatus);
    expect(held).toEqual(['filled', 'live', 'live']);
    expect(session.exposure().covered).toBe('0.999');
  });

  it('sells a triggered stop at market when its limit does not fill', () => {
    const session = entered(() => undefined);
    session.venue.trigger(session.ordersOfRole('stop')[0]!);
    session.pump();
    session.advance(4_000);
    expect(session.exposure().isFlat).toBe(false);
    session.advance(3_000);
    expect(session.alerts()).toContain('STOP_ESCALATED');
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
  });

  it('leaves a stop that fills after its trigger alone', () => {
    const session = entered(() => undefined);
    const [stop] = session.ordersOfRole('stop');
    session.venue.trigger(stop!);
    session.venue.fill(stop!);
    session.pump();
    session.advance(8_000);
    expect(session.alerts()).not.toContain('STOP_ESCALATED');
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
  });

  it('takes a stop away that outlived its position', () => {
    const session = entered(
      ({ venue }) => {
        venue.options.refuseLists = true;
      },
      { entry: 'resting' },
    );
    session.venue.fill(entryOf(session), '0.500');
    session.pump();
    // The position goes by another way: here by a fill of the stop that closes all but dust.
    session.venue.fill(session.ordersOfRole('stop').at(-1)!, '0.450');
    session.pump();
    session.advance(4_000);
    expect(session.venue.openIds()).toEqual([]);
  });

  it('leaves the stop of a position that a raised minimum made too small', () => {
    const session = entered(() => undefined);
    const open = session.venue.openIds();
    session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, version: 2, minNotional: '500' }] });
    session.advance(8_000);
    expect(session.venue.openIds()).toEqual(open);
    expect(open).not.toEqual([]);
  });
});
