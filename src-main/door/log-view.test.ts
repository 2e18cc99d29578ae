import { describe, expect, it } from 'vitest';
import { bracket, CoreSession } from '../engine/testing/core-session.ts';
import { logDto } from './log-view.ts';

describe('the event log', () => {
  it('sums up what became of a command of unknown outcome', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    const create = session.effects.findIndex(({ kind }) => kind === 'order.submit');
    session.effects.splice(create, 1);
    const clientOrderIds = session.ordersOfRole('entry');
    session.dispatch({ kind: 'submit.answered', clientOrderIds, outcome: { kind: 'unknown', reason: 'reset' } });
    session.pump();
    session.advance(5_000);
    const resolved = session.decisions.find(({ kind }) => kind === 'outcome.resolved');
    expect(resolved && logDto(7, session.timeUs, resolved)).toEqual({
      sequence: 7,
      timeUs: session.timeUs,
      kind: 'outcome.resolved',
      instrumentId: bracket().instrumentId,
      summary: {
        command: 'create',
        role: 'entry',
        resolution: 'neverExisted',
        resolvedBy: 'query',
        asked: 2,
        ms: 3_000,
      },
    });
  });
});
