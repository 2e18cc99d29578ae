import { describe, expect, it } from 'vitest';
import { bracket, CONFIG, CoreSession } from '../testing/core-session.ts';

/** Brackets of three orders each whose entries met nobody. */
function expired(brackets: number): CoreSession {
  const session = new CoreSession();
  session.start({ ...CONFIG, risk: { ...CONFIG.risk, maxEntriesPerMinute: 10_000 } });
  session.venue.options.fok = 'expire';
  for (let sent = 0; sent < brackets; sent++) {
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
  }
  return session;
}

const known = (session: CoreSession): number => session.core.view.orders().length;

describe('closed orders', () => {
  it('leave after an hour', () => {
    const session = expired(100);
    session.advance(60_000);
    expect(known(session)).toBe(300);
    session.timeUs += 3_600_000_000;
    session.advance(1_000);
    expect(known(session)).toBe(0);
  });

  it('leave after ten seconds when they are many, for the state is saved as a whole', () => {
    const session = expired(501);
    session.advance(9_000);
    expect(known(session)).toBe(1_503);
    session.advance(2_000);
    expect(known(session)).toBe(0);
  });
});
