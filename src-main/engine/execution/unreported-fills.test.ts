import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DecimalText } from '../domain/decimal.ts';
import type { ClientOrderId } from '../domain/identifiers.ts';
import { bracket, BTC, CONFIG, CoreSession, PRICES } from '../testing/core-session.ts';

type Trades = { readonly low: DecimalText; readonly high: DecimalText };

/** Lets a second pass in which the market traded between two prices, the last time 100 ms ago. */
function second(session: CoreSession, trades: Trades | null, ms = 1_000): void {
  session.timeUs += ms * 1_000;
  const reached = ({ low, high }: Trades) => ({
    low: { price: low, ageUs: 100_000 },
    high: { price: high, ageUs: 100_000 },
  });
  const traded = trades === null ? {} : { traded: reached(trades) };
  session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: BTC, reference: PRICES, ...traded }] });
  session.dispatch({ kind: 'clock.ticked' });
  session.pump();
}

const seconds = (session: CoreSession, count: number, trades: Trades | null = null): void => {
  for (let passed = 0; passed < count; passed++) second(session, trades);
};

const looks = (session: CoreSession): number =>
  session.decisions.filter((decision) => decision.kind === 'venue.reconcile' && decision.reason === 'UNREPORTED')
    .length;

const idOf = (session: CoreSession, role: 'entry' | 'stop' | 'target'): ClientOrderId => {
  const record = session.core.view.orders().find(({ spec }) => spec.role === role);
  if (record === undefined) throw new Error(`expected an order, was no ${role}`);
  return record.spec.clientOrderId;
};

function withEntry(entry: 'resting' | 'fok', config = CONFIG): CoreSession {
  const session = new CoreSession();
  session.start(config);
  session.command({ kind: 'enterBracket', request: bracket({ entry }) });
  session.pump();
  second(session, null);
  return session;
}

/** The venue acts and its private stream says nothing. */
function quietly(session: CoreSession, act: () => void): void {
  act();
  session.venue.events.length = 0;
}

const AT_STOP: Trades = { low: '98.00', high: '100.00' };
const AT_ENTRY: Trades = { low: '99.99', high: '100.01' };
const AT_TARGET: Trades = { low: '100.00', high: '104.00' };

describe('a fill that the stream does not tell', () => {
  it.each([
    ['entry', 'resting', AT_ENTRY],
    ['target', 'fok', AT_TARGET],
    ['stop', 'fok', AT_STOP],
  ] as const)('of the %s is found within two seconds of the trade', (role, entry, trades) => {
    const session = withEntry(entry);
    quietly(session, () => {
      if (role === 'stop') session.venue.trigger(idOf(session, role));
      session.venue.fill(idOf(session, role));
    });
    second(session, trades);
    expect(looks(session)).toBe(0);
    seconds(session, 1);
    expect(looks(session)).toBe(1);
    const order = session.core.view.order(idOf(session, role));
    expect(order?.status).toBe('filled');
  });

  it('is left to the regular look where the configuration says so', () => {
    const session = withEntry('resting', { ...CONFIG, execution: { ...CONFIG.execution, missedReportMs: 0 } });
    quietly(session, () => session.venue.fill(idOf(session, 'entry')));
    seconds(session, 5, AT_ENTRY);
    expect(looks(session)).toBe(0);
  });

  it('is not suspected for trades of before the order was heard of', () => {
    const session = new CoreSession();
    session.start();
    second(session, null);
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    const early = { price: '99.00', ageUs: 500_000 };
    const traded = { low: early, high: early };
    session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: BTC, reference: PRICES, traded }] });
    seconds(session, 5);
    expect(looks(session)).toBe(0);
  });

  it('is asked about ever less often while the order goes on resting', () => {
    const session = withEntry('resting');
    seconds(session, 55, AT_ENTRY);
    expect(looks(session)).toBeGreaterThan(1);
    expect(looks(session)).toBeLessThanOrEqual(5);
  });
});

describe('a stream that works', () => {
  it('costs no look more, whatever the market does', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('enter' as const), entry: fc.constantFrom('resting' as const, 'fok' as const) }),
      fc.record({ kind: fc.constant('trade' as const), ticks: fc.integer({ min: 9_700, max: 10_500 }) }),
      fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 5 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const session = new CoreSession();
        session.start();
        for (const one of steps) {
          if (one.kind === 'enter') session.command({ kind: 'enterBracket', request: bracket({ entry: one.entry }) });
          if (one.kind === 'pass') seconds(session, one.seconds);
          session.pump();
          if (one.kind === 'trade') trade(session, one.ticks);
        }
        seconds(session, 3);
        expect(looks(session)).toBe(0);
      }),
    );
  });
});

/** The venue fills and triggers what stands at the price or beyond, and tells. */
function trade(session: CoreSession, ticks: number): void {
  const price = (ticks / 100).toFixed(2);
  session.timeUs += 900_000;
  const open = session.core.view.orders().filter(({ venueStatus }) => venueStatus === 'live');
  for (const { spec } of open) {
    const level = Number(spec.triggerPrice ?? spec.price) * 100;
    const isReached = spec.role === 'entry' || spec.role === 'stop' ? ticks <= level : ticks >= level;
    if (!isReached) continue;
    if (spec.role === 'stop') session.venue.trigger(spec.clientOrderId);
    session.venue.fill(spec.clientOrderId);
    session.pump();
  }
  second(session, { low: price, high: price }, 100);
}
