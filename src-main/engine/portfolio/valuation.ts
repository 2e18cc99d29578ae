import { addDecimals, type Decimal, decimal, multiplyDecimals, rescale } from '../domain/decimal.ts';
import type { Balance } from '../domain/events.ts';
import { Money } from '../domain/quantities.ts';
import type { Position } from './position.ts';

/** Units of the reporting asset for one unit of `asset`; null when there is no fresh rate. */
export type RateOf = (asset: string) => Decimal | null;

const REPORTED_SCALE = 8;
const ZERO: Decimal = { units: 0n, scale: 0 };
const ONE: Decimal = { units: 1n, scale: 0 };

/** Rounded down to 8 digits: never shown richer than it is. */
export function valueOfBalances(balances: readonly Balance[], reportingAsset: string, rateOf: RateOf): Money | null {
  const amounts = balances.map(({ asset, free, locked }) => ({
    asset,
    amount: addDecimals(decimal(free), decimal(locked)),
  }));
  return converted(amounts, reportingAsset, rateOf);
}

/** Realized and unrealized PnL less the fees and costs that no position could book, rounded down to 8 digits. */
export function valueOfPnl(positions: readonly Position[], reportingAsset: string, rateOf: RateOf): Money | null {
  const amounts: { asset: string; amount: Decimal }[] = [];
  for (const position of positions) {
    const { realizedPnl, unrealizedPnl, unbookedCarry, unbookedFees } = position;
    if (unrealizedPnl === null) return null;
    amounts.push({ asset: realizedPnl.asset, amount: addDecimals(realizedPnl, unrealizedPnl) });
    for (const fee of unbookedFees) amounts.push({ asset: fee.asset, amount: fee.negated() });
    for (const carry of unbookedCarry) amounts.push({ asset: carry.asset, amount: carry });
  }
  return converted(amounts, reportingAsset, rateOf);
}

function converted(
  amounts: readonly { readonly asset: string; readonly amount: Decimal }[],
  reportingAsset: string,
  rateOf: RateOf,
): Money | null {
  let sum = ZERO;
  for (const { asset, amount } of amounts) {
    if (amount.units === 0n) continue;
    const rate = asset === reportingAsset ? ONE : rateOf(asset);
    if (rate === null) return null;
    sum = addDecimals(sum, multiplyDecimals(amount, rate));
  }
  return Money.of(rescale(sum, REPORTED_SCALE, 'down'), reportingAsset);
}
