import { describe, expect, it } from 'vitest';
import type { Decision } from '../domain/events.ts';
import { ordersOf } from '../domain/order.ts';
import { decimal } from '../domain/decimal.ts';
import { Quantity } from '../domain/quantities.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession } from '../testing/core-session.ts';

const q = (text: string): Quantity => Quantity.of(decimal(text));

type Fate = 'lost' | 'never' | 'hung' | 'hungAndNever';
/** The fates of a create of which no answer arrives; `never`: the venue did not get it either. */
const FATES: readonly Fate[] = ['lost', 'never', 'hung', 'hungAndNever'];

/** A position of 0.999 beside `others` that are not ours. */
function holding(others: string, config = CONFIG): CoreSession {
  const session = new CoreSession();
  session.venue.base = q(others);
  session.start(config);
  session.command({ kind: 'enterBracket', request: bracket() });
  session.pump();
  session.advance(1_000);
  return session;
}

/** The stop and its sibling are gone; time passes until the guard sends new ones. */
function dropStop(session: CoreSession): void {
  for (const role of ['stop', 'target']) session.venue.cancel(session.ordersOfRole(role)[0]!, null);
  passUntilSubmit(session);
}

function closeIt(session: CoreSession): void {
  session.command({ kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC });
  passUntilSubmit(session);
}

/** Carries everything out but the next create, which stays the first effect. */
function passUntilSubmit(session: CoreSession): void {
  for (let second = 0; second < 10; second++) {
    for (;;) {
      if (session.effects[0]?.kind === 'order.submit') return;
      const effect = session.effects.shift();
      if (effect !== undefined) session.carryOut(effect);
      const event = session.venue.events.shift();
      session.deliver(event);
      if (effect === undefined && event === undefined) break;
    }
    session.timeUs += 1_000_000;
    session.dispatch({ kind: 'clock.ticked' });
  }
  throw new Error('expected a create, was none');
}

function meet(session: CoreSession, fate: Fate): void {
  const create = session.effects.shift() as Extract<Decision, { kind: 'order.submit' }>;
  if (fate === 'lost') {
    session.answers = 'lose';
    session.carryOut(create);
    session.answers = 'deliver';
  }
  if (fate === 'hung') session.venue.submit(create.submission);
  if (fate === 'never') {
    const clientOrderIds = ordersOf(create.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: { kind: 'unknown', reason: 'reset' } });
  }
  // The stream is silent about it: only looks tell.
  session.venue.events.length = 0;
}

/** Milliseconds until the venue shows the position protected or gone. */
function bareMs(session: CoreSession): number {
  const startUs = session.timeUs;
  session.pump();
  while (held(session).minus(session.venue.covered()).compare(q('0.1')) >= 0) {
    if (session.timeUs - startUs > 60_000_000) throw new Error('expected protection within a minute');
    session.advance(1_000);
  }
  return (session.timeUs - startUs) / 1_000;
}

/** Own fills net of fees. */
function held({ venue }: CoreSession): Quantity {
  return venue.fills.reduce((sum, { side, quantity, fee }) => {
    const traded = side === 'buy' ? q(quantity) : q(quantity).negated();
    return fee.asset === 'BTC' ? sum.plus(traded).minus(q(fee.amount)) : sum.plus(traded);
  }, Quantity.zero());
}

function settled(session: CoreSession): void {
  session.advance(20_000);
  expect(held(session).isNegative).toBe(false);
  expect(session.venue.covered().minus(held(session)).compare(q('0.001'))).toBe(-1);
  expect(session.core.view.orders().every(({ pending }) => pending === null)).toBe(true);
  expect([...session.exposure().openOrders].sort()).toEqual([...session.venue.openIds()].sort());
}

describe.each(FATES)('a create whose answer is %s', (fate) => {
  // Where the account holds no more than the position, nothing can be sold twice.
  it.each([
    ['0', 2_000],
    ['50', 4_000],
  ])('as a stop, beside %s of others, leaves the position bare for at most %i ms', (others, limitMs) => {
    const session = holding(others);
    dropStop(session);
    meet(session, fate);
    expect(bareMs(session)).toBeLessThanOrEqual(hungAlone(fate, others) ?? limitMs);
    settled(session);
    expect(session.exposure()).toMatchObject({ covered: '0.999', isFlat: false });
  });

  it.each([
    ['0', 2_000],
    ['50', 4_000],
  ])('as an exit, beside %s of others, leaves the position bare for at most %i ms', (others, limitMs) => {
    const session = holding(others);
    closeIt(session);
    meet(session, fate);
    expect(bareMs(session)).toBeLessThanOrEqual(hungAlone(fate, others) ?? limitMs);
    settled(session);
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
  });
});

describe('a create that the venue never read', () => {
  it.each(['dropStop', 'closeIt'] as const)('is tried again after a pause and counts for nothing (%s)', (kind) => {
    const session = holding('0');
    if (kind === 'dropStop') dropStop(session);
    else closeIt(session);
    const unread = { kind: 'rejected', venueCode: 'PAUSED', message: '', unread: true } as const;
    for (let tries = 0; tries < 6; tries++) {
      const create = session.effects.shift() as Extract<Decision, { kind: 'order.submit' }>;
      const clientOrderIds = ordersOf(create.submission).map((order) => order.clientOrderId);
      session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: unread });
      expect(session.effects.filter((effect) => effect.kind === 'order.submit')).toEqual([]);
      passUntilSubmit(session);
    }
    session.pump();
    expect(session.ordersOfRole('escalation')).toEqual([]);
    expect(session.exposure().isFlat).toBe(kind === 'closeIt');
    settled(session);
  });
});

/** Without any answer it may still wait to be sent: only ten seconds between two denials count as proof. */
const hungAlone = (fate: Fate, others: string): number | null =>
  fate === 'hungAndNever' && others !== '0' ? 13_000 : null;

describe('a create that arrives after it was denied', () => {
  it.each(['dropStop', 'closeIt'] as const)('does not sell twice (%s)', (kind) => {
    const session = holding('0');
    if (kind === 'dropStop') dropStop(session);
    else closeIt(session);
    const late = session.effects.shift() as Extract<Decision, { kind: 'order.submit' }>;
    const clientOrderIds = ordersOf(late.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: { kind: 'unknown', reason: 'reset' } });
    expect(bareMs(session)).toBeLessThanOrEqual(2_000);
    expect(session.venue.submit(late.submission).kind).toBe('rejected');
    session.pump();
    settled(session);
  });

  it('is found when it beat its successor, whose refusal counts for nothing', () => {
    const session = holding('0');
    dropStop(session);
    const late = session.effects.shift() as Extract<Decision, { kind: 'order.submit' }>;
    const clientOrderIds = ordersOf(late.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: { kind: 'unknown', reason: 'reset' } });
    passUntilSubmit(session);
    expect(session.venue.submit(late.submission).kind).toBe('accepted');
    session.venue.events.length = 0;
    session.pump();
    expect(session.exposure()).toMatchObject({ covered: '0.999', protection: { attempts: 0 } });
    settled(session);
  });

  it('goes again, and its successor stays, when both turn out to rest', () => {
    const session = holding('50');
    dropStop(session);
    const late = session.effects.shift() as Extract<Decision, { kind: 'order.submit' }>;
    const clientOrderIds = ordersOf(late.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: { kind: 'unknown', reason: 'reset' } });
    session.pump();
    session.advance(5_000);
    const unprotectedMs = session.core.view.unprotectedMs();
    // Against the venue's word.
    session.venue.submit(late.submission);
    session.pump();
    expect(session.venue.covered().toString()).toBe('1.998');
    settled(session);
    expect(session.venue.openIds()).toHaveLength(2);
    expect(session.core.view.unprotectedMs()).toBe(unprotectedMs);
  });

  it('is not concluded to be gone while its answer may still come', () => {
    const execution = { ...CONFIG.execution, commandTimeoutMs: 60_000 };
    const session = holding('50', { ...CONFIG, execution });
    closeIt(session);
    meet(session, 'hungAndNever');
    session.advance(30_000);
    const exit = session.core.view.order(session.ordersOfRole('exit')[0]!);
    expect(exit).toMatchObject({ status: 'submitted', pending: { outcome: 'inFlight' } });
    expect(session.ordersOfRole('exit')).toHaveLength(1);
  });

  it('is waited for until its deadline where both would find coins to sell', () => {
    const session = holding('50');
    closeIt(session);
    const late = session.effects.shift() as Extract<Decision, { kind: 'order.submit' }>;
    const clientOrderIds = ordersOf(late.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: { kind: 'unknown', reason: 'reset' } });
    session.pump();
    session.advance(2_000);
    expect(session.ordersOfRole('exit')).toHaveLength(1);
    expect(session.venue.submit(late.submission).kind).toBe('accepted');
    session.pump();
    settled(session);
    expect(session.ordersOfRole('exit')).toHaveLength(1);
  });
});
