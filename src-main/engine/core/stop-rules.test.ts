import { describe, expect, it } from 'vitest';
import { ACCOUNT, BTC, type CoreSession } from '../testing/core-session.ts';
import { liveStops, withPosition } from '../testing/modify-cases.ts';
import { answerTo, closeBar, priceAt, sessionOn, USDM } from '../testing/venue-cases.ts';

describe('a stop rule', () => {
  const setRule = (session: CoreSession, instrumentId: typeof BTC, rule: object): string | null =>
    answerTo(session, { kind: 'setStopRule', accountId: ACCOUNT, instrumentId, rule });
  const triggers = (session: CoreSession) => liveStops(session).map(({ spec }) => spec.triggerPrice);

  it('trails the best price and never loosens', () => {
    const session = withPosition(USDM);
    expect(setRule(session, USDM, { trailingRatio: '0.01' })).toBeNull();
    for (const price of ['102.00', '103.00', '101.97', '102.50']) {
      session.advance(2_000);
      priceAt(session, USDM, price);
    }
    session.advance(3_000);
    expect(triggers(session)).toEqual(['101.97'].map(() => '101.97'));
    expect(session.core.view.unprotectedMs()).toBe(0);
  });

  it('leaves a stop that is tighter than it asks for', () => {
    const session = withPosition(USDM);
    setRule(session, USDM, { trailingRatio: '0.05' });
    session.advance(2_000);
    priceAt(session, USDM, '101.00');
    session.advance(3_000);
    expect(triggers(session)).toEqual(['98.00']);
  });

  it('moves on closed bars alone where a move opens a gap', () => {
    const session = withPosition();
    setRule(session, BTC, { trailingRatio: '0.01' });
    session.advance(2_000);
    priceAt(session, BTC, '102.00');
    expect(triggers(session)).toEqual(['98.00']);
    closeBar(session, BTC, '102.00');
    session.advance(1_000);
    expect(triggers(session)).toEqual(['100.98']);
  });

  it('follows by true range, goes to break even and closes by bars', () => {
    const session = withPosition(USDM);
    setRule(session, USDM, { atr: { multiple: '2', period: 3 } });
    for (let bar = 0; bar < 4; bar++) closeBar(session, USDM, '101.00');
    session.advance(2_000);
    // Ranges of 1 around a still close: two of them under it.
    expect(triggers(session)).toEqual(['99.00']);
    setRule(session, USDM, { breakEvenRatio: '0.005' });
    closeBar(session, USDM, '101.00');
    session.advance(2_000);
    expect(Number(triggers(session)[0])).toBeGreaterThanOrEqual(100);
    setRule(session, USDM, { closeAfterBars: 2 });
    closeBar(session, USDM, '101.00');
    expect(session.exposure().isFlat).toBe(false);
    closeBar(session, USDM, '101.00');
    session.advance(2_000);
    expect(session.exposure().isFlat).toBe(true);
  });

  it.each([
    { trailingRatio: '0' },
    { trailingRatio: 0.01 },
    { breakEvenRatio: 'x' },
    { atr: { multiple: '0', period: 3 } },
    { atr: { multiple: '2', period: 1.5 } },
    { closeAfterMs: -1 },
  ])('that cannot be followed is denied: %o', (rule) => {
    expect(setRule(withPosition(), BTC, rule)).toBe('STOP_RULE_INVALID');
  });

  it('closes after its time, and not while it is closing already', () => {
    const session = withPosition(USDM);
    expect(setRule(session, USDM, { closeAfterMs: 5_000 })).toBeNull();
    session.advance(4_000);
    priceAt(session, USDM, '100.50');
    expect(session.exposure().isFlat).toBe(false);
    session.advance(1_000);
    session.isReachable = false;
    priceAt(session, USDM, '100.50');
    priceAt(session, USDM, '100.60');
    session.isReachable = true;
    session.advance(10_000);
    expect(session.exposure().isFlat).toBe(true);
  });

  it('asks for nothing within a tick of the market, nor while it is stopping, nor once it was taken back', () => {
    const session = withPosition(USDM);
    expect(setRule(session, USDM, { trailingRatio: '0.00001' })).toBeNull();
    session.advance(2_000);
    priceAt(session, USDM, '101.00');
    expect(triggers(session)).toEqual(['98.00']);
    expect(answerTo(session, { kind: 'setStopRule', accountId: ACCOUNT, instrumentId: USDM, rule: null })).toBeNull();
    session.advance(2_000);
    priceAt(session, USDM, '103.00');
    session.advance(3_000);
    expect(triggers(session)).toEqual(['98.00']);
  });

  it('is denied when it means nothing or there is no position', () => {
    const session = withPosition();
    expect(setRule(session, BTC, {})).toBe('STOP_RULE_INVALID');
    expect(setRule(session, BTC, { trailingRatio: '1.5' })).toBe('STOP_RULE_INVALID');
    expect(setRule(session, BTC, { closeAfterBars: 0 })).toBe('STOP_RULE_INVALID');
    expect(setRule(sessionOn(USDM), USDM, { trailingRatio: '0.01' })).toBe('POSITION_UNKNOWN');
  });
});
