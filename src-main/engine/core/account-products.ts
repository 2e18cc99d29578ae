import type { AccountSetup } from '../domain/events.ts';
import { type AccountId, type InstrumentId, parseInstrumentId } from '../domain/identifiers.ts';

/** Whether we have the account and it trades the product, and where it is isolated the pair, of the instrument. A venue may list several products to one engine. */
export function accountTrades(accounts: readonly AccountSetup[], accountId: AccountId, id: InstrumentId): boolean {
  const account = accounts.find((candidate) => candidate.accountId === accountId);
  if (account === undefined) return false;
  if (account.product === undefined) return true;
  const parts = parseInstrumentId(id);
  if (!parts.ok || parts.value.product !== account.product || parts.value.venue !== account.venue) return false;
  return account.isolatedPair === undefined || account.isolatedPair === `${parts.value.base}${parts.value.quote}`;
}
