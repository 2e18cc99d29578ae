import { describe, expect, it } from 'vitest';
import { bracket, CoreSession } from '../testing/core-session.ts';

describe('a running emergency stop', () => {
  it.each(['halt', 'setReducing'] as const)('is not ended by the command %s', (kind) => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    session.command({ kind: 'emergencyStop' });
    const decisions = session.command({ kind, reason: 'second thoughts' });
    const answer = decisions.find((decision) => decision.kind === 'command.answered');
    expect(answer?.denial?.code).toBe('STATE_CHANGE_ILLEGAL');
    expect(session.core.view.tradingState().state).toBe('stopping');
    session.pump();
    session.advance(5_000);
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
    expect(session.core.view.tradingState()).toMatchObject({ state: 'halted', reason: 'EMERGENCY_STOP' });
  });
});

describe('the report of an emergency stop', () => {
  it('says when the first cancel went to the network, not when it was decided', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    session.command({ kind: 'emergencyStop' });
    const startedUs = session.timeUs;
    session.timeUs += 90_000;
    const refused = { kind: 'rejected', venueCode: '-2011', message: 'unknown', sentAtUs: startedUs + 7_000 } as const;
    for (const effect of session.effects.splice(0)) {
      if (effect.kind !== 'order.cancel') continue;
      session.dispatch({ kind: 'cancel.answered', clientOrderId: effect.clientOrderId, outcome: refused });
    }
    expect(session.core.view.stop()?.actions[0]).toMatchObject({ action: 'cancel', sentAtUs: startedUs + 7_000 });
  });
});

describe('the cancels of an emergency stop', () => {
  it('take a resting stop away in the lane of the exit, which a paused venue holds back too', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    const decisions = session.command({ kind: 'emergencyStop' });
    expect(decisions.flatMap((decision) => (decision.kind === 'order.cancel' ? [decision.lane] : []))).toEqual([
      'reduce',
    ]);
  });

  it('take an entry away before all else', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket({ entry: 'resting' }) });
    session.pump();
    const decisions = session.command({ kind: 'emergencyStop' });
    expect(decisions.flatMap((decision) => (decision.kind === 'order.cancel' ? [decision.lane] : []))).toEqual([
      'cancel',
    ]);
  });

  it('leave the stop where it is while the venue refuses everything, and go on afterwards', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    session.command({ kind: 'emergencyStop' });
    const paused = { kind: 'rejected', venueCode: 'PAUSED', message: 'the venue ordered a pause' } as const;
    for (const effect of session.effects.splice(0)) {
      if (effect.kind !== 'order.cancel') continue;
      session.dispatch({ kind: 'cancel.answered', clientOrderId: effect.clientOrderId, outcome: paused });
    }
    expect(session.exposure()).toMatchObject({ isBare: false });
    session.advance(10_000);
    expect(session.core.view.stop()).toMatchObject({ verifiedFlat: true });
  });
});
