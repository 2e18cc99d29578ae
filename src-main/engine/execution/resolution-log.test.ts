import { describe, expect, it } from 'vitest';
import type { CommandOutcome, Decision } from '../domain/events.ts';
import { ordersOf } from '../domain/order.ts';
import type { UnknownOutcome } from '../domain/unknown-outcome.ts';
import { ACCOUNT, bracket, CoreSession } from '../testing/core-session.ts';

const LOST: CommandOutcome = { kind: 'unknown', reason: 'NETWORK: reset' };

function resting(): CoreSession {
  const session = new CoreSession();
  session.start();
  session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
  return session;
}

/** Takes the next effect of that kind out of those to be carried out. */
function take<K extends Decision['kind']>(session: CoreSession, kind: K): Extract<Decision, { kind: K }> {
  const at = session.effects.findIndex((effect) => effect.kind === kind);
  const [effect] = session.effects.splice(at, 1);
  if (effect?.kind !== kind) throw new Error(`expected an effect ${kind}, was none`);
  return effect as Extract<Decision, { kind: K }>;
}

/** The create dies on its way. */
function loseCreate(session: CoreSession): void {
  const clientOrderIds = ordersOf(take(session, 'order.submit').submission).map((order) => order.clientOrderId);
  session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: LOST });
}

const journaled = (session: CoreSession): readonly UnknownOutcome[] =>
  session.decisions.flatMap((decision) => (decision.kind === 'outcome.resolved' ? [decision.outcome] : []));

describe('the resolution log', () => {
  it('tells of a create that never existed: when, why, each answer, after how long', () => {
    const session = resting();
    loseCreate(session);
    const unknownAtUs = session.timeUs;
    expect(session.core.view.unknownOutcomes()).toMatchObject([
      { command: 'create', role: 'entry', reason: 'NETWORK: reset', resolution: null, questions: [{ answer: null }] },
    ]);
    session.pump();
    session.advance(10_000);
    const seconds = (count: number): number => unknownAtUs + count * 1_000_000;
    expect(journaled(session)).toEqual([
      expect.objectContaining({
        sentAtUs: unknownAtUs,
        unknownAtUs,
        resolution: 'neverExisted',
        resolvedBy: 'query',
        // The deadline of two seconds, and one for a stamp ahead of the venue's clock.
        resolvedAtUs: seconds(3),
        questions: [
          { askedAtUs: seconds(0), answeredAtUs: seconds(0), answer: 'absent' },
          { askedAtUs: seconds(3), answeredAtUs: seconds(3), answer: 'rejected' },
        ].map((question, index) => (index === 1 ? { ...question, answer: 'absent' } : question)),
      }),
    ]);
    expect(session.core.view.unknownOutcomes()).toEqual(journaled(session));
  });

  it('tells a failed look from an answer', () => {
    const session = resting();
    session.isReachable = false;
    const lost = take(session, 'order.submit');
    session.venue.submit(lost.submission);
    const clientOrderIds = ordersOf(lost.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: LOST });
    session.venue.events.length = 0;
    session.pump();
    session.isReachable = true;
    session.advance(2_000);
    const [outcome] = journaled(session);
    expect(outcome).toMatchObject({ resolution: 'exists', resolvedBy: 'query' });
    expect(outcome?.questions.map(({ answer }) => answer)).toEqual(['failed', 'accepted']);
  });

  it('tells of news of the private stream', () => {
    const session = resting();
    const lost = take(session, 'order.submit');
    session.venue.submit(lost.submission);
    const clientOrderIds = ordersOf(lost.submission).map((order) => order.clientOrderId);
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: LOST });
    session.deliver(session.venue.events.shift());
    expect(journaled(session)).toMatchObject([
      { resolution: 'exists', resolvedBy: 'news', resolvedAtUs: session.timeUs },
    ]);
  });

  it.each([
    [true, 'gone'],
    [false, 'stillOpen'],
  ])('tells of a cancel that arrived: %s', (arrived, resolution) => {
    const session = resting();
    session.pump();
    const [entry] = session.ordersOfRole('entry');
    session.advance(1_000);
    session.command({ kind: 'cancelOrder', clientOrderId: entry! });
    const { clientOrderId, listId } = take(session, 'order.cancel');
    if (arrived) session.venue.cancel(clientOrderId, listId);
    session.venue.events.length = 0;
    session.dispatch({ kind: 'cancel.answered', clientOrderId, outcome: LOST });
    session.timeUs += 1_000_000;
    session.dispatch({ kind: 'clock.ticked' });
    session.pump();
    session.advance(3_000);
    expect(journaled(session)[0]).toMatchObject({ command: 'cancel', resolution, resolvedBy: 'query' });
  });

  it('keeps a case open over a restart', () => {
    const session = resting();
    session.effects.length = 0;
    session.start(undefined, 2);
    session.advance(10_000);
    expect(journaled(session)).toMatchObject([{ reason: 'RESTART', resolution: 'neverExisted' }]);
  });

  it('halts after a minute without proof, once, and goes on asking', () => {
    const session = resting();
    loseCreate(session);
    session.isReachable = false;
    session.advance(59_000);
    expect(session.core.view.tradingState().state).toBe('active');
    session.advance(2_000);
    expect(session.core.view.tradingState()).toMatchObject({ state: 'halted', reason: 'OUTCOME_UNRESOLVED' });
    session.command({ kind: 'rearm', to: 'active', reason: 'looked at the venue' });
    session.advance(30_000);
    expect(session.core.view.tradingState().state).toBe('active');
    expect(session.alerts().filter((code) => code === 'OUTCOME_UNRESOLVED')).toHaveLength(1);
    session.isReachable = true;
    session.advance(30_000);
    expect(journaled(session)).toMatchObject([{ accountId: ACCOUNT, resolution: 'neverExisted' }]);
    expect(journaled(session)[0]?.questions.length).toBeLessThanOrEqual(20);
  });
});
