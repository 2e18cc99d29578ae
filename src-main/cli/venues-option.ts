import { UsageError } from './command.ts';
import { oneOf } from './options.ts';

const VENUES = ['binance', 'kraken', 'usdm'] as const;

export const VENUES_USAGE = `--venues <list>  where to trade: binance, and beside it kraken, usdm or both (default binance)`;

/** Accounts of a practice session: two on Binance spot, one on each further venue or product. */
export type VenueAccounts = { readonly accounts: number; readonly futures: number; readonly kraken: number };

/** Reads a list such as `binance,kraken`. Throws UsageError for an unknown name, and when binance is missing. */
export function venueAccounts(text: string): VenueAccounts {
  const named = new Set(text.split(',').map((name) => oneOf('venues', name, VENUES)));
  if (!named.has('binance')) throw new UsageError(`expected --venues with binance, was ${JSON.stringify(text)}`);
  return { accounts: 2, futures: named.has('usdm') ? 1 : 0, kraken: named.has('kraken') ? 1 : 0 };
}
