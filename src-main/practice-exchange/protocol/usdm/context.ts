import type { Account } from '../../matching/account.ts';
import type { FuturesAccount } from '../../usdm/futures-account.ts';
import type { UsdmVenue } from '../../usdm/usdm-venue.ts';
import { ApiError } from '../api-error.ts';
import type { RouteContext } from '../route.ts';

export type UsdmContext = {
  readonly usdm: UsdmVenue;
  readonly name: string;
  readonly orders: Account;
  readonly futures: FuturesAccount;
};

/** The USD-M side of the signing account. Throws -2015 when it has no futures wallet. */
export function usdmOf({ venue, account: name }: RouteContext): UsdmContext {
  const account = venue.usdm?.account(name);
  if (venue.usdm === null || account === undefined) {
    throw new ApiError(-2015, 'Invalid API-key, IP, or permissions for action.', { status: 401 });
  }
  return { usdm: venue.usdm, name, ...account };
}
