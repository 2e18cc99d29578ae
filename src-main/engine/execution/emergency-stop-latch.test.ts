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
