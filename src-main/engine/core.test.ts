import { describe, expect, it } from 'vitest';
import { accountId } from './domain/identifiers.ts';
import { bracket, CoreSession, PRICES } from './testing/core-session.ts';

function started(): CoreSession {
  const session = new CoreSession();
  session.start();
  return session;
}

describe('a fok bracket', () => {
  it('is journaled with its verdict, filled and protected from the first fill', () => {
    const session = started();
    const decisions = session.command({ kind: 'enterBracket', request: bracket() });
    expect(decisions.map(({ kind }) => kind)).toEqual(['order.judged', 'order.submit', 'command.answered']);
    session.pump();
    const exposure = session.exposure();
    expect(exposure.quantity).toBe('0.99900000');
    expect(exposure.covered).toBe('0.999');
    expect(session.core.view.unprotectedMs()).toBe(0);
    expect(session.core.view.orders().map(({ status }) => status)).toEqual(['filled', 'accepted', 'accepted']);
    session.advance(10_000);
    expect(session.core.view.orders()).toHaveLength(3);
  });

  it('is judged beforehand as it then is, and the asking leaves no trace', () => {
    const session = started();
    const asked = session.core.view.judge(bracket(), PRICES);
    expect(session.core.view.orders()).toEqual([]);
    const [judged] = session.command({ kind: 'enterBracket', request: bracket() });
    expect(judged).toMatchObject({ kind: 'order.judged', verdict: asked });
    expect(asked.allowed).toBe(true);
    const unknown = session.core.view.judge(bracket({ accountId: accountId('nobody') }), PRICES);
    expect(unknown.denials).toMatchObject([{ code: 'INSTRUMENT_UNKNOWN' }]);
  });

  it('leaves nothing behind when the entry expires', () => {
    const session = started();
    session.venue.options.fok = 'expire';
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    expect(session.exposure()).toMatchObject({ quantity: '0', openOrders: [] });
    expect(session.alerts()).not.toContain('LEG_REFUSED');
  });
});
