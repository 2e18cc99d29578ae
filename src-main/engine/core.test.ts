import { describe, expect, it } from 'vitest';
import { createCore } from './core.ts';
import { accountId } from './domain/identifiers.ts';
import type { BTC } from './testing/core-session.ts';
import { bracket, CoreSession, LISTED, PRICES } from './testing/core-session.ts';

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
    const asked = session.core.view.judge({ kind: 'enterBracket', request: bracket() }, PRICES);
    expect(session.core.view.orders()).toEqual([]);
    const [judged] = session.command({ kind: 'enterBracket', request: bracket() });
    expect(judged).toMatchObject({ kind: 'order.judged', verdict: asked });
    expect(asked.allowed).toBe(true);
    const unknown = session.core.view.judge(
      { kind: 'enterBracket', request: bracket({ accountId: accountId('nobody') }) },
      PRICES,
    );
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

describe('a broken promise of our own code', () => {
  /** A lot of zero is refused by every adapter; rounding to it is what throws here. */
  function broken(): CoreSession {
    const session = started();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    const instrumentId = 'ETH/USDT.BINANCE.SPOT' as typeof BTC;
    session.dispatch({ kind: 'instruments.listed', instruments: [{ ...LISTED, id: instrumentId, lotSize: 'x' }] });
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId }) });
    return session;
  }

  it('halts, is told once, and leaves the engine up to stop', () => {
    const session = broken();
    expect(session.core.view.tradingState()).toMatchObject({ state: 'halted', reason: 'INVARIANT_BROKEN' });
    const instrumentId = 'ETH/USDT.BINANCE.SPOT' as typeof BTC;
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId }) });
    expect(session.alerts().filter((code) => code === 'INVARIANT_BROKEN')).toHaveLength(1);
    session.command({ kind: 'emergencyStop' });
    session.pump();
    session.advance(2_000);
    expect(session.core.view.stop()?.verifiedFlat).toBe(true);
  });

  it('comes out the same in a replay', () => {
    const session = broken();
    const core = createCore();
    const decisions = session.inputs.flatMap(({ sequence, timeUs, input }) => core.apply(sequence, timeUs, input));
    expect(decisions).toEqual(session.decisions);
    expect(core.snapshot()).toEqual(session.core.snapshot());
  });
});

describe('memory', () => {
  it('drops closed orders after an hour, and still books a later fill of one', () => {
    const session = started();
    session.venue.options.fok = 'expire';
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    const [entry] = session.ordersOfRole('entry');
    for (let minute = 0; minute <= 61; minute++) {
      session.timeUs += 60_000_000;
      session.dispatch({ kind: 'clock.ticked' });
      session.pump();
    }
    expect(session.core.view.orders()).toEqual([]);
    const held = session.venue.orders.get(entry!)!;
    held.status = 'live';
    session.venue.fill(entry!, '0.500');
    session.pump();
    expect(session.exposure().quantity).toBe('0.49950000');
    expect(session.alerts()).toContain('RECONCILED');
  });
});
