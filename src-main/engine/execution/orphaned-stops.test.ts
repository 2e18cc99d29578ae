import { describe, expect, it } from 'vitest';
import type { ClientOrderId, TradeId, VenueOrderId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, BTC, CoreSession } from '../testing/core-session.ts';

/** The target is told as filled while the venue still holds the stop: the other half of that news is missing. */
function outlived(): { readonly session: CoreSession; readonly stop: ClientOrderId; readonly tell: () => void } {
  const session = new CoreSession();
  session.start();
  session.command({ kind: 'enterBracket', request: bracket() });
  session.pump();
  const [stop, target] = [session.ordersOfRole('stop')[0]!, session.ordersOfRole('target')[0]!];
  const fill = {
    tradeId: '7001' as TradeId,
    clientOrderId: target,
    venueOrderId: '7001' as VenueOrderId,
    accountId: ACCOUNT,
    instrumentId: BTC,
    side: 'sell',
    price: '104.00',
    quantity: '0.999',
    fee: { amount: '0', asset: 'USDT' },
    liquidity: 'maker',
    tradedAtUs: session.timeUs,
  } as const;
  return { session, stop, tell: () => void session.dispatch({ kind: 'order.filled', fill, source: 'stream' }) };
}

const cancels = (session: CoreSession): readonly ClientOrderId[] =>
  session.decisions.flatMap((decision) => (decision.kind === 'order.cancel' ? [decision.clientOrderId] : []));

describe('a stop that outlived its position', () => {
  it('stays while the venue cannot be asked, and goes once it showed both', () => {
    const { session, stop, tell } = outlived();
    session.isReachable = false;
    tell();
    session.advance(30_000);
    expect(session.exposure().isFlat).toBe(true);
    expect(cancels(session)).toEqual([]);
    session.isReachable = true;
    session.advance(15_000);
    expect(cancels(session)).toContain(stop);
    expect(session.venue.openIds()).toEqual([]);
    expect(session.exposure().isFlat).toBe(true);
  });

  it('is not canceled on a look that was asked for while there was a position', () => {
    const { session, tell } = outlived();
    session.advance(61_000);
    const older = session.venue.snapshot([]);
    session.isReachable = false;
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'degraded', detail: '' });
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'ready', detail: '' });
    session.effects.length = 0;
    session.timeUs += 1_000;
    tell();
    session.timeUs += 1_000;
    session.dispatch({ kind: 'venue.reconciled', accountId: ACCOUNT, ...older });
    session.advance(10_000);
    expect(session.exposure().isFlat).toBe(true);
    expect(cancels(session)).toEqual([]);
  });
});
