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

const UNSENT: readonly string[] = ['NOT_SENT', 'PAUSED', 'NO_WEIGHT', 'FENCED'];

/** Words of spot's -2010 and of USD-M's -2021, errors.md of the API documentation. */
const WOULD_TRIGGER = /trigger immediately|immediately trigger/i;

export function outcomeOf({ outcome, code, message, remedy }: CallFailure): CommandOutcome {
  if (outcome === 'rejected') {
    const isUnread = remedy !== 'none' || UNSENT.includes(code);
    const wouldTrigger = WOULD_TRIGGER.test(message);
    return {
      kind: 'rejected',
      venueCode: code,
      message,
      ...(isUnread ? { unread: true } : {}),
      ...(wouldTrigger ? { wouldTrigger } : {}),
    };
  }
  return { kind: 'unknown', reason: `${code}: ${message}` };
}

/** Throws CredentialsRefused when the key is, or an Error with the venue's words: nothing works without this answer. */
export function required<T>(reply: Result<T, CallFailure>): T {
  if (reply.ok) return reply.value;
  const text = `${reply.error.code}: ${reply.error.message}`;
  throw reply.error.remedy === 'refuseCredentials' ? new CredentialsRefused(text) : new Error(text);
}
