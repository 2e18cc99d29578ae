import { describe, expect, it } from 'vitest';
import { accountId } from '../domain/identifiers.ts';
import { ACCOUNT, bracket, BTC, CONFIG, CoreSession } from '../testing/core-session.ts';

const DAY_MS = 24 * 3_600_000;

describe('trades applied more than a day ago', () => {
  it('are not applied again when a new life is shown them', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    const held = session.exposure().quantity;
    session.timeUs += (DAY_MS + 60_000) * 1_000;
    session.advance(2_000);
    session.start(CONFIG, 2);
    session.advance(2_000);
    expect(session.exposure().quantity).toBe(held);
    expect(session.venue.base.toString()).toBe(held);
  });

  it('are told from later ones of the same instrument', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    session.timeUs += (DAY_MS + 60_000) * 1_000;
    session.advance(2_000);
    const [stop] = session.ordersOfRole('stop');
    session.venue.fill(stop!);
    session.venue.events.length = 0;
    session.dispatch({ kind: 'venue.changed', accountId: ACCOUNT, state: 'down', detail: '' });
    session.dispatch({ kind: 'venue.changed', accountId: accountId(ACCOUNT), state: 'ready', detail: '' });
    session.pump();
    expect(session.exposure().isFlat).toBe(true);
  });
});

describe('a trade with ourselves', () => {
  it('counts on both sides under its one id', () => {
    const session = new CoreSession();
    session.start();
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    session.command({ kind: 'closePosition', accountId: ACCOUNT, instrumentId: BTC });
    const held = session.exposure().quantity;
    const entry = session.venue.fills[0]!;
    const exit = { ...entry, side: 'sell', quantity: '0.500', fee: { amount: '0.05', asset: 'USDT' } } as const;
    session.dispatch({ kind: 'order.filled', fill: entry, source: 'stream' });
    expect(session.exposure().quantity).toBe(held);
    session.dispatch({ kind: 'order.filled', fill: exit, source: 'stream' });
    session.dispatch({ kind: 'order.filled', fill: exit, source: 'query' });
    expect(Number(held) - Number(session.exposure().quantity)).toBeCloseTo(0.5);
  });
});
