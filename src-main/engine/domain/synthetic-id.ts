import type { AccountId, ClientOrderId, VenueOrderId } from './identifiers.ts';

const PRIME = 0x0000000001000000000000000000013bn;
const OFFSET = 0x6c62272e07bb014262b821756295c58dn;
const MASK = (1n << 128n) - 1n;
/** In no name, so that two pairs never read the same. */
const SEPARATOR = '\u0000';

/** 128 bits of FNV-1a over the UTF-16 units, as 32 hex digits (http://www.isthe.com/chongo/tech/comp/fnv). */
function fnv1a(text: string): string {
  let hash = OFFSET;
  for (let index = 0; index < text.length; index++) {
    hash = ((hash ^ BigInt(text.charCodeAt(index))) * PRIME) & MASK;
  }
  return hash.toString(16).padStart(32, '0');
}

/** 32 hex digits from these names alone: the same in every life and every replay. */
export const syntheticId = (...names: readonly (string | number)[]): string => fnv1a(names.join(SEPARATOR));

/**
 * The id under which an order without an id of ours is kept: 32 hex digits, the same in every life. The role digits are
 * ones that no id of ours has, so it is never taken for one.
 */
export function syntheticOrderId(accountId: AccountId, venueOrderId: VenueOrderId): ClientOrderId {
  const digits = syntheticId(accountId, venueOrderId);
  return `${digits.slice(0, 24)}ff${digits.slice(26)}` as ClientOrderId;
}
