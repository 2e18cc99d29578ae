import type { CoreView } from '../engine/core/core-view.ts';
import { parseInstrumentId, type AccountId } from '../engine/domain/identifiers.ts';
import { quantityOf } from '../engine/execution/amounts.ts';
import type { ReconciliationDto, UnmanagedDto } from '../../src-preload/contract/state.ts';

/** Differences, other Leewards, and what the accounts hold beside our positions. */
export function reconciliationDto(view: CoreView, accounts: readonly AccountId[]): ReconciliationDto {
  return {
    comparing: view.comparing(),
    differences: view.differences(),
    otherInstallations: view
      .otherInstallations()
      .map(({ accountId, installation, firstSeenUs, lastSeenUs, owner, isTaken }) => ({
        accountId,
        installation,
        firstSeenUs,
        lastSeenUs,
        owner,
        isTaken,
      })),
    unmanaged: accounts.flatMap((accountId) => unmanagedOf(view, accountId)),
  };
}

/** Balances of assets that our instruments trade as base, less our own positions in them; money to pay with is left out. */
function unmanagedOf(view: CoreView, accountId: AccountId): readonly UnmanagedDto[] {
  const own = view.exposures().filter((exposure) => exposure.accountId === accountId);
  const reportingAsset = view.config()?.reportingAsset;
  return view.balances(accountId).flatMap(({ asset, free, locked }) => {
    if (asset === reportingAsset) return [];
    let rest = quantityOf(free).plus(quantityOf(locked));
    for (const { instrumentId, quantity } of own) {
      const parts = parseInstrumentId(instrumentId);
      if (parts.ok && parts.value.base === asset && parts.value.product === 'SPOT')
        rest = rest.minus(quantityOf(quantity));
    }
    return rest.isPositive ? [{ accountId, asset, quantity: rest.toString() }] : [];
  });
}
