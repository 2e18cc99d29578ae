import type { CommandOutcome } from '../../engine/domain/events.ts';
import type { Result } from '../../engine/domain/result.ts';
import type { CallFailure } from '../ccxt/call-failure.ts';
import { CredentialsRefused } from '../ccxt/ccxt-binance.ts';

/** Nothing was sent: the outcome is known. */
export const NOT_CONNECTED: CommandOutcome = {
  kind: 'rejected',
  venueCode: 'NOT_CONNECTED',
  message: 'expected a connected gateway, was one that never reached its venue',
  unread: true,
};
export const NOTHING_TO_CANCEL: CommandOutcome = {
  kind: 'rejected',
  venueCode: 'EOrder:Unknown order',
  message: 'expected an order at the venue, was a stop that its entry has not made yet',
};

const UNSENT: readonly string[] = ['NOT_SENT', 'PAUSED', 'NO_WEIGHT', 'FENCED', 'EAPI:Invalid nonce'];

export function outcomeOf({ outcome, code, message, remedy }: CallFailure): CommandOutcome {
  if (outcome === 'unknown') return { kind: 'unknown', reason: `${code}: ${message}` };
  const isUnread = remedy !== 'none' || UNSENT.includes(code);
  return { kind: 'rejected', venueCode: code, message, ...(isUnread ? { unread: true } : {}) };
}

/** Throws CredentialsRefused when the key is, or an Error with the venue's words: nothing works without this answer. */
export function required<T>(reply: Result<T, CallFailure>): T {
  if (reply.ok) return reply.value;
  const text = `${reply.error.code}: ${reply.error.message}`;
  throw reply.error.remedy === 'refuseCredentials' ? new CredentialsRefused(text) : new Error(text);
}
