import { describe, expect, it } from 'vitest';
import { createCore } from '../core.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession, PRICES } from '../testing/core-session.ts';

/** Buys one at 100 or so under a limit of 0.01 % of equity, then the market is at `price`. */
function boughtThenAt(price: string): CoreSession {
  const session = new CoreSession();
  session.start({ ...CONFIG, risk: { ...CONFIG.risk, maxDayLossRatio: '0.0001' } });
  session.advance(1_000);
  session.command({ kind: 'enterBracket', request: bracket() });
  session.pump();
  reprice(session, price);
  return session;
}

function reprice(session: CoreSession, price: string): void {
  const reference = { ...PRICES, bid: price, ask: price, lastTrade: price, barClose: price };
  session.dispatch({ kind: 'prices.referenced', prices: [{ instrumentId: BTC, reference }] });
}

describe('day loss', () => {
  it('starts with the first known figures', () => {
    const session = new CoreSession();
    session.start();
    expect(session.core.view.day(ACCOUNT)).toBeNull();
    session.advance(1_000);
    expect(session.core.view.day(ACCOUNT)).toMatchObject({ loss: { passed: true, used: '0' } });
    expect(session.core.view.day(ACCOUNT)?.pnl.toNumberLossy()).toBe(0);
  });

  it('takes new exposure away beyond the limit, and again after a re-arm the same day', () => {
    const session = boughtThenAt('100.00');
    session.advance(1_000);
    expect(session.core.view.tradingState().state).toBe('active');
    reprice(session, '80.00');
    session.advance(1_000);
    expect(session.core.view.tradingState()).toMatchObject({ state: 'reducing', reason: 'DAY_LOSS_LIMIT' });
    expect(session.core.view.day(ACCOUNT)?.loss.passed).toBe(false);
    session.command({ kind: 'rearm', to: 'active', reason: 'try again' });
    expect(session.core.view.tradingState().state).toBe('active');
    session.advance(1_000);
    expect(session.core.view.tradingState().state).toBe('reducing');
  });

  it('survives a restart', () => {
    const session = boughtThenAt('90.00');
    session.advance(1_000);
    const before = session.core.view.day(ACCOUNT);
    const resumed = createCore();
    resumed.restore(session.core.snapshot());
    expect(JSON.stringify(resumed.view.day(ACCOUNT))).toBe(JSON.stringify(before));
    expect(Number(before?.loss.used)).toBeGreaterThan(9);
  });
});
