import { describe, expect, it } from 'vitest';
import type { JudgedCommand, OrderRequest } from '../domain/command.ts';
import type { ExecutorRequest } from '../domain/executor.ts';
import { ACCOUNT, bracket, BTC, type CoreSession, PRICES } from '../testing/core-session.ts';
import { answerTo, KRAKEN, request, sessionOn, USDM } from '../testing/venue-cases.ts';

const order = (over: Partial<OrderRequest> = {}): JudgedCommand => ({ kind: 'placeOrder', request: request(over) });
const twap = (over: Partial<ExecutorRequest> = {}): JudgedCommand => ({
  kind: 'startExecutor',
  request: {
    ...{ accountId: ACCOUNT, strategyId: null, instrumentId: BTC, side: 'buy', quantity: '3.000', reduceOnly: false },
    protection: { stopTrigger: '98.00', stopLimit: '97.50', target: null },
    params: { kind: 'twap', durationMs: 60_000, slices: 3, jitterRatio: '0', limitPrice: null },
    ...over,
  },
});
const selling = { side: 'sell', type: 'market', timeInForce: null, price: null, protection: null } as const;

function asked(session: CoreSession, command: JudgedCommand): string | null {
  const before = JSON.stringify(session.core.view.orders());
  const verdict = session.core.view.judge(command, PRICES);
  expect(JSON.stringify(session.core.view.orders())).toBe(before);
  expect(verdict.allowed).toBe(verdict.denials.length === 0);
  return verdict.denials[0]?.code ?? null;
}

describe('a command that is asked about before it is given', () => {
  it.each<[string, JudgedCommand, string | null]>([
    ['an entry with its stop', order(), null],
    ['an entry without one', order({ protection: null }), 'PROTECTION_REQUIRED'],
    ['an entry over the limits', order({ quantity: '999.000' }), 'ORDER_NOTIONAL_LIMIT'],
    ['a form without its price', order({ price: null }), 'PRICE_INVALID'],
    ['an end in the past', order({ timeInForce: 'gtd', expiresAtUs: 1 }), 'EXPIRY_INVALID'],
    ['another account', order({ accountId: 'nobody' as typeof ACCOUNT }), 'INSTRUMENT_UNKNOWN'],
    ['an exit without a position', order({ ...selling, reduceOnly: true }), 'REDUCES_NOTHING'],
    ['an executor', twap(), null],
    ['an executor without a stop', twap({ protection: null }), 'PROTECTION_REQUIRED'],
    ['an executor of nobody', twap({ accountId: 'nobody' as typeof ACCOUNT }), 'INSTRUMENT_UNKNOWN'],
    ['an executor of half a lot', twap({ quantity: '3.0005' }), 'QUANTITY_OFF_LOT'],
  ])('gets for %s the answer it would get', (_name, command, code) => {
    const session = sessionOn(BTC);
    expect(asked(session, command)).toBe(code);
    expect(answerTo(session, command)).toBe(code);
  });

  it('is judged as an exit where it only closes', () => {
    const session = sessionOn(BTC);
    session.command({ kind: 'enterBracket', request: bracket() });
    session.pump();
    expect(asked(session, order({ ...selling, quantity: '0.500' }))).toBeNull();
    const resting = { ...selling, type: 'limit', timeInForce: 'gtc', price: '101.00' } as const;
    expect(asked(session, order({ ...resting, quantity: '0.500' }))).toBe('PROTECTION_UNAVAILABLE');
  });

  it('is told when trading is not active', () => {
    const session = sessionOn(BTC);
    session.command({ kind: 'halt', reason: 'test' });
    expect([asked(session, order()), asked(session, twap())]).toEqual(['TRADING_STATE', 'TRADING_STATE']);
  });

  it.each([
    [BTC, null],
    [KRAKEN, 'ORDER_TYPE_UNSUPPORTED'],
    [USDM, 'ORDER_TYPE_UNSUPPORTED'],
  ])('may hide a part of its size on %s: %s', (instrumentId, code) => {
    const session = sessionOn(instrumentId);
    const hidden = order({ instrumentId, displayQuantity: '0.100' });
    expect(asked(session, hidden)).toBe(code);
    expect(answerTo(session, hidden)).toBe(code);
  });
});
