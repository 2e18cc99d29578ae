import { describe, expect, it } from 'vitest';
import { classifyGenericFailure, type GenericEvidence } from './call-evidence.ts';

const errors = (await import('@ccxt/base/errors')) as unknown as Record<string, new (text: string) => Error>;
const errorOf = (name: string): Error => {
  const type = errors[name];
  if (type === undefined) throw new Error(`expected an error class of ccxt, was ${name}`);
  return new type('words of the venue');
};

const ANSWERED: GenericEvidence = { sent: true, status: 400, isReadable: true, retryAfterMs: null };

describe('what became of a failed call', () => {
  it.each([
    ['InsufficientFunds', {}, 'rejected', 'InsufficientFunds', 'none'],
    ['OrderNotFound', {}, 'rejected', 'OrderNotFound', 'none'],
    ['BadSymbol', {}, 'rejected', 'BadSymbol', 'none'],
    ['InvalidNonce', {}, 'rejected', 'InvalidNonce', 'none'],
    ['MarketClosed', { status: 200 }, 'rejected', 'MarketClosed', 'none'],
    ['PermissionDenied', {}, 'rejected', 'PermissionDenied', 'refuseCredentials'],
    ['RateLimitExceeded', {}, 'rejected', 'RateLimitExceeded', 'pause'],
    ['DDoSProtection', { status: 429 }, 'rejected', 'HTTP_429', 'pause'],
    ['DDoSProtection', {}, 'unknown', 'DDoSProtection', 'none'],
    ['DuplicateOrderId', {}, 'unknown', 'DuplicateOrderId', 'none'],
    ['ChecksumError', {}, 'unknown', 'ChecksumError', 'none'],
    ['ExchangeError', {}, 'unknown', 'ExchangeError', 'none'],
    ['OperationFailed', {}, 'unknown', 'OperationFailed', 'none'],
    ['RequestTimeout', { status: undefined }, 'unknown', 'RequestTimeout', 'none'],
    ['InvalidOrder', { status: undefined }, 'unknown', 'InvalidOrder', 'none'],
    ['InvalidOrder', { status: 503 }, 'unknown', 'HTTP_503', 'none'],
    ['InvalidOrder', { isReadable: false }, 'unknown', 'HTTP_400', 'none'],
    ['InvalidOrder', { sent: false, status: undefined }, 'rejected', 'NOT_SENT', 'none'],
  ] as const)('%s %j is %s', (name, evidence, outcome, code, remedy) => {
    const failure = classifyGenericFailure(errorOf(name), { ...ANSWERED, ...evidence });
    expect(failure).toMatchObject({ outcome, code, remedy });
  });

  it('proves nothing by what is no error of ccxt', () => {
    expect(classifyGenericFailure(new TypeError('x of undefined'), ANSWERED)).toMatchObject({ outcome: 'unknown' });
    expect(classifyGenericFailure('torn', ANSWERED)).toMatchObject({ outcome: 'unknown', message: 'torn' });
  });

  it('pauses as long as the venue says, else for a minute, and shortens what it quotes', () => {
    const stated = classifyGenericFailure(errorOf('RateLimitExceeded'), { ...ANSWERED, retryAfterMs: 2_000 });
    expect(stated.retryAfterMs).toBe(2_000);
    const unstated = classifyGenericFailure(new Error('x'.repeat(500)), { ...ANSWERED, status: 418 });
    expect(unstated.retryAfterMs).toBe(60_000);
    expect(unstated.message).toHaveLength(301);
  });
});
