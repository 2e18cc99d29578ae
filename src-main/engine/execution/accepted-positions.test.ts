import { describe, expect, it } from 'vitest';
import { DEFAULT_RECONCILIATION } from '../domain/config-defaults.ts';
import { ACCOUNT, bracket, CONFIG } from '../testing/core-session.ts';
import { sessionOn, USDM } from '../testing/venue-cases.ts';

const ACCEPTING = {
  ...CONFIG,
  reconciliation: { ...DEFAULT_RECONCILIATION, startup: 'policy', positionDiffers: 'accept' },
} as const;

describe('a position that differs, which the policy accepts,', () => {
  it.each([
    ['1.000', '0.4', true],
    ['1.000', '0', true],
    ['1.000', '1.500', false],
    ['1.000', '-0.500', false],
  ])('of futures, %s here and %s there, is corrected by policy: %s', (ours, quantity, isCorrected) => {
    const session = sessionOn(USDM, ACCEPTING);
    session.command({ kind: 'enterBracket', request: bracket({ instrumentId: USDM }) });
    session.pump();
    expect(session.exposure().quantity).toBe(ours);
    for (let look = 0; look < DEFAULT_RECONCILIATION.attempts; look++) {
      session.timeUs += 1_000_000;
      const snapshot = session.venue.snapshot([]);
      const positions = [{ instrumentId: USDM, quantity, entryPrice: '100', liquidationPrice: null }];
      session.dispatch({ kind: 'venue.reconciled', accountId: ACCOUNT, ...snapshot, positions });
    }
    expect(session.exposure().quantity).toBe(isCorrected ? quantity : ours);
    const found = session.core.view.differences().filter(({ kind }) => kind === 'positionDiffers');
    expect(found).toMatchObject([{ proposed: 'correct', acceptedBy: isCorrected ? 'policy' : null }]);
    expect(session.core.view.tradingState().state).toBe(isCorrected ? 'active' : 'halted');
  });
});
