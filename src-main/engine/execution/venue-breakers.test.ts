import { describe, expect, it } from 'vitest';
import type { Decision } from '../domain/events.ts';
import { ordersOf } from '../domain/order.ts';
import { ACCOUNT, bracket, CoreSession } from '../testing/core-session.ts';

/** The one submission among the decisions, answered after `tookMs` as refused by the venue. */
function answerLate(session: CoreSession, decisions: readonly Decision[], tookMs: number): void {
  const submit = decisions.find((decision) => decision.kind === 'order.submit');
  if (submit === undefined) throw new Error('expected an order on its way, was none');
  const clientOrderIds = ordersOf(submit.submission).map(({ clientOrderId }) => clientOrderId);
  session.timeUs += tookMs * 1_000;
  const outcome = { kind: 'rejected', venueCode: '-2010', message: 'insufficient balance' } as const;
  session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome });
}

const enter = (session: CoreSession): readonly Decision[] =>
  session.command({ kind: 'enterBracket', request: bracket() });
const denialOf = (decisions: readonly Decision[]): string | null =>
  decisions.flatMap((decision) => (decision.kind === 'command.answered' ? [decision.denial?.code ?? null] : []))[0] ??
  null;

function started(): CoreSession {
  const session = new CoreSession();
  session.start();
  return session;
}

/** Answers of the venue that take two seconds each. */
function hiccup(): CoreSession {
  const session = started();
  for (let order = 0; order < 3; order++) answerLate(session, enter(session), 2_000);
  return session;
}

describe('a venue that answers after two seconds', () => {
  it('gets no entry after the third slow answer, with the numbers in the denial', () => {
    const session = hiccup();
    const decisions = enter(session);
    expect(denialOf(decisions)).toBe('BREAKER_OPEN');
    const judged = decisions.find((decision) => decision.kind === 'order.judged');
    expect(judged?.verdict.denials[0]?.params).toMatchObject({ endpoint: 'entry', state: 'open', slowAnswers: 3 });
    expect(session.alerts()).toContain('BREAKER_OPENED');
    expect(session.decisions.filter(({ kind }) => kind === 'order.submit')).toHaveLength(3);
  });

  it('gets one entry as a probe after the cool-down, and the next only when that was answered well', () => {
    const session = hiccup();
    session.advance(30_000);
    session.pump();
    const probe = enter(session);
    expect(denialOf(probe)).toBeNull();
    expect(denialOf(enter(session))).toBe('BREAKER_OPEN');
    answerLate(session, probe, 50);
    expect(session.alerts()).toContain('BREAKER_CLOSED');
    expect(session.core.view.venue(ACCOUNT)?.breakers.entry.state).toBe('closed');
    expect(denialOf(enter(session))).toBeNull();
  });

  it('still gets every stop and exit', () => {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    for (let order = 0; order < 3; order++) {
      const another = bracket({ entry: 'resting' });
      answerLate(session, session.command({ kind: 'enterBracket', request: another }), 2_000);
    }
    expect(denialOf(enter(session))).toBe('BREAKER_OPEN');
    session.command({ kind: 'emergencyStop' });
    session.pump();
    session.advance(1_000);
    session.pump();
    expect(session.exposure()).toMatchObject({ isFlat: true, openOrders: [] });
  });
});

describe('a venue that cannot be looked at', () => {
  it('gets no entries after five failed looks, until one succeeds', () => {
    const session = started();
    session.isReachable = false;
    for (let look = 0; look < 12; look++) {
      session.advance(60_000);
      session.pump();
    }
    expect(session.core.view.venue(ACCOUNT)?.breakers.query.state).not.toBe('closed');
    expect(session.alerts()).toContain('BREAKER_OPENED');
    session.isReachable = true;
    session.advance(60_000);
    session.pump();
    expect(session.core.view.venue(ACCOUNT)?.breakers.query.state).toBe('closed');
  });
});

describe('clocks apart', () => {
  it('stop entries by the least they can be apart', () => {
    const session = started();
    session.dispatch({ kind: 'venue.clockMeasured', accountId: ACCOUNT, offsetMs: -1_400, uncertaintyMs: 300 });
    expect(denialOf(enter(session))).toBe('CLOCK_UNTRUSTED');
    session.dispatch({ kind: 'venue.clockMeasured', accountId: ACCOUNT, offsetMs: -1_400, uncertaintyMs: 500 });
    expect(denialOf(enter(session))).toBeNull();
  });
});
