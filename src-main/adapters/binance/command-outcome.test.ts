import { describe, expect, it } from 'vitest';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { outcomeOf } from './command-outcome.ts';

const failure = (over: Partial<CallFailure>): CallFailure => ({
  outcome: 'rejected',
  code: '-2010',
  message: '',
  remedy: 'none',
  retryAfterMs: null,
  ...over,
});

describe('the outcome of a failed command', () => {
  it.each([
    ['-2010', 'Stop price would trigger immediately.'],
    ['-2010', 'Order would trigger immediately.'],
    ['-2021', 'Order would immediately trigger.'],
  ])('says that the market is through the trigger: %s %s', (code, message) => {
    expect(outcomeOf(failure({ code, message }))).toEqual({
      kind: 'rejected',
      venueCode: code,
      message,
      wouldTrigger: true,
    });
  });

  it.each([
    [failure({ message: 'Account has insufficient balance.' }), { kind: 'rejected', venueCode: '-2010' }],
    [failure({ code: 'PAUSED' }), { kind: 'rejected', unread: true }],
    [failure({ code: '-1015', remedy: 'pause' }), { kind: 'rejected', unread: true }],
    [
      failure({ outcome: 'unknown', code: 'NETWORK', message: 'it would trigger immediately' }),
      { kind: 'unknown', reason: 'NETWORK: it would trigger immediately' },
    ],
  ])('says nothing of the kind otherwise: %o', (given, outcome) => {
    expect(outcomeOf(given)).toMatchObject(outcome);
    expect(outcomeOf(given)).not.toHaveProperty('wouldTrigger');
  });
});
